"""What the limiter reads: which guesses count against which allowance, and which lockouts are on."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone

from auth_api.models import Allowance, Guess, KnownNetwork, Lockout
from auth_api.models.limits import ACCOUNT_LENGTH
from users.attempts import Attempt
from users.clients import Client, network_of, storable
from users.names import normalise

LONG_AGO = datetime.min.replace(tzinfo=UTC)


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
        return cls(account, network_of(Client.of(request).ip_address), user.pk if user else 0)

    def whom(self, allowance: Allowance) -> dict[str, str]:
        """Return the columns of a lockout of that allowance."""
        return {
            "allowance": allowance.value,
            "account": "" if allowance is Allowance.NETWORK else self.account,
            "network": "" if allowance is Allowance.ACCOUNT else self.network,
        }

    def what_counts(self, allowance: Allowance) -> Q:
        """Return the condition that guesses meet which count against the allowance."""
        if allowance is Allowance.NETWORK:
            return Q(network=self.network)
        account = Q(account=self.account, is_cleared=False)
        return account if allowance is Allowance.ACCOUNT else account & Q(network=self.network)

    def is_at_home(self) -> bool:
        """Whether the account logged in from this network lately. One query, for unknown names as well."""
        since = timezone.now() - KnownNetwork.KNOWN_FOR
        known = KnownNetwork.objects.filter(user_id=self.user_id, network=self.network, last_login_at__gt=since)
        return known.exists()


def recent_lockouts(guesser: Guesser) -> dict[Allowance, Lockout]:
    """Return the newest lockout of each allowance, if it still matters. One query."""
    since = timezone.now() - max(Lockout.MEMORY, settings.LOGIN_WINDOW)
    whom = Q()
    for allowance in Allowance:
        whom |= Q(**guesser.whom(allowance))
    found = Lockout.objects.filter(whom, locked_until__gt=since).order_by("id")
    return {Allowance(lockout.allowance): lockout for lockout in found}


def locked_for(guesser: Guesser, lockouts: dict[Allowance, Lockout]) -> timedelta | None:
    """Return for how long the guesser is locked out, if that is so.

    The account's own lockout does not reach the networks in which its owner is at home.
    """
    now = timezone.now()
    ends = {allowance: lockout.ends_at for allowance, lockout in lockouts.items() if allowance.limit}
    on = {allowance: end for allowance, end in ends.items() if end > now}
    if Allowance.ACCOUNT in on and guesser.is_at_home():
        del on[Allowance.ACCOUNT]
    return max(on.values()) - now if on else None


class Ledger:
    """What counts against each allowance of a guesser: failures within the window, and guesses being checked."""

    def __init__(self, guesser: Guesser, lockouts: dict[Allowance, Lockout]) -> None:
        """Count it. One query."""
        self.guesser, self.lockouts, self.now = guesser, lockouts, timezone.now()
        self.allowances = [allowance for allowance in Allowance if allowance.limit]
        counts = {}
        whose = Q()
        for allowance in self.allowances:
            counts[f"failed_{allowance}"] = Count("pk", filter=self._failed(allowance))
            counts[f"pending_{allowance}"] = Count("pk", filter=self._pending(allowance))
            whose |= guesser.what_counts(allowance)
        since = self.now - max(settings.LOGIN_WINDOW, Guess.LEASE)
        self.counts: dict[str, int] = Guess.objects.filter(whose, taken_at__gt=since).aggregate(**counts)

    def failed(self, allowance: Allowance) -> int:
        """Return how many failures there are that no lockout has answered yet."""
        return self.counts.get(f"failed_{allowance}", 0)

    @property
    def owes(self) -> bool:
        """Whether there is anything that a success would clear."""
        pair = Allowance.ACCOUNT_AND_NETWORK
        return pair in self.lockouts or self.failed(pair) > 0

    def exhausted(self) -> list[Allowance]:
        """Return the allowances that are used up, and not locked out yet."""
        return [
            allowance
            for allowance in self.allowances
            if self.failed(allowance) >= allowance.limit
            and (allowance not in self.lockouts or self.lockouts[allowance].ends_at <= self.now)
        ]

    def is_full(self) -> bool:
        """Whether as many guesses are being checked as may still fail."""
        full = [
            allowance
            for allowance in self.allowances
            if self.failed(allowance) + self.counts[f"pending_{allowance}"] >= allowance.limit
        ]
        return full != [] and not (full == [Allowance.ACCOUNT] and self.guesser.is_at_home())

    def _failed(self, allowance: Allowance) -> Q:
        lockout = self.lockouts.get(allowance)
        answered_at = (lockout.lifted_at or lockout.locked_at) if lockout else LONG_AGO
        since = self.now - settings.LOGIN_WINDOW
        return self.guesser.what_counts(allowance) & Q(failed_at__gt=answered_at, taken_at__gt=since)

    def _pending(self, allowance: Allowance) -> Q:
        since = self.now - Guess.LEASE
        return self.guesser.what_counts(allowance) & Q(failed_at=None, taken_at__gt=since)
