"""Lockouts in the admin: to be read, and to be lifted."""

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from auth_api.filters import searched
from auth_api.lockouts import lift
from auth_api.models import Lockout
from auth_api.models.limits import LockoutQuerySet
from users.listing import CarefulAdmin, when
from users.models import User


class StateFilter(admin.SimpleListFilter):
    """Those that are on, or those that are not."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, Any]]:
        """Return the choices."""
        return [("on", _("on")), ("over", _("over or lifted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lockout]) -> QuerySet[Lockout]:
        """Return the lockouts in that state."""
        lockouts = cast(LockoutQuerySet, queryset)
        return {"on": lockouts.on(), "over": lockouts.over()}.get(self.value() or "", queryset)


@admin.register(Lockout)
class LockoutAdmin(CarefulAdmin):
    """Newest first, or longest first where only those are shown that are on. Lifting is an action."""

    list_display = ["account", "network", "state", "allowance", "begun", "until"]
    list_display_links = None
    list_filter = [StateFilter, "allowance"]
    lookups = ("state", "allowance__exact")
    sortable_by = ()
    list_select_related = ["lifted_by"]
    ordering = ["-id"]
    search_fields = ["account"]  # that there is a search at all
    search_help_text = _("A whole name, an address, or a device.")
    actions = ["lift_selected"]

    @admin.display(description=_("locked (UTC)"))
    def begun(self, lockout: Lockout) -> str:
        """Return when it began."""
        return when(lockout.locked_at)

    @admin.display(description=_("until (UTC)"))
    def until(self, lockout: Lockout) -> str:
        """Return when it ends, if nobody lifts it."""
        return when(lockout.locked_until)

    @admin.display(description=_("state"))
    def state(self, lockout: Lockout) -> str:
        """Return whether it is on, and who lifted it."""
        if lockout.lifted_at:
            return gettext("lifted by %(name)s") % {"name": lockout.lifted_by or "?"}
        return gettext("on") if lockout.ends_at > timezone.now() else gettext("over")

    @admin.action(description=_("Lift selected lockouts"))
    def lift_selected(self, request: HttpRequest, queryset: QuerySet[Lockout]) -> None:
        """Lift those that are on."""
        lifted = sum(lift(lockout, by=cast(User, request.user)) for lockout in queryset)
        text = ngettext("%(count)d lockout was lifted.", "%(count)d lockouts were lifted.", lifted)
        self.message_user(request, text % {"count": lifted}, messages.SUCCESS if lifted else messages.WARNING)

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the order: those that are on come as at the API, by the index that knows which are."""
        is_on = request.GET.get(StateFilter.parameter_name) == "on"
        return ["-locked_until", "-id"] if is_on else super().get_ordering(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Lockout], search_term: str
    ) -> tuple[QuerySet[Lockout], bool]:
        """Return those of the account, the network or the device."""
        term = search_term.strip()
        return (searched(queryset, term) if term else queryset), False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Lockouts are for all staff, as at the API."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Likewise."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        """The limiter begins lockouts."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are lifted, and otherwise left as they are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are kept for the record."""
        return False
