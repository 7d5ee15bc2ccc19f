"""URLs of the credential endpoints."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from auth_api.views.actions import AuthViewSet
from auth_api.views.collections import SessionViewSet, TokenViewSet
from auth_api.views.lockouts import LockoutViewSet
from auth_api.views.session import CurrentSessionView
from auth_api.views.verify import VerifyView

router = SimpleRouter()
router.register("auth", AuthViewSet, basename="auth")
router.register("auth/tokens", TokenViewSet, basename="auth-token")
router.register("auth/lockouts", LockoutViewSet, basename="auth-lockout")
router.register("auth/sessions", SessionViewSet, basename="auth-sessions")
urlpatterns = [
    path("auth/session/", CurrentSessionView.as_view(), name="auth-session"),
    path("auth/verify/", VerifyView.as_view(), name="auth-verify"),
    *router.urls,
]
