"""Exactly one row for each attempt, at every entrance."""

import base64
import contextlib
import logging
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth import authenticate, login
from django.contrib.auth.signals import user_login_failed
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from rest_framework.authentication import BasicAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from audit.models import LoginLog
from audit.recording import record
from auth_api.models import KnownNetwork, Session
from tests.conftest import PASSWORD
from users.attempts import Attempt
from users.models import User

AsUser = Callable[[User], APIClient]
ADMIN_LOGIN = "/admin/login/"


class BasicView(APIView):
    """An integrator's view behind HTTP Basic authentication, which logs nobody in."""

    authentication_classes = [BasicAuthentication]
    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        """Answer."""
        return Response(request.user.get_username())


def own_login(request: HttpRequest) -> HttpResponse:
    """Log in the way Django's documentation shows it, a second time if the first fails."""
    for password in request.POST.getlist("password"):
        user = authenticate(request, username=request.POST["username"], password=password)
        if user:
            login(request, user)
            return HttpResponse("in")
    return HttpResponse("out", status=403)


def sso_login(request: HttpRequest) -> HttpResponse:
    """Log in someone whose password nobody checked here."""
    login(request, User.objects.get(username="bob"))
    return HttpResponse("in")


def switch(request: HttpRequest) -> HttpResponse:
    """Check one account's password, and log in another, as some do who impersonate."""
    authenticate(request, username=request.POST["username"], password=request.POST["password"])
    return sso_login(request)


def two_refusals(request: HttpRequest) -> HttpResponse:
    """Refuse a password, and then something that our backend knows nothing of."""
    authenticate(request, username=request.POST["username"], password=request.POST["password"])
    user_login_failed.send(sender=__name__, credentials={"username": "carol"}, request=request)
    return HttpResponse("out")


def two_checks(request: HttpRequest) -> HttpResponse:
    """Check several passwords, and log in with the first."""
    users = [authenticate(request, username="bob", password=password) for password in request.POST.getlist("password")]
    login(request, users[0])
    return HttpResponse("in")


urlpatterns = [
    path("checks/", two_checks),
    path("basic/", BasicView.as_view()),
    path("own/", own_login),
    path("sso/", sso_login),
    path("switch/", switch),
    path("two/", two_refusals),
]
with_own_urls = override_settings(ROOT_URLCONF="tests.audit.test_receivers")


def rows() -> list[tuple[str, bool, str, str]]:
    return [(row.username, row.is_success, row.failure_reason, row.entrance) for row in LoginLog.objects.order_by("id")]


@with_own_urls
@pytest.mark.parametrize(("password", "reason"), [(PASSWORD, ""), ("wrong", "wrong_password")])
def test_basic_authentication_leaves_one_row(bob: User, api: APIClient, password: str, reason: str) -> None:
    credentials = base64.b64encode(f"bob:{password}".encode()).decode()
    api.get("/basic/", HTTP_AUTHORIZATION=f"Basic {credentials}")
    assert rows() == [("bob", not reason, reason, "other")]


@with_own_urls
def test_authenticate_and_login_leave_one_row(bob: User, client: Client) -> None:
    assert client.post("/own/", {"username": "BOB", "password": PASSWORD}).status_code == 200
    assert rows() == [("bob", True, "", "other")]


@with_own_urls
def test_two_attempts_in_one_request_leave_two_rows(bob: User, client: Client) -> None:
    client.post("/own/", {"username": "bob", "password": ["wrong", PASSWORD]})
    assert rows() == [("bob", False, "wrong_password", "other"), ("bob", True, "", "other")]


@with_own_urls
def test_login_without_a_password_check_leaves_one_row(bob: User, client: Client) -> None:
    client.post("/sso/")
    assert rows() == [("bob", True, "", "other")]


@with_own_urls
def test_login_of_another_account_than_the_checked_one_leaves_its_own_row(
    bob: User, staff: User, client: Client
) -> None:
    client.post("/switch/", {"username": "sue", "password": PASSWORD})
    assert rows() == [("sue", True, "", "other"), ("bob", True, "", "other")]


@with_own_urls
def test_login_after_a_refused_check_is_a_success(bob: User, client: Client) -> None:
    client.post("/switch/", {"username": "bob", "password": "wrong"})
    assert rows() == [("bob", False, "wrong_password", "other"), ("bob", True, "", "other")]


@with_own_urls
@pytest.mark.parametrize(("second", "reason"), [("wrong", "wrong_password"), (PASSWORD, "")])
def test_login_with_the_first_of_two_checks_leaves_no_third_row(
    bob: User, client: Client, second: str, reason: str
) -> None:
    client.post("/checks/", {"password": [PASSWORD, second]})
    assert rows() == [("bob", True, "", "other"), ("bob", not reason, reason, "other")]


@with_own_urls
def test_refusal_after_right_credentials_is_a_failure(bob: User, client: Client) -> None:
    client.post("/two/", {"username": "bob", "password": PASSWORD})
    assert rows() == [("bob", True, "", "other"), ("carol", False, "other", "other")]


@with_own_urls
def test_refusal_that_follows_a_recorded_one_leaves_a_row_of_its_own(bob: User, client: Client) -> None:
    client.post("/two/", {"username": "bob", "password": "wrong"})
    assert rows() == [("bob", False, "wrong_password", "other"), ("carol", False, "other", "other")]


@with_own_urls
def test_bare_check_that_cant_be_recorded_lets_nobody_in(bob: User, client: Client) -> None:
    with patch("audit.recording.insert", side_effect=OperationalError("full")), pytest.raises(OperationalError):
        client.post("/own/", {"username": "bob", "password": PASSWORD})
    assert not client.cookies


def test_refusal_by_another_backend_is_recorded(bob: User, rf: object) -> None:
    user_login_failed.send(sender=__name__, credentials={"username": "Bob"}, request=None)
    row = LoginLog.objects.get()
    assert (row.user, row.username, row.failure_reason) == (bob, "bob", "other")
    assert (row.entrance, row.ip_address) == ("other", None)


def test_refusal_without_a_name_is_recorded(db: None, client: Client) -> None:
    assert authenticate(HttpRequest(), code="123456") is None
    assert rows() == [("", False, "other", "other")]


def test_admin_login_leaves_one_row(make_user: object, staff: User, client: Client) -> None:
    answer = client.post(ADMIN_LOGIN, {"username": "Sue", "password": PASSWORD})
    assert answer.status_code == 302
    assert rows() == [("sue", True, "", "admin")]


@pytest.mark.parametrize(
    ("name", "password", "reason"),
    [
        ("sue", "wrong", "wrong_password"),
        ("nobody", "wrong", "unknown_user"),
        ("bob", PASSWORD, "not_permitted"),
        ("sue", "", "malformed"),
        ("", PASSWORD, "malformed"),
        ("sue\0", PASSWORD, "malformed"),
        ("x" * 1000, PASSWORD, "unknown_user"),
        ("sue", "x" * 1025, "malformed"),
    ],
)
def test_refused_admin_login_leaves_one_row(
    bob: User, staff: User, client: Client, name: str, password: str, reason: str
) -> None:
    answer = client.post(ADMIN_LOGIN, {"username": name, "password": password})
    assert answer.status_code == 200
    assert rows() == [(name.rstrip("\0")[:254], False, reason, "admin")]


FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nsue\r\n--x'


@pytest.mark.parametrize("address", [ADMIN_LOGIN, "/login/"])
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"username=sue&password=" + b"x" * 20_000, FORM, 413),
        (b"username=sue&password=" + b"x" * 3_000_000, FORM, 413),
        (b"username=sue&password=x&" + b"a=1&" * 1001, FORM, 400),
        (b'{"username": "sue", "password": "x"}', "application/json", 415),
        (PART, "multipart/form-data", 400),
        (PART + b"\r\n" + b"x" * 20_000, MULTIPART, 413),
    ],
)
def test_page_login_that_cant_be_read_leaves_one_row_and_no_traceback(
    staff: User, caplog: pytest.LogCaptureFixture, address: str, body: bytes, content_type: str, status: int
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    answer = client.generic("POST", address, body, content_type, headers={"X-CSRFToken": "a" * 32})
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("text/html")
    assert rows() == [("sue", False, "malformed", "admin" if address == ADMIN_LOGIN else "page")]
    assert not [line for line in caplog.records if line.levelno >= logging.ERROR or line.exc_info]


def test_admin_login_asks_for_the_csrf_token(staff: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(ADMIN_LOGIN, {"username": "sue", "password": PASSWORD}).status_code == 403
    assert rows() == []


def written() -> list[Any]:
    """Return all that a login writes."""
    return [list(model.objects.order_by("pk").values()) for model in (User, Session, LoginLog, KnownNetwork)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failing", ["audit.recording.insert", "django.db.models.query.QuerySet.update"])
@pytest.mark.parametrize("has_session", [False, True])
def test_admin_login_that_cant_be_written_leaves_nothing(client: Client, failing: str, has_session: bool) -> None:
    User.objects.create_user("sue", password=PASSWORD, is_staff=True)
    if has_session:
        client.force_login(User.objects.create_user("bob"))
    before = written()
    client.raise_request_exception = False
    with patch(failing, side_effect=OperationalError("disk full")):  # update(): what saves the session that has a key
        answer = client.post(ADMIN_LOGIN, {"username": "sue", "password": PASSWORD})
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "sessionid" not in answer.cookies
    assert written() == before


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another"}])
def test_admin_login_of_an_account_that_changes_while_its_password_is_checked_is_refused(
    staff: User, client: Client, change: dict[str, object]
) -> None:
    def change_and_allow(form: object, user: User) -> None:
        User.objects.filter(pk=user.pk).update(**change)

    with patch("api_project.admin.RecordedAuthenticationForm.confirm_login_allowed", change_and_allow):
        answer = client.post(ADMIN_LOGIN, {"username": "sue", "password": PASSWORD})
    assert answer.status_code == 200
    assert "Please enter the correct username and password" in answer.content.decode()
    assert not Session.objects.exclude(user=None).exists()
    assert rows() == [("sue", False, "other", "admin")]


@pytest.mark.parametrize(
    ("asked", "location"),
    [("", "/admin/"), ("/admin/users/user/", "/admin/users/user/"), ("https://evil.example/", "/admin/")],
)
def test_admin_login_leads_to_the_page_of_this_host_that_was_asked_for(
    staff: User, client: Client, asked: str, location: str
) -> None:
    form = client.get(ADMIN_LOGIN, {"next": asked}).context
    answer = client.post(ADMIN_LOGIN, {"username": "sue", "password": PASSWORD, "next": form["next"]})
    assert (answer.status_code, answer["Location"]) == (302, location)
    assert client.get(ADMIN_LOGIN)["Location"] == "/admin/"


@pytest.mark.parametrize(("password", "reason"), [(PASSWORD, ""), ("wrong", "wrong_password")])
@pytest.mark.parametrize("has_cookie", [False, True])
@pytest.mark.parametrize(
    ("method", "path", "change"),
    [
        ("post", "users/me/password/", {"new_password": "another good passphrase"}),
        ("patch", "users/me/", {"email": "new@example.org"}),
    ],
)
def test_check_of_who_is_logged_in_leaves_one_row_of_the_api(
    bob: User,
    as_user: AsUser,
    method: str,
    path: str,
    change: dict[str, str],
    has_cookie: bool,
    password: str,
    reason: str,
) -> None:
    client = APIClient() if has_cookie else as_user(bob)
    if has_cookie:
        client.force_login(bob)
    before = LoginLog.objects.count()
    answer = getattr(client, method)(f"/api/v1/{path}", change | {"current_password": password})
    assert answer.status_code == (400 if reason else 200 if method == "patch" else 204)
    assert rows()[before:] == [("bob", not reason, reason, "api")]


@pytest.mark.parametrize(("password", "reason"), [(PASSWORD, ""), ("wrong", "wrong_password")])
@pytest.mark.parametrize(
    ("path", "fields", "entrance"),
    [
        ("/dashboard/password/", ("current_password", "new_password", "again"), "page"),
        ("/admin/password_change/", ("old_password", "new_password1", "new_password2"), "admin"),
    ],
)
def test_password_change_on_a_page_leaves_one_row_of_its_entrance(
    staff: User, client: Client, path: str, fields: tuple[str, str, str], entrance: str, password: str, reason: str
) -> None:
    client.force_login(staff)
    before = LoginLog.objects.count()
    client.post(path, dict(zip(fields, (password, *["another good passphrase"] * 2), strict=True)))
    assert rows()[before:] == [("sue", not reason, reason, entrance)]


def test_row_outlives_its_account(bob: User, client: Client, api: APIClient) -> None:
    api.post("/api/v1/auth/login/", {"username": "bob", "password": "wrong"})
    number = bob.pk
    bob.delete()
    row = LoginLog.objects.get()
    assert (row.user_id, row.username) == (number, "bob")


def test_headers_are_cut_to_their_columns(bob: User, api: APIClient) -> None:
    api.post(
        "/api/v1/auth/login/",
        {"username": "bob", "password": "wrong"},
        HTTP_USER_AGENT="agent\0\ud800" + "x" * 100_000,
        HTTP_X_REQUEST_ID="y" * 100_000,
        REMOTE_ADDR="::ffff:192.0.2.9",
    )
    row = LoginLog.objects.get()
    assert row.ip_address == "192.0.2.9"
    assert row.user_agent.startswith("agent?xxx")
    assert len(row.request_id) == 32


@pytest.mark.django_db(transaction=True)
def test_row_that_can_not_be_written_takes_with_it_what_was_to_be_committed_together(bob: User) -> None:
    with patch("audit.recording.insert", side_effect=OperationalError), transaction.atomic():
        User.objects.create_user("sue")
        with contextlib.suppress(OperationalError):
            record(request=None, attempt=Attempt("sue", user=None))
    assert not User.objects.filter(username="sue").exists()
