"""Pages of the login log."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from audit.keyset import Span, read_page
from users.pagination import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, page_size_of


class KeysetPagination(CursorPagination):
    """REST framework's pages without a count, over time and id: none repeats or skips a row, each costs the same."""

    page_size = DEFAULT_PAGE_SIZE
    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    parameters = ("cursor", "page_size", "format")

    def paginate_queryset(  # type: ignore[override]  # takes rows as dictionaries, and no other sequences
        self, queryset: QuerySet[Any, Any], request: Request, view: APIView | None = None
    ) -> list[dict[str, Any]]:
        """Return the rows of the page. The view says between which times, so that each query has one bound each way."""
        span: Span = getattr(view, "span", Span())
        self.url = request.build_absolute_uri()
        cursor = request.query_params.get(self.cursor_query_param, "")
        try:
            self.found = read_page(queryset, span, cursor, size=self.get_page_size(request))
        except ValueError:
            raise ValidationError({"cursor": [self.invalid_cursor_message]}) from None
        return self.found.rows

    def get_next_link(self) -> str | None:
        """Return the URL of the older rows."""
        return self.link(self.found.older)

    def get_previous_link(self) -> str | None:
        """Return the URL of the newer rows."""
        return self.link(self.found.newer)

    def link(self, cursor: str | None) -> str | None:
        """Return the URL of the page that the cursor leads to."""
        return replace_query_param(self.url, self.cursor_query_param, cursor) if cursor else None

    def get_page_size(self, request: Request) -> int:
        """Return the page size asked for."""
        return page_size_of(request)
