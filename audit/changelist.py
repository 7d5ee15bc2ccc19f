"""The admin's list of the login log, page by page without counting."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db import DataError
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest

from audit.keyset import Span, read_page
from audit.models import LoginLog


class KeysetChangeList(ChangeList):
    """Django's list. What it takes for the number of a page is a cursor."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[LoginLog]) -> list[str | Combinable]:
        """Return the one order that there is."""
        return ["-login_time", "-id"]

    def get_results(self, request: HttpRequest) -> None:
        """Read one page with one query."""
        try:
            page = read_page(self.queryset, Span(), request.GET.get(PAGE_VAR, ""), size=self.list_per_page)
        except (ValueError, DataError) as error:  # no such cursor, or a NUL in a filter
            raise IncorrectLookupParameters from error
        self.result_list: Any = page.rows
        # Equal, so that the search form says nothing of how many there are.
        self.result_count = self.full_result_count = len(page.rows)
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all = self.multi_page = False
        self.older = self.get_query_string({PAGE_VAR: page.older}) if page.older else None
        self.newer = self.get_query_string({PAGE_VAR: page.newer}) if page.newer else None
        self.newest = self.get_query_string(remove=[PAGE_VAR]) if page.newer else None
