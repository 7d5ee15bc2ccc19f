"""The admin's list of the login log, page by page without counting."""

from typing import Any, ClassVar, NamedTuple, cast

from django.contrib.admin import SimpleListFilter
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db import DataError
from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.utils.functional import cached_property

from audit.buckets import Bucket
from audit.chart import Chart, draw
from audit.conditions import Condition, conditions_of
from audit.keyset import Span, read_page
from audit.models import LoginLog, LoginLogQuerySet
from audit.names import as_attempted
from audit.networks import parse_network
from audit.summary import recently

CHART_VAR = "chart"


class ColumnFilter(SimpleListFilter):
    """A choice among the values of one column. The list itself filters, so that one index is used for all."""

    values: ClassVar[dict[str, Any]] = {}

    @property
    def condition(self) -> Condition | None:
        """Return the column and its value, if one was chosen.

        Raises:
            IncorrectLookupParameters: there is no such choice.
        """
        value = self.value()
        if not value:
            return None
        if value not in dict(self.lookup_choices):
            raise IncorrectLookupParameters
        return str(self.parameter_name), self.values.get(value, value)

    def queryset(self, request: HttpRequest, queryset: QuerySet[LoginLog]) -> None:
        """Leave it to the list."""


def searched(term: str) -> list[Condition]:
    """Return the conditions of a network, if the term is one, or else of a name."""
    network = parse_network(term) if term else None
    if network is not None:
        return conditions_of(network)
    return [("username", as_attempted(term))] if term else []


class ChartChoice(NamedTuple):
    """A chart that can be had on top of the list."""

    bucket: Bucket
    address: str
    is_chosen: bool


class KeysetChangeList(ChangeList):
    """Django's list. What it takes for the number of a page is a cursor."""

    def get_filters(self, request: HttpRequest) -> Any:
        """Return the filters. A parameter that is none of them has no index: it is a wrong one like any other."""
        try:
            return super().get_filters(request)
        except DisallowedModelAdminLookup as error:
            raise IncorrectLookupParameters from error

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what the list is filtered by: not the choice of the chart, which is of all rows."""
        return {name: value for name, value in super().get_filters_params(params).items() if name != CHART_VAR}

    @cached_property
    def chart(self) -> Chart:
        """Return the chart of the whole log."""
        return draw(recently(LoginLog.objects.all(), bucket=self.bucket))

    @property
    def bucket(self) -> Bucket:
        """Return what the chart counts together."""
        return Bucket.DAY if self.params.get(CHART_VAR) == Bucket.DAY else Bucket.HOUR

    @property
    def charts(self) -> list[ChartChoice]:
        """Return the charts that there are."""
        return [
            ChartChoice(bucket, self.get_query_string({CHART_VAR: bucket.value}), bucket is self.bucket)
            for bucket in Bucket
        ]

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[LoginLog]) -> list[str | Combinable]:
        """Return the one order that there is."""
        return ["-login_time", "-id"]

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[LoginLog]:
        """Return the rows that pass filters and search, found by one index."""
        found = super().get_queryset(request, exclude_parameters)
        chosen = [spec.condition for spec in self.filter_specs if isinstance(spec, ColumnFilter) and spec.condition]
        return cast(LoginLogQuerySet, found).matching([*chosen, *searched(self.query.strip())])

    def get_results(self, request: HttpRequest) -> None:
        """Read one page with one query."""
        try:
            page = read_page(self.queryset, Span(), request.GET.get(PAGE_VAR, ""), size=self.list_per_page)
        except (ValueError, OverflowError, DataError) as error:  # no such cursor, no such id, or a NUL in a filter
            raise IncorrectLookupParameters from error
        self.result_list: Any = page.rows
        # Equal, so that the search form says nothing of how many there are.
        self.result_count = self.full_result_count = len(page.rows)
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all = self.multi_page = False
        self.older = self.get_query_string({PAGE_VAR: page.older}) if page.older else None
        self.newer = self.get_query_string({PAGE_VAR: page.newer}) if page.newer else None
        self.newest = self.get_query_string(remove=[PAGE_VAR]) if page.newer else None
