"""auth/session/ and auth/sessions/: logging in with a cookie."""

from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from itertools import product
from unittest.mock import patch

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.keys import digest
from auth_api.models import Session
from auth_api.sessions import SessionStore
from tests.conftest import PASSWORD
from users.models import User

SESSION = "/api/v1/auth/session/"
SESSIONS = "/api/v1/auth/sessions/"
ME = "/api/v1/users/me/"
RIGHT = {"username": "bob", "password": PASSWORD}


@pytest.fixture
def browser(db: None) -> APIClient:
    """Return a client that has fetched the CSRF cookie and sends it back, as a single-page app does."""
    client = APIClient(enforce_csrf_checks=True)
    assert client.get(SESSION).status_code == 401
    client.defaults["HTTP_X_CSRFTOKEN"] = client.cookies["csrftoken"].value
    return client


def refresh_csrf(client: APIClient) -> None:
    client.defaults["HTTP_X_CSRFTOKEN"] = client.cookies["csrftoken"].value


def test_session_is_opened_read_and_closed(bob: User, browser: APIClient) -> None:
    opened = browser.post(SESSION, RIGHT)
    assert (opened.status_code, opened.json()) == (200, {"user": {"id": bob.pk, "username": "bob", "email": bob.email}})
    assert browser.get(SESSION).json() == opened.json()
    assert browser.get(ME).json()["username"] == "bob"

    refresh_csrf(browser)
    closed = browser.delete(SESSION)
    assert closed.status_code == 204
    assert closed.cookies["sessionid"].value == ""
    assert browser.get(SESSION).status_code == 401
    assert not Session.objects.exists()


def test_attempt_leaves_one_row(bob: User, browser: APIClient) -> None:
    assert browser.post(SESSION, RIGHT | {"password": "wrong"}).json()["code"] == "invalid_credentials"
    assert browser.post(SESSION, {"username": "bob"}).status_code == 400
    browser.post(SESSION, RIGHT)
    rows = [(row.is_success, row.failure_reason, row.entrance) for row in LoginLog.objects.order_by("id")]
    assert rows == [(False, "wrong_password", "session"), (False, "malformed", "session"), (True, "", "session")]


def test_cookie_is_closed_to_scripts_and_other_sites(bob: User, browser: APIClient) -> None:
    cookie = browser.post(SESSION, RIGHT).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_cookies_are_secure_behind_a_listed_proxy_that_speaks_tls(db: None, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]
    for scheme, is_secure in (("https", True), ("http", "")):
        answer = APIClient().get(SESSION, HTTP_X_FORWARDED_PROTO=scheme)
        assert answer.cookies["csrftoken"]["secure"] == is_secure


@pytest.mark.parametrize(("remember", "max_age"), [(False, ""), (True, 14 * 24 * 3600)])
def test_cookie_outlives_the_browser_if_it_is_to(
    bob: User, browser: APIClient, remember: bool, max_age: int | str
) -> None:
    cookie = browser.post(SESSION, RIGHT | {"remember": remember}).cookies["sessionid"]
    assert cookie["max-age"] == max_age


def test_opening_needs_the_csrf_token(bob: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    answer = client.post(SESSION, RIGHT)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert client.post(SESSION, {"username": "bob"}).status_code == 403
    assert not Session.objects.exclude(user=None).exists()
    assert not LoginLog.objects.exists()  # no password was looked at, nor would have been


def test_closing_and_changing_need_the_csrf_token(bob: User, browser: APIClient) -> None:
    browser.post(SESSION, RIGHT)
    browser.defaults.pop("HTTP_X_CSRFTOKEN")
    assert browser.delete(SESSION).status_code == 403
    assert browser.post("/api/v1/auth/logout-all/").status_code == 403
    assert browser.get(SESSION).status_code == 200


BODIES = [
    (b"", ""),
    (b"a=1", "application/x-www-form-urlencoded"),
    (b"x", "multipart/form-data"),
    (b"{", "application/json"),
    (b"[" * 5000, "application/json"),
    (b'"' + b"x" * 20_000 + b'"', "application/json"),
    (b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    (b"\xff", "nonsense"),
]
LOGS = "/api/v1/audit/login-logs/"
EVERYWHERE = "/api/v1/auth/logout-all/"


@pytest.fixture
def logged_in(bob: User, browser: APIClient) -> APIClient:
    """Return a browser that is logged in, and sends the CSRF token."""
    assert browser.post(SESSION, RIGHT).status_code == 200
    refresh_csrf(browser)
    return browser


@pytest.mark.parametrize(("body", "content_type"), BODIES, ids=range(len(BODIES)))
def test_body_that_nobody_asked_for_is_not_read(logged_in: APIClient, body: bytes, content_type: str) -> None:
    row = LoginLog.objects.get()
    for url in (LOGS, f"{LOGS}{row.pk}/", f"{LOGS}summary/"):
        answer = logged_in.generic("POST", url, body, content_type)  # type: ignore[arg-type]  # bytes work
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    answer = logged_in.generic("POST", EVERYWHERE, body, content_type)  # type: ignore[arg-type]  # likewise
    assert answer.status_code == 204
    assert logged_in.get(SESSION).status_code == 401


@pytest.mark.parametrize("token", [None, "", "x" * 32, "x" * 64, "x"])
def test_no_body_takes_the_place_of_the_csrf_token(logged_in: APIClient, token: str | None) -> None:
    logged_in.defaults.pop("HTTP_X_CSRFTOKEN")
    headers = {} if token is None else {"X-CSRFToken": token}
    for (body, content_type), url in product(BODIES, (LOGS, EVERYWHERE)):
        answer = logged_in.generic("POST", url, body, content_type, headers=headers)  # type: ignore[arg-type]  # likewise
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")
    assert logged_in.get(SESSION).status_code == 200


def test_csrf_token_is_taken_from_the_header_alone(logged_in: APIClient) -> None:
    token = logged_in.defaults.pop("HTTP_X_CSRFTOKEN")
    for url in (EVERYWHERE, SESSION):
        form = RIGHT | {"csrfmiddlewaretoken": token}
        assert logged_in.post(url, form, format="multipart").status_code == 403
    assert logged_in.get(SESSION).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"X-Forwarded-Proto": "https"}]
)
def test_other_origins_are_refused_with_the_right_token(
    logged_in: APIClient, settings: Settings, headers: dict[str, str]
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.0/8")]  # over TLS, without an origin or a referrer
    assert logged_in.post(EVERYWHERE, headers=headers).status_code == 403
    assert logged_in.get(SESSION).status_code == 200


def test_key_planted_before_the_login_opens_nothing(bob: User, browser: APIClient) -> None:
    planted = SessionStore()
    planted["x"] = 1
    planted.save()
    browser.cookies["sessionid"] = planted.session_key or ""
    browser.post(SESSION, RIGHT)
    assert browser.cookies["sessionid"].value != planted.session_key
    assert not SessionStore().exists(planted.session_key or "")


def test_key_that_nobody_gave_out_is_not_taken(bob: User, browser: APIClient) -> None:
    browser.cookies["sessionid"] = "k" * 32
    browser.post(SESSION, RIGHT)
    assert browser.cookies["sessionid"].value != "k" * 32


def test_login_over_ones_own_session_changes_the_key(bob: User, browser: APIClient) -> None:
    browser.post(SESSION, RIGHT)
    before = browser.cookies["sessionid"].value
    refresh_csrf(browser)
    assert browser.post(SESSION, RIGHT).status_code == 200
    assert browser.cookies["sessionid"].value != before
    assert not SessionStore().exists(before)
    assert browser.get(ME).status_code == 200


def test_login_over_a_session_that_is_ended_meanwhile_succeeds(
    bob: User, browser: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.post(SESSION, RIGHT)
    refresh_csrf(browser)
    check_password = User.check_password

    def check_and_end(self: User, raw: str) -> bool:
        Session.objects.all().delete()
        return check_password(self, raw)

    monkeypatch.setattr(User, "check_password", check_and_end)
    assert browser.post(SESSION, RIGHT).status_code == 200
    assert browser.get(ME).status_code == 200
    assert LoginLog.objects.filter(is_success=True).count() == 2


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"username": "bob", "password": "x"', "application/json", 400),
        (b'{"username": "bob", "password": "' + b"x" * 20_000, "application/json", 413),
        (b"username=bob&password=" + b"x" * 200_000, "application/x-www-form-urlencoded", 413),
        (b"username=bob&password=" + b"x" * 3_000_000, "application/x-www-form-urlencoded", 413),
        (b"username=bob&" + b"a=1&" * 2000, "application/x-www-form-urlencoded", 400),
    ],
)
@pytest.mark.parametrize("is_logged_in", [True, False])
def test_refused_body_leaves_its_row(
    bob: User, browser: APIClient, body: bytes, content_type: str, status: int, is_logged_in: bool
) -> None:
    if is_logged_in:
        browser.force_login(bob)
    before = LoginLog.objects.count()
    answer = browser.generic("POST", SESSION, body, content_type)  # type: ignore[arg-type]  # bytes work
    assert answer.status_code == status
    assert [(row.username, row.failure_reason) for row in LoginLog.objects.order_by("id")[before:]] == [
        ("bob", "malformed")
    ]


def test_csrf_token_is_in_a_header_for_apps_that_cant_read_the_cookie(bob: User, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.org"]
    client = APIClient(enforce_csrf_checks=True, HTTP_ORIGIN="https://app.example.org")
    first = client.get(SESSION)
    assert "X-CSRFToken" in first["access-control-expose-headers"]
    assert client.post(SESSION, RIGHT, HTTP_X_CSRFTOKEN=first["X-CSRFToken"]).status_code == 200


def test_table_has_the_digest_alone(bob: User, browser: APIClient) -> None:
    browser.post(SESSION, RIGHT, REMOTE_ADDR="192.0.2.3", HTTP_USER_AGENT="Firefox")
    key = browser.cookies["sessionid"].value
    row = Session.objects.get()
    assert (row.digest, row.user, row.last_used_ip, row.user_agent) == (digest(key), bob, "192.0.2.3", "Firefox")
    values = [str(value) for name, value in vars(row).items() if not name.startswith("_")]
    assert not any(key in value for value in values)
    for value in values:
        thief = APIClient()
        thief.cookies["sessionid"] = value
        assert thief.get(ME).status_code == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failing", ["audit.recording.insert", "django.db.models.query.QuerySet.update"])
def test_no_session_without_its_row(failing: str) -> None:
    User.objects.create_user("bob", password=PASSWORD)
    client = APIClient()
    with patch(failing, side_effect=OperationalError("disk full")):  # update(): what saves the session that has a key
        answer = client.post(SESSION, RIGHT)
    assert answer.status_code == 503
    assert "sessionid" not in answer.cookies
    assert (Session.objects.count(), LoginLog.objects.count()) == (0, 0)


def test_sessions_are_listed_and_ended(bob: User, staff: User, browser: APIClient) -> None:
    elsewhere, others = APIClient(), APIClient()
    elsewhere.force_login(bob)
    others.force_login(staff)
    browser.post(SESSION, RIGHT)
    refresh_csrf(browser)

    here, there = browser.get(SESSIONS).json()
    assert set(here) == {
        "id", "created_at", "expires_at", "last_used_at", "last_used_ip", "user_agent", "is_current",
    }  # fmt: skip
    assert (here["is_current"], there["is_current"]) == (True, False)
    assert browser.delete(f"{SESSIONS}{there['id']}/").status_code == 204
    assert elsewhere.get(ME).status_code == 401
    assert browser.delete(f"{SESSIONS}{staff.sessions.get().pk}/").status_code == 404
    assert browser.delete(f"{SESSIONS}nonsense/").status_code == 404
    assert others.get(ME).status_code == 200


def test_use_is_noted_once_a_minute(
    bob: User, api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api.force_login(bob)
    with django_assert_num_queries(2):  # the session, the account
        api.get(ME)
    Session.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    with django_assert_num_queries(3):
        api.get(ME, REMOTE_ADDR="192.0.2.4")
    session = Session.objects.get()
    assert timezone.now() - session.last_used_at < timedelta(seconds=10)
    assert session.last_used_ip == "192.0.2.4"


def test_session_that_is_over_opens_nothing(bob: User, api: APIClient) -> None:
    api.force_login(bob)
    Session.objects.update(expires_at=timezone.now())
    assert api.get(ME).status_code == 401
    assert not Session.objects.alive_for(bob).exists()


def test_request_that_outlives_its_session_does_not_bring_it_back(bob: User, api: APIClient) -> None:
    api.force_login(bob)
    store = SessionStore(api.cookies["sessionid"].value)
    store["x"] = 1
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_malformed_body_names_its_fields(bob: User, browser: APIClient, make_user: Callable[..., User]) -> None:
    answer = browser.post(SESSION, RIGHT | {"remember": "perhaps"})
    assert (answer.status_code, set(answer.json())) == (400, {"remember", "code"})


def test_session_that_follows_another_one_is_called_otherwise(db: None) -> None:
    store = SessionStore()
    store.create()
    first = store.public_id
    store.flush()
    store.create()
    assert store.public_id != first
    assert Session.objects.get().pk == store.public_id
