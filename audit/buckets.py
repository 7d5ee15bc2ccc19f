"""Hours and days of a time zone."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Bucket(models.TextChoices):
    """What is counted together."""

    HOUR = "hour", _("hour")
    DAY = "day", _("day")

    @property
    def default_range(self) -> timedelta:
        """Return how far a summary looks back if nobody says."""
        return DAY if self is Bucket.HOUR else 30 * DAY

    def start(self, moment: datetime, tz: ZoneInfo) -> datetime:
        """Return when the bucket began that the moment is in, by the clocks of the time zone, with their offset.

        The hour that is repeated when daylight saving ends is two buckets, which their offsets tell apart.
        """
        local = moment.astimezone(tz)
        if self is Bucket.DAY:
            # Where the clocks skip midnight, the day begins with what comes next.
            local = datetime.combine(local.date(), time(), tz).astimezone(UTC).astimezone(tz)
            return with_offset(local)
        return with_offset(local).replace(minute=0, second=0, microsecond=0)

    def starts(self, after: datetime, before: datetime, tz: ZoneInfo) -> Iterator[datetime]:
        """Yield the start of each bucket that has a part of the time from ``after`` to ``before``."""
        while after < before:
            start = self.start(after, tz)
            yield start
            after = start + HOUR if self is Bucket.HOUR else self.day_off(start, tz, by=1)

    def latest(self, count: int, now: datetime, tz: ZoneInfo) -> tuple[datetime, datetime]:
        """Return when the last ``count`` buckets begin and end, of which the last one is still going on."""
        current = self.start(now, tz)
        if self is Bucket.HOUR:
            return self.start(current - (count - 1) * HOUR, tz), current + HOUR
        return self.day_off(current, tz, by=1 - count), self.day_off(current, tz, by=1)

    def day_off(self, start: datetime, tz: ZoneInfo, *, by: int) -> datetime:
        """Return when the day begins that is so many off. A day may have 23 hours, and 25: noon of any is within it."""
        return self.start(datetime.combine(start.date() + by * DAY, time(12), tz), tz)


def with_offset(local: datetime) -> datetime:
    """Return the time with its offset alone. Times of one ZoneInfo are compared by the clock, not as moments."""
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)))
