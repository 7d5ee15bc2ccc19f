"""Everybody's accounts, for staff."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from users.filters import AccountFilter, ListFilterBackend
from users.inputs import AccountChangeSerializer, AccountCreateSerializer, NewPasswordSerializer
from users.models import User
from users.pagination import AccountPagination
from users.schema import ERROR, NO_CONTENT
from users.serializers import ManagedAccountSerializer
from users.staff import change_account, create_account, set_password

FORBIDDEN = {
    403: OpenApiResponse(
        ERROR,
        "For staff alone; accounts of staff are changed, and privileges granted or taken, by superusers. Or, as "
        "elsewhere, the token may only read.",
    )
}
LAST_SUPERUSER = {409: OpenApiResponse(ERROR, "No active superuser would be left; `code` is `last_superuser`.")}


@extend_schema_view(
    list=extend_schema(
        operation_id="list_users",
        summary="List the accounts",
        description="For staff.",
        responses=FORBIDDEN | {200: ManagedAccountSerializer(many=True)},
    ),
    retrieve=extend_schema(
        operation_id="read_user",
        summary="Read an account",
        description="For staff.",
        responses=FORBIDDEN | {200: ManagedAccountSerializer},
    ),
)
class AccountViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet[User]):
    """Accounts. They are deactivated rather than deleted: the login log goes on naming them."""

    queryset = User.objects.all()
    serializer_class = ManagedAccountSerializer
    permission_classes = [IsAdminUser]
    pagination_class = AccountPagination
    filter_backends = [ListFilterBackend]
    filterset_class = AccountFilter
    lookup_value_regex = "[0-9]{1,18}"

    @extend_schema(
        operation_id="create_user",
        summary="Create an account",
        description="For staff.",
        request=AccountCreateSerializer,
        responses=FORBIDDEN | {201: ManagedAccountSerializer},
    )
    def create(self, request: Request) -> Response:
        """Make an account. What is answered has no password."""
        serializer = AccountCreateSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        account = create_account(by=cast(User, request.user), **serializer.validated_data)
        return Response(ManagedAccountSerializer(account).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="change_user",
        summary="Change an account",
        description="For staff. `is_active: false` ends the account's tokens and sessions.",
        request=AccountChangeSerializer,
        responses=FORBIDDEN | LAST_SUPERUSER | {200: ManagedAccountSerializer},
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is given."""
        account = self.get_object()
        serializer = AccountChangeSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        changed = change_account(by=cast(User, request.user), account=account, changes=serializer.validated_data)
        return Response(ManagedAccountSerializer(changed).data)

    @extend_schema(
        operation_id="deactivate_user",
        summary="Deactivate an account",
        description="For staff. The same as `is_active: false`: the account stays, its tokens and sessions end.",
        responses=FORBIDDEN | LAST_SUPERUSER | NO_CONTENT,
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Deactivate it."""
        change_account(by=cast(User, request.user), account=self.get_object(), changes={"is_active": False})
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        operation_id="set_password",
        summary="Set the password of an account",
        description="For staff, and not for one's own account. Ends the account's tokens and sessions.",
        request=NewPasswordSerializer,
        responses=FORBIDDEN | NO_CONTENT,
    )
    @action(detail=True, methods=["post"])
    def password(self, request: Request, **kwargs: Any) -> Response:
        """Give the account a new password."""
        account = self.get_object()
        serializer = NewPasswordSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        set_password(by=cast(User, request.user), account=account, **serializer.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)
