"""The verbs: what can be done with credentials."""

from datetime import datetime

from django.contrib.auth import login, logout
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import NotFound

from auth_api.confirmation import authenticated, confirmed
from auth_api.models import AuthToken, IssuedToken, Scope
from users.attempts import enter, underlying
from users.clients import Client
from users.models import User
from users.vocabulary import Entrance


@sensitive_variables("password")
def log_in(
    *,
    request: HttpRequest,
    username: str,
    password: str,
    device_name: str = "",
    scope: Scope = Scope.WRITE,
    expires_at: datetime | None = None,
    entrance: Entrance = Entrance.API,
) -> IssuedToken:
    """Check the credentials and issue a token.

    Sends ``user_logged_in`` with the additional argument ``token_id``, in the transaction that makes the token: what a
    receiver writes is committed with it, and when a receiver fails there is no token.

    Raises:
        InvalidCredentials, TurnedAway: see ``authenticated``.
        NotAuthenticated: see ``confirmed``.
    """
    enter(request, entrance)
    user = authenticated(request=request, username=username, password=password)
    with confirmed(request=request, user=user, username=username):
        issued = user.auth_tokens.issue(
            name=device_name, client=Client.of(request), scope=scope, expires_at=expires_at, is_locked=True
        )
        user_logged_in.send(sender=User, request=request, user=user, token_id=issued.token.id)
    return issued


def rename(*, token: AuthToken, name: str) -> None:
    """Rename the token where it stands: saving it whole could bring back one that was ended meanwhile.

    Raises:
        NotFound: it was.
    """
    if not AuthToken.objects.filter(pk=token.pk).update(name=name):
        raise NotFound
    token.name = name


def log_out(*, request: HttpRequest, token: AuthToken) -> None:
    """End the token. Sends ``user_logged_out``."""
    token.delete()
    user_logged_out.send(sender=User, request=request, user=token.user)


@transaction.atomic
def log_out_everywhere(*, request: HttpRequest, user: User) -> None:
    """End every token and every session of the account. Sends ``user_logged_out``, once."""
    User.objects.lock(user)
    user.auth_tokens.all().delete()
    user.sessions.all().delete()
    user_logged_out.send(sender=User, request=request, user=user)


@sensitive_variables("password")
def open_session(
    *,
    request: HttpRequest,
    username: str,
    password: str,
    remember: bool = False,
    entrance: Entrance = Entrance.SESSION,
) -> User:
    """Check the credentials and open a cookie session. Sends ``user_logged_in``.

    Raises:
        InvalidCredentials, TurnedAway: see ``authenticated``.
        NotAuthenticated: see ``confirmed``.
    """
    enter(request, entrance)
    user = authenticated(request=request, username=username, password=password)
    with confirmed(request=request, user=user, username=username):
        begin_session(request=underlying(request), user=user, remember=remember)
    return user


def begin_session(*, request: HttpRequest, user: User, remember: bool) -> None:
    """Open a cookie session, in the transaction that is open. Sends ``user_logged_in``.

    The session gets another key, so that nobody can have planted it. Its cookie outlives the browser only if it is to
    ``remember``, by ``SESSION_COOKIE_AGE``.
    """
    request.session.flush()  # Django would keep the key of a session of the same account
    login(request, user)
    request.session.set_expiry(None if remember else 0)
    request.session.save()


def close_session(*, request: HttpRequest) -> None:
    """End this session. Sends ``user_logged_out``."""
    logout(underlying(request))


def revoke(*, key: str) -> None:
    """End the token of the key, if there is one: whoever has the key may (RFC 7009)."""
    token = AuthToken.objects.find(key)
    if token is not None:
        token.delete()
