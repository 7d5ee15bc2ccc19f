"""The login log in the admin: to be read, not to be touched."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.changelist import KeysetChangeList
from audit.models import LoginLog, LoginLogQuerySet
from audit.networks import parse_network
from users.attempts import FailureReason
from users.names import normalise


class ReasonFilter(admin.SimpleListFilter):
    """Reasons, asked for in words that let the databases use the index of failures."""

    title = _("reason")
    parameter_name = "failure_reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, Any]]:
        """Return the choices."""
        return FailureReason.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[LoginLog]) -> QuerySet[LoginLog]:
        """Return the failures of that reason."""
        return queryset.filter(is_success=False, failure_reason=self.value()) if self.value() else queryset


@admin.register(LoginLog)
class LoginLogAdmin(admin.ModelAdmin):
    """Newest first. Every filter and search has an index, and nothing is counted."""

    list_display = ["moment", "username", "is_success", "failure_reason", "entrance", "ip_address"]
    list_filter = ["is_success", ReasonFilter, "entrance", "login_time"]
    list_per_page = 50
    sortable_by = ()
    search_fields = ["username"]  # that there is a search at all; what it finds: get_search_results
    search_help_text = _("A whole name, an address, or a network such as 10.0.0.0/8.")
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    actions = None
    change_list_template = "audit/change_list.html"

    @admin.display(description=_("time (UTC)"))
    def moment(self, row: LoginLog) -> str:
        """Return the time to the second: in a log the order matters."""
        return f"{row.login_time:%Y-%m-%d %H:%M:%S}"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that does not count."""
        return KeysetChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LoginLog], search_term: str
    ) -> tuple[QuerySet[LoginLog], bool]:
        """Return the rows of a network, if the term is one, or else of a name."""
        term = search_term.strip()
        network = parse_network(term) if term else None
        if network is not None and isinstance(queryset, LoginLogQuerySet):
            return queryset.of_network(network), False
        return queryset.filter(username=normalise(term)) if term else queryset, False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody writes a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row is written once."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row stays."""
        return False
