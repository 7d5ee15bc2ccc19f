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
            # A day may have 23 hours, and 25: noon of the next one is within it.
            after = start + HOUR if self is Bucket.HOUR else datetime.combine(start.date() + DAY, time(12), tz)
            after = self.start(after, tz) if self is Bucket.DAY else after


def with_offset(local: datetime) -> datetime:
    """Return the time with its offset alone. Times of one ZoneInfo are compared by the clock, not as moments."""
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)))
