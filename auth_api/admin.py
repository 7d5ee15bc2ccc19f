"""Lockouts in the admin: to be read, and to be lifted."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from auth_api.limiter import lift
from auth_api.models import Lockout
from users.models import User


@admin.register(Lockout)
class LockoutAdmin(admin.ModelAdmin):
    """Newest first. Lifting is an action."""

    list_display = ["locked_at", "allowance", "account", "network", "locked_until", "lifted_at", "lifted_by"]
    list_display_links = None
    list_filter = ["allowance"]
    list_select_related = ["lifted_by"]
    ordering = ["-id"]
    show_full_result_count = False
    actions = ["lift_selected"]

    @admin.action(description=_("Lift selected lockouts"))
    def lift_selected(self, request: HttpRequest, queryset: QuerySet[Lockout]) -> None:
        """Lift those that are on."""
        lifted = sum(lift(lockout, by=cast(User, request.user)) for lockout in queryset)
        text = ngettext("%(count)d lockout was lifted.", "%(count)d lockouts were lifted.", lifted)
        self.message_user(request, text % {"count": lifted}, messages.SUCCESS if lifted else messages.WARNING)

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
