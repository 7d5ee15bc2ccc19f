"""``manage.py prune_tokens``."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from auth_api import pruning
from auth_api.models import AuthToken, KnownNetwork, Session
from users.models import User


def test_dead_tokens_and_sessions_go_and_live_ones_stay(
    bob: User, staff: User, capsys: pytest.CaptureFixture[str]
) -> None:
    alive, expired, idle, unbound = (bob.auth_tokens.issue().token for _ in range(4))
    AuthToken.objects.filter(pk=expired.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    AuthToken.objects.filter(pk=idle.pk).update(last_used_at=timezone.now() - timedelta(days=15))
    AuthToken.objects.filter(pk=unbound.pk).update(password_stamp="another")
    for user in (bob, staff):
        APIClient().force_login(user)
    Session.objects.filter(user=staff).update(expires_at=timezone.now())
    APIClient().force_login(bob)
    Session.objects.filter(pk=bob.sessions.latest("created_at").pk).update(auth_hash="of another password")

    call_command("prune_tokens")

    assert AuthToken.objects.get() == alive
    assert Session.objects.get().user == bob
    captured = capsys.readouterr()
    assert captured.out.startswith("tokens: 3 deleted\nsessions: 2 deleted\n")
    assert captured.err == ""  # no bar in a pipe


def test_interrupted_run_keeps_what_it_did_and_the_next_does_the_rest(
    bob: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOKENS_PER_USER = 0
    monkeypatch.setattr(pruning, "BATCH", 3)
    for _ in range(10):
        bob.auth_tokens.issue()
    AuthToken.objects.update(expires_at=timezone.now())

    interrupted = pruning.prune(AuthToken)
    assert next(interrupted) == (3, 3)
    del interrupted
    assert AuthToken.objects.count() == 7

    assert sum(deleted for _, deleted in pruning.prune(AuthToken)) == 7


def test_expired_tokens_cost_a_request_nothing(
    bob: User, api: APIClient, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.TOKENS_PER_USER = 0
    for _ in range(50):
        bob.auth_tokens.issue()
    AuthToken.objects.update(expires_at=timezone.now())
    key = bob.auth_tokens.issue().key
    with django_assert_num_queries(1):
        assert api.get("/api/v1/users/me/", HTTP_AUTHORIZATION=f"Token {key}").status_code == 200
    assert AuthToken.objects.count() == 51


def test_network_that_is_logged_in_from_meanwhile_stays_known(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    bob.known_networks.create(network="192.0.2.1", last_login_at=timezone.now() - timedelta(days=31))
    batches = pruning.batches

    def log_in_meanwhile(queryset: Any) -> Iterator[list[Any]]:
        for batch in batches(queryset):
            bob.known_networks.update(last_login_at=timezone.now())
            yield batch

    monkeypatch.setattr(pruning, "batches", log_in_meanwhile)
    assert list(pruning.prune(KnownNetwork)) == [(1, 0)]
    assert bob.known_networks.exists()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway")
@pytest.mark.django_db(transaction=True)
def test_row_that_somebody_is_changing_is_left_to_the_next_run(bob: User) -> None:
    one, _ = (bob.auth_tokens.issue().token for _ in range(2))
    AuthToken.objects.update(expires_at=timezone.now())

    def prune() -> int:
        try:
            return sum(deleted for _, deleted in pruning.prune(AuthToken))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        AuthToken.objects.filter(pk=one.pk).update(name="renamed")
        assert pool.submit(prune).result() == 1
    assert AuthToken.objects.get() == one
    assert prune() == 1
