"""What the log's endpoints take beside the filters."""

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from audit.buckets import Bucket


@cache
def time_zones() -> set[str]:
    """Return the names of all: to look for them takes 13 ms."""
    return available_timezones()


class SummaryInput(serializers.Serializer[dict[str, Any]]):
    """How to count."""

    bucket = serializers.ChoiceField(Bucket.choices, default=Bucket.DAY, help_text=_("What is counted together."))
    tz = serializers.CharField(
        default="UTC", help_text=_("The time zone whose hours and days are meant, such as Europe/Berlin.")
    )

    def validate_bucket(self, value: str) -> Bucket:
        """Return the kind of bucket."""
        return Bucket(value)

    def validate_tz(self, value: str) -> ZoneInfo:
        """Return the time zone of the name."""
        if value not in time_zones():
            raise serializers.ValidationError(_("There is no such time zone."))
        return ZoneInfo(value)
