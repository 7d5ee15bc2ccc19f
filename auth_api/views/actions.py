"""What is done with one key: logging in and out, asking, revoking."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from auth_api.authentication import BearerAuthentication, TokenAuthentication
from auth_api.inputs import KeySerializer, LoginSerializer, read_key
from auth_api.introspection import introspect
from auth_api.models import AuthToken
from auth_api.parsers import JSON_OR_FORM
from auth_api.refusals import read_credentials
from auth_api.schema import OR_FORM, json_only
from auth_api.serializers import IntrospectionSerializer, IssuedTokenSerializer
from auth_api.services import log_in, log_out, log_out_everywhere, revoke
from users.models import User
from users.response import FastResponse
from users.schema import NO_CONTENT
from users.vocabulary import Entrance

OPEN_TO_ANYBODY: dict[str, Any] = {"authentication_classes": [], "permission_classes": [AllowAny]}


class MayIntrospect(BasePermission):
    """Lets in service accounts that hold the permission."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask Django's permissions."""
        return bool(request.user.has_perm("auth_api.introspect"))


class AuthViewSet(ViewSet):
    """What is done with one token."""

    @extend_schema(
        operation_id="log_in",
        summary="Log in",
        description="Exchange a name, or an e-mail address, and a password for a token." + OR_FORM,
        request=json_only(LoginSerializer),
        responses=IssuedTokenSerializer,
    )
    @action(detail=False, methods=["post"], parser_classes=JSON_OR_FORM, **OPEN_TO_ANYBODY)
    def login(self, request: Request) -> Response:
        """Exchange credentials for a token."""
        issued = log_in(
            request=request, **read_credentials(request, entrance=Entrance.API, serializer_class=LoginSerializer)
        )
        return FastResponse(IssuedTokenSerializer(issued).data)

    @extend_schema(operation_id="log_out", summary="Log out", request=None, responses=NO_CONTENT)
    @action(detail=False, methods=["post"], authentication_classes=[TokenAuthentication, BearerAuthentication])
    def logout(self, request: Request) -> Response:
        """End the token that this request is made with."""
        if not isinstance(request.auth, AuthToken):  # as where a test says who asks, and with no token
            raise NotAuthenticated
        log_out(request=request, token=request.auth)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(operation_id="log_out_everywhere", summary="Log out everywhere", request=None, responses=NO_CONTENT)
    @action(detail=False, methods=["post"], url_path="logout-all")
    def logout_all(self, request: Request) -> Response:
        """End every token and every session of one's account, this one as well."""
        log_out_everywhere(request=request, user=cast(User, request.user))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="introspect_token",
        summary="Ask about a token",
        description="RFC 7662, for accounts that hold the permission `auth_api.introspect`." + OR_FORM,
        request=json_only(KeySerializer),
        responses=IntrospectionSerializer,
    )
    @action(
        detail=False,
        methods=["post"],
        permission_classes=[IsAuthenticated, MayIntrospect],
        parser_classes=JSON_OR_FORM,
    )
    def introspect(self, request: Request) -> Response:
        """Tell what a key opens."""
        return FastResponse(introspect(read_key(request)))

    @extend_schema(
        operation_id="revoke_token",
        summary="End a token that leaked",
        description="RFC 7009: whoever has a key may end its token. 200 whatever the key was." + OR_FORM,
        request=json_only(KeySerializer),
        responses={status.HTTP_200_OK: None},
    )
    @action(detail=False, methods=["post"], parser_classes=JSON_OR_FORM, **OPEN_TO_ANYBODY)
    def revoke(self, request: Request) -> Response:
        """End the token of a key."""
        revoke(key=read_key(request))
        return Response(status=status.HTTP_200_OK)
