"""The admin site, entered through a login form that leaves a row for each attempt."""

from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth import authenticate
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from users.attempts import Entrance, FailureReason, enter, refuse, turned_away

Response = TypeVar("Response", bound=HttpResponse)


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


class RecordedPasswordChangeForm(AdminPasswordChangeForm):
    """Django's form, whose check of the old password is an attempt like any other."""

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        self.request = request
        super().__init__(*args, **options)

    def clean_old_password(self) -> str:
        """Check the old password through the backend, which counts and records."""
        password: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=password) != self.user:
            refusal = turned_away(self.request)
            raise ValidationError(refusal.detail if refusal else self.error_messages["password_incorrect"])
        return password


class RecordedPasswordChangeView(PasswordChangeView):
    """Django's view, with that form."""

    form_class = RecordedPasswordChangeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Hand the request over."""
        return super().get_form_kwargs() | {"request": self.request}


class LatchkeyAdminSite(AdminSite):
    """Django's admin under our name."""

    site_header = _("Latchkey")
    site_title = _("Latchkey")
    login_form = RecordedAuthenticationForm

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the form, or log in."""
        enter(request, Entrance.ADMIN)
        return with_status(request, super().login(request, extra_context))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the form, or change the password, as Django's site does."""
        request.current_app = self.name  # for the links of its templates
        context = self.each_context(request) | (extra_context or {})
        address = reverse("admin:password_change_done", current_app=self.name)
        view = RecordedPasswordChangeView.as_view(success_url=address, extra_context=context)
        return with_status(request, cast(TemplateResponse, view(request)))


def with_status(request: HttpRequest, response: Response) -> Response:
    """Give the form the status of an attempt that was turned away."""
    refusal = turned_away(request)
    if refusal is not None:
        response.status_code = refusal.status_code
        response.headers["Retry-After"] = str(refusal.wait)
    return response
