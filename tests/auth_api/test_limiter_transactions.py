"""What the limiter does to transactions: its own, those that meet, and that of a caller."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import authenticate
from django.db import connection, transaction
from django.test import RequestFactory
from pytest_django import Settings

from auth_api import limiter
from auth_api.guesser import Guesser
from auth_api.limiter import Taken, fail, queue_up, succeed, take
from auth_api.models import Guess, Lockout
from auth_api.services import log_out_everywhere
from tests.conftest import PASSWORD
from users.insertion import insert
from users.models import User

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway"),
    pytest.mark.django_db(transaction=True),
]
GUESSER = Guesser(account="bob", network="192.0.2.1", user_id=1)


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


@contextmanager
def meanwhile(work: Callable[[], Any]) -> Iterator[list[Any]]:
    """Do the work in another transaction, which has to wait until that of the block ends. Its outcome is given then."""
    outcome: list[Any] = []

    def transact() -> Any:
        try:
            with transaction.atomic():
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            yield outcome
            waiting = other.submit(transact)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        outcome.append(waiting.result())


def taken(guesser: Guesser, *, owes: bool = False) -> Taken:
    guess = Guess.objects.create(account=guesser.account, network=guesser.network)
    return Taken(guess, guesser, owes=owes)


@pytest.mark.parametrize(
    ("limit", "other"),
    [("NETWORK", Guesser("sue", GUESSER.network, user_id=2)), ("ACCOUNT", Guesser("bob", "192.0.2.2", user_id=1))],
)
def test_second_of_two_guesses_at_once_sees_the_first(settings: Settings, limit: str, other: Guesser) -> None:
    setattr(settings, f"LOGIN_FAILURES_PER_{limit}", 1)
    second = RequestFactory().post("/")
    with meanwhile(lambda: take(second, other)) as outcome:
        assert take(RequestFactory().post("/"), GUESSER)
    assert outcome == [False]


def test_second_of_two_failures_at_once_begins_the_lockout(settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK = 2
    one, other = (taken(GUESSER) for _ in range(2))
    with meanwhile(lambda: fail(other)):
        fail(one)
    assert Lockout.objects.get().account == "bob"


def test_success_that_clears_what_is_owed_waits_for_others_who_count_it() -> None:
    success = taken(GUESSER, owes=True)
    with meanwhile(lambda: succeed(success)):
        queue_up(GUESSER.account)
    assert not Guess.objects.exists()


def test_logout_everywhere_ends_the_token_of_a_login_that_is_under_way(bob: User) -> None:
    with meanwhile(lambda: log_out_everywhere(request=RequestFactory().post("/"), user=bob)):
        User.objects.lock(bob)
        bob.auth_tokens.issue(is_locked=True)
    assert not bob.auth_tokens.exists()
