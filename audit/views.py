"""The login log's read-only API."""

from typing import cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.viewsets import ReadOnlyModelViewSet

from audit.filters import LoginLogFilter, StrictFilterBackend
from audit.models import LoginLog
from audit.pagination import KeysetPagination
from audit.serializers import LoginLogSerializer
from users.models import User


@extend_schema_view(
    list=extend_schema(
        operation_id="list_login_logs",
        summary="List the login log",
        description="Authentication attempts, newest first: all for staff, for others those on their own account.",
    ),
    retrieve=extend_schema(
        operation_id="read_login_log",
        summary="Read one row of the login log",
        description="One authentication attempt.",
    ),
)
class LoginLogViewSet(ReadOnlyModelViewSet[LoginLog]):
    """Authentication attempts, to be read only."""

    queryset = LoginLog.objects.all()
    serializer_class = LoginLogSerializer
    pagination_class = KeysetPagination
    filter_backends = [StrictFilterBackend]
    filterset_class = LoginLogFilter
    lookup_value_regex = "[0-9]{1,19}"

    def get_queryset(self) -> QuerySet[LoginLog]:
        """Return what the caller may see."""
        return LoginLog.objects.visible_to(cast(User, self.request.user))
