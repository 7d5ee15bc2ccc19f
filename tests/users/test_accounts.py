"""users/ and users/{id}/: the accounts, for staff."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from auth_api.models import AuthToken, Session
from tests.conftest import PASSWORD
from users.models import User
from users.views.accounts import AccountViewSet

USERS = "/api/v1/users/"
ME = "/api/v1/users/me/"
NEW = "another good passphrase"
AsUser = Callable[[User], APIClient]
MakeUser = Callable[..., User]


@pytest.fixture
def root(make_user: MakeUser) -> User:
    """Return the only superuser."""
    return make_user("root", is_staff=True, is_superuser=True)


@pytest.fixture
def other_staff(make_user: MakeUser) -> User:
    """Return an account of staff that is not the caller's."""
    return make_user("stan", is_staff=True)


@pytest.fixture
def client(staff: User, as_user: AsUser) -> APIClient:
    """Return the client of someone of staff who is no superuser."""
    return as_user(staff)


def url(user: User, suffix: str = "") -> str:
    return f"{USERS}{user.pk}/{suffix}"


def names(client: APIClient, **parameters: str) -> list[str]:
    answer = client.get(USERS, parameters)
    assert answer.status_code == 200, answer.content
    return [row["username"] for row in answer.json()["results"]]


def test_others_neither_read_nor_write(bob: User, staff: User, as_user: AsUser, api: APIClient) -> None:
    for client, status in ((as_user(bob), 403), (api, 401)):
        assert client.get(USERS).status_code == client.post(USERS, {"username": "x"}).status_code == status
        assert client.get(url(bob)).status_code == client.patch(url(bob), {}).status_code == status
        assert client.delete(url(staff)).status_code == status
        assert client.post(url(staff, "password/"), {"new_password": NEW}).status_code == status


def test_list_is_in_pages_by_name(client: APIClient, make_user: MakeUser) -> None:
    for number in range(5):
        make_user(f"user-{number}")
    first = client.get(USERS, {"page_size": "4"}).json()
    assert (first["count"], first["previous"]) == (6, None)
    assert [row["username"] for row in first["results"]] == ["sue", "user-0", "user-1", "user-2"]
    second = client.get(first["next"]).json()
    assert ([row["username"] for row in second["results"]], second["next"]) == (["user-3", "user-4"], None)


def test_account_has_its_columns_and_no_digest(client: APIClient, bob: User) -> None:
    (row,) = client.get(USERS, {"search": "bob"}).json()["results"]
    assert row == client.get(url(bob)).json()
    assert set(row) == {
        *("id", "username", "email", "first_name", "last_name"),
        *("is_active", "is_staff", "is_superuser", "date_joined", "last_login"),
    }


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ada", ["ada"]),
        ("ADA", ["ada"]),
        ("@example.org", ["ada", "grace"]),
        ("lovelace", ["ada"]),
        ("Lovelace Ada", ["ada"]),
        ("ada hopper", []),
        ("a " * 20 + "hopper", ["grace"]),
        ("\uff41da", ["ada"]),
        ("100%", []),
        ("_", []),
        ("", ["ada", "grace", "sue"]),
    ],
)
def test_search_finds_parts_of_names_and_addresses(
    client: APIClient, make_user: MakeUser, search: str, found: list[str]
) -> None:
    make_user("ada", email="ada@example.org", first_name="Ada", last_name="Lovelace")
    make_user("grace", email="grace@example.org", first_name="Grace", last_name="Hopper")
    assert names(client, search=search) == found


def test_filters_and_orders(client: APIClient, make_user: MakeUser) -> None:
    now = timezone.now()
    make_user("ada", is_active=False, last_login=now - timedelta(days=1))
    make_user("grace", is_superuser=True, last_login=now)
    assert names(client, is_active="false") == ["ada"]
    assert names(client, is_staff="true") == ["sue"]
    assert names(client, is_superuser="1", is_active="true") == ["grace"]
    assert names(client, ordering="-username") == ["sue", "grace", "ada"]
    assert names(client, ordering="-date_joined") == ["grace", "ada", "sue"]
    assert names(client, ordering="-last_login") == ["grace", "ada", "sue"]
    assert names(client, ordering="last_login") == ["sue", "ada", "grace"]
    assert names(client, ordering="last_login,-username") == ["sue", "ada", "grace"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("is_active", "maybe"),
        ("is_staff", "2"),
        ("ordering", "password"),
        ("ordering", "-password,username"),
        ("search", "\0"),
        ("search", "x" * 300),
        ("page", "0"),
        ("page", "99"),
        ("page", "x"),
        ("page", "9" * 5000),
        ("page_size", "0"),
        ("page_size", "x"),
        ("nonsense", "1"),
        ("username", "bob"),
        ("format", "xml"),
    ],
)
def test_parameter_that_is_wrong_is_named(client: APIClient, parameter: str, value: str) -> None:
    answer = client.get(USERS, {parameter: value})
    assert answer.status_code == 400, answer.content
    assert set(answer.json()) == {parameter, "code"}


def test_list_costs_as_many_queries_as_ever(
    client: APIClient, make_user: MakeUser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_user(f"user-{number}")
    with django_assert_num_queries(3):  # the token, the count, the page
        client.get(USERS)


@pytest.mark.parametrize("number", ["0", "999999", "999999999999999999", "x", "9" * 40])
def test_account_that_is_not_there_is_404(client: APIClient, number: str) -> None:
    for answer in (client.get(f"{USERS}{number}/"), client.patch(f"{USERS}{number}/", {})):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_account_is_made_and_its_password_is_never_shown(client: APIClient, api: APIClient) -> None:
    body = {"username": " Ada ", "email": "Ada@Example.org", "first_name": "Ada", "password": NEW}
    answer = client.post(USERS, body)
    assert (answer.status_code, answer.json()["username"], answer.json()["email"]) == (201, "ada", "ada@example.org")
    assert NEW not in answer.content.decode()
    assert "password" not in answer.content.decode()
    assert api.post("/api/v1/auth/login/", {"username": "ada", "password": NEW}).status_code == 200


def test_account_without_a_password_waits_for_one(client: APIClient, api: APIClient) -> None:
    made = client.post(USERS, {"username": "ada"})
    assert made.status_code == 201
    account = User.objects.get(username="ada")
    assert not account.has_usable_password()
    assert client.post(url(account, "password/"), {"new_password": NEW}).status_code == 204
    assert api.post("/api/v1/auth/login/", {"username": "ada", "password": NEW}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "username"),
        ({"username": ""}, "username"),
        ({"username": "BOB"}, "username"),
        ({"username": "a@b"}, "username"),
        ({"username": "x" * 151}, "username"),
        ({"username": "a\0"}, "username"),
        ({"username": "ada", "email": "BOB@Example.org"}, "email"),
        ({"username": "ada", "email": "x"}, "email"),
        ({"username": "ada", "password": "ada"}, "password"),
        ({"username": "ada.lovelace", "password": "lovelace.ada"}, "password"),
        ({"username": "ada", "email": "countess@example.org", "password": "countess"}, "password"),
        ({"username": "ada", "password": "x" * 2000}, "password"),
        ({"username": "ada", "is_active": "maybe"}, "is_active"),
        ({"username": "ada", "groups": [1]}, "groups"),
        ({"username": "ada", "user_permissions": [1]}, "user_permissions"),
        ({"username": "ada", "id": 1}, "id"),
        ({"username": "ada", "last_login": None}, "last_login"),
    ],
)
def test_account_that_can_not_be_is_refused_with_the_field(
    client: APIClient, bob: User, body: dict[str, Any], field: str
) -> None:
    answer = client.post(USERS, body)
    assert answer.status_code == 400, answer.content
    assert set(answer.json()) == {field, "code"}
    assert User.objects.count() == 2


@pytest.mark.parametrize("privilege", ["is_staff", "is_superuser"])
def test_only_a_superuser_grants(
    client: APIClient, staff: User, bob: User, root: User, as_user: AsUser, privilege: str
) -> None:
    refused = [
        client.post(USERS, {"username": "ada", privilege: True}),
        client.patch(url(bob), {"first_name": "x", privilege: True}),
    ]
    if privilege == "is_superuser":
        refused.append(client.patch(url(staff), {privilege: True}))  # one's own account
    for answer in refused:
        assert answer.status_code == 403
        assert privilege in answer.json()["detail"]
    bob.refresh_from_db()
    assert (bob.is_staff, bob.is_superuser, bob.first_name) == (False, False, "")
    assert not User.objects.filter(username="ada").exists()

    assert as_user(root).patch(url(bob), {privilege: True}).json()[privilege] is True
    assert as_user(root).post(USERS, {"username": "ada", privilege: True}).json()[privilege] is True


def test_saying_what_is_so_already_is_no_grant(client: APIClient, bob: User) -> None:
    body = {"first_name": "Bob", "is_staff": False, "is_superuser": False}
    assert client.patch(url(bob), body).status_code == 200
    assert client.post(USERS, {"username": "ada", "is_staff": False}).status_code == 201


def test_accounts_of_staff_are_for_superusers(
    client: APIClient, other_staff: User, root: User, as_user: AsUser
) -> None:
    for account in (other_staff, root):
        before = User.objects.filter(pk=account.pk).values().get()
        for answer in (
            client.patch(url(account), {"email": "thief@example.org"}),
            client.patch(url(account), {"is_staff": False}),
            client.patch(url(account), {"is_active": False}),
            client.delete(url(account)),
            client.post(url(account, "password/"), {"new_password": NEW}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
        assert User.objects.filter(pk=account.pk).values().get() == before
        assert client.get(url(account)).status_code == 200
    assert as_user(root).patch(url(other_staff), {"is_staff": False}).status_code == 200


@pytest.mark.parametrize("way", ["permission", "group"])
def test_accounts_that_hold_permissions_are_for_superusers(
    client: APIClient, bob: User, root: User, as_user: AsUser, way: str
) -> None:
    permission = Permission.objects.get(codename="introspect")
    if way == "permission":
        bob.user_permissions.add(permission)
    else:
        group = Group.objects.create(name="services")
        bob.groups.add(group)
        assert client.patch(url(bob), {"first_name": "B"}).status_code == 200  # the group gives nothing
        group.permissions.add(permission)
    assert client.post(url(bob, "password/"), {"new_password": NEW}).status_code == 403
    assert client.patch(url(bob), {"email": "thief@example.org"}).status_code == 403
    assert as_user(root).patch(url(bob), {"first_name": "Bob"}).status_code == 200


def test_whoever_was_demoted_meanwhile_changes_nothing(
    client: APIClient, staff: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def demote_and_get(view: AccountViewSet) -> User:
        User.objects.filter(pk=staff.pk).update(is_staff=False)
        return bob

    monkeypatch.setattr(AccountViewSet, "get_object", demote_and_get)
    assert client.patch(url(bob), {"first_name": "x"}).status_code == 403
    assert client.post(url(bob, "password/"), {"new_password": NEW}).status_code == 403
    bob.refresh_from_db()
    assert bob.first_name == ""
    assert bob.check_password(PASSWORD)


def test_account_is_changed(client: APIClient, bob: User, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "users"):
        answer = client.patch(url(bob), {"username": "Robert", "email": "Robert@example.org", "first_name": "Robert"})
    assert (answer.status_code, answer.json()["username"]) == (200, "robert")
    bob.refresh_from_db()
    assert (bob.username, bob.email, bob.first_name) == ("robert", "robert@example.org", "Robert")
    (line,) = [record for record in caplog.records if record.name == "users"]
    said = line.__dict__
    assert (line.message, said["by"], said["account"]) == ("account changed", "sue", "robert")
    assert said["columns"] == ["email", "first_name", "username"]


def test_name_or_address_of_another_is_refused(client: APIClient, bob: User, make_user: MakeUser) -> None:
    make_user("carol", email="carol@example.org")
    answer = client.patch(url(bob), {"username": "Carol", "email": "CAROL@example.org"})
    assert answer.status_code == 400
    assert set(answer.json()) == {"username", "email", "code"}


def test_there_is_no_put(client: APIClient, bob: User) -> None:
    assert client.put(url(bob), {"username": "x"}).status_code == 405


def test_own_address_and_password_ask_for_the_password_elsewhere(client: APIClient, staff: User) -> None:
    assert client.patch(url(staff), {"email": "new@example.org"}).status_code == 403
    assert client.post(url(staff, "password/"), {"new_password": NEW}).status_code == 403
    assert client.patch(url(staff), {"first_name": "Sue"}).status_code == 200


@pytest.mark.parametrize("way", ["delete", "patch"])
def test_deactivation_ends_everything_for_good(client: APIClient, bob: User, as_user: AsUser, way: str) -> None:
    token_client, cookie_client = as_user(bob), APIClient()
    cookie_client.force_login(bob)
    assert token_client.get(ME).status_code == cookie_client.get(ME).status_code == 200

    done = client.delete(url(bob)) if way == "delete" else client.patch(url(bob), {"is_active": False})

    assert done.status_code == (204 if way == "delete" else 200)
    assert not AuthToken.objects.filter(user=bob).exists()
    assert not Session.objects.filter(user=bob).exists()
    assert client.patch(url(bob), {"is_active": True}).json()["is_active"] is True
    assert token_client.get(ME).status_code == cookie_client.get(ME).status_code == 401


def test_set_password_ends_what_was_made_under_the_former_one(
    client: APIClient, bob: User, as_user: AsUser, api: APIClient
) -> None:
    token_client = as_user(bob)
    refused = client.post(url(bob, "password/"), {"new_password": "bob@example.org"})
    assert (refused.status_code, set(refused.json())) == (400, {"new_password", "code"})
    assert token_client.get(ME).status_code == 200

    assert client.post(url(bob, "password/"), {"new_password": NEW}).status_code == 204

    assert token_client.get(ME).status_code == 401
    assert api.post("/api/v1/auth/login/", {"username": "bob", "password": NEW}).status_code == 200


@pytest.mark.parametrize("name", ["change", "password"])
def test_account_that_was_deleted_meanwhile_is_404(
    client: APIClient, bob: User, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    stale = User.objects.get(pk=bob.pk)
    bob.delete()
    monkeypatch.setattr(AccountViewSet, "get_object", lambda view: stale)
    answer = (
        client.patch(url(stale), {"first_name": "x"})
        if name == "change"
        else client.post(url(stale, "password/"), {"new_password": NEW})
    )
    assert answer.status_code == 404
