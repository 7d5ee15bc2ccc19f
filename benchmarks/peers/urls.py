"""The peer's login and an account of one's own, under Latchkey's addresses, and Django's admin."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http.response import HttpResponseBase
from django.urls import include, path
from django.utils.module_loading import import_string
from rest_framework.authentication import BasicAuthentication
from rest_framework.throttling import AnonRateThrottle

from benchmarks.peers import views
from benchmarks.peers.settings import PEER

# By name: only one of them is installed, and none where types are checked.
LOGIN_VIEWS = {
    "authtoken": "rest_framework.authtoken.views.ObtainAuthToken",
    "axes": "rest_framework.authtoken.views.ObtainAuthToken",
    "knox": "knox.views.LoginView",
    "simplejwt": "rest_framework_simplejwt.views.TokenObtainPairView",
    "simplejwt_stateless": "rest_framework_simplejwt.views.TokenObtainPairView",
}
ME_VIEWS: dict[str, Callable[..., HttpResponseBase]] = {
    "bare": views.constant,
    "drf": views.ConstantView.as_view(),
    "simplejwt_stateless": views.ClaimsView.as_view(),
}
login_options: dict[str, Any] = {"throttle_classes": [AnonRateThrottle]}
if PEER == "knox":
    # https://jazzband.github.io/django-rest-knox/auth/
    login_options["authentication_classes"] = [BasicAuthentication]
if PEER == "simplejwt_stateless":
    # https://django-rest-framework-simplejwt.readthedocs.io/en/latest/customizing_token_claims.html
    login_options["serializer_class"] = import_string("benchmarks.peers.claims.ClaimingSerializer")

urlpatterns = [
    path("api/v1/users/me/", ME_VIEWS.get(PEER, views.MeView.as_view())),
    path("admin/", admin.site.urls),
]
if PEER in LOGIN_VIEWS:
    login = import_string(LOGIN_VIEWS[PEER]).as_view(**login_options)
    urlpatterns += [path("api/v1/auth/login/", login)]
if PEER == "axes":
    logged_login = import_string("benchmarks.peers.logged_login.ObtainLoggedToken").as_view()
    urlpatterns += [path("api/v1/auth/logged-login/", logged_login)]
if PEER == "allauth":
    urlpatterns += [path("_allauth/", include("allauth.headless.urls"))]
