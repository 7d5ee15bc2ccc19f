"""What credentials hear of accounts. Connected in ``auth_api.apps``."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.backends.base import UpdateError
from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated

from auth_api.confirmation import has_lost_credential, is_made_by_cookie
from auth_api.homes import forget_other_networks
from auth_api.keys import digest
from auth_api.limiter import settle
from auth_api.models import AuthToken
from auth_api.sessions import SessionStore
from users.attempts import Attempt, underlying
from users.clients import Client
from users.models import User


def note_client(*, request: HttpRequest | None, token_id: object = None, **kwargs: Any) -> None:
    """``user_logged_in``: a session that opens keeps where that was."""
    session = getattr(request, "session", None)
    if token_id is None and isinstance(session, SessionStore) and request is not None:
        session.client = Client.of(request)


def settle_guess(*, request: HttpRequest | None, attempt: Attempt, **kwargs: Any) -> None:
    """``attempt_recorded``: what the guess came to is known, and is committed with its row."""
    if request is not None:
        settle(request, attempt.failure_reason)


def keep_credentials(*, user: User, before: User, **kwargs: Any) -> None:
    """``password_rehashed``: the password is the same, so that what was bound to its old hash moves to the new one."""
    user.auth_tokens.filter(password_stamp=before.password_stamp).update(password_stamp=user.password_stamp)
    for session in user.sessions.all():
        data = SessionStore().decode(session.data)
        if data.get(HASH_SESSION_KEY) == before.get_session_auth_hash():
            data[HASH_SESSION_KEY] = user.get_session_auth_hash()
            # Not save(): the session may have been ended meanwhile.
            rebound = {"data": SessionStore().encode(data), "auth_hash": data[HASH_SESSION_KEY]}
            user.sessions.filter(pk=session.pk).update(**rebound)


def end_other_credentials(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """``password_changed``: of all credentials, only the one that the change was made with lives on; so do networks."""
    if has_lost_credential(request):
        raise NotAuthenticated
    tokens, sessions = user.auth_tokens.all(), user.sessions.all()
    current = getattr(request, "auth", None)
    if isinstance(current, AuthToken):
        user.auth_tokens.filter(pk=current.pk).update(password_stamp=user.password_stamp)
        tokens = tokens.exclude(pk=current.pk)
    elif is_made_by_cookie(request):
        sessions = sessions.exclude(digest=digest(renewed_session_key(underlying(request), user)))
    tokens.delete()
    sessions.delete()
    forget_other_networks(user=user, address=request.META.get("REMOTE_ADDR"))


def end_all_credentials(*, instance: User, update_fields: Collection[str] | None = None, **kwargs: Any) -> None:
    """``post_save``: an account that is deactivated loses its credentials. They don't come back when it does."""
    if not instance.is_active and (update_fields is None or "is_active" in update_fields):
        instance.auth_tokens.all().delete()
        instance.sessions.all().delete()


def renewed_session_key(request: HttpRequest, user: User) -> str:
    """Bind the request's session to the new password, under a new key.

    Raises:
        NotAuthenticated: the session has been ended, by a transaction that was not over when it was looked for.
    """
    note_client(request=request)
    try:
        update_session_auth_hash(request, user)
    except UpdateError:
        raise NotAuthenticated from None
    request.session.save()
    return request.session.session_key or ""
