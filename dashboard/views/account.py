"""One's own account: what opens it, who tried to, and its password."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.generic import TemplateView
from rest_framework.exceptions import APIException, ValidationError

from audit.buckets import Bucket
from audit.keyset import Page, Span, read_page
from audit.models import LoginLog
from auth_api.models import AuthToken, Session
from auth_api.services import log_in
from dashboard.answers import show
from dashboard.forms import PasswordForm, TokenForm
from dashboard.listing import page_of
from dashboard.services import SentBefore, current_session, use_up
from dashboard.views.person import PersonView
from dashboard.watch import watch
from users.services import change_password
from users.vocabulary import Entrance, TurnedAway

SHOWN = 10  # rows of each list


class DashboardView(PersonView, TemplateView):
    """Everything about one's own account, on one page: two queries for who asks, five for the rest. More for staff."""

    template_name = "dashboard/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read it."""
        return super().get_context_data(
            tokens=page_of(AuthToken.objects.alive_for(self.user), self.request.GET, "tokens", size=SHOWN),
            sessions=page_of(Session.objects.alive_for(self.user), self.request.GET, "sessions", size=SHOWN),
            current=current_session(self.request),
            logins=self.logins(),
            watch=watch(bucket=self.bucket) if self.user.is_staff else None,
            **kwargs,
        )

    @property
    def bucket(self) -> Bucket:
        """What the chart counts together."""
        return Bucket.HOUR if self.request.GET.get("by") == Bucket.HOUR else Bucket.DAY

    def logins(self) -> Page:
        """Return the page of one's own logins that the address asks for."""
        rows = LoginLog.objects.filter(user=self.user)
        try:
            return read_page(rows, Span(), self.request.GET.get("logins", ""), size=SHOWN)
        except ValueError:
            raise Http404 from None


class TokenCreateView(PersonView):
    """A token for a script. Its key is on the page that follows, and nowhere else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return self.show(TokenForm())

    @sensitive_variables("form")
    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the token, if the password is right: an attempt like any other. A form makes one."""
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self.show(form)
        try:
            if once := form.cleaned_data["once"]:
                use_up(request=request, user=self.user, form=once)
            issued = log_in(request=request, username=self.user.username, entrance=Entrance.PAGE, **form.asked())
        except (SentBefore, ValidationError, TurnedAway) as refusal:
            return self.show(form, refusal)
        return render(request, "dashboard/token_created.html", {"token": issued.token, "key": issued.key}, status=201)

    def show(self, form: TokenForm, refusal: APIException | None = None) -> HttpResponse:
        """Return the page, whose form can be sent once."""
        return show(self.request, "dashboard/token_form.html", form, refusal=refusal, context={"once": uuid4()})


class PasswordView(PersonView):
    """A new password."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form."""
        return show(request, "dashboard/password.html", PasswordForm(user=self.user))

    @sensitive_variables("form")
    def post(self, request: HttpRequest) -> HttpResponse:
        """Change it, which ends every other token and session."""
        form = PasswordForm(request.POST, user=self.user)
        if not form.is_valid():
            return show(request, "dashboard/password.html", form)
        try:
            change_password(request=request, user=self.user, entrance=Entrance.PAGE, **form.asked())
        except (ValidationError, TurnedAway) as refusal:
            return show(request, "dashboard/password.html", form, refusal=refusal)
        messages.success(request, _("Your password is changed. All other tokens and sessions have been ended."))
        return redirect("dashboard")
