"""/metrics."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from unittest.mock import patch

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from audit.models import LoginLog
from auth_api.models import Allowance, AuthToken, Lockout
from tests.conftest import PASSWORD
from users.models import User

METRICS = "/metrics"


def figures(client: Client, *, status: int = 200) -> dict[tuple[str, str], float]:
    """Return what stands there, by the name and the one label, as Prometheus reads it."""
    answer = client.get(METRICS)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name.removeprefix("latchkey_"), "".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.django_db
def test_attempts_are_counted_by_their_outcome(client: Client, bob: User) -> None:
    before = figures(client)
    for word in (PASSWORD, "wrong", "wrong"):
        client.post("/api/v1/auth/login/", {"username": "bob", "password": word}, content_type="application/json")
    after = figures(client)
    assert (before["login_attempts_total", "success"], before["login_attempts_total", "failure"]) == (0, 0)
    assert (after["login_attempts_total", "success"], after["login_attempts_total", "failure"]) == (1, 2)
    assert ("login_log_newest_timestamp_seconds", "") not in before
    assert timezone.now().timestamp() - after["login_log_newest_timestamp_seconds", ""] < 60


@pytest.mark.django_db
def test_attempts_of_last_week_have_gone_from_the_count(client: Client) -> None:
    today = timezone.now().replace(hour=0, minute=0, second=0)
    monday = today - timedelta(days=today.weekday())
    for time in (monday - timedelta(seconds=1), monday):
        LoginLog.objects.create(username="bob", login_time=time, is_success=True, entrance="api")
    assert figures(client)["login_attempts_total", "success"] == 1


@pytest.mark.django_db
def test_live_credentials_and_lockouts_are_counted(client: Client, bob: User, settings: Settings) -> None:
    settings.TOKEN_IDLE_LIFETIME = timedelta(days=14)
    now = timezone.now()
    bob.auth_tokens.issue()
    bob.auth_tokens.issue(expires_at=now - timedelta(seconds=1))
    idle = bob.auth_tokens.issue().token
    AuthToken.objects.filter(pk=idle.pk).update(last_used_at=now - timedelta(days=15))
    client.force_login(bob)
    for until in (now + timedelta(hours=1), now - timedelta(hours=1)):
        Lockout.objects.create(allowance=Allowance.NETWORK, network="192.0.2.1", locked_until=until)
    found = figures(client)
    assert found["tokens_live", ""] == 1
    assert found["sessions_live", ""] == 1
    assert found["lockouts", "network"] == 1


@pytest.mark.django_db
def test_process_knows_itself(client: Client) -> None:
    assert "Retry-After" not in client.get(METRICS)
    found = {name: value for (name, _), value in figures(client).items()}
    assert 10e6 < found["process_resident_memory_bytes"] < 10e9
    assert 0 < found["process_start_time_seconds"] <= timezone.now().timestamp()
    assert found["password_checks_running"] == found["password_checks_waiting"] == 0
    assert found["database_connections_in_use"] == (connection.vendor == "postgresql")
    assert found["database_connections_idle"] >= 0


@pytest.mark.django_db
def test_reading_costs_five_queries_by_index(client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.get(METRICS)
    asked = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    assert len(asked) == 5
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # what was set for one query lasts until the test's transaction ends
            cursor.execute("RESET enable_seqscan")
        for sql in asked:
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}")
            plan = "\n".join(str(row) for row in cursor.fetchall())
            if "auth_api_authtoken" not in sql:  # those are as many as there are: all are looked at
                assert "SCAN audit" not in plan or "USING COVERING INDEX" in plan, plan
                assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_database_that_is_gone_leaves_what_the_process_knows(client: Client, error: type[Exception]) -> None:
    with patch("django.db.backends.base.base.BaseDatabaseWrapper.cursor", side_effect=error("gone")):
        found = figures(client, status=503)
        assert client.get(METRICS)["Retry-After"] == "2"
    names = {name for name, _ in found}
    assert "process_resident_memory_bytes" in names
    assert "tokens_live" not in names


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_metrics_are_only_read(client: Client, method: str) -> None:
    answer = getattr(client, method)(METRICS)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"


@pytest.mark.django_db
def test_head_is_answered_as_get_is_without_a_body(client: Client) -> None:
    full, head = client.get(METRICS), client.head(METRICS)
    assert (head.status_code, head.content, full.content[:1]) == (200, b"", b"#")
    assert head.headers == full.headers
    with patch("django.db.backends.base.base.BaseDatabaseWrapper.cursor", side_effect=OperationalError("gone")):
        assert client.head(METRICS).status_code == 503


Case = tuple[str, dict[str, Any], list[str], int]
PROXY = ["10.0.0.0/8"]
CASES: list[Case] = [
    ("127.0.0.1", {}, [], 200),
    ("::1", {}, [], 200),
    ("::ffff:127.0.0.1", {}, [], 200),
    ("192.0.2.1", {}, [], 404),
    ("", {}, [], 404),
    ("192.0.2.1", {"X-Forwarded-For": "127.0.0.1"}, [], 404),
    ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, [], 404),  # by a proxy that was not listed
    ("10.0.0.1", {"X-Forwarded-For": "192.0.2.1"}, PROXY, 404),
    ("10.0.0.1", {"X-Forwarded-For": "127.0.0.1, 192.0.2.1"}, PROXY, 404),
    ("10.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, PROXY, 200),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("peer", "headers", "proxies", "status"), CASES)
def test_only_listed_networks_may_read(
    client: Client, settings: Settings, peer: str, headers: dict[str, Any], proxies: list[str], status: int
) -> None:
    settings.TRUSTED_PROXIES = [ip_network(proxy) for proxy in proxies]
    answer = client.get(METRICS, headers=headers, REMOTE_ADDR=peer)
    assert answer.status_code == status
    if status == 404:
        assert answer.content.split() == client.get("/nothing", headers=headers, REMOTE_ADDR=peer).content.split()


@pytest.mark.django_db
def test_networks_are_a_setting(client: Client, settings: Settings) -> None:
    settings.METRICS_NETWORKS = [ip_network("192.0.2.0/24"), "198.51.100.1"]
    assert client.get(METRICS, REMOTE_ADDR="198.51.100.1").status_code == 200
    assert client.get(METRICS, REMOTE_ADDR="192.0.2.1").status_code == 200
    assert client.get(METRICS, REMOTE_ADDR="127.0.0.1").status_code == 404
