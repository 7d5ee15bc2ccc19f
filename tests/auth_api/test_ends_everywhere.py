"""What ends an account's credentials: at the next request, whichever way it was done."""

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
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
    assert token_client.get(ME).status_code == 200
    assert other.get(ME).status_code == 401
    assert cookie_client.get(ME).status_code == 401
    assert (AuthToken.objects.count(), Session.objects.count()) == (1, 0)
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


def test_of_two_rehashes_at_once_one_is_kept(bob: User) -> None:
    hasher = PBKDF2PasswordHasher()
    User.objects.filter(pk=bob.pk).update(password=hasher.encode(PASSWORD, hasher.salt(), iterations=1000))
    first, second = User.objects.get(pk=bob.pk), User.objects.get(pk=bob.pk)
    assert first.check_password(PASSWORD)
    assert second.check_password(PASSWORD)
    assert first.password == second.password == User.objects.get(pk=bob.pk).password
