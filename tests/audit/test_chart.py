"""The chart of logins over time: its geometry, its words, and the markup that is made of them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.buckets import Bucket
from audit.chart import MAX_BARS, draw
from audit.models import LoginLog
from audit.scale import HEIGHT, Scale, round_up
from audit.summary import Summary, recently

LIST = "/admin/audit/loginlog/"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English, whatever the test before spoke."""
    with translation.override("en"):
        yield


def summary_of(*counts: tuple[int, int], bucket: Bucket = Bucket.HOUR, hour: int = 0) -> Summary:
    first = datetime(2026, 1, 1, hour, tzinfo=UTC)
    length = timedelta(hours=1) if bucket is Bucket.HOUR else timedelta(days=1)
    return {
        "bucket": bucket,
        "tz": "UTC",
        "totals": {"success": sum(pair[0] for pair in counts), "failure": sum(pair[1] for pair in counts)},
        "results": [
            {"start": first + number * length, "success": pair[0], "failure": pair[1]}
            for number, pair in enumerate(counts)
        ],
    }


def share(text: str) -> float:
    return float(text.removesuffix("%"))


def svg_of(markup: str) -> ET.Element:
    plot = re.search(r'<svg class="chart-plot".*?</svg>', markup, re.DOTALL)
    assert plot
    return ET.fromstring(plot[0])  # noqa: S314 - our own


@pytest.mark.parametrize(
    ("value", "rounded"), [(0, 1), (0.2, 1), (1, 1), (1.1, 2), (3, 5), (5, 5), (7, 10), (10, 10), (11, 20), (501, 1000)]
)
def test_steps_of_the_axis_are_round(value: float, rounded: int) -> None:
    assert round_up(value) == rounded


@pytest.mark.parametrize(
    ("success", "failure"), [(0, 0), (1, 0), (0, 1), (3, 3), (7, 100), (999, 1), (12345, 678), (10**9, 3)]
)
def test_every_figure_fits_between_the_lines_and_there_are_few(success: int, failure: int) -> None:
    scale = Scale.of(success, failure)
    assert 0 <= scale.y(success) <= scale.y(0) <= scale.y(-failure) <= HEIGHT
    assert scale.above + scale.below <= 6


def test_success_stands_on_the_axis_and_failure_hangs_below_in_proportion() -> None:
    chart = draw(summary_of((100, 0), (50, 40), (0, 20)))
    full, half, none = chart.bars
    assert full.success_y + full.success_height == half.success_y + half.success_height == chart.axis_y
    assert full.success_height == pytest.approx(2 * half.success_height, abs=1)
    assert half.failure_height == pytest.approx(2 * none.failure_height, abs=1)
    assert (full.failure_height, none.success_height) == (0, 0)


def test_one_attempt_among_thousands_is_seen() -> None:
    few = draw(summary_of((10_000, 0), (1, 1))).bars[1]
    assert few.success_height >= 2
    assert few.failure_height >= 2


def test_bars_stand_side_by_side_over_the_whole_width() -> None:
    bars = draw(summary_of(*[(1, 1)] * MAX_BARS)).bars
    edges = [(share(bar.x), share(bar.x) + share(bar.width)) for bar in bars]
    assert all(left[1] < right[0] for left, right in pairwise(edges))
    assert edges[0][0] >= 0
    assert edges[-1][1] <= 100
    assert share(bars[-1].room_x) + share(bars[-1].room_width) == pytest.approx(100, abs=0.01)


@pytest.mark.parametrize("count", [0, MAX_BARS + 1])
def test_more_bars_than_can_be_told_apart_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="bars"):
        draw(summary_of(*[(1, 1)] * count))


@pytest.mark.parametrize("count", [1, 7, 24, 30, 48, 90])
@pytest.mark.parametrize("bucket", Bucket)
def test_times_below_leave_one_another_room(bucket: Bucket, count: int) -> None:
    marks = draw(summary_of(*[(1, 0)] * count, bucket=bucket)).marks
    assert 1 <= len(marks) <= 6
    places = [share(mark.x) for mark in marks]
    assert all(right - left >= 14 for left, right in pairwise(places))


def test_times_below_are_round_hours_and_midnight_is_the_day() -> None:
    chart = draw(summary_of(*[(1, 0)] * 24, hour=13))
    assert [mark.text for mark in chart.marks] == ["18:00", "2 Jan", "06:00", "12:00"]


def test_lines_have_brief_numbers_in_both_directions() -> None:
    chart = draw(summary_of((40_000, 20_000)))
    assert [tick.text for tick in sorted(chart.ticks, key=lambda tick: tick.y)] == ["40k", "20k", "0", "20k"]


def test_words_say_what_is_seen() -> None:
    chart = draw(summary_of((1200, 0), (3, 7)))
    assert chart.description == (
        "From 1 Jan, 00:00 to 1 Jan, 01:00, UTC. Succeeded, above the line: 1,203. Failed, below it: 7. "
        "Most failures: 7, 1 Jan, 01:00."
    )
    assert chart.bars[1].words == "1 Jan, 01:00: 3 succeeded, 7 failed"


def test_markup_is_drawn_by_attributes_and_classes_alone() -> None:
    markup = render_to_string("audit/chart.html", {"chart": draw(summary_of((10, 0), (3, 7)))})
    assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=", markup)
    svg = svg_of(markup)
    assert svg.get("role") == "img"
    names = [svg.find(f".//*[@id='{name}']") for name in str(svg.get("aria-labelledby")).split()]
    assert [element.text for element in names if element is not None] == [
        "Login attempts by hour",
        draw(summary_of((10, 0), (3, 7))).description,
    ]
    bars = svg.findall("./g[@class='chart-bar']")
    assert [bar.findtext("title") for bar in bars][1] == "1 Jan, 01:00: 3 succeeded, 7 failed"
    # Failures differ by more than a colour.
    hatched = [rect for rect in svg.iter("rect") if rect.get("fill") == "url(#logins-hatch)"]
    assert len(hatched) == 1
    assert svg.find(".//pattern[@id='logins-hatch']/path") is not None


def test_numbers_of_the_drawing_do_not_follow_the_language() -> None:
    with translation.override("de"):
        markup = render_to_string("audit/chart.html", {"chart": draw(summary_of(*[(1500, 7)] * 7))})
    assert "10.500 erfolgreich" in markup
    numbers = [
        value
        for element in svg_of(markup).iter()
        for name, value in element.items()
        if name in {"x", "y", "y1", "y2", "width", "height"}
    ]
    assert len(numbers) > 50
    assert [value for value in numbers if not re.fullmatch(r"-?\d+(\.\d+)?%?", value)] == []


def test_figures_are_there_as_a_table() -> None:
    markup = render_to_string("audit/chart.html", {"chart": draw(summary_of((1200, 0), (3, 7), bucket=Bucket.DAY))})
    rows = re.findall(r'<tr><th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>', markup)
    assert rows == [("Thu, 1 Jan 2026", "1,200", "0"), ("Fri, 2 Jan 2026", "3", "7")]


def test_two_charts_on_one_page_keep_their_names_apart() -> None:
    chart = draw(summary_of((1, 1)))
    pages = [render_to_string("audit/chart.html", {"chart": chart, "name": name}) for name in ("one", "two")]
    one, two = [set(re.findall(r'id="([^"]+)"', page)) for page in pages]
    assert one
    assert not one & two


def test_nothing_is_said_in_words() -> None:
    markup = render_to_string("audit/chart.html", {"chart": draw(summary_of((0, 0), (0, 0)))})
    assert "Nobody has tried to log in during this time." in markup
    assert "<table" not in markup


@pytest.mark.parametrize(("bucket", "count"), [(Bucket.HOUR, 24), (Bucket.DAY, 30)])
@pytest.mark.parametrize("tz", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
def test_recent_logins_end_with_the_hour_or_day_that_is_going_on(
    db: None, monkeypatch: pytest.MonkeyPatch, bucket: Bucket, count: int, tz: str
) -> None:
    now = datetime(2026, 11, 20, 23, 40, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    LoginLog.objects.create(username="bob", is_success=True, entrance="api", login_time=now)
    LoginLog.objects.create(username="bob", is_success=False, entrance="api", login_time=now - timedelta(days=31))

    summary = recently(LoginLog.objects.all(), bucket=bucket, tz=ZoneInfo(tz))

    assert len(summary["results"]) == count
    last = summary["results"][-1]
    assert (last["success"], summary["totals"]) == (1, {"success": 1, "failure": 0})
    assert last["start"] == bucket.start(now, ZoneInfo(tz))


@pytest.mark.parametrize(("query", "title"), [("", "by hour"), ("?chart=day", "by day"), ("?chart=x%00", "by hour")])
def test_admin_has_the_chart_on_top_and_reads_the_counts_alone(admin_client: Client, query: str, title: str) -> None:
    LoginLog.objects.bulk_create(
        LoginLog(username="bob", is_success=number % 3 > 0, entrance="api") for number in range(1500)
    )
    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(LIST + query).content.decode()
    assert f"Login attempts {title}" in page
    assert page.index('class="chart-plot"') < page.index('id="result_list"')
    assert 'href="?chart=day"' in page
    of_counts: list[Any] = [found["sql"] for found in queries if "audit_quarterhour" in found["sql"]]
    of_rows = [found["sql"] for found in queries if "audit_loginlog" in found["sql"]]
    assert (len(of_counts), len(of_rows)) == (1, 1)


def test_choice_of_the_chart_and_filters_go_together(admin_client: Client) -> None:
    LoginLog.objects.create(username="bob", is_success=False, entrance="api")
    page = admin_client.get(f"{LIST}?chart=day&is_success=1").content.decode()
    assert "Login attempts by day" in page
    assert ">bob<" not in page
    assert 'href="?chart=hour&amp;is_success=1"' in page
