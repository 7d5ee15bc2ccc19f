"""What a browser shows when there is nothing else to show."""

from unittest.mock import patch
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.dashboard.conftest import LOGIN, text_of

HOME = "dashboard.views.doors.HomeView.get"


def test_404_is_a_page_and_asks_nothing_of_the_database(
    browser: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = browser.get("/nothing/")
    assert answer.status_code == 404
    assert "<h1>Nothing here</h1>" in text_of(answer)
    assert '<html lang="en">' in text_of(answer)


@pytest.mark.parametrize(
    ("failure", "status"),
    [(OperationalError("gone"), 503), (RuntimeError("the details"), 500), (PermissionDenied(), 403)],
)
def test_failure_is_a_page_and_tells_nothing(client: Client, failure: Exception, status: int) -> None:
    client.raise_request_exception = False
    with patch(HOME, side_effect=failure):
        answer = client.get("/")
    assert answer.status_code == status
    assert answer.get("Retry-After") == ("2" if status == 503 else None)
    assert '<section class="card error-page">' in text_of(answer)
    assert "details" not in text_of(answer)


def test_missing_csrf_token_is_a_page(strict: Client) -> None:
    answer = strict.post(LOGIN, {"username": "bob", "password": "x"})
    assert answer.status_code == 403
    assert "This form has expired" in text_of(answer)


def test_foreign_host_is_a_page(client: Client) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "ALLOWED_HOSTS" in text_of(answer)


def test_favicon_is_found_by_those_who_were_not_told(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("dashboard/favicon.svg")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/", "GET, HEAD, OPTIONS"),
        ("PUT", LOGIN, "GET, POST, HEAD, OPTIONS"),
        ("GET", f"/dashboard/tokens/{UUID(int=1)}/end/", "POST, OPTIONS"),
        ("GET", f"/dashboard/sessions/{UUID(int=1)}/end/", "POST, OPTIONS"),
        ("GET", "/dashboard/logins/1/disown/", "POST, OPTIONS"),
        ("DELETE", "/logout/", "POST, OPTIONS"),
    ],
)
def test_method_that_there_is_not_is_a_page(browser: Client, method: str, path: str, allowed: str) -> None:
    answer = browser.generic(method, path, headers={"Accept-Language": "de"})
    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    assert f"Methode &quot;{method}&quot; nicht erlaubt." in text_of(answer)
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert answer["X-Frame-Options"] == "DENY"
