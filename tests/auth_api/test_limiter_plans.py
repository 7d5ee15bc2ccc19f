"""What each attempt reads of the limiter, and staff of its lockouts, is read by an index, however much there is."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from auth_api.guesser import Guesser
from auth_api.ledger import Ledger, recent_lockouts
from auth_api.models import Guess, Lockout
from users.models import User

pytestmark = [pytest.mark.usefixtures("flood"), pytest.mark.django_db]
ROWS = 20_000
A_MINUTE = timedelta(minutes=1)
GUESSER = Guesser(account="user-7", network="10.0.0.7", user_id=0)


@pytest.fixture(scope="module")
def flood(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Fill the tables for this module, as an attack does: a planner says nothing of an empty one."""
    with django_db_blocker.unblock(), transaction.atomic():
        now = timezone.now()
        whom = [
            (f"user-{number % 5000}", f"10.0.{number % 7}.{number % 250}", now - timedelta(seconds=20 * number))
            for number in range(ROWS)
        ]
        Guess.objects.bulk_create(Guess(account=name, network=network, taken_at=at) for name, network, at in whom)
        Lockout.objects.bulk_create(
            # Of one kind or the other: neither column is empty where the other one is.
            Lockout(
                allowance="network" if number % 3 else "account",
                account="" if number % 3 else name,
                network=network if number % 3 else "",
                locked_until=at - A_MINUTE,
            )
            for number, (name, network, at) in enumerate(whom)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield
        transaction.set_rollback(True)


def indexes_of(queries: CaptureQueriesContext, table: str) -> set[str]:
    """Return the names of the indexes by which the table is read."""
    plans: list[str] = []
    for query in queries.captured_queries:
        if f'FROM "{table}"' in query["sql"]:
            with connection.cursor() as cursor:
                explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
                cursor.execute(f"{explain} {query['sql'].replace('%', '%%')}")
                plans += [str(row[-1]) for row in cursor.fetchall()]
    assert plans
    assert not any("Seq Scan" in line or line.startswith(f"SCAN {table}") for line in plans), plans
    return set(re.findall(rf"using {table}_(\w+)", " ".join(plans).replace("USING INDEX", "using")))


def test_guesses_are_read_by_account_and_by_network() -> None:
    with CaptureQueriesContext(connection) as queries:
        Ledger(GUESSER, {})
    assert indexes_of(queries, "auth_api_guess") == {"account", "network"}


def test_lockouts_of_an_attempt_are_read_by_whom_they_are_for() -> None:
    with CaptureQueriesContext(connection) as queries:
        recent_lockouts(GUESSER)
    assert indexes_of(queries, "auth_api_lockout") == {"whom"}


def test_list_of_lockouts_looks_at_no_more_than_are_on(staff: User) -> None:
    for number in range(3):
        Lockout.objects.create(account=f"u{number}", locked_until=timezone.now() + timedelta(hours=1))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {staff.auth_tokens.issue().key}")
    with CaptureQueriesContext(connection) as queries:
        assert len(client.get("/api/v1/auth/lockouts/").json()["results"]) == 3
    assert indexes_of(queries, "auth_api_lockout") == {"until"}


def test_lockouts_that_are_on_are_found_in_the_admin_by_when_they_end(
    make_user: Callable[..., User], client: Client
) -> None:
    for number in range(3):
        Lockout.objects.create(account=f"u{number}", locked_until=timezone.now() + timedelta(hours=1))
    lifted = Lockout.objects.create(account="u3", locked_until=timezone.now() + timedelta(hours=1))
    Lockout.objects.filter(pk=lifted.pk).update(lifted_at=timezone.now())
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/admin/auth_api/lockout/", {"state": "on"})
    assert {lockout.account for lockout in page.context["cl"].result_list} == {"u0", "u1", "u2"}
    assert indexes_of(queries, "auth_api_lockout") == {"until"}
    assert lifted in client.get("/admin/auth_api/lockout/", {"state": "over"}).context["cl"].result_list
