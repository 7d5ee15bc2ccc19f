"""The one way in which rows leave the login log: the oldest first, when they are old enough.

The oldest is the one with the smallest id, which is the order of writing. Times follow it, but for rows that were
written while a clock was wrong: those go with the rows around them.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain, takewhile

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Sum
from django.utils import timezone

from audit.keyset import EPOCH
from audit.models import LoginLog, QuarterHour, Retention
from audit.summary import QUARTER

BATCH = 1000  # rows in one transaction, which blocks logins on SQLite meanwhile: for 0.1 s beside other work


def rows_before(moment: datetime) -> int:
    """Return about how many rows ``prune`` deletes: a few numbers in a row may be missing."""
    last = boundary(moment)
    first = LoginLog.objects.order_by("id").values_list("id", flat=True).first()
    return max(0, last - first + 1) if first is not None else 0


def prune(before: datetime) -> Iterator[int]:
    """Delete the rows older than that, batch by batch, each in a transaction of its own; yield how many went.

    In the end, the counts of quarters that have no rows left go as well.
    May be interrupted at any time, and started again.
    """
    last = boundary(before)
    while batch := oldest(last, before):
        yield delete_up_to(batch[-1])
    forget_quarters(before)


def delete_up_to(last: int, *, using: str = DEFAULT_DB_ALIAS) -> int:
    """Delete the rows up to that id, which the database lets nobody do who has not said so. Return how many went."""
    with transaction.atomic(using=using):
        permission = Retention.objects.using(using).create(id=last)
        gone, _ = LoginLog.objects.using(using).filter(id__lte=last).delete()
        permission.delete()
    return gone


def boundary(before: datetime) -> int:
    """Return up to which id rows may go whatever their time, at the cost of two rows.

    That is where the newest old row is, and no further than where the oldest one is that stays: a single wrong time,
    early or late, decides nothing. A time that is still to come is wrong for certain, and is not asked.
    """
    rows = LoginLog.objects.values_list("id", flat=True)
    gone = rows.filter(login_time__lt=before).order_by("-login_time", "-id").first()
    kept = rows.filter(login_time__range=(before, timezone.now())).order_by("login_time", "id").first()
    return gone or 0 if kept is None else min(gone or 0, kept - 1)


def oldest(last: int, before: datetime) -> list[int]:
    """Return the ids of the oldest rows: up to ``last``, and on while they are old by their own time.

    If most of them are not, a clock was wrong for long: then the rows in doubt stay until they are old by any clock.
    """
    rows = LoginLog.objects.order_by("id").values_list("id", "login_time")[:BATCH]
    now, found = timezone.now(), list(rows)
    sure = sum(number <= last for number, _ in found)
    if 2 * sum(before <= moment <= now for _, moment in found[:sure]) > sure:
        sure = 0
    return [number for number, _ in chain(found[:sure], takewhile(lambda row: row[1] < before, found[sure:]))]


def forget_quarters(before: datetime) -> None:
    """Delete the counts of older quarters that come to nothing. A single one of PostgreSQL's shards may be negative."""
    older = QuarterHour.objects.filter(quarter__lt=(before - EPOCH) // QUARTER).values("quarter").order_by()
    empty = older.annotate(rows=Sum("successes") + Sum("failures")).filter(rows=0)
    QuarterHour.objects.filter(quarter__in=empty.values("quarter")).delete()
