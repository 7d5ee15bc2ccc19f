"""Accounts in the admin: the same guards as at the API."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from auth_api.models import AuthToken, Session
from tests.conftest import PASSWORD
from users.forms import DJANGOS
from users.models import User

USERS = "/admin/users/user/"
MakeUser = Callable[..., User]


@pytest.fixture
def root(make_user: MakeUser) -> User:
    """Return the only superuser."""
    return make_user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def clerk(make_user: MakeUser) -> User:
    """Return an account of staff that holds every permission, and is no superuser."""
    clerk = make_user("clerk", is_staff=True, email="clerk@example.org")
    clerk.user_permissions.set(Permission.objects.all())
    return clerk


@pytest.fixture
def desk(clerk: User, client: Client) -> Client:
    """Return the clerk's browser."""
    client.force_login(clerk)
    return client


@pytest.fixture
def admin(root: User, client: Client) -> Client:
    """Return the browser of the only superuser."""
    client.login(username="root", password=PASSWORD)
    return client


def form_of(user: User, **fields: Any) -> dict[str, Any]:
    form = {"username": user.username, "email": user.email, "first_name": user.first_name, "is_active": "on"}
    return form | fields


def test_clerk_manages_ordinary_accounts(desk: Client, bob: User) -> None:
    assert desk.post(f"{USERS}{bob.pk}/change/", form_of(bob, first_name="Bob", username="ROBERT")).status_code == 302
    bob.refresh_from_db()
    assert (bob.username, bob.first_name) == ("robert", "Bob")
    form = {"username": "Ada", "email": "Ada@Example.org", "usable_password": "false"}
    assert desk.post(f"{USERS}add/", form).status_code == 302
    assert User.objects.get(username="ada").email == "ada@example.org"


def test_clerk_grants_nothing_to_anybody(desk: Client, clerk: User, bob: User) -> None:
    group = Group.objects.create(name="all")
    grants = {"is_staff": "on", "is_superuser": "on", "groups": [group.pk], "user_permissions": [1, 2]}
    for user in (bob, clerk):
        before = (user.is_staff, user.user_permissions.count())
        assert desk.post(f"{USERS}{user.pk}/change/", form_of(user, **grants)).status_code == 302
        after = User.objects.get(pk=user.pk)
        assert (after.is_superuser, after.is_staff, after.user_permissions.count()) == (False, *before)
        assert not after.groups.exists()
    form = {"username": "ada", "usable_password": "false", "is_staff": "on", "is_superuser": "on"}
    desk.post(f"{USERS}add/", form)
    made = User.objects.get(username="ada")
    assert (made.is_staff, made.is_superuser) == (False, False)


def test_clerk_changes_no_group(desk: Client) -> None:
    group = Group.objects.create(name="all")
    assert desk.get(f"/admin/auth/group/{group.pk}/change/").status_code == 200  # to be read
    assert desk.post(f"/admin/auth/group/{group.pk}/change/", {"name": "x", "permissions": [1]}).status_code == 403
    assert desk.post("/admin/auth/group/add/", {"name": "x"}).status_code == 403
    assert desk.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"}).status_code == 403


def test_clerk_touches_no_other_account_of_staff(desk: Client, root: User, staff: User) -> None:
    for user in (root, staff):
        before = User.objects.filter(pk=user.pk).values().get()
        address = f"{USERS}{user.pk}/"
        assert desk.get(f"{address}change/").status_code == 200
        assert desk.post(f"{address}change/", form_of(user, email="thief@example.org")).status_code == 403
        form = {"usable_password": "true", "password1": "a thief's passphrase", "password2": "a thief's passphrase"}
        assert desk.post(f"{address}password/", form).status_code == 403
        assert desk.post(f"{address}delete/", {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
        assert desk.post(USERS, chosen).status_code == 403
        assert User.objects.filter(pk=user.pk).values().get() == before


@pytest.mark.parametrize("is_superuser", [False, True])
def test_own_address_and_password_are_not_changed_without_the_password(
    desk: Client, clerk: User, is_superuser: bool
) -> None:
    User.objects.filter(pk=clerk.pk).update(is_superuser=is_superuser)
    grants = {"is_staff": "on", "is_superuser": "on"} if is_superuser else {}
    desk.post(f"{USERS}{clerk.pk}/change/", form_of(clerk, email="new@example.org", first_name="C", **grants))
    clerk.refresh_from_db()
    assert (clerk.first_name, clerk.email) == ("C", "clerk@example.org")
    form = {"usable_password": "true", "password1": "a thief's passphrase", "password2": "a thief's passphrase"}
    for spelling in (f"{clerk.pk}", f"0{clerk.pk}", f"%2B{clerk.pk}", f"{clerk.pk}%20", f"_3{clerk.pk}", "_00"):
        answer = desk.post(f"{USERS}{spelling}/password/", form)
        assert answer.status_code in {302, 404}, spelling
        assert answer.headers.get("Location") != f"{USERS}{clerk.pk}/change/"
        assert User.objects.get(pk=clerk.pk).check_password(PASSWORD)
    assert desk.post(f"{USERS}{clerk.pk}/password/", form).headers["Location"] == "/admin/password_change/"


def test_superuser_grants(admin: Client, bob: User) -> None:
    assert admin.post(f"{USERS}{bob.pk}/change/", form_of(bob, is_staff="on")).status_code == 302
    assert User.objects.get(pk=bob.pk).is_staff


def test_deactivation_ends_tokens_and_sessions(desk: Client, bob: User) -> None:
    bob.auth_tokens.issue()
    Client().force_login(bob)
    form = form_of(bob)
    del form["is_active"]
    assert desk.post(f"{USERS}{bob.pk}/change/", form).status_code == 302
    assert not AuthToken.objects.filter(user=bob).exists()
    assert not Session.objects.filter(user=bob).exists()


def test_list_costs_as_many_queries_as_ever(admin: Client, make_user: MakeUser) -> None:
    counts = []
    for number in range(2):
        for place in range(20):
            make_user(f"user-{number}-{place}")
        with CaptureQueriesContext(connection) as queries:
            assert "user-0-0" in admin.get(USERS).content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


@pytest.mark.parametrize("secret", ["password__startswith=argon2", "password=x", "sessions__digest__startswith=a"])
def test_no_secret_can_be_asked_about(admin: Client, secret: str) -> None:
    assert admin.get(f"{USERS}?{secret}").status_code == 400


@pytest.mark.parametrize("unchecked", ["is_active", "is_superuser"])
def test_admin_form_refuses_in_words(admin: Client, root: User, unchecked: str) -> None:
    address = f"{USERS}{root.pk}/change/"
    form = form_of(root, is_staff="on", is_superuser="on")
    assert admin.post(address, form).status_code == 302  # the form is complete
    del form[unchecked]
    answer = admin.post(address, form, follow=True)
    assert answer.status_code == 200
    assert "This is the last active superuser." in answer.content.decode()
    root.refresh_from_db()
    assert root.is_active
    assert root.is_superuser


def test_admin_deletes_no_last_superuser(admin: Client, root: User) -> None:
    one = admin.post(f"{USERS}{root.pk}/delete/", {"post": "yes"}, follow=True)
    form = {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"}
    several = admin.post(USERS, form, follow=True)
    for answer in (one, several):
        assert "This is the last active superuser." in answer.content.decode()
    assert User.objects.filter(pk=root.pk).exists()


def test_new_account_leaves_a_line(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    form = {"username": "Ada", "usable_password": "false"}
    with caplog.at_level("INFO", "users"):
        desk.post(f"{USERS}add/", form)
    lines = [(line.getMessage(), line.__dict__["by"], line.__dict__["account"]) for line in caplog.records]
    assert lines == [("account created", "clerk", "ada")]
    ada = User.objects.get(username="ada")
    assert not ada.has_usable_password()
    assert LogEntry.objects.get().object_id == str(ada.pk)


def test_page_of_an_account_makes_no_other(admin: Client, bob: User) -> None:
    form = {"username": "Ada", "usable_password": "false", "_saveasnew": "1"}
    answer = admin.post(f"{USERS}{bob.pk}/change/", form, follow=True)
    assert "You do not have permission to perform this action." in answer.content.decode()
    assert not User.objects.filter(username="ada").exists()


@pytest.mark.parametrize("address", [USERS, f"{USERS}{{}}/delete/"])
def test_deletion_leaves_a_line(desk: Client, bob: User, caplog: pytest.LogCaptureFixture, address: str) -> None:
    form = {"action": "delete_selected", "_selected_action": [bob.pk], "post": "yes"}
    with caplog.at_level("INFO", "users"):
        assert desk.post(address.format(bob.pk), form).status_code == 302
    lines = [(line.getMessage(), line.__dict__["by"], line.__dict__["account"]) for line in caplog.records]
    assert lines == [("account deleted", "clerk", "bob")]
    assert not User.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize(
    ("language", "one", "several"), [("en", "Add user", "Users"), ("de", "Konto hinzufügen", "Konten")]
)
def test_accounts_are_called_the_same_one_and_several(admin: Client, language: str, one: str, several: str) -> None:
    page = admin.get(f"{USERS}add/", headers={"Accept-Language": language}).content.decode()
    assert f"<h1>{one}</h1>" in page
    assert f'<a href="{USERS}">{several}</a>' in page


@pytest.mark.parametrize("has_password", [True, False])
@pytest.mark.parametrize("language", ["en", "de"])
def test_forms_speak_the_language_of_the_reader_and_of_no_other_way_to_log_in(
    admin: Client, bob: User, language: str, has_password: bool
) -> None:
    if not has_password:
        bob.set_unusable_password()
        bob.save()
    for path in ("add/", f"{bob.pk}/change/", f"{bob.pk}/password/"):
        page = admin.get(f"{USERS}{path}", headers={"Accept-Language": language}).content.decode()
        assert "LDAP" not in page
        left = [text for text in DJANGOS if text.removesuffix("%s") in page]
        assert bool(left) == (language == "en"), left
    assert "Without a password nobody logs in" in admin.get(f"{USERS}add/").content.decode()


@pytest.mark.parametrize(
    ("encoded", "said"),
    [
        (make_password(PASSWORD), "<strong>A password is set</strong>: <bdi>Argon2id</bdi>"),
        (make_password(PASSWORD, hasher="pbkdf2_sha256"), "<strong>A password is set</strong>: <bdi>PBKDF2</bdi>"),
        (make_password(None), "<strong>No password set.</strong>"),
        ("md5$gibberish", "<strong>Invalid password format or unknown hashing algorithm.</strong>"),
    ],
    ids=["argon2id", "pbkdf2", "none", "unknown"],
)
@pytest.mark.parametrize("may_change", [True, False])
def test_page_of_an_account_says_whether_there_is_a_password_and_shows_nothing_of_it(
    desk: Client, clerk: User, bob: User, encoded: str, said: str, may_change: bool
) -> None:
    User.objects.filter(pk=bob.pk).update(password=encoded)
    if not may_change:
        clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view"))
    page = desk.get(f"{USERS}{bob.pk}/change/").content.decode()
    shown = page.partition("field-password")[2].partition("</p>")[0]
    assert said in " ".join(shown.split())
    assert len(re.findall(r"<strong>", shown)) == 1
    assert "***" not in page
    assert 'href="../password/"' in page or not may_change


def test_password_is_taken_away_with_a_warning(desk: Client, bob: User) -> None:
    address = f"{USERS}{bob.pk}/password/"
    assert "password will be lost.</li>" in desk.get(address).content.decode()
    desk.post(address, {"usable_password": "false", "unset-password": "1"})
    assert not User.objects.get(pk=bob.pk).has_usable_password()


def test_cookie_ends_with_the_browser(staff: User, client: Client) -> None:
    cookie = client.post("/admin/login/", {"username": "sue", "password": PASSWORD}).cookies["sessionid"]
    assert cookie["max-age"] == cookie["expires"] == ""
