"""The admin site, entered through a login form that leaves a row for each attempt."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from users.attempts import Entrance, FailureReason, enter, refuse, turned_away


class RecordedAuthenticationForm(AdminAuthenticationForm):
    """Django's form, with a row for the two refusals that ``authenticate()`` hears nothing of."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        """Record an attempt whose fields are unfit to be checked, such as one without a password."""
        name = self.data.get("username", "")
        if self.errors and name.strip():
            refuse(self.request, username=name, reason=FailureReason.MALFORMED)
        return super().clean()

    def get_invalid_login_error(self) -> ValidationError:
        """Say for how long the door is closed, if it is."""
        refusal = turned_away(self.request)
        return ValidationError(refusal.detail) if refusal else super().get_invalid_login_error()

    def confirm_login_allowed(self, user: AbstractUser) -> None:
        """Record right credentials of someone who is not staff."""
        try:
            super().confirm_login_allowed(user)  # type: ignore[arg-type]  # the stubs mean AUTH_USER_MODEL by User
        except ValidationError:
            refuse(self.request, username=self.cleaned_data["username"], reason=FailureReason.NOT_PERMITTED)
            raise


class LatchkeyAdminSite(AdminSite):
    """Django's admin under our name."""

    site_header = _("Latchkey")
    site_title = _("Latchkey")
    login_form = RecordedAuthenticationForm

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the form, or log in."""
        enter(request, Entrance.ADMIN)
        response = super().login(request, extra_context)
        refusal = turned_away(request)
        if refusal is not None:
            response.status_code = refusal.status_code
            response.headers["Retry-After"] = str(refusal.wait)
        return response
