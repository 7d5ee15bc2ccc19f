"""Token endpoints."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from auth_api.authentication import BearerAuthentication, TokenAuthentication
from auth_api.models import AuthToken
from auth_api.parsers import BoundedJSONParser, BoundedMultiPartParser
from auth_api.serializers import IssuedTokenSerializer, LoginSerializer, read_credentials
from auth_api.services import log_in, log_out


class AuthViewSet(ViewSet):
    """Logging in and out with a token."""

    @extend_schema(
        operation_id="log_in",
        summary="Log in",
        # Forms stand in the text only: clients generated from several content types of one schema don't run.
        description=(
            "Exchange a name, or an e-mail address, and a password for a token. The same fields are taken as a form, "
            "`application/x-www-form-urlencoded` or `multipart/form-data`."
        ),
        request={"application/json": LoginSerializer},
        responses=IssuedTokenSerializer,
    )
    @action(
        detail=False,
        methods=["post"],
        authentication_classes=[],
        permission_classes=[AllowAny],
        parser_classes=[BoundedJSONParser, FormParser, BoundedMultiPartParser],
    )
    def login(self, request: Request) -> Response:
        """Exchange a name, or an e-mail address, and a password for a token."""
        issued = log_in(request=request, **read_credentials(request))
        return Response(IssuedTokenSerializer(issued).data)

    @extend_schema(
        operation_id="log_out", summary="Log out", request=None, responses={status.HTTP_204_NO_CONTENT: None}
    )
    @action(detail=False, methods=["post"], authentication_classes=[TokenAuthentication, BearerAuthentication])
    def logout(self, request: Request) -> Response:
        """End the token that this request is made with."""
        log_out(request=request, token=cast(AuthToken, request.auth))
        return Response(status=status.HTTP_204_NO_CONTENT)
