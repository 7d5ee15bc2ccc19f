"""The login page, and the way out."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from audit.models import LoginLog
from auth_api.models import Session
from tests.conftest import PASSWORD
from tests.dashboard.conftest import DASHBOARD, LOGIN, RIGHT, text_of
from users.gate import NoTurnError
from users.models import User


def rows() -> list[tuple[str, bool, str, str]]:
    return [(row.username, row.is_success, row.failure_reason, row.entrance) for row in LoginLog.objects.order_by("id")]


def test_home_offers_the_login_and_greets(bob: User, client: Client) -> None:
    assert 'href="/login/"' in text_of(client.get("/"))
    client.post(LOGIN, RIGHT)
    page = text_of(client.get("/"))
    assert "Hello, bob" in page
    assert 'href="/login/"' not in page


def test_login_leads_to_the_dashboard(bob: User, client: Client) -> None:
    answer = client.post(LOGIN, RIGHT)
    assert (answer.status_code, answer["Location"]) == (302, DASHBOARD)
    assert rows() == [("bob", True, "", "page")]


def test_one_may_log_in_with_the_email_address(bob: User, client: Client) -> None:
    assert client.post(LOGIN, RIGHT | {"username": "BOB@example.org"}).status_code == 302


def test_form_can_be_filled_in_by_a_password_manager(client: Client) -> None:
    page = text_of(client.get(LOGIN))
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert '<label for="id_username">' in page


@pytest.mark.parametrize(
    ("name", "password", "reason"),
    [
        ("bob", "wrong", "wrong_password"),
        ("nobody", "wrong", "unknown_user"),
        ("idle", PASSWORD, "inactive"),
        ("void", PASSWORD, "unusable_password"),
    ],
)
def test_refusals_are_one_and_the_same(
    bob: User, make_user: Callable[..., User], client: Client, name: str, password: str, reason: str
) -> None:
    make_user("idle", is_active=False)
    User.objects.create_user("void")
    answer = client.post(LOGIN, {"username": name, "password": password})
    assert answer.status_code == 400
    assert "Retry-After" not in answer
    assert text_of(answer).count("Unable to log in with the given credentials.") == 1
    assert f'value="{name}"' in text_of(answer)
    assert password not in text_of(answer)
    assert rows() == [(name, False, reason, "page")]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"username=bob&password=", "application/x-www-form-urlencoded", 400),
        (b"username=bob", "application/x-www-form-urlencoded", 400),
        (b"username=bob&password=x&remember=perhaps", "application/x-www-form-urlencoded", 400),
        (b"username=bob&password=" + b"x" * 1025, "application/x-www-form-urlencoded", 400),
        (b"username=bob&password=" + b"x" * 20_000, "application/x-www-form-urlencoded", 413),
        (b"username=bob&password=" + b"x" * 3_000_000, "application/x-www-form-urlencoded", 413),
        (b"username=bob&" + b"a=1&" * 2000, "application/x-www-form-urlencoded", 400),
        (b'{"username": "bob", "password": "x"}', "application/json", 415),
        (b"--x\r\nusername=bob", "multipart/form-data; boundary=x", 400),
        (b"username=bob", "multipart/form-data", 400),
    ],
)
def test_attempt_that_cant_be_read_leaves_its_row(
    bob: User, strict: Client, body: bytes, content_type: str, status: int
) -> None:
    answer = strict.generic("POST", LOGIN, body, content_type)
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert rows() == [("bob", False, "malformed", "page")]


def test_empty_form_names_its_fields_and_links_to_them(client: Client, db: None) -> None:
    page = text_of(client.post(LOGIN, {}))
    assert 'role="alert"' in page
    for name in ("username", "password"):
        assert f'href="#id_{name}"' in page
        assert f'aria-describedby="id_{name}_error"' in page
        assert f'id="id_{name}_error"' in page
    assert rows() == []


def test_lockout_is_said_in_words_with_the_time_left(bob: User, client: Client) -> None:
    for _ in range(5):
        assert client.post(LOGIN, RIGHT | {"password": "wrong"}).status_code == 400
    answer = client.post(LOGIN, RIGHT)
    assert answer.status_code == 429
    assert 890 < int(answer["Retry-After"]) <= 900
    assert "Too many failed logins. Try again in 15 minutes." in text_of(answer)
    assert "sessionid" not in answer.cookies
    german = text_of(client.post(LOGIN, RIGHT, headers={"Accept-Language": "de"}))
    assert '<html lang="de">' in german
    assert "Zu viele gescheiterte Anmeldungen. Bitte in 15 Minuten noch einmal versuchen." in german
    assert [row[2] for row in rows()] == ["wrong_password"] * 5 + ["locked_out"] * 2


def test_page_and_api_have_one_limit(bob: User, client: Client) -> None:
    for _ in range(5):
        client.post("/api/v1/auth/login/", RIGHT | {"password": "wrong"})
    assert client.post(LOGIN, RIGHT).status_code == 429


def test_too_many_logins_at_once_are_503(bob: User, client: Client) -> None:
    with patch("users.gate.Gate.enter", side_effect=NoTurnError):
        answer = client.post(LOGIN, RIGHT)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "Too many people are logging in" in text_of(answer)
    assert [row[2] for row in rows()] == ["overloaded"]


@pytest.mark.django_db(transaction=True)
def test_login_whose_row_cant_be_written_lets_nobody_in(client: Client) -> None:
    User.objects.create_user("bob", password=PASSWORD)
    client.raise_request_exception = False
    with patch("audit.recording.insert", side_effect=OperationalError("disk full")):
        answer = client.post(LOGIN, RIGHT)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert answer["Content-Type"].startswith("text/html")
    assert "Nothing was half-done" in text_of(answer)
    assert not Session.objects.exists()


@pytest.mark.parametrize(("remember", "max_age"), [({}, ""), ({"remember": "on"}, 14 * 24 * 3600)])
def test_cookie_outlives_the_browser_if_asked_to(
    bob: User, client: Client, remember: dict[str, str], max_age: int | str
) -> None:
    assert client.post(LOGIN, RIGHT | remember).cookies["sessionid"]["max-age"] == max_age


def test_next_is_kept_over_failures(bob: User, client: Client) -> None:
    hidden = '<input type="hidden" name="next" value="/dashboard/?by=hour">'
    assert hidden in text_of(client.get(LOGIN, {"next": "/dashboard/?by=hour"}))
    assert hidden in text_of(client.post(LOGIN, {"next": "/dashboard/?by=hour", "username": "bob", "password": "x"}))
    assert client.post(LOGIN, RIGHT | {"next": "/dashboard/?by=hour"})["Location"] == "/dashboard/?by=hour"


def test_who_is_logged_in_is_sent_on(browser: Client) -> None:
    assert browser.get(LOGIN)["Location"] == DASHBOARD
    assert browser.get(LOGIN, {"next": "/"})["Location"] == "/"


def test_dashboard_sends_to_the_login_and_back(bob: User, client: Client) -> None:
    assert client.get(DASHBOARD)["Location"] == "/login/?next=/dashboard/"


def test_address_of_the_logout_offers_its_button_to_those_who_are_in(browser: Client) -> None:
    asked = text_of(browser.get("/logout/"))
    assert "Log out?" in asked
    assert "<button>Log out of this browser</button>" in asked
    refused = text_of(Client().get("/logout/"))
    assert "Log out" not in refused
    assert "next=" not in refused
    assert '<a href="/">To the start page</a>' in refused


def test_logout_ends_the_session_and_takes_the_cookie(browser: Client) -> None:
    answer = browser.post("/logout/")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert answer.cookies["sessionid"].value == ""
    assert not Session.objects.exists()
    assert "You are logged out." in text_of(browser.get("/"))
