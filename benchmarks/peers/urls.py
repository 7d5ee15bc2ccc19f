"""The peer's login and an account of one's own, under Latchkey's addresses, and Django's admin."""

from typing import Any

from django.contrib import admin
from django.urls import path
from django.utils.module_loading import import_string
from rest_framework.authentication import BasicAuthentication
from rest_framework.throttling import AnonRateThrottle

from benchmarks.peers.settings import PEER
from benchmarks.peers.views import MeView

# By name: only one of them is installed, and none where types are checked.
LOGIN_VIEWS = {
    "authtoken": "rest_framework.authtoken.views.ObtainAuthToken",
    "axes": "rest_framework.authtoken.views.ObtainAuthToken",
    "knox": "knox.views.LoginView",
}
login_options: dict[str, Any] = {"throttle_classes": [AnonRateThrottle]}
if PEER == "knox":
    # https://jazzband.github.io/django-rest-knox/auth/
    login_options["authentication_classes"] = [BasicAuthentication]

urlpatterns = [
    path("api/v1/auth/login/", import_string(LOGIN_VIEWS[PEER]).as_view(**login_options)),
    path("api/v1/users/me/", MeView.as_view()),
    path("admin/", admin.site.urls),
]
