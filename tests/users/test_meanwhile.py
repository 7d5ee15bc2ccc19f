"""What happens to an account between the check of a password and the writing is not overlooked."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest.mock import patch

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.request import Request
from rest_framework.test import APIClient

from tests.conftest import PASSWORD
from users.models import User
from users.services import InvalidPassword, change_own_account, change_password
from users.staff import create_account, set_password
from users.writing import validate

NEW = "another long passphrase"
NoTurn = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def request_(rf: RequestFactory) -> Request:
    """Return a request without credentials."""
    return Request(rf.post("/"))


def test_name_that_somebody_else_has_by_now_opens_nothing(bob: User, request_: Request) -> None:
    User.objects.filter(pk=bob.pk).update(username="robert")
    User.objects.create_user("bob", password=PASSWORD)
    with pytest.raises(InvalidPassword):
        change_password(request=request_, user=bob, current_password=PASSWORD, new_password=NEW)
    assert all(user.check_password(PASSWORD) for user in User.objects.all())


@pytest.mark.parametrize("meanwhile", [{"is_active": False}, {"password": "another hash"}])
def test_account_that_is_closed_to_its_owner_is_not_changed(
    bob: User, request_: Request, meanwhile: dict[str, object]
) -> None:
    User.objects.filter(pk=bob.pk).update(**meanwhile)
    with pytest.raises(NotAuthenticated):
        change_own_account(request=request_, user=bob, changes={"first_name": "Bob"})
    assert User.objects.get(pk=bob.pk).first_name == ""


@pytest.mark.parametrize(("whose", "change"), [("bob", {"is_staff": True}), ("staff", {"is_staff": False})])
def test_staff_give_no_password_to_whom_they_may_not_any_more(
    bob: User, staff: User, whose: str, change: dict[str, bool]
) -> None:
    changed = {"bob": bob, "staff": staff}[whose]

    def hash_meanwhile(password: str) -> str:
        User.objects.filter(pk=changed.pk).update(**change)
        return password

    with patch("users.staff.hash_in_turn", hash_meanwhile), pytest.raises(PermissionDenied):
        set_password(by=staff, account=bob, new_password=NEW)
    assert User.objects.get(pk=bob.pk).check_password(PASSWORD)


def test_who_is_no_staff_any_more_makes_no_account(staff: User) -> None:
    def hash_meanwhile(password: str) -> str:
        User.objects.filter(pk=staff.pk).update(is_staff=False)
        return password

    with patch("users.staff.hash_in_turn", hash_meanwhile), pytest.raises(PermissionDenied):
        create_account(by=staff, username="ada", password=NEW)
    assert not User.objects.filter(username="ada").exists()


def test_new_password_is_hashed_in_its_turn(bob: User, staff: User, no_turn: NoTurn) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {staff.auth_tokens.issue().key}")
    with no_turn():
        answer = client.post(f"/api/v1/users/{bob.pk}/password/", {"new_password": NEW})
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert User.objects.get(pk=bob.pk).check_password(PASSWORD)


def test_name_that_another_request_has_just_taken_is_a_400(staff: User) -> None:
    client = APIClient()
    checks: list[set[str]] = []
    client.credentials(HTTP_AUTHORIZATION=f"Token {staff.auth_tokens.issue().key}")

    def check_too_early(user: User, names: set[str]) -> None:
        if checks:
            validate(user, names)
        else:
            User.objects.create_user("ada")
        checks.append(names)

    with patch("users.writing.validate", check_too_early):
        answer = client.post("/api/v1/users/", {"username": "Ada"})
    assert (answer.status_code, list(answer.json())) == (400, ["username", "code"])
