"""A password that can't be checked for want of memory was not wrong."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import AuthToken, Guess, Lockout, Session
from tests.conftest import PASSWORD
from users.hashers import Argon2idHasher
from users.models import User

NEW = "another good passphrase"
ROOM = 256 * 2**20  # bytes, for all but the hash
TOO_MUCH = 2**20  # KiB, of which nothing is used: the system says no as soon as it is asked
MakeUser = Callable[..., User]


@contextmanager
def no_memory_for_a_hash() -> Iterator[None]:
    """Have each hash ask for more memory than the process may have."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before, enough = resource.getrlimit(resource.RLIMIT_AS), Argon2idHasher.memory_cost
    passwords = dict(User.objects.values_list("pk", "password"))
    Argon2idHasher.memory_cost = TOO_MUCH
    for pk, password in passwords.items():
        User.objects.filter(pk=pk).update(password=password.replace(f"m={enough},", f"m={TOO_MUCH},"))
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
        Argon2idHasher.memory_cost = enough
        for pk, password in passwords.items():
            User.objects.filter(pk=pk).update(password=password)


def at_the_api(name: str) -> Any:
    return APIClient().post("/api/v1/auth/login/", {"username": name, "password": PASSWORD})


def with_a_session(name: str) -> Any:
    return APIClient().post("/api/v1/auth/session/", {"username": name, "password": PASSWORD})


def on_the_page(name: str) -> Any:
    return Client().post("/login/", {"username": name, "password": PASSWORD})


def in_the_admin(name: str) -> Any:
    return Client().post("/admin/login/", {"username": name, "password": PASSWORD})


@pytest.mark.parametrize("enter", [at_the_api, with_a_session, on_the_page, in_the_admin])
@pytest.mark.parametrize("name", ["bob", "nobody"])
def test_login_without_memory_is_a_503_with_its_row_and_no_guess(
    bob: User, enter: Callable[[str], Any], name: str
) -> None:
    with no_memory_for_a_hash():
        answers = [enter(name) for _ in range(6)]

    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "2")] * 6
    account = bob if name == "bob" else None
    assert [(row.user, row.failure_reason) for row in LoginLog.objects.all()] == [(account, "overloaded")] * 6
    assert not any(model.objects.exists() for model in (Guess, Lockout, AuthToken, Session))
    assert at_the_api("bob").status_code == 200


def test_answer_without_memory_is_the_same_for_a_known_and_an_unknown_name(bob: User) -> None:
    with no_memory_for_a_hash():
        answers = [at_the_api(name) for name in ("bob", "nobody")]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["code"] == "overloaded"


def test_failures_before_it_still_count(bob: User) -> None:
    wrong = {"username": "bob", "password": "wrong"}
    assert [APIClient().post("/api/v1/auth/login/", wrong).status_code for _ in range(4)] == [400] * 4
    with no_memory_for_a_hash():
        assert at_the_api("bob").status_code == 503
    assert [APIClient().post("/api/v1/auth/login/", wrong).status_code for _ in range(2)] == [400, 429]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "auth/tokens/", {"name": "script", "password": PASSWORD}),
        ("post", "users/me/password/", {"current_password": PASSWORD, "new_password": NEW}),
        ("patch", "users/me/", {"email": "new@example.org", "current_password": PASSWORD}),
    ],
)
def test_confirmation_without_memory_is_a_503_with_its_row(
    bob: User, method: str, path: str, body: dict[str, str]
) -> None:
    client = APIClient()
    client.force_authenticate(bob)
    with no_memory_for_a_hash():
        answer = getattr(client, method)(f"/api/v1/{path}", body)

    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "overloaded", "2")
    assert LoginLog.objects.get().failure_reason == "overloaded"
    assert not Guess.objects.exists()
    bob.refresh_from_db()
    assert (bob.email, bob.check_password(PASSWORD)) == ("bob@example.org", True)


def test_new_password_without_memory_is_a_503(bob: User, staff: User) -> None:
    client = APIClient()
    client.force_authenticate(staff)
    with no_memory_for_a_hash():
        answers = [
            client.post(f"/api/v1/users/{bob.pk}/password/", {"new_password": NEW}),
            client.post("/api/v1/users/", {"username": "ada", "password": NEW}),
        ]

    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "2")] * 2
    assert User.objects.get(pk=bob.pk).check_password(PASSWORD)
    assert not User.objects.filter(username="ada").exists()


def test_no_account_is_made_in_the_admin_without_memory_and_its_page_says_so(make_user: MakeUser) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    client = Client()
    form = {"username": "ada", "usable_password": "true", "password1": NEW, "password2": NEW}
    with no_memory_for_a_hash():
        root.refresh_from_db()
        client.force_login(root)
        answer = client.post("/admin/users/user/add/", form, follow=True)
    assert "Too many people are logging in at the moment." in answer.content.decode()
    assert not User.objects.filter(username="ada").exists()


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("/api/v1/auth/tokens/", "auth_api.views.collections.TokenViewSet.get_queryset"),
        ("/dashboard/", "dashboard.views.account.page_of"),
    ],
)
def test_request_without_memory_is_a_503_wherever_it_is_missing(bob: User, path: str, part: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(bob)
    with patch(part, side_effect=MemoryError):
        answer = client.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


def test_refusal_by_a_weaker_hash_without_memory_is_no_wrong_password(bob: User) -> None:
    weaker = Argon2idHasher()
    weaker.memory_cost = 8
    bob.password = weaker.encode(PASSWORD, weaker.salt())
    with no_memory_for_a_hash(), pytest.raises(MemoryError):
        bob.check_password("wrong")


@pytest.mark.parametrize("cut", [1, 5, 30])
def test_damaged_hash_is_a_wrong_password(bob: User, cut: int) -> None:
    User.objects.filter(pk=bob.pk).update(password=bob.password[:-cut])
    assert authenticate(username="bob", password=PASSWORD) is None
