"""The login log's read-only API."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from audit.conditions import Condition
from audit.export import FORMATS, Row, batches_of
from audit.filters import LoginLogFilter, StrictFilterBackend
from audit.inputs import SummaryInput
from audit.keyset import Span
from audit.models import LoginLog
from audit.pagination import KeysetPagination
from audit.serializers import COLUMNS, LoginLogSerializer, SummarySerializer
from audit.summary import summarise
from users.models import User

# OpenAPI has one answer for a status whatever the parameters are: with the export among them, clients generated from it
# would take a page for text, or the export for JSON.
EXPORT = (
    "`?format=csv` and `?format=ndjson` answer, instead of a page, with all rows that pass the filters, as a stream of "
    "`text/csv` or `application/x-ndjson`; `page_size` and `cursor` mean nothing to it. `format` is not among the "
    "parameters, so that generated clients know pages alone: an export is fetched by its address."
)


@extend_schema_view(
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
    # What the filter backend was asked for.
    span = Span()
    conditions: tuple[Condition, ...] = ()

    @property
    def parameters(self) -> frozenset[str]:
        """Which query parameters there are beside the filters."""
        return frozenset({"bucket", "tz", "format"} if self.action == "summary" else KeysetPagination.parameters)

    @property
    def formats(self) -> frozenset[str]:
        """Which formats there are beside JSON."""
        return frozenset(FORMATS) if self.action == "list" else frozenset()

    def get_queryset(self) -> QuerySet[LoginLog]:
        """Return what the caller may see."""
        return LoginLog.objects.visible_to(cast(User, self.request.user))

    @extend_schema(
        operation_id="list_login_logs",
        summary="List the login log",
        description="Authentication attempts, newest first: all for staff, for others those on their own account."
        f"\n\n{EXPORT}",
        responses=LoginLogSerializer(many=True),
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Return a page, or stream everything."""
        rows = self.filter_queryset(self.get_queryset())
        if request.query_params.get("format") in FORMATS:
            batches = batches_of(rows, self.span) if request.method != "HEAD" else None
            return export(batches, request.query_params["format"])
        page = self.paginate_queryset(rows.values(*COLUMNS))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="summarise_login_logs",
        summary="Count the login log",
        description="Successes and failures by hour or day, in a time zone. The filters are those of the list.",
        parameters=[SummaryInput],
        responses=SummarySerializer,
        filters=True,
    )
    @action(detail=False, pagination_class=None)
    def summary(self, request: Request) -> Response:
        """Count."""
        rows = self.filter_queryset(self.get_queryset())
        asked = SummaryInput(data=request.query_params)
        asked.is_valid(raise_exception=True)
        conditions = dict(self.conditions)
        # The counts that triggers keep have successes and failures apart.
        is_kept = cast(User, request.user).is_staff and set(conditions) <= {"is_success"}
        only = conditions.get("is_success") if is_kept else None
        rows = LoginLog.objects.all() if is_kept else rows
        return Response(SummarySerializer(summarise(rows, self.span, only=only, **asked.validated_data)).data)


def export(batches: Iterator[list[Row]] | None, name: str) -> StreamingHttpResponse:
    """Return the rows as a file that is written while it is sent, or its headers alone.

    A client that goes away ends the reading.
    """
    content_type, write = FORMATS[name]
    # Whatever fails at the first rows is still answered with a status of its own.
    text = write(chain(list(islice(batches, 1)), batches)) if batches else ()
    response = StreamingHttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="login-logs.{name}"'
    return response
