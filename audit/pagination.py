"""Pages of the login log."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from audit.keyset import Page, Position, Span, newest, oldest, position_of

DOWN, UP = "o", "n"  # what a cursor begins with: on to the older, or back to the newer rows


class KeysetPagination(CursorPagination):
    """REST framework's pages without a count, over time and id: none repeats or skips a row, each costs the same."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    parameters = ("cursor", "page_size", "format")

    def paginate_queryset(  # type: ignore[override]  # takes rows as dictionaries, and no other sequences
        self, queryset: QuerySet[Any, Any], request: Request, view: APIView | None = None
    ) -> list[dict[str, Any]]:
        """Return the rows of the page. The view says between which times, so that each query has one bound each way."""
        span: Span = getattr(view, "span", Span())
        self.url = request.build_absolute_uri()
        self.found = self.read(queryset, span, request.query_params.get("cursor"), self.get_page_size(request))
        return self.found.rows

    def read(self, queryset: QuerySet[Any, Any], span: Span, cursor: str | None, size: int) -> Page:
        """Return the page that the cursor leads to, or raise ValidationError for one that was never given out."""
        if not cursor:
            return newest(queryset, span, size=size)
        try:
            position = Position.decode(cursor[1:])
        except ValueError:
            position = None
        if position is None or cursor[0] not in {DOWN, UP}:
            raise ValidationError({"cursor": [self.invalid_cursor_message]})
        if cursor[0] == UP:
            return oldest(queryset, span.cut_after(position), size=size)
        return newest(queryset, span.cut_before(position), size=size, came_down=True)

    def get_next_link(self) -> str | None:
        """Return the URL of the older rows."""
        return self.link(DOWN, -1) if self.found.has_older and self.found.rows else None

    def get_previous_link(self) -> str | None:
        """Return the URL of the newer rows."""
        return self.link(UP, 0) if self.found.has_newer and self.found.rows else None

    def link(self, direction: str, index: int) -> str:
        """Return the URL of the rows on that side of the page."""
        cursor = direction + position_of(self.found.rows[index]).encode()
        return replace_query_param(self.url, self.cursor_query_param, cursor)

    def get_page_size(self, request: Request) -> int:
        """Return the page size asked for, at most 200, or raise ValidationError."""
        text = request.query_params.get("page_size")
        if not text:
            return self.page_size
        if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) > 0):
            raise ValidationError({"page_size": [_("Enter a whole number, 1 or more.")]})
        return min(int(text), self.max_page_size)
