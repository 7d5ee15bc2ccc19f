"""What the admin's lists have in common: bounded counts, and no way to ask for what they don't show."""

from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.exceptions import BadRequest, ValidationError
from django.core.paginator import Paginator
from django.db import DataError
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

MAX_COUNT = 10_000  # rows: a hundred pages; whoever looks for one further on searches for it


def when(moment: datetime) -> SafeString:
    """Return day and time, which a narrow column may put one above the other."""
    day, time = f"{moment:%Y-%m-%d}", f"{moment:%H:%M}"
    return format_html('<span class="when">{}</span> <span class="when">{}</span>', day, time)


class BoundedPaginator(Paginator):
    """Django's, which doesn't go on counting for ever."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, or how many are looked through."""
        return cast(QuerySet[Any], self.object_list).order_by()[:MAX_COUNT].count()


class CarefulChangeList(ChangeList):
    """Django's, for which text that no column holds is a wrong parameter like any other."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[str | Combinable]:
        """Return the list's own order where its headings offer no other: Django takes any column from the address."""
        if not self.sortable_by:
            self.params.pop(ORDER_VAR, None)
        return super().get_ordering(request, queryset)

    def get_results(self, request: HttpRequest) -> None:
        """Read the page."""
        try:
            super().get_results(request)
        except (DataError, ValueError) as error:  # a NUL in a filter, which PostgreSQL's driver refuses
            raise IncorrectLookupParameters from error
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count  # equal, so that the search form doesn't offer to show all


class CarefulAdmin(admin.ModelAdmin):
    """A list of rows that have secrets: ``lookups`` are the parameters that it is filtered by, and there are no others.

    Django takes any column of the table for a parameter, and would say of a digest how it begins.
    """

    lookups: ClassVar[tuple[str, ...]] = ()
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Whether the parameter is one of those that the list offers."""
        return lookup in self.lookups

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list."""
        return CarefulChangeList

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponseBase | None:  # type: ignore[override]  # the stubs leave out None
        """Refuse rows whose numbers are none."""
        try:
            for number in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(number, None)
        except ValidationError as error:
            raise BadRequest from error
        return super().response_action(request, queryset)
