"""Pages of accounts, and what pages of all kinds have in common."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.views import APIView

MAX_PAGE_SIZE = 200
DEFAULT_PAGE_SIZE = 50


def page_size_of(request: Request) -> int:
    """Return the page size asked for, at most 200, or raise ValidationError."""
    text = request.query_params.get("page_size")
    if not text:
        return DEFAULT_PAGE_SIZE
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and int(text) > 0):
        raise ValidationError({"page_size": [_("Enter a whole number, 1 or more.")]})
    return min(int(text), MAX_PAGE_SIZE)


class AccountPagination(PageNumberPagination):
    """Pages by their number: there are some thousands of accounts, not some millions, and they are sorted at will."""

    page_size_query_param = "page_size"
    max_page_size = MAX_PAGE_SIZE
    parameters = ("page", "page_size", "format")

    def paginate_queryset(  # type: ignore[override]  # takes no other sequences
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """Return the page, or raise ValidationError for one that there is not."""
        if len(request.query_params.get("page", "")) > 9:
            raise ValidationError({"page": [_("There is no such page.")]})
        try:
            return super().paginate_queryset(queryset, request, view)
        except NotFound:
            raise ValidationError({"page": [_("There is no such page.")]}) from None

    def get_page_size(self, request: Request) -> int:
        """Return the page size asked for."""
        return page_size_of(request)
