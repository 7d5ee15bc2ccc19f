"""The one place where credentials are checked, for every entrance."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from inspect import signature
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from users.attempts import Attempt, note
from users.gate import Gate, NoTurnError
from users.models import User
from users.names import is_storable
from users.signals import credentials_accepted
from users.vocabulary import TURNED_AWAY, FailureReason, Overloaded, TurnedAway

logger = logging.getLogger("users")
RETRY_AFTER = timedelta(seconds=2)
# Those who are refused at once are let through two at a time: more would only take turns with those who are logged in.
lookups = Gate(places=lambda: 2, queue=lambda: 10_000)
password_checks = Gate(places=lambda: settings.PASSWORD_CHECKS_AT_ONCE, queue=lambda: settings.PASSWORD_CHECKS_WAITING)
MAX_PASSWORD_LENGTH = 1024  # characters; longer ones are refused before anything is hashed


class AccountBackend(ModelBackend):
    """Checks a name or e-mail address and a password, and notes on the request what the attempt came to."""

    # ModelBackend has an asynchronous copy of its check. Ours has one check, which BaseBackend runs in a thread.
    aauthenticate = BaseBackend.aauthenticate  # type: ignore[assignment]  # takes the credentials as keywords alone

    @sensitive_variables("password")
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the account if the credentials are right, else None. Sends ``credentials_accepted``.

        Raises:
            PermissionDenied: the password was not looked at, and no other backend shall do so.
        """
        if username is None or password is None:
            return None
        attempt = Attempt(username=str(username), user=None)  # as Django does, a number's account is that of its digits
        try:
            with turn(lookups, deadline=patience()):
                attempt.user = User.objects.find_by_login(attempt.username)
                self.admit(request, attempt)
            attempt.failure_reason = self.check(request, attempt, password)
        except TurnedAway as refusal:
            attempt.failure_reason, attempt.wait = refusal.failure_reason, timedelta(seconds=refusal.wait)
        if request is not None:
            note(request, attempt)
        if attempt.failure_reason in TURNED_AWAY:
            raise PermissionDenied
        if attempt.failure_reason is not None:
            return None
        credentials_accepted.send(sender=type(self), request=request, user=attempt.user)
        return attempt.user

    def admit(self, request: HttpRequest | None, attempt: Attempt) -> None:
        """Let the password be checked, or raise TurnedAway."""

    @sensitive_variables("password")
    def check(self, request: HttpRequest | None, attempt: Attempt, password: str) -> FailureReason | None:
        """Return why these credentials open nothing, or None.

        Raises:
            TurnedAway: the password was not looked at.
        """
        if is_malformed(password):
            return FailureReason.MALFORMED
        with turn(password_checks, deadline=patience()):
            return reason_to_refuse(attempt.user, password)


# Django asks for it at each login, and to find it out takes 0.1 ms.
AccountBackend.authenticate.__signature__ = signature(AccountBackend.authenticate)  # type: ignore[attr-defined]


@contextmanager
def turn(gate: Gate, *, deadline: float) -> Iterator[None]:
    """Wait for one's turn at the gate, and have it for the length of the block.

    Raises:
        Overloaded: too many are waiting already, the turn did not come until the deadline, or there was no memory for
            what is done in it: nothing is known of a password then.
    """
    try:
        gate.enter(deadline=deadline)
    except NoTurnError:
        raise Overloaded(RETRY_AFTER) from None
    try:
        yield
    except MemoryError:
        logger.warning("no memory to check or hash a password")
        raise Overloaded(RETRY_AFTER) from None
    finally:
        gate.leave()


def patience() -> float:
    """Return until when a password check that begins now may wait for its turn, as ``time.monotonic()`` counts."""
    wait: float = settings.PASSWORD_CHECK_WAIT.total_seconds()
    return time.monotonic() + wait


def is_malformed(password: object) -> bool:
    """Whether no account can have this password, such as what is no text: callers may pass on what JSON holds."""
    return not isinstance(password, str) or len(password) > MAX_PASSWORD_LENGTH or not is_storable(password)


@sensitive_variables("password")
def reason_to_refuse(user: User | None, password: str) -> FailureReason | None:
    """Return why the password opens nothing, or None. Costs one hash, whatever is known of the account."""
    if user is None:
        make_password(password)
        return FailureReason.UNKNOWN_USER
    is_right = user.check_password(password)
    if not user.has_usable_password():
        return FailureReason.UNUSABLE_PASSWORD
    if not is_right:
        return FailureReason.WRONG_PASSWORD
    return None if user.is_active else FailureReason.INACTIVE
