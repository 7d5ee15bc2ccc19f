"""Account endpoints."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from users.models import User
from users.serializers import AccountSerializer


class UserViewSet(ViewSet):
    """Accounts."""

    @extend_schema(operation_id="read_own_account", summary="Read one's own account", responses=AccountSerializer)
    @action(detail=False)
    def me(self, request: Request) -> Response:
        """Return one's own account."""
        return Response(AccountSerializer(cast(User, request.user)).data)
