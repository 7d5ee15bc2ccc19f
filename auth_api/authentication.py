"""The headers ``Authorization: Token <key>`` and ``Bearer <key>``, and the session cookie, for REST framework."""

import re
from typing import Any, cast

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from auth_api.models import AuthToken, Scope
from users.attempts import underlying
from users.clients import Client
from users.models import User

USUAL_HEADER = re.compile(r"([A-Za-z]+) (\w+)", re.ASCII)  # a scheme and one word


class InsufficientScope(PermissionDenied):
    """403: the token is for reading."""

    default_detail = _("This token may only read.")
    default_code = "insufficient_scope"


class TokenAuthentication(authentication.TokenAuthentication):
    """REST framework's own, for keys that are stored as digests, that end in several ways, and that have a scope."""

    model = AuthToken

    def authenticate(self, request: Request) -> tuple[User, AuthToken] | None:
        """Return the account and the token, and note the use, or return None when the request brings no token."""
        authenticated = self.read_header(request)
        if authenticated is None:
            return None
        token = authenticated[1]
        if token.scope == Scope.READ and request.method not in SAFE_METHODS:
            raise InsufficientScope
        if token.has_stale_use:
            token.note_use(Client.of(request))
        return authenticated

    def read_header(self, request: Request) -> tuple[User, AuthToken] | None:
        """Return the account and the token that the header names. An unusual one is REST framework's to read."""
        header = underlying(request).META.get("HTTP_AUTHORIZATION")
        if not header:
            return None
        usual = USUAL_HEADER.fullmatch(header)
        if usual is None:
            unusual: tuple[User, AuthToken] | None = super().authenticate(request)
            return unusual
        return self.authenticate_credentials(usual[2]) if usual[1].lower() == self.keyword.lower() else None

    def authenticate_credentials(self, key: str) -> tuple[User, AuthToken]:
        """Look the key up by its digest: one query, or none for text that can't be a key."""
        token = cast("type[AuthToken]", self.get_model()).objects.find(key)
        if token is None:
            raise AuthenticationFailed(_("Invalid token."))
        user = token.user
        if not user.is_active:
            raise AuthenticationFailed(_("User inactive or deleted."))
        if not token.is_bound:
            raise AuthenticationFailed(_("Invalid token."))
        if token.has_expired:
            raise AuthenticationFailed(_("The token has expired."), code="token_expired")
        return user, token


class BearerAuthentication(TokenAuthentication):
    """The same keys under the scheme of RFC 6750, which many clients know no way around."""

    keyword = "Bearer"


class WithoutForm:
    """A request whose form has no fields, whatever its body holds."""

    POST = QueryDict()

    def __init__(self, request: Request) -> None:
        self.request = request

    def __getattr__(self, name: str) -> Any:
        """Return what the request has."""
        return getattr(self.request, name)


class CookieAuthentication(authentication.SessionAuthentication):
    """REST framework's own, which answers 401 where it stands alone."""

    def authenticate_header(self, request: Request) -> str:
        """Return what makes REST framework answer 401 rather than 403."""
        return "Cookie"

    def enforce_csrf(self, request: Request) -> None:
        """Check the origin and the header. Django would look for the token in the body first, and parse it for that."""
        try:
            super().enforce_csrf(cast(Request, WithoutForm(request)))
        except PermissionDenied as refusal:
            raise PermissionDenied(str(refusal.detail), code="csrf_failed") from None
