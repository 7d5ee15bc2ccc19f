"""What happens to an account while the admin is busy with it is neither undone nor overlooked."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client

from auth_api.models import Session
from tests.conftest import PASSWORD
from users import admin, forms
from users.models import User

CHANGE = "/admin/password_change/"
USERS = "/admin/users/user/"
NEW = "another long passphrase"
OWN = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
OUT = {"is_active": False, "is_staff": False, "is_superuser": False}
MakeUser = Callable[..., User]
NoTurn = Callable[[], AbstractContextManager[None]]


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


def test_own_new_password_is_hashed_in_its_turn(sue: User, client: Client, no_turn: NoTurn) -> None:
    with ExitStack() as stack, after_the_check(lambda: stack.enter_context(no_turn())):
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


def form_of(user: User, **fields: Any) -> dict[str, Any]:
    return {"username": user.username, "email": user.email, "is_active": "on"} | fields


def before(verb: str, meanwhile: Callable[[], Any]) -> Any:
    """Have something happen after the admin has loaded the account, and before it calls the verb."""
    place: Any = admin if hasattr(admin, verb) else forms
    call = getattr(place, verb)

    def change_and_call(**arguments: Any) -> Any:
        meanwhile()
        return call(**arguments)

    return patch.object(place, verb, change_and_call)


def test_account_form_writes_what_it_changes_and_nothing_else(sue: User, client: Client, bob: User) -> None:
    def change() -> None:
        User.objects.filter(pk=bob.pk).update(password="another hash", last_name="Builder", is_active=False)

    with before("change_account", change):
        answer = client.post(f"{USERS}{bob.pk}/change/", form_of(bob, first_name="Bob"))
    assert (answer.status_code, answer.headers["Location"]) == (302, USERS)
    now = User.objects.get(pk=bob.pk)
    assert (now.first_name, now.last_name, now.password, now.is_active) == ("Bob", "Builder", "another hash", False)


@pytest.mark.parametrize(("usable", "is_usable"), [("true", True), ("false", False)])
def test_new_password_for_somebody_else_undoes_nothing(
    sue: User, client: Client, bob: User, usable: str, is_usable: bool
) -> None:
    form = {"usable_password": usable, "password1": NEW, "password2": NEW, "unset-password": "yes"}
    with before(
        "set_password" if is_usable else "remove_password", lambda: User.objects.filter(pk=bob.pk).update(**OUT)
    ):
        answer = client.post(f"{USERS}{bob.pk}/password/", form)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{USERS}{bob.pk}/change/")
    now = User.objects.get(pk=bob.pk)
    assert (now.is_active, now.has_usable_password(), now.check_password(NEW)) == (False, is_usable, is_usable)


@pytest.mark.parametrize("path", ["change", "password"])
def test_who_is_demoted_meanwhile_changes_no_account(sue: User, client: Client, bob: User, path: str) -> None:
    form = form_of(bob, first_name="Bob", password1=NEW, password2=NEW, usable_password="true")
    verb = "change_account" if path == "change" else "set_password"
    with before(verb, lambda: User.objects.filter(pk=sue.pk).update(is_staff=False)):
        answer = client.post(f"{USERS}{bob.pk}/{path}/", form)
    assert answer.headers["Location"] == f"{USERS}{bob.pk}/{path}/"
    now = User.objects.get(pk=bob.pk)
    assert now.check_password(PASSWORD)
    assert now.first_name == ""


def delete(client: Client, way: str, user: User) -> str:
    """Have the account deleted on its page or by the action of the list, and return what is said."""
    form = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    address = f"{USERS}{user.pk}/delete/" if way == "page" else USERS
    return client.post(address, form, follow=True).content.decode()


@pytest.mark.parametrize("way", ["page", "action"])
@pytest.mark.parametrize(
    ("whose", "change", "reason"),
    [
        ("bob", {"is_superuser": True}, "Only a superuser may change an account of staff"),
        ("clerk", {"is_staff": False}, ""),  # who sees no page of the admin any more
    ],
)
def test_who_may_not_any_more_deletes_no_account(
    make_user: MakeUser, client: Client, bob: User, way: str, whose: str, change: dict[str, bool], reason: str
) -> None:
    clerk = make_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    client.force_login(clerk)
    with before("delete_accounts", lambda: User.objects.filter(username=whose).update(**change)):
        assert reason in delete(client, way, bob)
    assert User.objects.filter(pk=bob.pk).exists()
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("way", ["page", "action"])
def test_account_that_is_gone_already_is_no_error(sue: User, client: Client, bob: User, way: str) -> None:
    with before("delete_accounts", bob.delete):
        assert "uccessfully" in delete(client, way, bob)


def test_name_that_was_taken_meanwhile_is_said_to_be(sue: User, client: Client, bob: User, make_user: MakeUser) -> None:
    with before("change_account", lambda: make_user("robert")):
        answer = client.post(f"{USERS}{bob.pk}/change/", form_of(bob, username="robert"), follow=True)
    assert "A user with that username already exists." in answer.content.decode()


def test_password_for_somebody_else_is_hashed_in_its_turn(
    sue: User, client: Client, bob: User, no_turn: NoTurn
) -> None:
    form = {"usable_password": "true", "password1": NEW, "password2": NEW}
    with no_turn():
        answer = client.post(f"{USERS}{bob.pk}/password/", form, follow=True)
    assert "Too many people are logging in at the moment." in answer.content.decode()
    assert User.objects.get(pk=bob.pk).check_password(PASSWORD)


ADA = {"username": "Ada", "usable_password": "true", "password1": NEW, "password2": NEW}


def test_password_of_a_new_account_is_hashed_in_its_turn(sue: User, client: Client, no_turn: NoTurn) -> None:
    with no_turn():
        answer = client.post(f"{USERS}add/", ADA, follow=True)
    assert "Too many people are logging in at the moment." in answer.content.decode()
    assert not User.objects.filter(username="ada").exists()


@pytest.mark.django_db(transaction=True)
def test_password_of_a_new_account_is_hashed_outside_of_any_transaction(
    make_user: MakeUser, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(make_user("sue", is_staff=True, is_superuser=True))
    encode, in_transaction = Argon2PasswordHasher.encode, []

    def watched(self: Argon2PasswordHasher, password: str, salt: str) -> str:
        in_transaction.append(connection.in_atomic_block)
        return encode(self, password, salt)

    monkeypatch.setattr(Argon2PasswordHasher, "encode", watched)
    answer = client.post(f"{USERS}add/", ADA)
    ada = User.objects.get(username="ada")
    assert answer.headers["Location"] == f"{USERS}{ada.pk}/change/"
    assert in_transaction == [False]
    assert ada.check_password(NEW)


def test_who_is_demoted_meanwhile_makes_no_account(sue: User, client: Client) -> None:
    with before("store_account", lambda: User.objects.filter(pk=sue.pk).update(is_staff=False)):
        assert client.post(f"{USERS}add/", ADA).headers["Location"] == f"{USERS}add/"
    assert not User.objects.filter(username="ada").exists()
    assert not LogEntry.objects.exists()
