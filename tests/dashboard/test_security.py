"""What other sites, and whoever sits down at the keyboard next, must not be able to do."""

from uuid import UUID

import pytest
from django.test import Client

from audit.models import LoginLog
from auth_api.models import Session
from auth_api.sessions import SessionStore
from tests.conftest import PASSWORD
from tests.dashboard.conftest import DASHBOARD, LOGIN, RIGHT, csrf_token
from users.clients import Client as Device
from users.models import User

PAGES = ["/", LOGIN, "/logout/", DASHBOARD, "/dashboard/tokens/", "/dashboard/password/"]


def test_session_planted_before_the_login_opens_nothing(bob: User, client: Client) -> None:
    planted = SessionStore()
    planted["x"] = 1
    planted.save()
    client.cookies["sessionid"] = planted.session_key or ""
    client.post(LOGIN, RIGHT)
    assert client.cookies["sessionid"].value != planted.session_key
    assert not SessionStore().exists(planted.session_key or "")


def test_login_over_a_session_changes_its_key(browser: Client) -> None:
    before = browser.cookies["sessionid"].value
    assert browser.post(LOGIN, RIGHT).status_code == 302
    assert browser.cookies["sessionid"].value != before
    assert Session.objects.count() == 1


def test_other_site_can_log_nobody_in(strict: Client) -> None:
    answer = strict.post(LOGIN, RIGHT, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    token = csrf_token(strict.get(LOGIN))
    form = RIGHT | {"csrfmiddlewaretoken": token}
    assert strict.post(LOGIN, form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert (LoginLog.objects.count(), Session.objects.count()) == (0, 0)
    assert strict.post(LOGIN, form).status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "\\\\evil.example\\",
        "/\\evil.example/",
        "http:evil.example",
        "https:///evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "\x00//evil.example/",
        "\t//evil.example/",
        "\n//evil.example/",
        " //evil.example/",
        "http://testserver@evil.example/",
        "http://testserver.evil.example/",
    ],
)
def test_next_leads_to_no_other_host(bob: User, address: str) -> None:
    for sent in ("query", "form"):
        client = Client()
        page = client.get(LOGIN, {"next": address})
        assert b"evil.example" not in page.content
        target = {"QUERY_STRING": f"next={address}"} if sent == "query" else {}
        form = RIGHT | ({"next": address} if sent == "form" else {})
        assert client.post(LOGIN, form, **target)["Location"] == DASHBOARD  # type: ignore[arg-type]
        assert client.get(LOGIN, {"next": address})["Location"] == DASHBOARD


def test_next_to_plain_http_is_not_taken_over_tls(bob: User, client: Client) -> None:
    page = client.post(LOGIN, RIGHT | {"next": "http://testserver/dashboard/?x"}, secure=True)
    assert page["Location"] == DASHBOARD


@pytest.mark.parametrize("text", ["foo", "admin", "é", "%00"])
def test_next_that_is_no_path_is_no_error(bob: User, client: Client, text: str) -> None:
    assert client.post(LOGIN, RIGHT | {"next": text}).status_code == 302
    assert client.get(LOGIN, {"next": text}).status_code == 302


def test_line_break_in_next_makes_no_header(bob: User, client: Client) -> None:
    answer = client.post(LOGIN, RIGHT | {"next": "/x\r\nSet-Cookie: a=b"})
    assert "\n" not in answer["Location"]
    assert "a" not in answer.cookies


@pytest.mark.parametrize("path", [*PAGES, "/nothing/", "/admin/"])
def test_page_can_not_be_framed_and_loads_only_from_here(browser: Client, path: str) -> None:
    answer = browser.get(path, follow=True)
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", [*PAGES, "/nothing/"])
def test_page_has_no_script_and_no_style_in_it(browser: Client, path: str) -> None:
    page = browser.get(path, follow=True).content.decode()
    for trace in ("<script>", "<style", " style=", " onclick=", " onload=", "javascript:", "https://", "http://"):
        assert trace not in page


def test_json_carries_no_policy_of_pages(browser: Client) -> None:
    assert "Content-Security-Policy" not in browser.get("/api/v1/users/me/")


@pytest.mark.parametrize("path", PAGES)
def test_page_is_kept_by_no_cache(browser: Client, path: str) -> None:
    assert browser.get(path)["Cache-Control"] == "no-store"


def test_nothing_is_shown_after_logout(browser: Client) -> None:
    key = browser.cookies["sessionid"].value
    browser.post("/logout/")
    browser.cookies["sessionid"] = key  # as a thief would
    assert browser.get(DASHBOARD)["Location"] == "/login/?next=/dashboard/"


def test_logout_takes_post_alone(browser: Client) -> None:
    for somebody in (browser, Client()):
        for method in ("get", "head", "put", "delete", "patch"):
            answer = getattr(somebody, method)("/logout/")
            assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
    assert browser.get(DASHBOARD).status_code == 200


@pytest.mark.parametrize("path", ["/logout/", f"/dashboard/tokens/{UUID(int=1)}/end/", "/dashboard/logins/1/disown/"])
def test_login_leads_to_no_page_that_is_not_to_be_read(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 405
    assert client.post(path)["Location"] == "/login/?next=/dashboard/"


def test_logout_needs_the_csrf_token(strict: Client) -> None:
    strict.post(LOGIN, RIGHT | {"csrfmiddlewaretoken": csrf_token(strict.get(LOGIN))})
    assert strict.post("/logout/").status_code == 403
    page = strict.get(DASHBOARD)
    assert page.status_code == 200
    assert strict.post("/logout/", {"csrfmiddlewaretoken": csrf_token(page)}).status_code == 302
    assert strict.get(DASHBOARD).status_code == 302


@pytest.fixture
def theirs(staff: User) -> dict[str, str]:
    """Return addresses that do something to what belongs to somebody else."""
    Client().post(LOGIN, {"username": "sue", "password": PASSWORD})
    row, session, token = LoginLog.objects.latest("id"), staff.sessions.get(), staff.auth_tokens.issue().token
    return {
        "token": f"/dashboard/tokens/{token.pk}/end/",
        "session": f"/dashboard/sessions/{session.pk}/end/",
        "login": f"/dashboard/logins/{row.pk}/disown/",
    }


@pytest.mark.parametrize("kind", ["token", "session", "login"])
def test_what_is_somebody_elses_is_not_there(browser: Client, staff: User, theirs: dict[str, str], kind: str) -> None:
    assert browser.post(theirs[kind]).status_code == 404
    assert (staff.auth_tokens.count(), staff.sessions.count()) == (1, 1)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_reading_changes_nothing(browser: Client, bob: User, method: str) -> None:
    token, session, row = bob.auth_tokens.issue().token, bob.sessions.get(), LoginLog.objects.get()
    for path in (
        f"/dashboard/tokens/{token.pk}/end/",
        f"/dashboard/sessions/{session.pk}/end/",
        f"/dashboard/logins/{row.pk}/disown/",
        f"/dashboard/tokens/?name=x&scope=read&password={PASSWORD}",
        f"/dashboard/password/?current_password={PASSWORD}&new_password=xxxxxxxxxxxx&again=xxxxxxxxxxxx",
        "/logout/",
        f"{LOGIN}?username=bob&password={PASSWORD}",
    ):
        getattr(browser, method)(path)
    assert (bob.auth_tokens.count(), bob.sessions.count(), LoginLog.objects.count()) == (1, 1, 1)
    assert browser.get(DASHBOARD).status_code == 200


def test_every_change_needs_the_csrf_token(strict: Client, bob: User) -> None:
    strict.post(LOGIN, RIGHT | {"csrfmiddlewaretoken": csrf_token(strict.get(LOGIN))})
    token, session, row = bob.auth_tokens.issue().token, bob.sessions.get(), LoginLog.objects.get()
    for path, form in (
        (f"/dashboard/tokens/{token.pk}/end/", {}),
        (f"/dashboard/sessions/{session.pk}/end/", {}),
        (f"/dashboard/logins/{row.pk}/disown/", {}),
        ("/dashboard/tokens/", {"name": "x", "scope": "read", "days": "", "password": PASSWORD}),
        ("/dashboard/password/", {"current_password": PASSWORD, "new_password": "x" * 12, "again": "x" * 12}),
    ):
        assert strict.post(path, form).status_code == 403
    assert (bob.auth_tokens.count(), bob.sessions.count(), LoginLog.objects.count()) == (1, 1, 1)


def test_what_others_made_up_is_shown_as_text(browser: Client, bob: User) -> None:
    evil = '<script>alert(1)</script>"onmouseover=x'
    bob.first_name = evil
    bob.save()
    bob.auth_tokens.issue(name=evil, client=Device("192.0.2.1", evil))
    LoginLog.objects.create(user=bob, username="bob", is_success=True, entrance="page", user_agent=evil)
    bob.sessions.update(user_agent=evil)
    ended = bob.auth_tokens.issue(name=evil).token
    page = browser.post(f"/dashboard/tokens/{ended.pk}/end/", follow=True).content.decode()
    assert page.count("&lt;script&gt;alert(1)&lt;") >= 5
    assert "<script>" not in page
    assert '"onmouseover' not in page
