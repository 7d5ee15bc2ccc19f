"""Account endpoints."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from users.models import User
from users.serializers import AccountSerializer, PasswordChangeSerializer
from users.services import change_password


class UserViewSet(ViewSet):
    """Accounts."""

    @extend_schema(operation_id="read_own_account", summary="Read one's own account", responses=AccountSerializer)
    @action(detail=False)
    def me(self, request: Request) -> Response:
        """Return one's own account."""
        return Response(AccountSerializer.represent(cast(User, request.user)))

    @extend_schema(
        operation_id="change_own_password",
        summary="Change one's own password",
        request=PasswordChangeSerializer,
        responses={status.HTTP_204_NO_CONTENT: None},
    )
    @action(detail=False, methods=["post"], url_path="me/password")
    def password(self, request: Request) -> Response:
        """Change one's own password, which ends every token and session but the one that this request is made with."""
        serializer = PasswordChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        change_password(request=request, user=cast(User, request.user), **serializer.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)
