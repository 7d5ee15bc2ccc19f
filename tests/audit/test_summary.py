"""GET audit/login-logs/summary/."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection
from django.db.models import Sum
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from audit.buckets import Bucket
from audit.inputs import time_zones
from audit.keyset import EPOCH, Span
from audit.models import LoginLog, QuarterHour
from audit.summary import kept, summarise
from users.models import User

SUMMARY = "/api/v1/audit/login-logs/summary/"
AsUser = Callable[[User], APIClient]
# Within the quarter of an hour that is going on, where rows are counted, and within one that triggers have counted.
AGES = [timedelta(0), timedelta(days=2)]


def write(moment: str, *, is_success: bool = True, **fields: Any) -> None:
    columns = {"username": "bob", "entrance": "api", "ip_address": "192.0.2.1"} | fields
    LoginLog.objects.create(login_time=datetime.fromisoformat(moment), is_success=is_success, **columns)


@pytest.fixture
def reader(staff: User, as_user: AsUser) -> Callable[..., dict[str, Any]]:
    """Return a function that asks as staff."""
    client = as_user(staff)

    def read(**parameters: str) -> dict[str, Any]:
        answer = client.get(SUMMARY, parameters)
        assert answer.status_code == 200, answer.content
        body: dict[str, Any] = answer.json()
        return body

    return read


Reader = Callable[..., dict[str, Any]]


def test_hours_have_their_counts_and_empty_ones_are_there(reader: Reader) -> None:
    write("2026-01-01T10:59:59.999999+00:00")
    write("2026-01-01T11:00:00+00:00", is_success=False)
    write("2026-01-01T11:30:00+00:00", is_success=False)
    write("2026-01-01T13:00:00+00:00")

    body = reader(bucket="hour", login_time_after="2026-01-01T10:00:00Z", login_time_before="2026-01-01T13:00:00Z")

    assert body == {
        "bucket": "hour",
        "tz": "UTC",
        "totals": {"success": 1, "failure": 2},
        "results": [
            {"start": "2026-01-01T10:00:00+00:00", "success": 1, "failure": 0},
            {"start": "2026-01-01T11:00:00+00:00", "success": 0, "failure": 2},
            {"start": "2026-01-01T12:00:00+00:00", "success": 0, "failure": 0},
        ],
    }


@pytest.mark.parametrize(
    ("tz", "days"),
    [
        ("UTC", {"2026-01-01T00:00:00+00:00": 2, "2026-01-02T00:00:00+00:00": 1}),
        ("Europe/Berlin", {"2026-01-01T00:00:00+01:00": 1, "2026-01-02T00:00:00+01:00": 2}),
        ("Asia/Kathmandu", {"2026-01-01T00:00:00+05:45": 1, "2026-01-02T00:00:00+05:45": 2}),
    ],
)
def test_days_are_those_of_the_time_zone(reader: Reader, tz: str, days: dict[str, int]) -> None:
    for moment in ("2026-01-01T18:14:59.999700+00:00", "2026-01-01T23:30:00+00:00", "2026-01-02T01:00:00+00:00"):
        write(moment)
    body = reader(tz=tz, login_time_after="2026-01-01T12:00:00Z", login_time_before="2026-01-02T12:00:00Z")
    assert {row["start"]: row["success"] for row in body["results"]} == days


def test_hour_that_clocks_repeat_is_two(reader: Reader) -> None:
    write("2026-10-25T00:30:00+00:00")
    write("2026-10-25T01:30:00+00:00", is_success=False)
    body = reader(
        bucket="hour",
        tz="Europe/Berlin",
        login_time_after="2026-10-25T00:00:00Z",
        login_time_before="2026-10-25T02:00:00Z",
    )
    assert body["results"] == [
        {"start": "2026-10-25T02:00:00+02:00", "success": 1, "failure": 0},
        {"start": "2026-10-25T02:00:00+01:00", "success": 0, "failure": 1},
    ]


@pytest.mark.parametrize("tz", ["Europe/Berlin", "Africa/Cairo", "Australia/Lord_Howe", "America/St_Johns"])
@pytest.mark.parametrize("bucket", Bucket)
def test_buckets_follow_each_other_without_a_gap_all_the_year(bucket: Bucket, tz: str) -> None:
    zone = ZoneInfo(tz)
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    starts = list(bucket.starts(first, last, zone))
    assert len({start.astimezone(UTC) for start in starts}) == len(starts)
    assert sorted(starts, key=lambda start: start.astimezone(UTC)) == starts
    moment, known = first, set(starts)
    while moment < last:
        assert bucket.start(moment, zone) in known
        moment += timedelta(minutes=15)


def test_bounds_within_a_quarter_of_an_hour_are_exact(reader: Reader) -> None:
    for minute in range(60):
        write(f"2026-01-01T10:{minute:02}:30+00:00", is_success=minute % 2 == 0)
    for after, before in (("10:07:00", "10:08:00"), ("10:07:00", "10:52:31"), ("10:00:30", "10:59:30")):
        body = reader(bucket="hour", login_time_after=f"2026-01-01T{after}Z", login_time_before=f"2026-01-01T{before}Z")
        rows = LoginLog.objects.filter(login_time__gte=f"2026-01-01T{after}Z", login_time__lt=f"2026-01-01T{before}Z")
        assert body["totals"] == {
            "success": rows.filter(is_success=True).count(),
            "failure": rows.filter(is_success=False).count(),
        }


@pytest.mark.parametrize("age", AGES)
def test_others_count_their_own_rows(bob: User, staff: User, as_user: AsUser, age: timedelta) -> None:
    moment = timezone.now() - age
    for user in (bob, bob, staff, None):
        write(moment.isoformat(), user=user)
    assert as_user(bob).get(SUMMARY).json()["totals"] == {"success": 2, "failure": 0}
    assert as_user(staff).get(SUMMARY).json()["totals"] == {"success": 4, "failure": 0}


@pytest.mark.parametrize("age", AGES)
def test_filters_are_those_of_the_list(reader: Reader, age: timedelta) -> None:
    moment = (timezone.now() - age).isoformat()
    write(moment, ip_address="10.1.2.3", is_success=False)
    write(moment, ip_address="10.1.2.4")
    write(moment, username="carol", entrance="admin")
    assert reader(ip_address="10.0.0.0/8")["totals"] == {"success": 1, "failure": 1}
    assert reader(username="Carol")["totals"] == {"success": 1, "failure": 0}
    assert reader(entrance="api", is_success="false")["totals"] == {"success": 0, "failure": 1}


def test_range_is_30_days_or_24_hours_unless_told(reader: Reader) -> None:
    now = timezone.now()
    write((now - timedelta(days=29)).isoformat())
    write((now - timedelta(hours=23)).isoformat())
    write((now - timedelta(days=31)).isoformat())
    assert reader()["totals"]["success"] == 2
    assert len(reader()["results"]) == 31
    assert reader(bucket="hour")["totals"]["success"] == 1


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"bucket": "minute"}, "bucket"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": "../../etc/passwd"}, "tz"),
        ({"tz": "Europe/Berlin\0"}, "tz"),
        ({"cursor": "x"}, "cursor"),
        ({"page_size": "5"}, "page_size"),
        ({"format": "csv"}, "format"),
        ({"bucket": "hour", "login_time_after": "2000-01-01T00:00:00Z"}, "bucket"),
        ({"login_time_after": "0001-01-01T00:00:00Z"}, "bucket"),
        ({"nonsense": "1"}, "nonsense"),
    ],
)
def test_what_is_wrong_is_named(staff: User, as_user: AsUser, parameters: dict[str, str], name: str) -> None:
    answer = as_user(staff).get(SUMMARY, parameters)
    assert answer.status_code == 400, answer.content
    assert name in answer.json()


@pytest.mark.parametrize(
    "parameters",
    [
        {"login_time_before": "0001-01-01T00:00:00Z"},
        {"login_time_before": "1960-01-01T00:00:00Z"},
        {"login_time_before": "9999-12-31T23:59:59Z"},
        {"login_time_after": "2026-01-02T00:00:00Z", "login_time_before": "2026-01-01T00:00:00Z"},
        {"login_time_after": "9999-12-31T23:59:59Z"},
        {"login_time_after": "9999-12-31T23:00:00Z", "login_time_before": "9999-12-31T23:59:59Z", "tz": "Asia/Tokyo"},
    ],
)
@pytest.mark.parametrize("bucket", ["hour", "day"])
def test_ends_of_time_are_no_error(staff: User, as_user: AsUser, parameters: dict[str, str], bucket: str) -> None:
    assert as_user(staff).get(SUMMARY, parameters | {"bucket": bucket}).status_code in {200, 400}


def kept_sums() -> dict[str, int | None]:
    return QuarterHour.objects.aggregate(success=Sum("successes"), failure=Sum("failures"))


@pytest.mark.django_db(transaction=True)
def test_counts_follow_what_retention_deletes() -> None:
    write("2020-01-01T10:00:00+00:00")
    write("2020-01-01T10:00:00+00:00", is_success=False)
    write(timezone.now().isoformat(), is_success=False)
    call_command("prune_login_logs", "--older-than", "365d")
    assert kept_sums() == {"success": 0, "failure": 1}


@pytest.mark.django_db
def test_rows_that_are_loaded_in_bulk_are_counted() -> None:
    now = timezone.now()
    rows = [
        LoginLog(
            username="x",
            entrance="api",
            is_success=number % 4 == 0,
            login_time=now - number * timedelta(minutes=7),
        )
        for number in range(100)
    ]
    LoginLog.objects.bulk_create(rows)
    assert kept_sums() == {"success": 25, "failure": 75}


def test_summary_of_everything_reads_no_more_rows_than_a_quarter_of_an_hour_at_each_end(
    staff: User, as_user: AsUser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(staff)
    # The token, the rows of what is less than a quarter at either end, and the counts.
    with django_assert_num_queries(4):
        client.get(SUMMARY)


@pytest.mark.django_db
@pytest.mark.parametrize("bucket", Bucket)
@pytest.mark.parametrize(
    "tz", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Africa/Monrovia"]
)
@pytest.mark.parametrize("year", [1971, 2026])  # Monrovia was 44 minutes and a half off until 1972
def test_counts_that_are_kept_are_those_of_the_rows(bucket: Bucket, tz: str, year: int) -> None:
    first = datetime(year, 10, 1, 12, tzinfo=UTC)
    moments = [first + number * timedelta(minutes=71) for number in range(800)]  # daylight saving ends meanwhile
    rows = [
        LoginLog(username="bob", entrance="api", is_success=number % 3 > 0, login_time=moment)
        for number, moment in enumerate(moments)
    ]
    LoginLog.objects.bulk_create(rows)
    zone, span = ZoneInfo(tz), Span.of_times(first + timedelta(minutes=15), moments[-1])

    found = summarise(LoginLog.objects.all(), span, bucket=bucket, tz=zone)

    assert found == summarise(LoginLog.objects.filter(username="bob"), span, bucket=bucket, tz=zone)
    assert sum((found["totals"]["success"], found["totals"]["failure"])) == 798


@pytest.mark.parametrize(("tz", "at_most"), [("UTC", 31), ("Asia/Kathmandu", 31), ("Europe/Berlin", 31 * 24)])
@pytest.mark.django_db
def test_days_are_few_sums(tz: str, at_most: int) -> None:
    last = datetime(2026, 11, 20, tzinfo=UTC)
    rows = [LoginLog(username="x", is_success=True, login_time=last - n * timedelta(minutes=15)) for n in range(2900)]
    LoginLog.objects.bulk_create(rows)
    starts = list(Bucket.DAY.starts(last - timedelta(days=30), last, ZoneInfo(tz)))
    first, end = ((moment - EPOCH) // timedelta(minutes=15) for moment in (starts[0], last))
    assert len(list(kept(first, end, starts))) <= at_most


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_connections_count_in_shards_of_their_own() -> None:
    def write_one() -> int:
        write("2020-01-01T10:00:00+00:00")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid() % 16")
            shard: int = cursor.fetchone()[0]
        return shard

    with ThreadPoolExecutor(max_workers=1) as thread:
        shards = [write_one(), thread.submit(write_one).result()]
        thread.submit(close_old_connections).result()
    counted = QuarterHour.objects.values_list("shard", flat=True)
    assert set(counted) == set(shards)


def test_time_zones_of_the_system_are_looked_for_once(reader: Reader) -> None:
    time_zones.cache_clear()
    with patch("audit.inputs.available_timezones", return_value={"UTC"}) as looked:
        assert reader(tz="UTC")["bucket"] == reader()["bucket"]
    time_zones.cache_clear()
    assert looked.call_count == 1
