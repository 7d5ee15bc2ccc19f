"""Every filter, and what is usually asked together, reads an index in the order of the page, and sorts nothing."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import QueryDict

from audit.filters import LoginLogFilter
from audit.keyset import Position, Span, newest, oldest
from audit.models import LoginLog
from audit.serializers import COLUMNS
from users.vocabulary import Entrance, FailureReason

pytestmark = [pytest.mark.usefixtures("log"), pytest.mark.django_db]
START = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = 30_000
FILTERS = {
    "": "time",
    "user=3": "user",
    "username=user-5": "username",
    "ip_address=10.1.2.3": "address",
    "ip_address=10.1.2.0/24": "fine",
    "ip_address=10.1.2.0/28": "fine",
    "ip_address=10.1.0.0/16": "medium",
    "ip_address=10.1.0.0/20": "medium",
    "ip_address=10.0.0.0/8": "coarse",
    "ip_address=10.0.0.0/12": "coarse",
    "ip_address=0.0.0.0/1": "time",
    "ip_address=0.0.0.0/0": "time",
    "ip_address=::/0": "time",
    "ip_address=8000::/1": "time",
    "ip_address=ffff:ffff:ff0a:102::/64": "fine",
    "ip_address=2001:db8::/32": "coarse",
    "ip_address=2001:db8:1::/48": "medium",
    "ip_address=2001:db8:1:2::/64": "fine",
    "ip_address=2001:db8:1:2::/96": "fine",
    "is_success=true": "success",
    "is_success=false": "success",
    "failure_reason=inactive": "reason",
    "failure_reason=wrong_password": "reason",
    "entrance=api": "entrance",
    "entrance=admin": "entrance",
    "user=3&is_success=false": "user",
    "user=3&entrance=api": "user",
    "user=3&ip_address=10.0.0.0/8": "user",
    "user=3&ip_address=::/0": "user",
    "username=user-5&is_success=false": "username",
    "username=user-5&entrance=admin": "username",
    "username=user-5&failure_reason=wrong_password": "username",
    "username=user-5&ip_address=10.0.0.0/8": "username",
    "ip_address=10.1.2.3&is_success=false": "address",
    "ip_address=10.1.2.3&entrance=api": "address",
    "ip_address=10.0.0.0/8&is_success=false": "coarse",
    "ip_address=10.1.0.0/16&entrance=api": "medium",
    "is_success=false&entrance=admin": "entrance",
    "failure_reason=wrong_password&entrance=api": "reason",
}  # and whose index is read
TIMES = [
    "",
    "login_time_after=2026-01-05T00:00:00Z",
    "login_time_before=2026-01-05T00:00:00Z",
    "login_time_after=2026-01-03T00:00:00Z&login_time_before=2026-01-05T00:00:00Z",
]


@pytest.fixture(scope="module")
def log(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Fill the log for this module: a planner says nothing of an empty table, nor of one with a few rows a page."""
    with django_db_blocker.unblock(), transaction.atomic():
        LoginLog.objects.bulk_create((row(number) for number in range(ROWS)), batch_size=1000)
        if connection.vendor == "postgresql":  # whose planner would take the table for an empty one
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        yield
        transaction.set_rollback(True)


def row(number: int) -> LoginLog:
    """Return an attempt as a service sees them."""
    chance = random.Random(number)  # noqa: S311 - the same log in each run
    is_success = chance.random() < 0.5
    reasons = [FailureReason.WRONG_PASSWORD, FailureReason.UNKNOWN_USER, FailureReason.INACTIVE]
    address = (
        f"10.{chance.randrange(2)}.{chance.randrange(3)}.{chance.randrange(2, 4)}"
        if chance.random() < 0.5
        else f"2001:db8:{chance.randrange(2)}:{chance.randrange(1, 3)}::{chance.randrange(2):x}"
    )
    return LoginLog(
        user_id=chance.randrange(6) or None,
        username=f"user-{chance.randrange(8)}",
        login_time=START + number * timedelta(seconds=20),
        ip_address=address,
        user_agent="curl/8",
        is_success=is_success,
        failure_reason="" if is_success else chance.choice(reasons),
        entrance=chance.choices([Entrance.API, Entrance.SESSION, Entrance.ADMIN], [6, 2, 2])[0],
    )


def asked(query: str) -> tuple[QuerySet[Any, Any], Span]:
    filterset = LoginLogFilter(QueryDict(query), LoginLog.objects.all())
    assert filterset.is_valid(), filterset.errors
    return filterset.qs.values(*COLUMNS), filterset.span


def assert_reads_an_index_in_order(rows: QuerySet[Any, Any], index: str) -> None:
    plan = rows.explain()
    if connection.vendor == "sqlite":  # PostgreSQL knows the values, and may know better
        assert re.search(rf"audit_loginlog USING INDEX audit_log_{index}\b", plan), plan
    assert "SORT" not in plan.upper(), plan
    assert "TEMP B-TREE" not in plan, plan
    assert "USING INDEX" in plan or "Index Scan" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "Bitmap" not in plan, plan


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("filters", FILTERS)
def test_filter_reads_an_index_and_sorts_nothing(filters: str, times: str) -> None:
    rows, span = asked("&".join(part for part in (filters, times) if part))
    middle = Position(START + timedelta(days=4), 5)
    for part, order in (
        (span, ("-login_time", "-id")),
        (span.cut_before(middle), ("-login_time", "-id")),
        (span.cut_after(middle), ("login_time", "id")),
    ):
        assert_reads_an_index_in_order(part.filter(rows).order_by(*order)[:51], FILTERS[filters])


@pytest.mark.parametrize("times", TIMES[::3])
@pytest.mark.parametrize("filters", FILTERS)
def test_pages_are_what_reading_everything_finds(filters: str, times: str) -> None:
    rows, span = asked("&".join(part for part in (filters, times) if part))
    everything = [row["id"] for row in span.filter(rows)]
    found: list[int] = []
    page = newest(rows, span, size=2000)
    while page.rows:
        found += [row["id"] for row in page.rows]
        last = page.rows[-1]
        page = newest(rows, span.cut_before(Position(last["login_time"], last["id"])), size=2000)
    assert found == everything
    last_page = oldest(rows, span, size=7).rows
    assert [row["id"] for row in last_page] == everything[-7:]
