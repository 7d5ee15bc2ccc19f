"""One's own account."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from users.inputs import OwnAccountSerializer, PasswordChangeSerializer
from users.models import User
from users.response import FastResponse
from users.serializers import AccountSerializer
from users.services import change_own_account, change_password


class OwnAccountViewSet(ViewSet):
    """One's own account."""

    @extend_schema(operation_id="read_own_account", summary="Read one's own account", responses=AccountSerializer)
    @action(detail=False)
    def me(self, request: Request) -> Response:
        """Return one's own account."""
        return FastResponse(AccountSerializer.represent(cast(User, request.user)))

    @extend_schema(
        operation_id="change_own_account",
        summary="Change one's own account",
        description="The e-mail address is a name to log in with: to change it asks for the current password.",
        request=OwnAccountSerializer,
        responses=AccountSerializer,
    )
    @me.mapping.patch
    def change(self, request: Request) -> Response:
        """Change one's own account."""
        user = cast(User, request.user)
        serializer = OwnAccountSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        current_password = serializer.validated_data.pop("current_password", None)
        change_own_account(
            request=request, user=user, changes=serializer.validated_data, current_password=current_password
        )
        return Response(AccountSerializer(user).data)

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
