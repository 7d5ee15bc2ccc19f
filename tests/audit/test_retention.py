"""Rows leave the log the oldest first, also where a clock was wrong for some of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from audit import retention
from audit.models import LoginLog, QuarterHour

pytestmark = pytest.mark.django_db
OLD, NEW, TO_COME, ANCIENT = 400, 10, -30, 20_000  # days


def write(*ages: int) -> list[int]:
    """Write rows of those ages in days, in this order; return their ids."""
    moments = [timezone.now() - timedelta(days=days) for days in ages]
    rows = [LoginLog.objects.create(username="bob", is_success=True, login_time=moment) for moment in moments]
    return [row.pk for row in rows]


def in_thread(work: Callable[[], object]) -> None:
    """Do it on another connection."""

    def and_leave() -> None:
        work()
        connection.close()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(and_leave).result()


def left_by(*ages: int) -> list[int]:
    """Return the ages that are left after retention of a year, of rows that were written in this order."""
    written = write(*ages)
    call_command("prune_login_logs", "--older-than", "365d")
    left = set(LoginLog.objects.values_list("id", flat=True))
    return [age for number, age in zip(written, ages, strict=True) if number in left]


@pytest.mark.parametrize("wrong", [TO_COME, -4000, NEW])
def test_row_that_is_too_new_does_not_stop_those_behind_it(wrong: int) -> None:
    assert left_by(OLD, wrong, OLD - 1, OLD - 2, NEW + 1, NEW) == [NEW + 1, NEW]


def test_row_of_a_time_to_come_goes_with_its_neighbours_also_if_nothing_was_written_since() -> None:
    assert left_by(TO_COME, OLD, OLD - 1) == []


def test_row_of_a_time_to_come_stays_while_nothing_behind_it_is_old() -> None:
    assert left_by(OLD, TO_COME, NEW) == [TO_COME, NEW]


@pytest.mark.parametrize("wrong", [ANCIENT, 366])
@pytest.mark.parametrize("old", [[], [OLD]])
def test_row_that_is_too_old_takes_none_along_that_was_written_before_it(wrong: int, old: list[int]) -> None:
    assert left_by(*old, NEW + 2, NEW + 1, wrong, NEW) == [NEW + 2, NEW + 1, wrong, NEW]


def test_long_time_of_a_clock_behind_takes_no_rows_along_that_may_be_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    ages = [OLD, 300, 200, 100, 367, 366, 364, 363]  # the last four were written now, by a clock of last year
    assert left_by(*ages) == ages[1:]


def test_long_time_of_a_clock_ahead_goes_when_its_neighbours_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    assert left_by(OLD, *[TO_COME] * 10, OLD - 1, NEW) == [NEW]


def test_progress_knows_of_the_rows_behind_one_that_is_too_new() -> None:
    write(OLD, TO_COME, OLD - 1, NEW)
    assert retention.rows_before(timezone.now() - timedelta(days=365)) == 3


@pytest.mark.django_db(transaction=True)
def test_quarters_that_have_no_rows_left_are_forgotten() -> None:
    write(OLD + 1, OLD, OLD, OLD - 1)
    in_thread(lambda: write(OLD + 1, OLD))  # another connection of PostgreSQL counts in another shard
    write(NEW)
    list(retention.prune(timezone.now() - timedelta(days=365)))
    assert [quarter.successes for quarter in QuarterHour.objects.all()] == [1]


def test_quarters_that_have_rows_stay() -> None:
    write(NEW, OLD, NEW - 1, 366)
    list(retention.prune(timezone.now() - timedelta(days=365)))
    assert list(LoginLog.objects.order_by("id").values_list("is_success")) == [(True,)] * 4
    assert [quarter.successes for quarter in QuarterHour.objects.all()] == [1] * 4


def test_quarter_of_which_one_row_stays_keeps_its_count() -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC)
    for minutes in (0, 16, 20):
        LoginLog.objects.create(username="bob", is_success=True, login_time=start + timedelta(minutes=minutes))
    list(retention.prune(start + timedelta(minutes=18)))
    assert list(QuarterHour.objects.values_list("successes", flat=True)) == [1]
