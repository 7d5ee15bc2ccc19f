"""Devices from which the owner of an account has logged in before: they show a live token, or a session, of it."""

from datetime import datetime
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from auth_api.authentication import BearerAuthentication, TokenAuthentication
from auth_api.keys import digest
from auth_api.models import AuthToken, Session
from users.attempts import underlying
from users.models import User
from users.statements import Prepared

live_session = Prepared(
    lambda digest, now: Session.objects.filter(digest=digest, expires_at__gt=now).values_list(
        "id", "user_id", "auth_hash"
    ),
    digest=str,
    now=datetime,
)


def device_of(request: HttpRequest, user: User | None) -> str:
    """Return what the device is called by which the request is made, or "" if it shows nothing that opens the account.

    A query for each credential that is shown, also for a name that nobody has, so that its time tells nothing. Neither
    the view nor middleware need to have looked, and nothing is noted: the answer stays as it is to the last header.
    """
    inner = underlying(request)
    return token_of(inner, user) or session_of(inner, user)


def token_of(request: HttpRequest, user: User | None) -> str:
    """Return what the token in the header is called, if it opens the account."""
    token = shown_token(request)
    is_own = token is not None and user is not None and token.user_id == user.pk
    return f"token {token.pk}" if token and is_own else ""


def shown_token(request: HttpRequest) -> AuthToken | None:
    """Return the token in the header, if it opens anything."""
    for authentication in (TokenAuthentication(), BearerAuthentication()):
        try:
            authenticated = authentication.read_header(cast(Request, request))  # reads nothing but the header
        except AuthenticationFailed:
            return None
        if authenticated:
            return authenticated[1]
    return None


def session_of(request: HttpRequest, user: User | None) -> str:
    """Return what the session of the cookie is called, if it opens the account.

    Not by ``request.session``: to ask it changes the headers of the answer.
    """
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    found = live_session.rows(digest=digest(key), now=timezone.now()) if key else []
    if not found or user is None or not user.is_active:
        return ""
    session_id, user_id, auth_hash = found[0]
    is_own = user_id == user.pk and constant_time_compare(auth_hash, user.get_session_auth_hash())
    return f"session {session_id}" if is_own else ""
