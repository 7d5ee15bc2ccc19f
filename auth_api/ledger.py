"""What the limiter reads: which guesses count against which allowance, and which lockouts are on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from auth_api.models import Allowance, Guess, KnownNetwork, Lockout
from auth_api.models.limits import ACCOUNT_LENGTH
from users.attempts import Attempt
from users.clients import network_of, storable
from users.names import normalise
from users.statements import Prepared

LONG_AGO = datetime.min.replace(tzinfo=UTC)
CLEARED = (Allowance.ACCOUNT_AND_NETWORK, Allowance.ACCOUNT_AT_HOME)  # by a success of that account in that network


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who guesses whose password. An unknown name is counted like an account."""

    account: str
    network: str
    user_id: int  # 0 for an unknown name

    @classmethod
    def of(cls, request: HttpRequest, attempt: Attempt) -> "Guesser":
        """Read the guesser off the request. An account's name stands for its e-mail address as well."""
        user = attempt.user
        account = user.username if user else storable(normalise(attempt.username), length=ACCOUNT_LENGTH)
        return cls(account, network_of(request.META.get("REMOTE_ADDR")), user.pk if user else 0)

    def whom(self, allowance: Allowance) -> dict[str, str]:
        """Return the columns of a lockout of that allowance."""
        return {
            "allowance": allowance.value,
            "account": "" if allowance is Allowance.NETWORK else self.account,
            "network": "" if allowance is Allowance.ACCOUNT else self.network,
        }

    def is_meant_by(self, lockout: Lockout) -> bool:
        """Whether the lockout is one of this account, this network, or both."""
        whom = self.whom(Allowance(lockout.allowance))
        return (lockout.account, lockout.network) == (whom["account"], whom["network"])

    def is_at_home(self) -> bool:
        """Whether the account logged in from this network lately. One query, for unknown names as well."""
        since = timezone.now() - KnownNetwork.KNOWN_FOR
        known = KnownNetwork.objects.filter(user_id=self.user_id, network=self.network, last_login_at__gt=since)
        return known.exists()

    def held_to(self, allowances: set[Allowance]) -> set[Allowance]:
        """Leave out the one of the account's two allowances that is for others. A query if either is among them."""
        if not allowances & {Allowance.ACCOUNT, Allowance.ACCOUNT_AT_HOME}:
            return allowances
        return allowances - {Allowance.ACCOUNT if self.is_at_home() else Allowance.ACCOUNT_AT_HOME}


def recent_lockouts(guesser: Guesser) -> dict[Allowance, Lockout]:
    """Return the newest lockout of each allowance, if it still matters. One query."""
    since = timezone.now() - max(Lockout.MEMORY, settings.LOGIN_WINDOW)
    rows = lockouts_of.rows(account=guesser.account, network=guesser.network, since=since)
    columns = [field.attname for field in Lockout._meta.concrete_fields]  # noqa: SLF001 - public by its documentation
    found = [Lockout.from_db(connection.alias, columns, row) for row in rows]
    return {Allowance(lockout.allowance): lockout for lockout in found if guesser.is_meant_by(lockout)}


lockouts_of = Prepared(
    lambda account, network, since: Lockout.objects.filter(
        account__in=(account, ""), network__in=(network, ""), locked_until__gt=since
    ).order_by("id"),
    account=str,
    network=str,
    since=datetime,
)


@cache
def guesses_on(allowances: tuple[Allowance, ...]) -> Prepared:
    """Return the statement that reads the guesses which count against the allowances."""

    def build(account: str, network: str, since: datetime) -> QuerySet[Guess, Any]:
        whose = {
            Allowance.ACCOUNT_AND_NETWORK: Q(account=account, network=network),
            Allowance.ACCOUNT: Q(account=account, is_cleared=False),
            Allowance.NETWORK: Q(network=network),
        }
        # What counts at home counts against the account from everywhere as well.
        conditions = Q(*(whose[allowance] for allowance in allowances if allowance in whose), _connector=Q.OR)
        return Guess.objects.filter(conditions, taken_at__gt=since).values_list(*TakenGuess._fields)

    return Prepared(build, account=str, network=str, since=datetime)


def locked_for(guesser: Guesser, lockouts: dict[Allowance, Lockout]) -> timedelta | None:
    """Return for how long the guesser is locked out, if that is so."""
    now = timezone.now()
    ends = {allowance: lockout.ends_at for allowance, lockout in lockouts.items() if allowance.limit}
    on = guesser.held_to({allowance for allowance, end in ends.items() if end > now})
    return max(ends[allowance] for allowance in on) - now if on else None


class TakenGuess(NamedTuple):
    """The columns of a guess that say what it counts against."""

    account: str
    network: str
    taken_at: datetime
    failed_at: datetime | None
    is_cleared: bool


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
            is_elsewhere = allowance is not Allowance.ACCOUNT and guess.network != self.guesser.network
            is_others = is_account and (guess.account != self.guesser.account or guess.is_cleared)
            if not is_elsewhere and not is_others:
                yield guess

    @property
    def owes(self) -> bool:
        """Whether there is anything that a success would clear."""
        return not self.lockouts.keys().isdisjoint(CLEARED) or self.failed(Allowance.ACCOUNT_AND_NETWORK) > 0

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
