"""URLs of the login log's API."""

from rest_framework.routers import SimpleRouter

from audit.views import LoginLogViewSet

router = SimpleRouter()
router.register("audit/login-logs", LoginLogViewSet, basename="login-log")
urlpatterns = router.urls
