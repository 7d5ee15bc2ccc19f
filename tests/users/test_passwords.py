"""Which passwords are taken, wherever one is set."""

from collections.abc import Callable

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordInvalid
from rest_framework.exceptions import ValidationError
from rest_framework.test import APIClient

from tests.conftest import PASSWORD
from users.models import User
from users.passwords import check_new


@pytest.mark.parametrize(
    "password",
    [
        "eightful",  # 8 characters
        "x y" * 21 + "z",  # 64 characters
        "\U0001f9c0" * 64,
        "long " * 204,  # 1,020 characters
        "31415926535897932384",  # digits alone: composition is nobody's business
        "lowercase alone",
        " spaces around ",
    ],
)
def test_length_is_what_counts(password: str) -> None:
    user = User(username="bob")
    validate_password(password, user)  # raises if anything speaks against it
    user.set_password(password)
    assert user.check_password(password)


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("sh0rt?", {"password_too_short"}),
        ("qwerty", {"password_too_short", "password_too_common"}),
        ("1q2w3e4r", {"password_too_common"}),
        ("bob.ross", {"password_too_similar"}),
        ("ross@example.org", {"password_too_similar"}),
        ("x" * 1025, {"password_malformed"}),
        ("a nul \0 in it", {"password_malformed"}),
    ],
)
def test_all_that_speaks_against_a_password_is_said_with_codes(password: str, codes: set[str]) -> None:
    user = User(username="bob.ross", email="ross@example.org", first_name="Bob")
    with pytest.raises(PasswordInvalid):
        validate_password(password, user)
    with pytest.raises(ValidationError) as raised:
        check_new(password, user, field="new_password")
    found = raised.value.get_codes()
    assert isinstance(found, dict)
    assert {str(code) for code in found["new_password"] or ()} == codes


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("long " * 205, "Your password can have at most 1024 characters."),
        ("a nul \0 in it", "Your password has a character that is not allowed."),
        ("a lone \ud800 surrogate", "Your password has a character that is not allowed."),
    ],
)
def test_what_no_login_takes_is_refused_in_words(password: str, reason: str) -> None:
    with pytest.raises(PasswordInvalid, match=f"^\\['{reason}'\\]$"):
        validate_password(password, User(username="bob"))


def test_reasons_are_in_the_answer(bob: User, as_user: Callable[[User], APIClient]) -> None:
    change = {"current_password": PASSWORD, "new_password": "qwerty"}
    answer = as_user(bob).post("/api/v1/users/me/password/", change)
    assert answer.status_code == 400
    assert answer.json()["new_password"] == [
        "This password is too short. It must contain at least 8 characters.",
        "This password is too common.",
    ]


@pytest.mark.parametrize("whose", ["own", "another's"])
def test_field_that_is_none_is_refused_by_its_name(
    bob: User, staff: User, as_user: Callable[[User], APIClient], whose: str
) -> None:
    path, told = ("users/me", {"current_password": PASSWORD}) if whose == "own" else (f"users/{bob.pk}", {})
    body = told | {"new_password": "another long passphrase", "is_staff": True}
    answer = as_user(staff).post(f"/api/v1/{path}/password/", body)
    assert (answer.status_code, list(answer.json())) == (400, ["is_staff", "code"])
