"""Successes and failures over time as a chart: what a template needs to draw it as SVG, and to say it in words.

Successes stand above the axis, and failures hang below it. Heights are pixels; what lies across is a share of the
width, so that the chart fills any screen while its text stays as large as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.buckets import Bucket
from audit.captions import brief, describe, grouped, moment
from audit.scale import HEIGHT, Scale
from audit.summary import Summary

VISIBLE = 2  # pixels: what is not nothing is at least as high
GAP = 0.14  # of the width that a bar has, on either side of it
MAX_BARS, MAX_MARKS = 90, 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart."""

    y: int
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A time below the chart."""

    x: str
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour or day. ``room`` is all the width that it has, gaps included."""

    text: str
    success: str
    failure: str
    x: str
    width: str
    room_x: str
    room_width: str
    success_y: int
    success_height: int
    failure_height: int

    @property
    def words(self) -> str:
        """What the bar says to those who point at it."""
        return _("%(time)s: %(success)s succeeded, %(failure)s failed") % {
            "time": self.text,
            "success": self.success,
            "failure": self.failure,
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """All of it. ``axis_y`` is where nothing is."""

    bucket: Bucket
    title: str
    description: str
    tz: str
    success: str
    failure: str
    axis_y: int
    height: int
    ticks: list[Tick]
    marks: list[Mark]
    bars: list[Bar]
    is_empty: bool


def draw(summary: Summary) -> Chart:
    """Return the chart of the counts, in the language of whoever reads it.

    Raises:
        ValueError: there are more hours or days than bars that one could tell apart.
    """
    rows, totals = summary["results"], summary["totals"]
    if not 0 < len(rows) <= MAX_BARS:
        raise ValueError(f"a chart has 1 to {MAX_BARS} bars, not {len(rows)}")
    scale = Scale.of(max(row["success"] for row in rows), max(row["failure"] for row in rows))
    return Chart(
        bucket=summary["bucket"],
        title=_("Login attempts by hour") if summary["bucket"] is Bucket.HOUR else _("Login attempts by day"),
        description=describe(summary),
        tz=summary["tz"],
        success=grouped(totals["success"]),
        failure=grouped(totals["failure"]),
        axis_y=scale.y(0),
        height=HEIGHT,
        ticks=[Tick(scale.y(n * scale.step), brief(abs(n) * scale.step)) for n in range(-scale.below, scale.above + 1)],
        marks=list(marks(summary)),
        bars=list(bars(summary, scale)),
        is_empty=not any(totals.values()),
    )


def bars(summary: Summary, scale: Scale) -> Iterator[Bar]:
    """Yield the bars from left to right."""
    width = 100 / len(summary["results"])
    for index, row in enumerate(summary["results"]):
        success = max(scale.y(0) - scale.y(row["success"]), VISIBLE if row["success"] else 0)
        failure = max(scale.y(-row["failure"]) - scale.y(0), VISIBLE if row["failure"] else 0)
        yield Bar(
            text=moment(row["start"], summary["bucket"]),
            success=grouped(row["success"]),
            failure=grouped(row["failure"]),
            x=percent((index + GAP) * width),
            width=percent((1 - 2 * GAP) * width),
            room_x=percent(index * width),
            room_width=percent(width),
            success_y=scale.y(0) - success,
            success_height=success,
            failure_height=failure,
        )


def marks(summary: Summary) -> Iterator[Mark]:
    """Yield the times below: round hours, of which midnight is the day, or days back from the last one."""
    starts = [row["start"] for row in summary["results"]]
    steps = (1, 2, 3, 6, 12, 24) if summary["bucket"] is Bucket.HOUR else (1, 2, 5, 7, 14, 21)
    step = next((step for step in steps if len(starts) / step <= MAX_MARKS), steps[-1])
    for index, start in enumerate(starts):
        place = start.hour if summary["bucket"] is Bucket.HOUR else len(starts) - 1 - index
        if place % step == 0:
            is_hour = summary["bucket"] is Bucket.HOUR and start.hour
            text = date_format(start, "H:i" if is_hour else _("j M"))
            yield Mark(percent(100 * (index + 0.5) / len(starts)), text)


def percent(share: float) -> str:
    """Return a share of the width as SVG writes it, whatever the reader's language."""
    return f"{share:.3f}%"
