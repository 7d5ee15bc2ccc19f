"""One's own tokens and sessions."""

from typing import cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from auth_api.inputs import TokenChangeSerializer, TokenCreateSerializer
from auth_api.models import AuthToken, Session
from auth_api.serializers import IssuedNamedTokenSerializer, SessionSerializer, TokenSerializer
from auth_api.services import log_in, rename
from users.models import User


@extend_schema_view(
    list=extend_schema(operation_id="list_tokens", summary="List one's own tokens"),
    retrieve=extend_schema(operation_id="read_token", summary="Read one token"),
    destroy=extend_schema(operation_id="end_token", summary="End a token"),
)
class TokenViewSet(
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    GenericViewSet[AuthToken],
):
    """One's own tokens that open something, the last used first. Keys are never shown again."""

    queryset = AuthToken.objects.none()
    serializer_class = TokenSerializer
    http_method_names = ["get", "post", "patch", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[AuthToken]:
        """Return the caller's own."""
        user = self.request.user
        return AuthToken.objects.alive_for(user) if isinstance(user, User) else self.queryset

    @extend_schema(
        operation_id="create_token",
        summary="Create a token for a script",
        request=TokenCreateSerializer,
        responses={status.HTTP_201_CREATED: IssuedNamedTokenSerializer},
    )
    def create(self, request: Request) -> Response:
        """Make a named token. The password is asked for again, and that is an attempt like any other."""
        serializer = TokenCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        username = cast(User, request.user).username
        device_name = serializer.validated_data.pop("name")
        issued = log_in(request=request, username=username, device_name=device_name, **serializer.validated_data)
        return Response(IssuedNamedTokenSerializer(issued).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="rename_token",
        summary="Rename a token",
        request=TokenChangeSerializer,
        responses=TokenSerializer,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Rename the token. What else it is stays as it was made."""
        token = self.get_object()
        serializer = TokenChangeSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        if serializer.validated_data:
            rename(token=token, **serializer.validated_data)
        return Response(self.get_serializer(token).data)


@extend_schema_view(
    list=extend_schema(operation_id="list_sessions", summary="List one's own sessions"),
    destroy=extend_schema(operation_id="end_session", summary="End a session"),
)
class SessionViewSet(mixins.ListModelMixin, mixins.DestroyModelMixin, GenericViewSet[Session]):
    """One's own cookie sessions, the last used first."""

    queryset = Session.objects.none()
    serializer_class = SessionSerializer

    def get_queryset(self) -> QuerySet[Session]:
        """Return the caller's own."""
        user = self.request.user
        return Session.objects.alive_for(user) if isinstance(user, User) else self.queryset
