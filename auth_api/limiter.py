"""The limiter: how many passwords may be checked for an account and from a network.

A guess is taken before the check, in a transaction of its own, and settled in the transaction that writes its row in
the login log. Guesses on one account, or from one network, are taken and settled one after the other, in all processes,
so that the count is exact. While a password is checked nothing is locked, unless the caller has opened a transaction.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from auth_api.guesser import Guesser
from auth_api.homes import note_home
from auth_api.ledger import CLEARED, Ledger, locked_for, recent_lockouts
from auth_api.lockouts import lock_out
from auth_api.models import Allowance, Guess, Lockout
from users.attempts import underlying
from users.insertion import insert
from users.soundness import writing_sound_values
from users.statements import execute
from users.vocabulary import TURNED_AWAY, FailureReason, LockedOut


class Taken(NamedTuple):
    """A guess that is being checked, if any limit is on. ``owes``: whether there were failures to be cleared before."""

    guess: Guess | None
    guesser: Guesser
    owes: bool


_taken: WeakKeyDictionary[HttpRequest, Taken] = WeakKeyDictionary()


def refuse_if_locked_out(guesser: Guesser) -> None:
    """Raise LockedOut if a lockout is on. One query; two if it is the account's own."""
    wait = locked_for(guesser, recent_lockouts(guesser))
    if wait is not None:
        raise LockedOut(wait)


def take(request: HttpRequest, guesser: Guesser) -> bool:
    """Take a guess, or return False: as many are being checked as may still fail.

    Raises:
        LockedOut: the allowance is used up.
    """
    if not any(allowance.limit for allowance in Allowance):
        _taken[underlying(request)] = Taken(None, guesser, owes=False)
        return True
    is_others = connection.in_atomic_block  # what the caller writes besides is to be on the disk when it is committed
    with writing_sound_values(), without_flush(), transaction.atomic():
        queue_up(guesser.account, guesser.network, is_flushed=is_others)
        lockouts = recent_lockouts(guesser)
        wait = locked_for(guesser, lockouts)
        if wait is not None:
            raise LockedOut(wait)
        ledger = Ledger(guesser, lockouts)
        if ledger.is_full():
            lock_out(ledger)  # where a limit was lowered since the last failure
            return False
        guess = Guess(account=guesser.account, network=guesser.network, device=guesser.device, taken_at=ledger.now)
        insert(guess)
    _taken[underlying(request)] = Taken(guess, guesser, ledger.owes)
    return True


def settle(request: HttpRequest, reason: FailureReason | None) -> None:
    """Settle the guess that the request took, if it took one. To be called in the transaction of its log row."""
    taken = _taken.pop(underlying(request), None)
    if taken is None:
        return
    if reason is None:
        succeed(taken)
    elif reason in TURNED_AWAY:
        give_back(taken)  # the password was not looked at after all
    else:
        fail(taken)


def fail(taken: Taken) -> None:
    """Count the failure, and begin the lockouts that it leads to."""
    if taken.guess is None:
        return
    queue_up(taken.guesser.account, taken.guesser.network)  # so that one of two failures at once sees the other
    Guess.objects.filter(pk=taken.guess.pk).update(failed_at=timezone.now())
    lock_out(Ledger(taken.guesser, recent_lockouts(taken.guesser)))


def succeed(taken: Taken) -> None:
    """Give the guess back, and remember that the account is at home in the network."""
    give_back(taken)
    if taken.owes:
        queue_up(taken.guesser.account)  # so that no two wait for each other's rows
        clear(taken.guesser)
    note_home(taken.guesser)


def give_back(taken: Taken) -> None:
    """Take the guess for one that was never made."""
    if taken.guess is not None:
        execute("DELETE FROM auth_api_guess WHERE id = %s", taken.guess.pk)


def clear(guesser: Guesser) -> None:
    """Clear what the account owed in the network, and on the device if it is a known one.

    The failures go on counting for the network: otherwise one's own login would wash them away.
    """
    now = timezone.now()
    owed = {"account": guesser.account, "is_cleared": False}
    here = Q(network=guesser.network) | (Q(device=guesser.device) if guesser.device else Q())
    failures = Guess.objects.filter(here, **owed, failed_at__isnull=False, taken_at__gt=now - settings.LOGIN_WINDOW)
    failures.update(is_cleared=True)
    lockouts = Lockout.objects.filter(**owed, network__in={guesser.network, guesser.home}, allowance__in=CLEARED)
    lockouts.filter(locked_until__gt=now - Lockout.MEMORY).update(is_cleared=True)


def queue_up(*keys: str, is_flushed: bool = True) -> None:
    """Wait for other transactions on the same account or network. SQLite has one writer at a time anyway.

    Unless it ``is_flushed``, the transaction is not on the disk when it is committed.
    """
    if connection.vendor != "postgresql":
        return
    # In one order everywhere, so that no two wait for each other.
    locks = sorted({int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], signed=True) for key in keys})
    calls = ["pg_advisory_xact_lock(%s)"] * len(locks)
    if not is_flushed:
        calls.append("set_config('synchronous_commit', 'off', true)")
    execute(f"SELECT {', '.join(calls)}", *locks)


@contextmanager
def without_flush() -> Iterator[None]:
    """Do not wait for SQLite's disk. A guess that a power cut takes back was cut off in its check as well."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        execute("PRAGMA synchronous = FULL")
