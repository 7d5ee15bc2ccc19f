"""A login of REST framework's that says so. Its own sends no signal: axes logs none of its successes."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.views import ObtainAuthToken
from rest_framework.request import Request
from rest_framework.response import Response


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
