"""The login log in the admin: to be read, not to be touched."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from audit.changelist import ColumnFilter, KeysetChangeList
from audit.models import LoginLog
from users.listing import CarefulAdmin
from users.vocabulary import Entrance, FailureReason


class SuccessFilter(ColumnFilter):
    """Successes or failures."""

    title = _("success")
    parameter_name = "is_success"
    values = {"1": True, "0": False}

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, Any]]:
        """Return the choices."""
        return [("1", _("Yes")), ("0", _("No"))]


class ReasonFilter(ColumnFilter):
    """Why an attempt failed."""

    title = _("reason")
    parameter_name = "failure_reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, Any]]:
        """Return the choices."""
        return FailureReason.choices


class EntranceFilter(ColumnFilter):
    """Where the attempt was made."""

    title = _("entrance")
    parameter_name = "entrance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, Any]]:
        """Return the choices."""
        return Entrance.choices


@admin.register(LoginLog)
class LoginLogAdmin(CarefulAdmin):
    """Newest first. Every filter and search has an index, and nothing is counted."""

    list_display = ["moment", "name", "is_success", "failure_reason", "entrance", "ip_address"]
    list_filter = [SuccessFilter, ReasonFilter, EntranceFilter, "login_time"]
    lookups = ("is_success", "failure_reason", "entrance", "login_time__gte", "login_time__lt", "user")
    list_per_page = 50
    sortable_by = ()
    search_fields = ["username"]  # that there is a search at all; what it finds: audit.changelist.searched
    search_help_text = _("A whole name, an address, or a network such as 10.0.0.0/8.")
    actions = None
    change_list_template = "audit/change_list.html"

    @admin.display(description=_("time (UTC)"))
    def moment(self, row: LoginLog) -> str:
        """Return the time to the second: in a log the order matters."""
        return f"{row.login_time:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("name given"))
    def name(self, row: LoginLog) -> str | None:
        """Return the name in an element of its own, of which a stylesheet shows the first lines."""
        return format_html("<span>{}</span>", row.username) if row.username else None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that does not count."""
        return KeysetChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LoginLog], search_term: str
    ) -> tuple[QuerySet[LoginLog], bool]:
        """Leave the search to the list, which joins it with the filters."""
        return queryset, False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The log is for all staff, as at the API."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody writes a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row is written once."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row stays."""
        return False
