"""The one way in which rows leave the login log: the oldest first, when they are old enough."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from audit.models import LoginLog, Retention

BATCH = 1000  # rows in one transaction, which blocks logins on SQLite for about 10 ms


def rows_before(moment: datetime) -> int:
    """Return about how many rows are older: ids grow with time, so that the boundary is found by halving."""
    ids = LoginLog.objects.order_by("id").values_list("id", flat=True)
    first, last = ids.first(), ids.last()
    if first is None or last is None:
        return 0
    low, high = first, last + 1
    while low < high:
        middle = (low + high) // 2
        row = LoginLog.objects.filter(id__gte=middle).order_by("id").only("login_time").first()
        if row is not None and row.login_time < moment:
            low = middle + 1
        else:
            high = middle
    return low - first


def prune(before: datetime) -> Iterator[int]:
    """Delete the rows older than that, batch by batch, each in a transaction of its own; yield how many went.

    May be interrupted at any time, and started again.
    """
    while batch := oldest(before):
        with transaction.atomic():
            permission = Retention.objects.create(id=batch[-1])
            LoginLog.objects.filter(id__in=batch).delete()
            permission.delete()
        yield len(batch)


def oldest(before: datetime) -> list[int]:
    """Return the ids of the oldest rows, up to the first that is to stay."""
    ids = []
    for number, moment in LoginLog.objects.order_by("id").values_list("id", "login_time")[:BATCH]:
        if moment >= before:
            break
        ids.append(number)
    return ids
