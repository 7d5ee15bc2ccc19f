"""What tests share: accounts, and clients that speak for them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.utils import translation
from rest_framework.test import APIClient

from audit.models import LoginLog, Retention
from users.models import User

PASSWORD = "a long enough passphrase"


@pytest.fixture(autouse=True)
def emptied_login_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the tables be emptied after a test that commits: the login log does not let go of its rows otherwise."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    if commits:
        request.getfixturevalue("transactional_db")
    yield
    if commits:
        with transaction.atomic():
            permission = Retention.objects.create(id=2**63 - 1)
            LoginLog.objects.all().delete()
            permission.delete()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Speak English, whatever the last request of the test before asked for."""
    with translation.override("en"):
        yield


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
