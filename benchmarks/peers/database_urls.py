"""The peers' URLs, with a login that says so. REST framework's own sends no signal: axes logs none of its successes."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.urls import path
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.request import Request
from rest_framework.response import Response

from benchmarks.peers import urls


class ObtainLoggedToken(ObtainAuthToken):
    """REST framework's login, and Django's signal."""

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Log in, and say so."""
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = serializer.validated_data["user"]
        token, _ = Token.objects.get_or_create(user=user)
        user_logged_in.send(sender=type(user), request=request._request, user=user)  # noqa: SLF001 - Django's own request
        return Response({"token": token.key})


urlpatterns = [*urls.urlpatterns, path("api/v1/auth/logged-login/", ObtainLoggedToken.as_view())]
