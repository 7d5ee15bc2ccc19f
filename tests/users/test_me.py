"""GET and PATCH users/me/."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import Scope
from tests.conftest import PASSWORD
from users.models import User

ME = "/api/v1/users/me/"
AsUser = Callable[[User], APIClient]


def test_own_account_is_read(bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).get(ME)
    assert answer.status_code == 200
    assert (answer.data["id"], answer.data["username"], answer.data["email"]) == (bob.pk, "bob", "bob@example.org")
    assert "password" not in answer.data


def test_own_names_are_changed_without_more_ado(bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).patch(ME, {"first_name": "Bob", "last_name": "Ross", "email": "BOB@example.org"})
    assert (answer.status_code, answer.json()["last_name"]) == (200, "Ross")
    bob.refresh_from_db()
    assert (bob.first_name, bob.email) == ("Bob", "bob@example.org")
    assert not LoginLog.objects.exists()


def test_email_asks_for_the_password_as_an_attempt_like_any_other(bob: User, as_user: AsUser) -> None:
    client, change = as_user(bob), {"email": "New@Example.org"}

    missing = client.patch(ME, change)
    wrong = client.patch(ME, change | {"current_password": "wrong"})
    right = client.patch(ME, change | {"current_password": PASSWORD})

    assert (missing.status_code, set(missing.json())) == (400, {"current_password", "code"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_credentials")
    assert (right.status_code, right.json()["email"]) == (200, "new@example.org")
    reasons = LoginLog.objects.order_by("id").values_list("user", "failure_reason")
    assert list(reasons) == [(bob.pk, "wrong_password"), (bob.pk, "")]


def test_guessing_there_is_limited(bob: User, as_user: AsUser) -> None:
    client, change = as_user(bob), {"email": "new@example.org"}
    for _ in range(5):
        assert client.patch(ME, change | {"current_password": "wrong"}).status_code == 400
    answer = client.patch(ME, change | {"current_password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
    bob.refresh_from_db()
    assert bob.email == "bob@example.org"


def test_address_of_another_is_refused_whatever_its_case(
    bob: User, make_user: Callable[..., User], as_user: AsUser
) -> None:
    make_user("carol", email="carol@example.org")
    answer = as_user(bob).patch(ME, {"email": "CAROL@example.org", "current_password": PASSWORD})
    assert (answer.status_code, answer.json()["email"]) == (400, ["A user with that email address already exists."])


def test_whoever_does_not_know_the_password_learns_of_no_address(
    bob: User, make_user: Callable[..., User], as_user: AsUser
) -> None:
    make_user("carol", email="carol@example.org")
    client = as_user(bob)
    answers = [
        client.patch(ME, {"email": email, "current_password": "wrong"}).json()
        for email in ("carol@example.org", "nobody@example.org")
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("field", ["is_staff", "is_superuser", "is_active", "username", "id", "password", "groups"])
def test_what_can_not_be_set_is_named(bob: User, as_user: AsUser, field: str) -> None:
    answer = as_user(bob).patch(ME, {"first_name": "Bob", field: True})
    assert answer.status_code == 400
    assert set(answer.json()) == {field, "code"}
    bob.refresh_from_db()
    assert (bob.first_name, bob.is_staff, bob.is_superuser) == ("", False, False)


@pytest.mark.parametrize(
    "body",
    [
        {"email": "no address", "current_password": PASSWORD},
        {"email": None},
        {"email": "x" * 300 + "@example.org", "current_password": PASSWORD},
        {"first_name": "x" * 151},
        {"first_name": "a\0b"},
        {"last_name": ["x"]},
        {"first_name": "x", "\0": 1},
        ["first_name"],
    ],
)
def test_values_that_make_no_sense_are_400(bob: User, as_user: AsUser, body: Any) -> None:
    assert as_user(bob).patch(ME, body).status_code == 400


def test_others_methods_are_refused(bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    assert [getattr(client, method)(ME).status_code for method in ("put", "post", "delete")] == [405] * 3


def test_token_for_reading_changes_nothing(bob: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {bob.auth_tokens.issue(scope=Scope.READ).key}")
    assert client.patch(ME, {"first_name": "Bob"}).status_code == 403
