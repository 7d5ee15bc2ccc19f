"""Requests of which something else than a token or a cookie says who asks, as REST framework's test client does."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from auth_api.models import AuthToken, Session
from tests.conftest import PASSWORD
from users.models import User

NEW = "another good passphrase"
MakeUser = Callable[..., User]
ENDPOINTS = [
    ("post", "auth/login/", {"username": "root", "password": PASSWORD}, 200),
    ("post", "auth/logout/", None, 401),  # there is no token to be ended
    ("post", "auth/logout-all/", None, 204),
    ("post", "auth/introspect/", {"token": "x"}, 200),
    ("post", "auth/revoke/", {"token": "x"}, 200),
    ("get", "auth/verify/", None, 200),
    ("get", "auth/session/", None, 200),
    ("post", "auth/session/", {"username": "root", "password": PASSWORD}, 200),
    ("delete", "auth/session/", None, 204),
    ("get", "auth/sessions/", None, 200),
    ("get", "auth/tokens/", None, 200),
    ("post", "auth/tokens/", {"name": "script", "password": PASSWORD}, 201),
    ("get", "auth/lockouts/", None, 200),
    ("get", "users/", None, 200),
    ("post", "users/", {"username": "ada", "password": NEW}, 201),
    ("get", "users/me/", None, 200),
    ("patch", "users/me/", {"email": "root@example.org", "current_password": PASSWORD}, 200),
    ("post", "users/me/password/", {"current_password": PASSWORD, "new_password": NEW}, 204),
    ("get", "audit/login-logs/", None, 200),
    ("get", "audit/login-logs/summary/?bucket=day", None, 200),
]


@pytest.mark.parametrize("cookie", ["", "some=thing"])  # without one, there is no session either
@pytest.mark.parametrize(("method", "path", "body", "status"), ENDPOINTS)
def test_every_endpoint_answers_whom_a_test_says_to_ask(
    make_user: MakeUser, method: str, path: str, body: object, status: int, cookie: str
) -> None:
    client = APIClient(HTTP_COOKIE=cookie) if cookie else APIClient()
    client.force_authenticate(make_user("root", is_staff=True, is_superuser=True))
    assert getattr(client, method)(f"/api/v1/{path}", body).status_code == status


@pytest.mark.parametrize("cookie", ["", "some=thing"])
def test_password_change_without_a_credential_ends_them_all(bob: User, cookie: str) -> None:
    bob.auth_tokens.issue()
    APIClient().force_login(bob)
    client = APIClient(HTTP_COOKIE=cookie) if cookie else APIClient()
    client.force_authenticate(bob)
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert client.post("/api/v1/users/me/password/", body).status_code == 204
    assert not AuthToken.objects.exists()
    assert not Session.objects.exists()
    bob.refresh_from_db()
    assert bob.check_password(NEW)
