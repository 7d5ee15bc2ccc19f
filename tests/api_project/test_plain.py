"""The short way of plain requests gives the same answers as the long one."""

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings
from rest_framework.test import APIClient

from api_project.plain import COOKIE_LOGIN, MOST_HOSTS, PlainWay
from users.models import User

ME = "/api/v1/users/me/"
LOGS = "/api/v1/audit/login-logs/"
REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("get", ME, {}),
    ("head", ME, {}),
    ("options", ME, {}),
    ("get", ME, {"HTTP_ACCEPT_LANGUAGE": "de"}),
    ("get", ME, {"HTTP_ACCEPT_LANGUAGE": "fr, tlh;q=0.9"}),
    ("get", ME, {"HTTP_ACCEPT": "text/html"}),
    ("get", ME, {"HTTP_ACCEPT": "application/json; indent=4"}),
    ("get", ME, {"HTTP_AUTHORIZATION": "Token nonsense", "HTTP_ACCEPT_LANGUAGE": "de"}),
    ("get", ME, {"HTTP_X_FORWARDED_FOR": "192.0.2.1", "HTTP_X_FORWARDED_PROTO": "https"}),
    ("get", ME, {"wsgi.url_scheme": "https"}),
    ("get", "/api/v1/users/me", {}),
    ("get", "/api/v1/nope/", {}),
    ("put", ME, {}),
    ("get", LOGS, {}),
    ("get", LOGS + "?format=csv", {}),
    ("get", LOGS + "?page_size=no", {}),
    ("get", "/api/v1/auth/tokens/", {}),
    ("get", "/api/v1/auth/sessions/", {}),
    ("get", "/api/v1/auth/verify/", {}),
    ("post", "/api/v1/auth/login/", {"data": {"username": "bob", "password": "wrong"}}),
    ("post", "/api/v1/auth/login/", {"data": {"username": "bob"}}),
    ("post", "/api/v1/auth/revoke/", {"data": {"token": "x"}}),
]


@pytest.fixture(autouse=True)
def no_language() -> Iterator[None]:
    """Leave the thread's language as it was."""
    with translation.override(None):
        yield


def answer(client: APIClient, method: str, path: str, more: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body, but for what differs from request to request."""
    response = getattr(client, method)(path, **{"HTTP_X_REQUEST_ID": "x" * 32} | more)
    return response.status_code, dict(response.items()), response.getvalue()


@pytest.mark.parametrize(("method", "path", "more"), REQUESTS)
@pytest.mark.parametrize("hsts_seconds", [0, 100])
def test_plain_request_is_answered_like_any_other(
    bob: User,
    as_user: Callable[[User], APIClient],
    settings: Settings,
    method: str,
    path: str,
    more: dict[str, Any],
    hsts_seconds: int,
) -> None:
    settings.SECURE_HSTS_SECONDS = hsts_seconds
    client = as_user(bob)
    client.credentials(HTTP_AUTHORIZATION=f"Token {bob.auth_tokens.issue().key}")
    # Where the list of logins is read, both answers are to see the same rows.
    short = answer(client, method, path, more)
    with patch.object(PlainWay, "is_open_to", return_value=False):
        long = answer(client, method, path, more)
    names = [set(each[1].pop("Vary", "").lower().replace(" ", "").split(",")) for each in (short, long)]
    assert names[0] == names[1]
    assert short == long


@pytest.mark.parametrize("host", ["evil.example.org", "local host", ""])
def test_host_that_is_not_allowed_is_refused_like_for_any_other(db: None, host: str) -> None:
    short = APIClient().get(ME, HTTP_HOST=host)
    with patch.object(PlainWay, "is_open_to", return_value=False):
        long = APIClient().get(ME, HTTP_HOST=host)
    assert (short.status_code, short.content) == (long.status_code, long.content)


def test_plain_request_passes_no_middleware_of_pages(bob: User, as_user: Callable[[User], APIClient]) -> None:
    client = as_user(bob)
    with patch.object(SessionMiddleware, "process_request", side_effect=AssertionError):
        assert client.get(ME).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "is_plain"),
    [
        (ME, {}, True),
        (ME, {"HTTP_ACCEPT_LANGUAGE": "de"}, True),
        (ME, {"HTTP_COOKIE": ""}, True),
        (ME, {"HTTP_COOKIE": "sessionid=x"}, False),
        (ME, {"HTTP_ORIGIN": "https://app.example.org"}, False),
        (COOKIE_LOGIN, {}, False),
        ("/api/docs/", {}, False),
        ("/admin/", {}, False),
        ("/", {}, False),
    ],
)
def test_what_counts_as_plain(rf: RequestFactory, path: str, headers: dict[str, str], is_plain: bool) -> None:
    request = rf.get(path, **headers)  # type: ignore[arg-type]
    assert PlainWay().is_open_to(request) == is_plain


def test_cookie_login_is_where_the_short_way_takes_it_to_be() -> None:
    assert reverse("auth-session") == COOKIE_LOGIN


def test_language_of_a_request_is_not_the_next_ones(db: None, client: Client) -> None:
    client.get("/admin/login/", HTTP_ACCEPT_LANGUAGE="de")
    assert translation.get_language() == "de"
    assert APIClient().get(ME)["Content-Language"] == "en"


def test_empty_host_is_not_taken_for_a_missing_one(db: None) -> None:
    client = APIClient()
    assert client.get(ME).status_code == 401
    assert client.get(ME, HTTP_HOST="").json()["code"] == "unknown_host"


def test_hosts_that_are_remembered_are_bounded(rf: RequestFactory) -> None:
    way = PlainWay()
    for port in range(1, MOST_HOSTS + 50):
        way.check_host(rf.get(ME, HTTP_HOST=f"localhost:{port}"))
    assert len(way.known_hosts) == MOST_HOSTS


def test_hosts_that_are_remembered_follow_the_settings(db: None, settings: Settings) -> None:
    client = APIClient()
    for _ in range(2):
        assert client.get(ME, HTTP_HOST="localhost:1").status_code == 401
    settings.ALLOWED_HOSTS = ["other.example.org"]
    assert client.get(ME, HTTP_HOST="localhost:1").json()["code"] == "unknown_host"
