"""The same rows through REST framework's own pages. Rows are read and written as Latchkey does: pages alone differ."""

import base64
from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from rest_framework.generics import ListAPIView
from rest_framework.pagination import CursorPagination, PageNumberPagination

from audit.models import LoginLog
from audit.serializers import COLUMNS, LoginLogSerializer
from benchmarks.log_cases import DEEP, FIRST, LAST, MIDDLE, SIZE, ask
from benchmarks.log_rows import START
from benchmarks.sampling import Sample
from users.models import User

PAGES = "pages"
FILTERED: dict[str, dict[str, Any]] = {"": {}, ", one account": {"user": 1}, ", failures": {"is_success": False}}


class Numbered(PageNumberPagination):
    """Counts all rows, and skips those of the pages before."""

    page_size = SIZE


class Cursor(CursorPagination):
    """Reads on from a time."""

    page_size = SIZE
    ordering = "-login_time"


class LogView(ListAPIView[LoginLog]):
    """The log, newest first."""

    serializer_class = LoginLogSerializer
    conditions: dict[str, Any] = {}

    def get_queryset(self) -> QuerySet[LoginLog, Any]:
        """Return the rows."""
        rows: QuerySet[LoginLog, Any] = LoginLog.objects.filter(**self.conditions).values(*COLUMNS)
        return rows


def samples(user: User) -> Iterator[Sample]:
    """Yield both kinds of pages, of all rows and of some."""
    for title, conditions in FILTERED.items():
        numbered = LogView.as_view(pagination_class=Numbered, conditions=conditions)
        last = -(-LoginLog.objects.filter(**conditions).count() // SIZE)
        for place, number in {FIRST: 1, DEEP: max(1, last // 2), LAST: last}.items():
            yield Sample(PAGES, f"PageNumberPagination{title}", place, partial(ask, numbered, user, f"page={number}"))
        cursor = LogView.as_view(pagination_class=Cursor, conditions=conditions)
        oldest = list(LoginLog.objects.filter(**conditions).order_by("login_time")[: SIZE + 1])[-1].login_time
        for place, position in {FIRST: None, DEEP: MIDDLE, LAST: max(oldest, START)}.items():
            query = f"cursor={quote(base64.b64encode(f'p={quote(str(position))}'.encode()))}" if position else ""
            yield Sample(PAGES, f"CursorPagination{title}", place, partial(ask, cursor, user, query))
