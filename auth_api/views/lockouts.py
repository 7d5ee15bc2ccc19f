"""The limiter's lockouts, for staff."""

from typing import cast

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from auth_api.filters import LockoutFilter
from auth_api.lockouts import lift
from auth_api.models import Lockout
from auth_api.models.credentials import LONG_AGO
from auth_api.serializers import LockoutSerializer
from users.filters import ListFilterBackend
from users.models import User
from users.schema import ERROR


class LongestFirst(CursorPagination):
    """Pages that stay put while lockouts begin and end, in the order of the index that knows which are on."""

    ordering = ("-locked_until", "-id")
    page_size = 50
    parameters = ("cursor", "format")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Return the cursor, or raise ValidationError for one that no list gave out: REST framework looks at half."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise ValidationError({"cursor": [self.invalid_cursor_message]}) from None
        if cursor is not None and not is_time(cursor.position):
            raise ValidationError({"cursor": [self.invalid_cursor_message]})
        return cursor


def is_time(position: object) -> bool:
    """Whether it is the end of a lockout as the cursor has it: none where all of the first page end at once."""
    try:
        found = parse_datetime(str(position)) if position is not None else LONG_AGO
    except ValueError:  # such as the 31st of February
        return False
    return found is not None and found.tzinfo is not None


FOR_STAFF = {403: OpenApiResponse(ERROR, "For staff alone; or, as elsewhere, the token may only read.")}


@extend_schema_view(
    list=extend_schema(
        operation_id="list_lockouts",
        summary="List who is locked out",
        description="The lockouts that are on, those that last longest first. For staff.",
        responses=FOR_STAFF | {200: LockoutSerializer(many=True)},
    ),
    retrieve=extend_schema(
        operation_id="read_lockout",
        summary="Read a lockout",
        description="For staff.",
        responses=FOR_STAFF | {200: LockoutSerializer},
    ),
    destroy=extend_schema(
        operation_id="lift_lockout",
        summary="Lift a lockout",
        description="For staff. Who lifted it, and when, is recorded.",
        responses=FOR_STAFF | {204: None},
    ),
)
class LockoutViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.DestroyModelMixin, GenericViewSet[Lockout]
):
    """Lockouts that are on."""

    queryset = Lockout.objects.none()
    serializer_class = LockoutSerializer
    permission_classes = [IsAdminUser]
    pagination_class = LongestFirst
    filter_backends = [ListFilterBackend]
    filterset_class = LockoutFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Lockout]:
        """Return those that can be lifted, and to read one by one also those that are over."""
        return Lockout.objects.all() if self.action == "retrieve" else Lockout.objects.on()

    def perform_destroy(self, instance: Lockout) -> None:
        """Lift it; its row stays."""
        lift(instance, by=cast(User, self.request.user))
