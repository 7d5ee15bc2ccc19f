"""The admin site, entered through a login form that leaves a row for each attempt."""

from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.views import LoginView, PasswordChangeView, redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import APIException, NotAuthenticated

from api_project.error_views import plain_error
from auth_api.confirmation import InvalidCredentials, confirmed
from auth_api.refusals import read_form
from auth_api.services import begin_session
from users.attempts import refuse, turned_away
from users.models import User
from users.services import InvalidPassword, change_password
from users.vocabulary import Entrance, FailureReason, TurnedAway

Response = TypeVar("Response", bound=HttpResponse)


class RecordedAuthenticationForm(AdminAuthenticationForm):
    """Django's form, with a row for the two refusals that ``authenticate()`` hears nothing of."""

    request: HttpRequest

    def clean(self) -> dict[str, Any]:
        """Record an attempt whose fields are unfit to be checked, such as one without a password."""
        name = self.data.get("username")
        if self.errors and name is not None:
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


class RecordedLoginView(LoginView):
    """Django's view, which leaves all that a login writes, or nothing of it."""

    authentication_form = RecordedAuthenticationForm
    template_name = "admin/login.html"
    next_page = "admin:index"

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Open the session as ``open_session`` does. The password has been checked, outside of the transaction."""
        user, username = form.get_user(), form.cleaned_data["username"]
        try:
            with confirmed(request=self.request, user=user, username=username):
                begin_session(request=self.request, user=user, remember=False)
        except (InvalidCredentials, NotAuthenticated):
            form.add_error(None, form.get_invalid_login_error())
            return self.form_invalid(form)
        return HttpResponseRedirect(self.get_success_url())


class UncheckedPasswordForm(AdminPasswordChangeForm):
    """Django's form, which leaves the old password to ``change_password``."""

    def clean_old_password(self) -> str:
        """Take it as it is."""
        password: str = self.cleaned_data["old_password"]
        return password


class RecordedPasswordChangeView(PasswordChangeView):
    """Django's view, which has the password changed as everywhere else: the check of the old one is an attempt.

    Django's form would save the whole account as it was when the request began, before the wait for the check.
    """

    form_class = UncheckedPasswordForm

    @sensitive_variables("filled")
    def form_valid(self, form: UncheckedPasswordForm) -> HttpResponse:  # type: ignore[override]  # the form is ours
        """Change it. The session that asks lives on, unless it was ended meanwhile."""
        user, filled = cast(User, self.request.user), form.cleaned_data
        asked = {"current_password": filled["old_password"], "new_password": filled["new_password1"]}
        try:
            change_password(request=self.request, user=user, entrance=Entrance.ADMIN, **asked)
        except InvalidPassword:
            form.add_error("old_password", form.error_messages["password_incorrect"])
        except TurnedAway as refusal:
            form.add_error("old_password", str(refusal.detail))
            return with_status(refusal, self.form_invalid(form))
        except NotAuthenticated:
            return redirect_to_login(self.request.get_full_path(), login_url="admin:login")
        return self.form_invalid(form) if form.errors else HttpResponseRedirect(self.get_success_url())


class LatchkeyAdminSite(AdminSite):
    """Django's admin under our name."""

    site_header = _("Latchkey")
    site_title = _("Latchkey")

    @method_decorator(csrf_exempt)  # Django's view checks, after what can't be read has left its row
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the form, or log in, as Django's site does, which names its view where nobody can put another."""
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        try:
            if request.method == "POST":
                read_form(request, entrance=Entrance.ADMIN)
        except APIException as refusal:
            return plain_error(request, refusal)
        request.current_app = self.name  # for the links of its templates
        own = {"title": _("Log in"), "subtitle": None, "app_path": request.get_full_path()}
        context = self.each_context(request) | own | {"username": request.user.get_username()} | (extra_context or {})
        view = RecordedLoginView.as_view(extra_context=context)
        response = cast(HttpResponse, view(request))
        return with_status(turned_away(request), response)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the form, or change the password, as Django's site does."""
        request.current_app = self.name  # for the links of its templates
        context = self.each_context(request) | (extra_context or {})
        address = reverse("admin:password_change_done", current_app=self.name)
        view = RecordedPasswordChangeView.as_view(success_url=address, extra_context=context)
        return cast(TemplateResponse, view(request))


def with_status(refusal: TurnedAway | None, response: Response) -> Response:
    """Give the form the status of an attempt that was turned away, if it was."""
    if refusal is not None:
        response.status_code = refusal.status_code
        response.headers["Retry-After"] = str(refusal.wait)
    return response
