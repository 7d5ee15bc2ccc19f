"""Successes and failures over time."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import gcd
from typing import Any, NamedTuple, TypedDict
from zoneinfo import ZoneInfo

from django.db.models import BigIntegerField, Count, F, Func, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from audit.buckets import Bucket
from audit.keyset import EPOCH, Position, Span
from audit.models import LoginLog, QuarterHour

MAX_BUCKETS = 10_000  # more than a year of hours
QUARTER = timedelta(seconds=QuarterHour.SECONDS)
AS_LISTED = ZoneInfo("UTC")  # as the times of lists are
BEGINNING, END = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


class Totals(TypedDict):
    """How many attempts succeeded, and how many failed."""

    success: int
    failure: int


class BucketCounts(Totals):
    """The counts of an hour or a day, and when it began, with the offset of the time zone."""

    start: datetime


class Summary(TypedDict):
    """Attempts over time."""

    bucket: Bucket
    tz: str
    totals: Totals
    results: list[BucketCounts]


class Counted(NamedTuple):
    """What a quarter of an hour has."""

    quarter: int
    success: int
    failure: int


class Quarter(Func):
    """The quarter of an hour since the epoch that a time is in."""

    template = "floor(extract(epoch FROM %(expressions)s) / 900)::bigint"
    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the SQL for SQLite, where times are text. The same as in the trigger that counts."""
        template = "CAST(strftime('%%%%s', substr(%(expressions)s, 1, 19)) AS INTEGER) / 900"
        return self.as_sql(compiler, connection, template=template, **context)


def summarise(
    rows: QuerySet[LoginLog], span: Span, *, bucket: Bucket, tz: ZoneInfo, only: bool | None = None
) -> Summary:
    """Count the rows of the span by hour or by day; ``only`` those that are, or are not, a success.

    Raises:
        ValidationError: the span has more than 10,000 buckets.
    """
    before = within_time(span.before.login_time if span.before else timezone.now() + timedelta(microseconds=1))
    after = within_time(span.after.login_time if span.after else before - bucket.default_range)
    if before - after > MAX_BUCKETS * (timedelta(hours=1) if bucket is Bucket.HOUR else timedelta(days=1)):
        raise ValidationError({"bucket": [_("The time asked for has more than 10,000 of them.")]})
    starts = list(bucket.starts(after, before, tz))
    sums = [[0, 0] for _ in starts]
    for quarter, success, failure in counts(rows, after, before, starts):
        # Times of one offset are compared as moments, and a quarter that was cut counts from where it was cut.
        place = sums[bisect_right(starts, max(EPOCH + quarter * QUARTER, after)) - 1]
        place[0] += 0 if only is False else success
        place[1] += 0 if only is True else failure
    return {
        "bucket": bucket,
        "tz": tz.key,
        "totals": {"success": sum(pair[0] for pair in sums), "failure": sum(pair[1] for pair in sums)},
        "results": [
            {"start": start, "success": pair[0], "failure": pair[1]} for start, pair in zip(starts, sums, strict=True)
        ],
    }


def recently(rows: QuerySet[LoginLog], *, bucket: Bucket, tz: ZoneInfo = AS_LISTED) -> Summary:
    """Count the rows of the last 24 hours by hour, or of the last 30 days by day; the current one is the last of them.

    For all rows this is one query of the counts alone: the time begins and ends with a quarter of an hour.
    """
    count = 24 if bucket is Bucket.HOUR else 30
    return summarise(rows, Span.of_times(*bucket.latest(count, timezone.now(), tz)), bucket=bucket, tz=tz)


def within_time(moment: datetime) -> datetime:
    """Return the moment, or the closest whose neighbours are still dates in every time zone."""
    return min(max(moment, BEGINNING), END)


def counts(rows: QuerySet[LoginLog], after: datetime, before: datetime, starts: list[datetime]) -> Iterator[Counted]:
    """Yield the counts of the quarters: for all rows as the triggers keep them, for some by counting those."""
    first, last = -((EPOCH - after) // QUARTER), (before - EPOCH) // QUARTER
    if rows.query.has_filters() or first >= last:
        yield from counted(rows, after, before)
        return
    yield from counted(rows, after, EPOCH + first * QUARTER)
    yield from kept(first, last, starts)
    yield from counted(rows, EPOCH + last * QUARTER, before)


def kept(first: int, last: int, starts: list[datetime]) -> Iterator[Counted]:
    """Yield what the triggers have counted from one quarter to before another: as few sums as the buckets allow.

    A month of days is 2,880 quarters, and 30 sums or, where clocks change, 720.
    """
    quarters = [(start - EPOCH) / QUARTER for start in starts]
    is_exact = all(quarter.is_integer() for quarter in quarters)
    origin = int(quarters[0])
    unit = (gcd(*[int(quarter) - origin for quarter in quarters]) if is_exact else 0) or 1
    found = QuarterHour.objects.filter(quarter__gte=first, quarter__lt=last)
    sums = found.annotate(unit=(F("quarter") - origin) / unit).values_list("unit")
    for number, success, failure in sums.annotate(Sum("successes"), Sum("failures")):
        yield Counted(origin + number * unit, success, failure)


def counted(rows: QuerySet[LoginLog], after: datetime, before: datetime) -> Iterator[Counted]:
    """Yield the counts of quarters, or of parts of them, that have rows."""
    if after >= before:
        return
    found = Span(Position(after, 0), Position(before, 0)).filter(rows).order_by()
    by_quarter = found.annotate(quarter=Quarter(F("login_time"))).values_list("quarter")
    success, failure = Count("id", filter=Q(is_success=True)), Count("id", filter=Q(is_success=False))
    yield from (Counted(*row) for row in by_quarter.annotate(success=success, failure=failure))
