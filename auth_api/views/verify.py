"""Who is calling? Asked by proxies that guard other services: nginx, Caddy, Traefik."""

from typing import Any, cast
from urllib.parse import quote

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from auth_api.authentication import InsufficientScope
from auth_api.models import AuthToken, Scope
from auth_api.serializers import VerifiedSerializer
from users.models import User
from users.response import FastResponse
from users.schema import ERROR

IDENTITY_HEADERS = ("X-Auth-User-Id", "X-Auth-Username", "X-Auth-Token-Id")


class VerifyView(APIView):
    """Say who is calling, in headers and in JSON, or refuse. Never a redirect, and no row in the login log."""

    identity: tuple[str, ...] = ("", "", "")

    @extend_schema(
        operation_id="verify",
        summary="Who is calling?",
        responses={200: VerifiedSerializer, 403: OpenApiResponse(ERROR, "The token may only read.")},
        parameters=[
            OpenApiParameter(
                "X-Forwarded-Method",
                str,
                "header",
                description="The method that the proxy asks for; a token for reading passes with a safe one only.",
            ),
            *(
                OpenApiParameter(name, str, "header", response=True, description="Empty when refused or not known.")
                for name in IDENTITY_HEADERS
            ),
        ],
    )
    def get(self, request: Request) -> Response:
        """Return the caller's account and token."""
        token = request.auth if isinstance(request.auth, AuthToken) else None
        method = request.headers.get("X-Forwarded-Method", "GET").upper()
        if token is not None and token.scope == Scope.READ and method not in SAFE_METHODS:
            raise InsufficientScope
        # Percent-encoded, since a header has no other way to carry a name beyond ASCII.
        username = quote(request.user.get_username(), safe="+")
        self.identity = (str(request.user.pk), username, str(token.pk) if token else "")
        return FastResponse(VerifiedSerializer.represent(cast(User, request.user), token))

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Set the identity headers on every answer: a proxy that copies them overwrites what the client sent."""
        final = super().finalize_response(request, response, *args, **kwargs)
        for header, value in zip(IDENTITY_HEADERS, self.identity, strict=True):
            final.headers[header] = value
        return final
