"""URLs of the token endpoints."""

from rest_framework.routers import SimpleRouter

from auth_api.views import AuthViewSet

router = SimpleRouter()
router.register("auth", AuthViewSet, basename="auth")
urlpatterns = router.urls
