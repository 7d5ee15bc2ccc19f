"""What the limiter does to transactions: its own, those that meet, and that of a caller."""

from unittest.mock import patch

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.test import RequestFactory

from auth_api import limiter
from auth_api.models import Guess
from tests.conftest import PASSWORD
from users.insertion import insert
from users.models import User

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway"),
    pytest.mark.django_db(transaction=True),
]


def synchronous_commit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


def log_in_noting(noted: list[str]) -> None:
    """Check a password, and note whether the guess is flushed when it is taken, and what is left of that after it."""

    def insert_noting(guess: Guess) -> None:
        noted.append(synchronous_commit())
        insert(guess)

    with patch.object(limiter, "insert", insert_noting):
        assert authenticate(RequestFactory().post("/"), username="bob", password=PASSWORD)
    noted.append(synchronous_commit())


def test_guess_is_not_waited_for_but_what_a_caller_writes_is(bob: User) -> None:
    alone: list[str] = []
    log_in_noting(alone)
    assert alone == ["off", "on"]
    inside: list[str] = []
    with transaction.atomic():
        log_in_noting(inside)
    assert inside == ["on", "on"]
