"""The words and numbers of a chart."""

from datetime import datetime

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from audit.buckets import Bucket
from audit.summary import Summary


def describe(summary: Summary) -> str:
    """Say in words what the chart shows."""
    rows, bucket, totals = summary["results"], summary["bucket"], summary["totals"]
    worst = max(rows, key=lambda row: row["failure"])
    said = [
        _("From %(first)s to %(last)s, %(zone)s.")
        % {
            "first": moment(rows[0]["start"], bucket),
            "last": moment(rows[-1]["start"], bucket),
            "zone": summary["tz"],
        },
        _("Succeeded, above the line: %(count)s.") % {"count": grouped(totals["success"])},
        _("Failed, below it: %(count)s.") % {"count": grouped(totals["failure"])},
    ]
    if worst["failure"]:
        most = {"time": moment(worst["start"], bucket), "count": grouped(worst["failure"])}
        said.append(_("Most failures: %(count)s, %(time)s.") % most)
    return " ".join(said)


def moment(start: datetime, bucket: Bucket) -> str:
    """Return the name of an hour or a day."""
    # Translators: dates, in the letters of Django's date filter.
    return date_format(start, _("j M, H:i") if bucket is Bucket.HOUR else _("D, j M Y"))


def grouped(number: int) -> str:
    """Return a count for people."""
    return str(number_format(number, force_grouping=True))


def brief(number: int) -> str:
    """Return a tick's number, which is round: 20k and 5M are as exact as their zeros, and leave room for the chart."""
    for size, letter in ((10**6, "M"), (10**3, "k")):
        if number >= 10 * size or (number >= size and number % size == 0):
            return f"{grouped(number // size)}{letter}"
    return grouped(number)
