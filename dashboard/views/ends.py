"""The ends of what opens one's own account."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from audit.models import LoginLog
from auth_api.models import AuthToken, Session
from auth_api.services import close_session
from dashboard.listing import back_to
from dashboard.services import current_session, disown
from dashboard.views.person import PersonView


class TokenEndView(PersonView):
    """The end of one of one's own tokens."""

    def post(self, request: HttpRequest, token_id: UUID) -> HttpResponse:
        """End it."""
        token = get_object_or_404(AuthToken.objects.alive_for(self.user), pk=token_id)
        token.delete()
        done = _("The token %(name)s has been ended.") % {"name": token.name or token.hint}
        messages.success(request, done, extra_tags="tokens")
        return back_to("tokens", request)


class SessionEndView(PersonView):
    """The end of one of one's own sessions."""

    def post(self, request: HttpRequest, session_id: UUID) -> HttpResponse:
        """End it; this one by logging out."""
        session = get_object_or_404(Session.objects.alive_for(self.user), pk=session_id)
        if session.pk == current_session(request):
            close_session(request=request)
        session.delete()
        messages.success(request, _("The session has been ended."), extra_tags="sessions")
        return back_to("sessions", request)


def what_happened(login: LoginLog) -> str:
    """Say what became of a login that somebody disowned."""
    if login.is_confirmation:
        return _(
            "That attempt opened nothing, so that nothing has been ended; but whoever made it knows your password."
        )
    return _("What that login opened has been ended. Somebody else may know your password.")


def what_to_do(*, is_out: bool) -> str:
    """Say how to keep them out. ``is_out`` if the login was the one that this person had."""
    return _("Log in and change it.") if is_out else _("Change it now: that ends all other tokens and sessions, too.")


class DisownView(PersonView):
    """``This wasn't me``: ends what the login opened, if anything, and asks for a new password."""

    def post(self, request: HttpRequest, login_id: int) -> HttpResponse:
        """End it."""
        login = get_object_or_404(LoginLog, pk=login_id, user=self.user, is_success=True)
        is_out = disown(request=request, user=self.user, login=login)
        messages.warning(request, f"{what_happened(login)} {what_to_do(is_out=is_out)}")
        return redirect("password")
