"""How lockouts begin, and how staff end them."""

import logging
from datetime import timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from auth_api.ledger import Ledger
from auth_api.models import Lockout
from users.models import User

logger = logging.getLogger("auth_api")


def lock_out(ledger: Ledger) -> None:
    """Begin the lockouts that the failures lead to."""
    for allowance in ledger.exhausted():
        former = ledger.lockouts.get(allowance)
        repetition = former.repetition + 1 if former and former.is_remembered else 0
        lockout = Lockout.objects.create(
            **ledger.guesser.whom(allowance),
            locked_at=ledger.now,
            locked_until=ledger.now + duration(repetition),
            repetition=repetition,
        )
        transaction.on_commit(partial(logger.warning, "locked out", extra=as_line(lockout)))


def lift(lockout: Lockout, *, by: User) -> bool:
    """End the lockout now, and record who did so. Return whether it was still on.

    What led to it is forgotten: the next lockout takes as many failures as the first one did.

    Raises:
        PermissionDenied: they have been deleted, deactivated or demoted meanwhile. Django's own, for pages and the API.
    """
    with transaction.atomic():
        staff = User.objects.select_for_update(no_key=True).filter(pk=by.pk, is_staff=True, is_active=True)
        if not staff:
            raise PermissionDenied
        was_on = Lockout.objects.on().filter(pk=lockout.pk).update(lifted_at=timezone.now(), lifted_by=by)
    if was_on:
        logger.info("lockout lifted", extra=as_line(lockout) | {"lifted_by": by.get_username()})
    return bool(was_on)


def as_line(lockout: Lockout) -> dict[str, str]:
    """Return what a line in the log says of it."""
    return {
        "allowance": str(lockout.allowance),
        "account": lockout.account,
        "network": lockout.network,
        "locked_until": lockout.locked_until.isoformat(),
    }


def duration(repetition: int) -> timedelta:
    """Return how long a lockout lasts that was preceded by so many."""
    return Lockout.DURATIONS[min(repetition, len(Lockout.DURATIONS) - 1)]
