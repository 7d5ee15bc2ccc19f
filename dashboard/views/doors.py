"""The way in and the way out."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.templatetags.static import static
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import RedirectView, TemplateView, View
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from auth_api.inputs import SessionLoginSerializer
from auth_api.parsers import FORMS
from auth_api.refusals import read_credentials
from auth_api.services import close_session, open_session
from dashboard.answers import show
from dashboard.forms import LoginForm
from dashboard.views.person import PersonView
from users.vocabulary import Entrance


class HomeView(TemplateView):
    """Greets whoever is logged in, and offers the login to everybody else."""

    template_name = "dashboard/home.html"


class FaviconView(RedirectView):
    """Where browsers look that were not told."""

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Return the address of the icon."""
        return static("dashboard/favicon.svg")


@method_decorator(sensitive_post_parameters(), name="dispatch")
@method_decorator(csrf_exempt, name="dispatch")  # let_in() checks, after what can't be read has left its row
class LoginView(RedirectURLMixin, View):
    """The login page. ``next`` leads to pages of this host only."""

    credentials: dict[str, Any]  # no argument: reports of errors show those, also of the decorators in between

    def get_default_redirect_url(self) -> str:
        """Return where to go without ``next``."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the form to those who are not in yet."""
        if request.user.is_authenticated:
            return self.go_on()
        return self.show(LoginForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Log in. Each attempt leaves its row, whatever was sent, as at ``auth/session/``."""
        sent = Request(request, parsers=[parser() for parser in FORMS])
        try:
            self.credentials = read_credentials(sent, entrance=Entrance.PAGE, serializer_class=SessionLoginSerializer)
            return self.let_in(request)
        except APIException as refusal:
            return self.show(LoginForm(request.POST), refusal)

    @method_decorator(csrf_protect)
    def let_in(self, request: HttpRequest) -> HttpResponse:
        """Open the session, and go on to where the person wanted to go."""
        open_session(request=request, entrance=Entrance.PAGE, **self.credentials)
        return self.go_on()

    def go_on(self) -> HttpResponse:
        """Lead to where the person wanted to go. Not by redirect(), which takes text for the name of a view."""
        return HttpResponseRedirect(self.get_success_url())

    def show(self, form: LoginForm, refusal: APIException | None = None) -> HttpResponse:
        """Return the page, from which ``next`` is sent along."""
        context = {"next": self.get_redirect_url()}
        return show(self.request, "dashboard/login.html", form, refusal=refusal, context=context)


class LogoutView(PersonView):
    """The way out, by POST alone: no link and no picture on another site may log anybody out."""

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse, with the button that sends a POST for whoever came by the address and is logged in."""
        refusal = super().http_method_not_allowed(request, *args, **kwargs)
        if request.method not in SAFE_METHODS or not request.user.is_authenticated:
            return refusal
        page = render(request, "dashboard/logout.html", status=refusal.status_code)
        page.headers["Allow"] = refusal.headers["Allow"]
        return page

    def post(self, request: HttpRequest) -> HttpResponse:
        """End the session, and have the browser forget the pages that it has kept."""
        close_session(request=request)
        messages.success(request, _("You are logged out."))
        response = redirect("home")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response
