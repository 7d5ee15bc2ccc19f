"""The backend of every entrance: a guess takes its place in the limiter before its password is checked."""

import time
from datetime import timedelta

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from auth_api import limiter
from auth_api.ledger import Guesser
from users.attempts import Attempt, FailureReason, Overloaded
from users.backends import AccountBackend, is_malformed, patience, reason_to_refuse
from users.gate import gate

PAUSE = timedelta(milliseconds=30)  # about as long as a check takes: then the guesses in front may be settled


class LimitedBackend(AccountBackend):
    """Checks no more passwords than the allowances allow. Code that authenticates without a request is trusted."""

    @sensitive_variables("password")
    def check(self, request: HttpRequest | None, attempt: Attempt, password: str) -> FailureReason | None:
        """Return why these credentials open nothing, or None.

        Raises:
            TurnedAway: the password was not looked at.
        """
        if request is None or is_malformed(password):
            return super().check(request, attempt, password)
        guesser = Guesser.of(request, attempt)
        limiter.refuse_if_locked_out(guesser)
        deadline = patience()
        while time.monotonic() < deadline:
            with gate.turn(deadline=deadline):
                if limiter.take(request, guesser):
                    return reason_to_refuse(attempt.user, password)
            # As many guesses are being checked as may fail. Whether this one may be is known when they are settled.
            time.sleep(PAUSE.total_seconds())
        raise Overloaded(PAUSE)
