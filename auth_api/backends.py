"""The backend of every entrance: a guess takes its place in the limiter before its password is checked."""

import time
from datetime import timedelta

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from auth_api import limiter
from auth_api.devices import device_of
from auth_api.guesser import Guesser
from users.attempts import Attempt, await_outcome
from users.backends import RETRY_AFTER, AccountBackend, is_malformed, password_checks, patience, reason_to_refuse, turn
from users.gate import lend_connection
from users.vocabulary import FailureReason, Overloaded

PAUSE = timedelta(milliseconds=20)  # about as long as a check takes: then the guesses in front may be settled
LONGEST_PAUSE = timedelta(milliseconds=250)


class LimitedBackend(AccountBackend):
    """Checks no more passwords than the allowances allow. Code that authenticates without a request is trusted."""

    def admit(self, request: HttpRequest | None, attempt: Attempt) -> None:
        """Let the password be checked, or raise LockedOut."""
        if request is not None:
            attempt.device = device_of(request, attempt.user)
            limiter.refuse_if_locked_out(Guesser.of(request, attempt))

    @sensitive_variables("password")
    def check(self, request: HttpRequest | None, attempt: Attempt, password: str) -> FailureReason | None:
        """Return why these credentials open nothing, or None.

        Raises:
            TurnedAway: the password was not looked at.
        """
        if request is None or is_malformed(password):
            return super().check(request, attempt, password)
        guesser = Guesser.of(request, attempt)
        deadline, pause = patience(), PAUSE
        while time.monotonic() < deadline:
            with turn(password_checks, deadline=deadline):
                if limiter.take(request, guesser):
                    await_outcome(request)
                    return reason_to_refuse(attempt.user, password)
            # As many guesses are being checked as may fail. Whether this one may be is known when they are settled.
            lend_connection()
            time.sleep(pause.total_seconds())
            pause = min(1.5 * pause, LONGEST_PAUSE)
        raise Overloaded(RETRY_AFTER)
