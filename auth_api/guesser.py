"""Who guesses, and from where."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.http import HttpRequest
from django.utils import timezone

from auth_api.models import Allowance, KnownNetwork, Lockout
from users.attempts import Attempt
from users.clients import network_of, storable
from users.names import LONGEST_LOGIN, normalise


def as_counted(name: str) -> str:
    """Return the name that guesses on it are counted under, if no account has it."""
    return storable(normalise(name), length=LONGEST_LOGIN)


class TakenGuess(NamedTuple):
    """The columns of a guess that say what it counts against."""

    account: str
    network: str
    device: str
    taken_at: datetime
    failed_at: datetime | None
    is_cleared: bool


@dataclass(frozen=True, slots=True)
class Guesser:
    """Who guesses whose password. An unknown name is counted like an account."""

    account: str
    network: str
    user_id: int  # 0 for an unknown name
    device: str = ""  # a known one, if it is

    @classmethod
    def of(cls, request: HttpRequest, attempt: Attempt) -> "Guesser":
        """Read the guesser off the request. An account's name stands for its e-mail address as well."""
        user = attempt.user
        account = user.username if user else as_counted(attempt.username)
        return cls(account, network_of(request.META.get("REMOTE_ADDR")), user.pk if user else 0, attempt.device)

    @property
    def home(self) -> str:
        """Where the account may be at home: on a device that is known wherever it is, or in the network."""
        return self.device or self.network

    def whom(self, allowance: Allowance) -> dict[str, str]:
        """Return the columns of a lockout of that allowance."""
        place = {Allowance.ACCOUNT: "", Allowance.ACCOUNT_AT_HOME: self.home}.get(allowance, self.network)
        account = "" if allowance is Allowance.NETWORK else self.account
        return {"allowance": allowance.value, "account": account, "network": place}

    def is_where(self, guess: TakenGuess, allowance: Allowance) -> bool:
        """Whether the guess was made where the allowance counts."""
        if allowance is Allowance.ACCOUNT_AT_HOME and self.device:
            return guess.device == self.device
        return allowance is Allowance.ACCOUNT or guess.network == self.network

    def is_meant_by(self, lockout: Lockout) -> bool:
        """Whether the lockout is one of this account, of where it is, or both."""
        whom = self.whom(Allowance(lockout.allowance))
        return (lockout.account, lockout.network) == (whom["account"], whom["network"])

    def is_at_home(self) -> bool:
        """Whether the account logged in from here lately. One query, for unknown names as well; none on a device."""
        if self.device:
            return True
        since = timezone.now() - KnownNetwork.KNOWN_FOR
        known = KnownNetwork.objects.filter(user_id=self.user_id, network=self.network, last_login_at__gt=since)
        return known.exists()

    def held_to(self, allowances: set[Allowance]) -> set[Allowance]:
        """Leave out the one of the account's two allowances that is for others. A query if either is among them."""
        if not allowances & {Allowance.ACCOUNT, Allowance.ACCOUNT_AT_HOME}:
            return allowances
        return allowances - {Allowance.ACCOUNT if self.is_at_home() else Allowance.ACCOUNT_AT_HOME}
