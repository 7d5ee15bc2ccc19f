"""What ends an account's credentials: at the next request, whichever way it was done."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import OperationalError, connection
from django.test import Client
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import AuthToken, Session
from tests.conftest import PASSWORD
from users.models import User

ME = "/api/v1/users/me/"
CHANGE = "/api/v1/users/me/password/"
NEW = "another good passphrase"
AsUser = Callable[[User], APIClient]


@pytest.fixture
def token_client(bob: User, as_user: AsUser) -> APIClient:
    return as_user(bob)


@pytest.fixture
def cookie_client(bob: User) -> APIClient:
    client = APIClient()
    client.force_login(bob)
    return client


def by_shell(user: User) -> None:
    user.set_password(NEW)
    user.save()


def by_admin(user: User) -> None:
    User.objects.create_superuser("root", password=PASSWORD)
    client = Client()
    client.login(username="root", password=PASSWORD)
    form = {"usable_password": "true", "password1": NEW, "password2": NEW}
    assert client.post(f"/admin/users/user/{user.pk}/password/", form).status_code == 302


def by_unusable_password(user: User) -> None:
    user.set_unusable_password()
    user.save()


def by_sql_on_is_active(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE users_user SET is_active = %s WHERE id = %s", [False, user.pk])


def by_sql_on_password(user: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE users_user SET password = 'x' WHERE id = %s", [user.pk])


def by_deletion(user: User) -> None:
    user.delete()


def by_logout_all(user: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {user.auth_tokens.issue().key}")
    assert client.post("/api/v1/auth/logout-all/").status_code == 204
    assert not user.auth_tokens.exists()
    assert not user.sessions.exists()


def by_own_change_elsewhere(user: User) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {user.auth_tokens.issue().key}")
    assert client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}).status_code == 204


WAYS = [
    by_shell,
    by_admin,
    by_unusable_password,
    by_sql_on_is_active,
    by_sql_on_password,
    by_deletion,
    by_logout_all,
    by_own_change_elsewhere,
]


@pytest.mark.parametrize("end", WAYS)
def test_every_credential_ends(
    bob: User, token_client: APIClient, cookie_client: APIClient, end: Callable[[User], None]
) -> None:
    assert token_client.get(ME).status_code == cookie_client.get(ME).status_code == 200
    end(bob)
    assert token_client.get(ME).status_code == 401
    assert cookie_client.get(ME).status_code == 401


def test_change_by_token_keeps_this_token_alone(
    bob: User, as_user: AsUser, token_client: APIClient, cookie_client: APIClient
) -> None:
    other = as_user(bob)
    answer = token_client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (AuthToken.objects.count(), Session.objects.count()) == (1, 0)
    assert token_client.get(ME).status_code == 200
    assert other.get(ME).status_code == 401
    assert cookie_client.get(ME).status_code == 401
    bob.refresh_from_db()
    assert bob.check_password(NEW)


def test_change_by_cookie_keeps_this_session_alone_under_another_key(
    bob: User, token_client: APIClient, cookie_client: APIClient
) -> None:
    other = APIClient()
    other.force_login(bob)
    before = cookie_client.cookies["sessionid"].value
    assert cookie_client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}).status_code == 204
    assert cookie_client.get(ME).status_code == 200
    assert cookie_client.cookies["sessionid"].value != before
    assert other.get(ME).status_code == 401
    assert token_client.get(ME).status_code == 401
    assert (AuthToken.objects.count(), Session.objects.count()) == (0, 1)
    assert Session.objects.get().last_used_ip == "127.0.0.1"


def test_change_asks_for_the_current_password_and_leaves_a_row(bob: User, token_client: APIClient) -> None:
    answer = token_client.post(CHANGE, {"current_password": "wrong", "new_password": NEW})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_credentials")
    assert set(answer.json()) == {"current_password", "code"}
    assert [(row.user, row.failure_reason) for row in LoginLog.objects.all()] == [(bob, "wrong_password")]
    assert token_client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}).status_code == 204
    assert LoginLog.objects.filter(is_success=True).count() == 1


@pytest.mark.parametrize("new", ["", "short", "12345678901", "password", "bob@example.org", "x" * 1025, None])
def test_new_password_has_to_pass_the_validators(bob: User, token_client: APIClient, new: str | None) -> None:
    answer = token_client.post(CHANGE, {"current_password": PASSWORD, "new_password": new})
    assert answer.status_code == 400
    assert answer.json()["new_password"]
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)


def test_stronger_hash_of_the_same_password_ends_nothing(bob: User, as_user: AsUser, api: APIClient) -> None:
    dead_token_client, dead_cookie_client = as_user(bob), APIClient()
    dead_cookie_client.force_login(bob)
    hasher = PBKDF2PasswordHasher()
    bob.password = hasher.encode(PASSWORD, hasher.salt(), iterations=1000)
    bob.save()
    token_client, cookie_client = as_user(bob), APIClient()
    cookie_client.force_login(bob)

    answer = api.post("/api/v1/auth/login/", {"username": "bob", "password": PASSWORD})

    bob.refresh_from_db()
    assert bob.password.startswith("argon2$")
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {answer.json()['token']}").status_code == 200
    assert token_client.get(ME).status_code == 200
    assert cookie_client.get(ME).status_code == 200
    assert Session.objects.alive_for(bob).count() == 1
    # What was dead before stays dead.
    assert dead_token_client.get(ME).status_code == 401
    assert dead_cookie_client.get(ME).status_code == 401


def test_of_two_rehashes_at_once_one_is_kept(bob: User) -> None:
    hasher = PBKDF2PasswordHasher()
    User.objects.filter(pk=bob.pk).update(password=hasher.encode(PASSWORD, hasher.salt(), iterations=1000))
    first, second = User.objects.get(pk=bob.pk), User.objects.get(pk=bob.pk)
    assert first.check_password(PASSWORD)
    assert second.check_password(PASSWORD)
    assert first.password == second.password == User.objects.get(pk=bob.pk).password


def test_rehash_that_finds_another_password_lets_nobody_in(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = PBKDF2PasswordHasher()
    User.objects.filter(pk=bob.pk).update(password=hasher.encode(PASSWORD, hasher.salt(), iterations=1000))
    user = User.objects.get(pk=bob.pk)
    by_shell(bob)
    assert not user.check_password(PASSWORD)
    User.objects.filter(pk=bob.pk).delete()
    assert not user.check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_rehash_whose_credentials_cant_follow_is_undone() -> None:
    hasher = PBKDF2PasswordHasher()
    user = User.objects.create(username="bob", password=hasher.encode(PASSWORD, hasher.salt(), iterations=1000))
    APIClient().force_login(user)
    failing = patch("auth_api.receivers.SessionStore", side_effect=OperationalError("disk full"))
    with failing, pytest.raises(OperationalError):
        User.objects.get().check_password(PASSWORD)
    assert User.objects.get().password.startswith("pbkdf2")


@pytest.mark.parametrize("change", [by_shell, by_sql_on_is_active, by_deletion])
def test_change_that_was_overtaken_is_refused(
    bob: User, token_client: APIClient, monkeypatch: pytest.MonkeyPatch, change: Callable[[User], None]
) -> None:
    check_password = User.check_password

    def check_and_change(self: User, raw: str) -> bool:
        is_right = check_password(self, raw)
        change(User.objects.get(pk=bob.pk))
        return is_right

    monkeypatch.setattr(User, "check_password", check_and_change)
    answer = token_client.post(CHANGE, {"current_password": PASSWORD, "new_password": "the thief's own passphrase"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_credentials")


def test_change_by_a_credential_that_was_ended_meanwhile_is_refused(
    bob: User, token_client: APIClient, cookie_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_password = User.check_password

    def check_and_end(self: User, raw: str) -> bool:
        AuthToken.objects.all().delete()
        Session.objects.all().delete()
        return check_password(self, raw)

    monkeypatch.setattr(User, "check_password", check_and_end)
    for client in (token_client, cookie_client):
        answer = client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW})
        assert answer.status_code == 401
    monkeypatch.undo()
    assert User.objects.get(pk=bob.pk).check_password(PASSWORD)
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_logout_everywhere_ends_all_or_nothing() -> None:
    user = User.objects.create_user("bob", password=PASSWORD)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {user.auth_tokens.issue().key}")
    with patch("auth_api.services.user_logged_out.send", side_effect=OperationalError("disk full")):
        assert client.post("/api/v1/auth/logout-all/").status_code == 503
    assert client.get(ME).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_change_that_cant_end_the_others_is_undone() -> None:
    user = User.objects.create_user("bob", password=PASSWORD)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {user.auth_tokens.issue().key}")
    with patch("users.services.password_changed.send", side_effect=OperationalError("disk full")):
        assert client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}).status_code == 503
    assert User.objects.get().check_password(PASSWORD)


def test_admins_own_password_change_notes_where_that_was(staff: User) -> None:
    client = Client(REMOTE_ADDR="192.0.2.5", HTTP_USER_AGENT="Firefox")
    client.post("/admin/login/", {"username": "sue", "password": PASSWORD})
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/admin/password_change/", form, REMOTE_ADDR="192.0.2.6").status_code == 302
    session = Session.objects.get(user=staff)
    assert (session.last_used_ip, session.user_agent) == ("192.0.2.6", "Firefox")
