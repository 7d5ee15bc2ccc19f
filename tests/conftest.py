"""What tests share: accounts, and clients that speak for them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.utils import translation
from pytest_django import Settings
from rest_framework.test import APIClient

from users.backends import lookups, password_checks
from users.models import User

PASSWORD = "a long enough passphrase"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English, whatever the last request of the test before asked for."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def gates_left_empty() -> Iterator[None]:
    """See to it that nobody is left in a gate, or has left it who was never in: the tests that follow would pay."""
    yield
    assert [(gate.inside, gate.waiting) for gate in (lookups, password_checks)] == [(0, 0), (0, 0)]


@pytest.fixture
def no_turn(settings: Settings) -> Callable[[], AbstractContextManager[None]]:
    """Return a function that takes the one place for password checks, and lets nobody wait for it."""

    @contextmanager
    def take_the_place() -> Iterator[None]:
        settings.PASSWORD_CHECKS_AT_ONCE = 0  # any number: a check may be running, of which this is the middle
        password_checks.enter(deadline=0)
        settings.PASSWORD_CHECKS_AT_ONCE, settings.PASSWORD_CHECKS_WAITING = 1, 0
        try:
            yield
        finally:
            password_checks.leave()

    return take_the_place


@pytest.fixture
def api() -> APIClient:
    """Return a client without credentials."""
    return APIClient()


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """Return a function that makes accounts with ``PASSWORD``."""

    def make(username: str = "bob", **fields: Any) -> User:
        return User.objects.create_user(username, password=PASSWORD, **fields)

    return make


@pytest.fixture
def bob(make_user: Callable[..., User]) -> User:
    """Return an ordinary account."""
    return make_user("bob", email="bob@example.org")


@pytest.fixture
def staff(make_user: Callable[..., User]) -> User:
    """Return an account that sees the whole log."""
    return make_user("sue", is_staff=True)


@pytest.fixture
def as_user() -> Callable[[User], APIClient]:
    """Return a function that gives a client with a token of the account."""

    def client_of(user: User) -> APIClient:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {user.auth_tokens.issue().key}")
        return client

    return client_of
