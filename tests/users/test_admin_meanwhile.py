"""What happens to an account while the admin is busy with it is neither undone nor overlooked."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from auth_api.models import Session
from tests.conftest import PASSWORD
from users.backends import password_checks
from users.gate import NoTurnError
from users.models import User

CHANGE = "/admin/password_change/"
NEW = "another long passphrase"
OWN = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
OUT = {"is_active": False, "is_staff": False, "is_superuser": False}
MakeUser = Callable[..., User]


@pytest.fixture
def sue(make_user: MakeUser, client: Client) -> User:
    """Return a superuser, whose browser it is."""
    make_user("root", is_staff=True, is_superuser=True)
    sue = make_user("sue", is_staff=True, is_superuser=True)
    client.force_login(sue)
    return sue


def after_the_check(meanwhile: Callable[[], Any]) -> Any:
    """Have something happen between the check of the current password and the writing of the new one."""
    check = User.check_password

    def check_and_change(self: User, raw: str) -> bool:
        is_right = check(self, raw)
        meanwhile()
        return is_right

    return patch.object(User, "check_password", check_and_change)


@pytest.mark.parametrize("change", [OUT, {"password": "another hash"}])
def test_own_new_password_undoes_nothing(sue: User, client: Client, change: dict[str, object]) -> None:
    with after_the_check(lambda: User.objects.filter(pk=sue.pk).update(**change)):
        answer = client.post(CHANGE, OWN)
    assert "Your old password was entered incorrectly." in answer.content.decode()
    now = User.objects.get(pk=sue.pk)
    assert {name: getattr(now, name) for name in change} == change
    assert not now.check_password(NEW)


def test_own_password_is_not_changed_by_a_session_that_has_been_ended(sue: User, client: Client) -> None:
    with after_the_check(Session.objects.all().delete):
        answer = client.post(CHANGE, OWN)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/login/?next={CHANGE}")
    assert User.objects.get(pk=sue.pk).check_password(PASSWORD)


def test_own_new_password_is_hashed_in_its_turn(sue: User, client: Client) -> None:
    with patch.object(password_checks, "enter", side_effect=[None, NoTurnError]):
        answer = client.post(CHANGE, OWN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert User.objects.get(pk=sue.pk).check_password(PASSWORD)


def test_own_new_password_ends_everything_else(sue: User, client: Client) -> None:
    sue.auth_tokens.issue()
    Client().force_login(sue)
    assert client.post(CHANGE, OWN).headers["Location"] == f"{CHANGE}done/"
    assert client.get("/admin/").status_code == 200
    assert not sue.auth_tokens.exists()
    assert sue.sessions.count() == 1
