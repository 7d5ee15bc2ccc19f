"""What the limiter reads: which guesses count against which allowance, and which lockouts are on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from auth_api.guesser import Guesser, TakenGuess
from auth_api.models import Allowance, Guess, Lockout
from auth_api.models.credentials import LONG_AGO
from users.statements import Prepared

CLEARED = (Allowance.ACCOUNT_AND_NETWORK, Allowance.ACCOUNT_AT_HOME)  # by a success of that account there


def recent_lockouts(guesser: Guesser) -> dict[Allowance, Lockout]:
    """Return the newest lockout of each allowance, if it still matters. One query."""
    since = timezone.now() - max(Lockout.MEMORY, settings.LOGIN_WINDOW)
    rows = lockouts_of.rows(account=guesser.account, network=guesser.network, home=guesser.home, since=since)
    columns = [field.attname for field in Lockout._meta.concrete_fields]  # noqa: SLF001 - public by its documentation
    found = [Lockout.from_db(connection.alias, columns, row) for row in rows]
    newest_last = sorted(found, key=attrgetter("pk"))
    return {Allowance(lockout.allowance): lockout for lockout in newest_last if guesser.is_meant_by(lockout)}


def build_lockouts(account: str, network: str, home: str, since: datetime) -> QuerySet[Lockout]:
    """Return the lockouts on the account, or on the network whoever it is.

    Without their order, for which PostgreSQL would walk through all of them, and not by one condition: it would take
    those for many that have neither account nor network, and there are none.
    """
    recent = Lockout.objects.filter(locked_until__gt=since).order_by()
    on_account = recent.filter(account=account, network__in=(network, home, ""))
    return on_account.union(recent.filter(account="", network=network), all=True)


lockouts_of = Prepared(build_lockouts, account=str, network=str, home=str, since=datetime)


@cache
def guesses_on(allowances: tuple[Allowance, ...]) -> Prepared:
    """Return the statement that reads the guesses which count against the allowances."""

    def build(account: str, network: str, since: datetime) -> QuerySet[Guess, Any]:
        # What counts at home counts against the account from everywhere as well.
        whose = {Allowance.ACCOUNT_AND_NETWORK: Q(network=network), Allowance.ACCOUNT: Q(is_cleared=False)}
        counted = Q(*(whose[allowance] for allowance in allowances if allowance in whose), _connector=Q.OR)
        by_account = Q(account=account) & counted if counted else Q(pk__in=())
        by_network = Q(network=network) & ~by_account if Allowance.NETWORK in allowances else Q(pk__in=())
        # Not by one condition, which neither of the two indexes answers: PostgreSQL would walk through all guesses.
        parts = (Guess.objects.filter(part, taken_at__gt=since) for part in (by_account, by_network))
        return QuerySet.union(*(part.values_list(*TakenGuess._fields) for part in parts), all=True)

    return Prepared(build, account=str, network=str, since=datetime)


def locked_for(guesser: Guesser, lockouts: dict[Allowance, Lockout]) -> timedelta | None:
    """Return for how long the guesser is locked out, if that is so."""
    now = timezone.now()
    ends = {allowance: lockout.ends_at for allowance, lockout in lockouts.items() if allowance.limit}
    on = guesser.held_to({allowance for allowance, end in ends.items() if end > now})
    return max(ends[allowance] for allowance in on) - now if on else None


class Ledger:
    """What counts against each allowance of a guesser: failures within the window, and guesses being checked."""

    def __init__(self, guesser: Guesser, lockouts: dict[Allowance, Lockout]) -> None:
        """Read it. One query, of rows that the limits keep few."""
        self.guesser, self.lockouts, self.now = guesser, lockouts, timezone.now()
        self.allowances = tuple(allowance for allowance in Allowance if allowance.limit)
        since = self.now - max(settings.LOGIN_WINDOW, Guess.LEASE)
        rows = guesses_on(self.allowances).rows(account=guesser.account, network=guesser.network, since=since)
        self.guesses = [TakenGuess(*columns) for columns in rows]

    def failed(self, allowance: Allowance) -> int:
        """Count the failures that no lockout has answered yet."""
        lockout = self.lockouts.get(allowance)
        answered_at = (lockout.lifted_at or lockout.locked_at) if lockout else LONG_AGO
        since = self.now - settings.LOGIN_WINDOW
        return sum(
            guess.failed_at is not None and guess.failed_at > answered_at and guess.taken_at > since
            for guess in self.of(allowance)
        )

    def pending(self, allowance: Allowance) -> int:
        """Count the guesses that are being checked."""
        since = self.now - Guess.LEASE
        return sum(guess.failed_at is None and guess.taken_at > since for guess in self.of(allowance))

    def of(self, allowance: Allowance) -> Iterator[TakenGuess]:
        """Yield the guesses that count against the allowance."""
        is_account = allowance is not Allowance.NETWORK
        for guess in self.guesses:
            is_others = is_account and (guess.account != self.guesser.account or guess.is_cleared)
            if not is_others and self.guesser.is_where(guess, allowance):
                yield guess

    @property
    def owes(self) -> bool:
        """Whether there is anything that a success would clear."""
        return any(allowance in self.lockouts or self.failed(allowance) > 0 for allowance in CLEARED)

    def exhausted(self) -> list[Allowance]:
        """Return the allowances that are used up, and not locked out yet. At home, the one for elsewhere as well."""
        return [
            allowance
            for allowance in self.allowances
            if self.failed(allowance) >= allowance.limit
            and (allowance not in self.lockouts or self.lockouts[allowance].ends_at <= self.now)
            and (allowance is not Allowance.ACCOUNT_AT_HOME or self.guesser.is_at_home())
        ]

    def is_full(self) -> bool:
        """Whether as many guesses are being checked as may still fail."""
        full = {
            allowance
            for allowance in self.allowances
            if self.failed(allowance) + self.pending(allowance) >= allowance.limit
        }
        return bool(self.guesser.held_to(full))
