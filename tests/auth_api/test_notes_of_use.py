"""The note of a credential's use waits for nobody."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from auth_api.models import AuthToken, Session
from users.models import User

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway"),
    pytest.mark.django_db(transaction=True),
]
ME = "/api/v1/users/me/"
PATIENCE = 30  # seconds, which no test uses up
Model = type[AuthToken] | type[Session]


def with_a_token(bob: User) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {bob.auth_tokens.issue().key}")
    return client


def with_a_session(bob: User) -> APIClient:
    client = APIClient()
    client.force_login(bob)
    return client


def hold(model: Model, held: Event, done: Event) -> bool:
    """Lock all rows until the event. Return whether anybody has waited for them."""
    is_waited_for = False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            list(model.objects.select_for_update())
            held.set()
            deadline = time.monotonic() + PATIENCE
            while not done.is_set() and time.monotonic() < deadline:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                is_waited_for = is_waited_for or cursor.fetchone()[0] > 0
                time.sleep(0.01)
    finally:
        connection.close()
    return is_waited_for


@pytest.mark.parametrize(("client_of", "model"), [(with_a_token, AuthToken), (with_a_session, Session)])
def test_note_that_can_not_be_taken_at_once_is_forgotten(
    bob: User, client_of: Callable[[User], APIClient], model: Model
) -> None:
    client, held, done = client_of(bob), Event(), Event()
    long_ago = timezone.now() - timedelta(minutes=2)
    model.objects.update(last_used_at=long_ago)
    with ThreadPoolExecutor(1) as other:
        holding = other.submit(hold, model, held, done)
        assert held.wait(PATIENCE)
        try:
            assert client.get(ME).status_code == 200
        finally:
            done.set()
        assert not holding.result()
    assert model.objects.get().last_used_at == long_ago

    assert client.get(ME).status_code == 200
    assert model.objects.get().last_used_at > long_ago
