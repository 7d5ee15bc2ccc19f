"""URLs of the account endpoints."""

from rest_framework.routers import SimpleRouter

from users.views.accounts import AccountViewSet
from users.views.own import OwnAccountViewSet

router = SimpleRouter()
router.register("users", OwnAccountViewSet, basename="own-account")
router.register("users", AccountViewSet, basename="account")
urlpatterns = router.urls
