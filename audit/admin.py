"""The login log in the admin: to be read, not to be touched."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.models import LoginLog


@admin.register(LoginLog)
class LoginLogAdmin(admin.ModelAdmin):
    """Newest first."""

    list_display = ["moment", "username", "is_success", "failure_reason", "entrance", "ip_address"]
    list_filter = ["is_success", "failure_reason", "entrance"]
    ordering = ["-id"]
    show_full_result_count = False

    @admin.display(description=_("time (UTC)"), ordering="id")
    def moment(self, row: LoginLog) -> str:
        """Return the time to the second: in a log the order matters."""
        return f"{row.login_time:%Y-%m-%d %H:%M:%S}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody writes a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row is written once."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row stays."""
        return False
