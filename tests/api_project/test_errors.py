"""Answers to requests that can't be served."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    ProgrammingError,
)
from django.db.transaction import TransactionManagementError
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from audit.models import LoginLog
from users.models import User

ME = "/api/v1/users/me/"
LOGS = "/api/v1/audit/login-logs/"


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options", "head"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/nope/", "/api/v1/users/me", "/api/v1//users/me/", "/api/%ff%00/"])
def test_unknown_path_under_api_is_404_in_json(client: Client, method: str, path: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert method == "head" or answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    "failure",
    [
        OperationalError("gone"),
        InterfaceError("closed"),
        InternalError("read-only"),
        ProgrammingError("permission denied"),
        DatabaseError("file is not a database"),
    ],
)
def test_database_failure_is_503_in_json(
    bob: User, as_user: Callable[[User], APIClient], failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    client = as_user(bob)
    with patch("auth_api.models.tokens.AuthTokenManager.find", side_effect=failure):
        answer = client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer["Retry-After"] == "2"
    assert str(failure) not in answer.content.decode()
    assert "database failure" in caplog.text


@pytest.mark.parametrize("path", [ME, "/admin/"])
def test_database_failure_outside_of_a_view_is_503_too(client: Client, path: str) -> None:
    client.raise_request_exception = False
    with patch("django.contrib.sessions.middleware.SessionMiddleware.process_request", side_effect=OperationalError):
        answer = client.get(path, HTTP_COOKIE="sessionid=x")
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert answer["Content-Type"].startswith("application/json" if path == ME else "text/html")


@pytest.mark.parametrize("path", ["/dashboard/", "/admin/"])
def test_database_failure_on_a_page_has_its_line_in_the_log(
    client: Client, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    with patch("django.contrib.sessions.middleware.SessionMiddleware.process_request", side_effect=OperationalError):
        client.get(path, HTTP_COOKIE=f"sessionid={'x' * 32}")
    assert [record.message for record in caplog.records if record.exc_info] == ["database failure"]


@pytest.mark.parametrize("name", ["code", "detail"])
def test_field_that_is_called_like_a_part_of_the_answer_has_its_error(
    bob: User, as_user: Callable[[User], APIClient], name: str
) -> None:
    answers = as_user(bob).patch(ME, {name: 1}), as_user(bob).get(LOGS, {name: 1})
    assert [answer.json() for answer in answers] == [
        {"non_field_errors": [f"{name}: This can't be set here."], "code": "invalid"},
        {"non_field_errors": [f"{name}: There is no such parameter."], "code": "invalid"},
    ]


@pytest.mark.parametrize("fault", [DataError, IntegrityError, TransactionManagementError, ZeroDivisionError])
def test_fault_of_ours_is_500_in_json_and_tells_nothing(
    bob: User, as_user: Callable[[User], APIClient], fault: type[Exception]
) -> None:
    client = as_user(bob)
    client.raise_request_exception = False
    with patch("auth_api.models.tokens.AuthTokenManager.find", side_effect=fault("the details")):
        answer = client.get(ME)
    assert (answer.status_code, answer.json()) == (500, {"detail": "A server error occurred.", "code": "error"})


def test_suspicious_request_is_400_in_json(bob: User, as_user: Callable[[User], APIClient]) -> None:
    client = as_user(bob)
    with patch("auth_api.models.tokens.AuthTokenManager.find", side_effect=SuspiciousOperation("odd")):
        answer = client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


@pytest.mark.parametrize("is_debug", [False, True])
@pytest.mark.parametrize("path", [ME, "/api/v1/auth/session/", "/api/v1/nope/", "/api/schema/", "/api/docs/", "/api/x"])
@pytest.mark.parametrize(
    "headers", [{}, {"HTTP_COOKIE": "sessionid=x"}, {"HTTP_ORIGIN": "https://evil.example", "HTTP_ACCEPT": "text/html"}]
)
def test_foreign_host_is_400_in_json_under_api(
    db: None, settings: Settings, is_debug: bool, path: str, headers: dict[str, Any]
) -> None:
    settings.DEBUG = is_debug
    for method in ("get", "post", "options"):
        answer = getattr(Client(), method)(path, HTTP_HOST="evil.example", **headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_host")
        assert answer["Content-Type"] == "application/json"


def test_foreign_host_is_400_elsewhere(client: Client) -> None:
    assert client.get("/admin/", HTTP_HOST="evil.example").status_code == 400


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=0.9", "", "nonsense", "x" * 10_000])
@pytest.mark.parametrize("query", ["", "?format=html", "?format=%00"])
def test_answer_is_json_whatever_the_client_accepts(
    bob: User, as_user: Callable[[User], APIClient], accept: str, query: str
) -> None:
    answer = as_user(bob).get(ME + query, HTTP_ACCEPT=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    refused = APIClient().post("/api/v1/auth/login/" + query, {"username": "bob"}, HTTP_ACCEPT=accept)
    assert (refused.status_code, LoginLog.objects.count()) == (400, 1)


def test_missing_csrf_token_is_403_in_json(bob: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob)
    answer = client.post("/api/v1/audit/login-logs/")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


@pytest.mark.parametrize("cookie", ["x", '"\\000"', "é", "x" * 8000, '"\\303\\050"'])
def test_any_session_cookie_is_only_a_cookie(db: None, client: Client, cookie: str) -> None:
    assert client.get(ME, HTTP_COOKIE=f"sessionid={cookie}").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
@pytest.mark.parametrize("path", ["/api/docs/", "/api/redoc/", "/api/schema/"])
def test_refusal_of_the_documentation_is_json(client: Client, method: str, path: str) -> None:
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/json")
    assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("query", ["version=a%0d%0aX:y", "lang=%00", "format=x", "version=%00"])
def test_documentation_takes_any_parameter(client: Client, query: str) -> None:
    for path in ("/api/docs/", "/api/redoc/", "/api/schema/"):
        assert client.get(f"{path}?{query}").status_code == 200
