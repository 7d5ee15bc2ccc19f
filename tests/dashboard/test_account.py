"""The dashboard: what opens my account, and what I can do about it."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.exceptions import NotAuthenticated
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import AuthToken, Scope, Session
from auth_api.sessions import SessionStore
from dashboard.services import SentBefore, use_up
from tests.conftest import PASSWORD
from tests.dashboard.conftest import DASHBOARD, LOGIN, RIGHT, text_of, token_form
from users.clients import Client as Device
from users.models import User

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
TOKENS = "/dashboard/tokens/"
NEW = "another fine passphrase"
ME = "/api/v1/users/me/"


def key_on(page: str) -> str:
    """Return the key that the page shows."""
    key = page.partition('<p class="well key"><code>')[2].partition("<")[0]
    assert len(key) == 52
    return key


def test_dashboard_says_who_i_am(browser: Client, bob: User) -> None:
    page = text_of(browser.get(DASHBOARD))
    assert "<h1>bob</h1>" in page
    assert bob.email in page


def test_devices_are_named_in_words(browser: Client, bob: User) -> None:
    browser.post(LOGIN, RIGHT, headers={"User-Agent": FIREFOX})
    bob.auth_tokens.issue(name="Backup", client=Device("192.0.2.7", "curl/8.1"))
    page = text_of(browser.get(DASHBOARD))
    assert "<h3>Firefox on Windows " in page
    assert "<span>curl</span>" in page
    assert "192.0.2.7" in page
    assert "This browser" in page


def test_who_has_no_token_is_told_how_to_get_one(browser: Client) -> None:
    page = text_of(browser.get(DASHBOARD))
    assert "No app and no script has a key to your account." in page
    assert f'href="{TOKENS}"' in page


@pytest.mark.parametrize("count", [1, 40])
def test_dashboard_takes_seven_queries_however_much_there_is(
    browser: Client, bob: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    expires_at = timezone.now() + timedelta(days=1)
    for number in range(count):
        bob.auth_tokens.issue(name=f"token {number}")
        Session.objects.create(
            digest=str(number), user=bob, auth_hash=bob.get_session_auth_hash(), expires_at=expires_at
        )
        LoginLog.objects.create(user=bob, username="bob", is_success=True, entrance="api")
    with django_assert_num_queries(7):  # the session, the account; tokens and sessions with their counts; logins
        assert browser.get(DASHBOARD).status_code == 200


def test_failed_logins_are_marked_and_have_no_button(browser: Client, client: Client, bob: User) -> None:
    Client().post(LOGIN, RIGHT | {"password": "wrong"})
    page = text_of(browser.get(DASHBOARD))
    assert page.count("✕</span> Failed") == 1
    assert "wrong password" in page
    assert page.count("This wasn&#x27;t me") + page.count("This wasn't me") == 1
    failed = LoginLog.objects.get(is_success=False)
    assert f"/dashboard/logins/{failed.pk}/disown/" not in page
    assert browser.post(f"/dashboard/logins/{failed.pk}/disown/").status_code == 404


def test_older_logins_are_pages_behind(browser: Client, bob: User) -> None:
    for number in range(25):
        LoginLog.objects.create(user=bob, username="bob", is_success=False, entrance="api", user_agent=f"agent{number}")
    first = text_of(browser.get(DASHBOARD))
    older = first.partition('href="?logins=')[2].partition("#")[0]
    page = text_of(browser.get(DASHBOARD, {"logins": older}))
    assert "agent24" in first
    assert "agent15" not in page
    assert "agent14" in page
    assert 'rel="prev"' in page
    assert browser.get(DASHBOARD, {"logins": "nonsense"}).status_code == 404


def test_long_address_is_broken_between_its_groups(browser: Client, bob: User) -> None:
    address = "2001:db8:1:2:3:4:5:6"
    LoginLog.objects.create(user=bob, username="bob", is_success=True, entrance="api", ip_address=address)
    broken = address.replace(":", ":<wbr>")
    assert f'<td class="mono">{broken}</td>' in text_of(browser.get(DASHBOARD))


@pytest.mark.parametrize(("language", "shown"), [("en", "3 Dec 2031, 16:05 UTC"), ("de", "03.12.2031, 16:05 UTC")])
def test_times_are_in_utc_and_written_in_the_readers_language(
    browser: Client, bob: User, language: str, shown: str
) -> None:
    token = bob.auth_tokens.issue(name="x").token
    AuthToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now().replace(2031, 12, 3, 16, 5, 9))
    page = text_of(browser.get(DASHBOARD, headers={"Accept-Language": language}))
    assert f'<time datetime="2031-12-03T16:05:09Z">{shown}</time>' in page


def test_token_is_made_shown_once_and_works(browser: Client, bob: User, api: APIClient) -> None:
    assert 'name="password"' in text_of(browser.get(TOKENS))
    answer = browser.post(TOKENS, token_form())
    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    key = key_on(text_of(answer))
    token = AuthToken.objects.get()
    assert (token.user, token.name, token.scope) == (bob, "Backup", Scope.READ)
    assert token.expires_at is not None
    assert timedelta(days=6.9) < token.expires_at - timezone.now() <= timedelta(days=7)
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {key}").json()["username"] == "bob"
    row = LoginLog.objects.latest("id")
    assert (row.entrance, row.is_success, row.token_id, row.session_id) == ("page", True, token.pk, None)


def test_key_stands_on_that_one_page_alone(browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as queries:
        answer = browser.post(TOKENS, token_form(scope="write", days=""))
        key = key_on(text_of(answer))
        pages = [text_of(browser.get(path)) for path in (DASHBOARD, TOKENS, "/", "/dashboard/password/")]
    assert "Location" not in answer
    assert not any(key in page for page in pages)
    assert not any(key in str(cookie) for cookie in browser.cookies.values())
    assert key not in caplog.text
    assert not any(key in query["sql"] for query in queries)


def test_token_takes_the_password_and_each_try_is_recorded(browser: Client) -> None:
    answer = browser.post(TOKENS, token_form(password="wrong"))
    assert answer.status_code == 400
    assert 'href="#id_password"' in text_of(answer)
    assert "The password is not right." in text_of(answer)
    assert 'value="Backup"' in text_of(answer)
    row = LoginLog.objects.latest("id")
    assert (LoginLog.objects.count(), row.entrance, row.failure_reason) == (2, "page", "wrong_password")
    for _ in range(4):
        browser.post(TOKENS, token_form(password="wrong"))
    locked = browser.post(TOKENS, token_form())
    assert locked.status_code == 429
    assert int(locked["Retry-After"]) > 890
    assert not AuthToken.objects.exists()


def test_form_is_in_the_readers_language(browser: Client) -> None:
    page = text_of(browser.get(TOKENS, headers={"Accept-Language": "de"}))
    for words in ("Token anlegen", "So lange, wie hier üblich: 30 Tage", "90 Tage", "Ihr Passwort, noch einmal"):
        assert words in page


def test_form_makes_one_token_however_often_it_is_sent(browser: Client) -> None:
    form = token_form(once=once_on(browser.get(TOKENS)))
    assert browser.post(TOKENS, form).status_code == 201
    again = browser.post(TOKENS, form)
    assert again.status_code == 409
    assert "This form has been sent before, and makes no second token." in text_of(again)
    assert 'value="Backup"' in text_of(again)
    assert (AuthToken.objects.count(), LoginLog.objects.count()) == (1, 2)  # no password was checked
    assert browser.post(TOKENS, form | {"once": once_on(again)}).status_code == 201


def test_form_of_a_program_that_says_nothing_of_it_makes_one_each_time(browser: Client) -> None:
    assert [browser.post(TOKENS, token_form(once="")).status_code for _ in range(2)] == [201, 201]


def test_form_with_a_wrong_password_is_shown_as_another_one(browser: Client) -> None:
    refused = browser.post(TOKENS, token_form(password="wrong"))
    assert browser.post(TOKENS, token_form(once=once_on(refused))).status_code == 201


def test_form_that_is_sent_twice_at_once_is_used_once(browser: Client, bob: User) -> None:
    form, requests = uuid4(), [HttpRequest(), HttpRequest()]
    for request in requests:
        request.session = SessionStore(browser.cookies["sessionid"].value)
        assert "sent_forms" not in request.session  # both have read it
    use_up(request=requests[0], user=bob, form=form)
    with pytest.raises(SentBefore):
        use_up(request=requests[1], user=bob, form=form)
    Session.objects.all().delete()
    with pytest.raises(NotAuthenticated):
        use_up(request=requests[1], user=bob, form=uuid4())


def once_on(page: object) -> str:
    """Return what tells the form on the page from others."""
    return text_of(page).partition('name="once" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    "change",
    [
        *({"name": ""}, {"name": "x" * 101}, {"name": "a\0b"}),
        *({"scope": "all"}, {"days": "8"}, {"password": ""}, {"once": "x"}),
    ],
)
def test_form_that_is_wrong_makes_no_token(browser: Client, change: dict[str, str]) -> None:
    form = token_form(**change)
    assert browser.post(TOKENS, form).status_code == 400
    assert (AuthToken.objects.count(), LoginLog.objects.count()) == (0, 1)


def test_token_is_ended(browser: Client, bob: User, api: APIClient) -> None:
    issued = bob.auth_tokens.issue(name="Phone")
    answer = browser.post(f"{TOKENS}{issued.token.pk}/end/", follow=True)
    assert "The token Phone has been ended." in text_of(answer)
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {issued.key}").status_code == 401
    assert browser.post(f"{TOKENS}{issued.token.pk}/end/").status_code == 404


def test_other_session_is_ended(browser: Client, bob: User) -> None:
    elsewhere = Client()
    elsewhere.post(LOGIN, RIGHT)
    there = Session.objects.latest("created_at")
    assert "The session has been ended." in text_of(browser.post(f"/dashboard/sessions/{there.pk}/end/", follow=True))
    assert elsewhere.get(DASHBOARD).status_code == 302
    assert browser.get(DASHBOARD).status_code == 200


def test_end_of_this_session_is_a_logout(browser: Client) -> None:
    here = Session.objects.get()
    answer = browser.post(f"/dashboard/sessions/{here.pk}/end/", follow=True)
    assert answer.redirect_chain[-1] == ("/login/?next=/dashboard/", 302)
    assert not Session.objects.exists()


@pytest.mark.parametrize("entrance", ["page", "session"])
def test_disowned_login_loses_its_session(browser: Client, bob: User, entrance: str) -> None:
    thief = Client()
    thief.post({"page": LOGIN, "session": "/api/v1/auth/session/"}[entrance], RIGHT)
    row = LoginLog.objects.latest("id")
    assert row.session_id == Session.objects.latest("created_at").pk
    answer = browser.post(f"/dashboard/logins/{row.pk}/disown/", follow=True)
    assert answer.redirect_chain == [("/dashboard/password/", 302)]
    assert "Somebody else may know your password. Change it now" in text_of(answer)
    assert thief.get(DASHBOARD).status_code == 302


def test_disowned_login_loses_its_token(browser: Client, bob: User, api: APIClient) -> None:
    key = api.post("/api/v1/auth/login/", RIGHT).json()["token"]
    row = LoginLog.objects.latest("id")
    assert browser.post(f"/dashboard/logins/{row.pk}/disown/")["Location"] == "/dashboard/password/"
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 401
    assert Session.objects.count() == 1


def test_who_disowns_their_own_session_is_logged_out_and_told_why(browser: Client) -> None:
    row = LoginLog.objects.get()
    done = browser.post(f"/dashboard/logins/{row.pk}/disown/")
    assert done.cookies["sessionid"].value == ""
    assert not Session.objects.exists()
    answer = browser.get(done["Location"], follow=True)
    assert answer.redirect_chain[-1] == ("/login/?next=/dashboard/password/", 302)
    assert "Somebody else may know your password. Log in and change it." in text_of(answer)


def newest(browser: Client) -> str:
    """Return the first row of one's own logins, as text."""
    row = text_of(browser.get(DASHBOARD)).partition('id="logins"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())


def test_logins_say_what_they_opened(browser: Client) -> None:
    assert "Success new session" in newest(browser)
    browser.post(TOKENS, token_form())
    assert "Success new token unknown device web page" in newest(browser)
    change(browser)
    assert "Password confirmed unknown device web page" in newest(browser)


def test_who_disowns_a_password_that_opened_nothing_is_told_the_truth(browser: Client, api: APIClient) -> None:
    key = api.post("/api/v1/auth/login/", RIGHT).json()["token"]
    api.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    api.patch(ME, {"email": "thief@example.org", "current_password": PASSWORD})
    row = LoginLog.objects.latest("id")
    assert row.is_confirmation
    page = text_of(browser.post(f"/dashboard/logins/{row.pk}/disown/", follow=True))
    assert "What that login opened has been ended" not in page
    assert "nothing has been ended; but whoever made it knows your password. Change it now" in page
    assert api.get(ME).status_code == 200


def test_session_keeps_its_name_when_the_password_changes(browser: Client) -> None:
    row = LoginLog.objects.get()
    change(browser)
    assert [session.pk for session in Session.objects.all()] == [row.session_id]


def change(browser: Client, **fields: str) -> object:
    """Change the password, and return the answer."""
    form = {"current_password": PASSWORD, "new_password": NEW, "again": NEW}
    return browser.post("/dashboard/password/", form | fields)


def test_password_is_changed_and_everything_else_ends(browser: Client, bob: User, api: APIClient) -> None:
    key, before = bob.auth_tokens.issue().key, browser.cookies["sessionid"].value
    elsewhere = Client()
    elsewhere.post(LOGIN, RIGHT)
    assert change(browser).status_code == 302  # type: ignore[attr-defined]
    assert "Your password is changed." in text_of(browser.get(DASHBOARD))
    assert browser.cookies["sessionid"].value != before
    assert elsewhere.get(DASHBOARD).status_code == 302
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 401
    assert Client().post(LOGIN, RIGHT | {"password": NEW}).status_code == 302


@pytest.mark.parametrize(
    ("fields", "named", "words"),
    [
        ({"current_password": "wrong"}, "current_password", "The password is not right."),
        ({"new_password": "12345", "again": "12345"}, "new_password", "too short"),
        ({"new_password": "bob@example.org", "again": "bob@example.org"}, "new_password", "too similar"),
        ({"again": "something else"}, "again", "This is not the same."),
        ({"current_password": ""}, "current_password", "This field is required."),
    ],
)
def test_refused_change_says_where_and_why(browser: Client, fields: dict[str, str], named: str, words: str) -> None:
    answer = change(browser, **fields)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert f'href="#id_{named}"' in text_of(answer)
    assert words in text_of(answer)
    assert Client().post(LOGIN, RIGHT).status_code == 302


def test_all_that_is_wrong_with_a_new_password_is_said_at_once(browser: Client) -> None:
    page = text_of(change(browser, new_password="12345", again="54321"))
    assert "too short" in page
    assert "This is not the same." in page
    assert LoginLog.objects.count() == 1  # the current one was not looked at


def test_cursor_is_in_the_first_field_that_is_to_be_filled_in(browser: Client) -> None:
    assert re.findall(r'name="(\w+)"[^>]* autofocus', text_of(change(browser, again="else"))) == ["current_password"]
    form = {"name": "Backup", "scope": "write", "days": ""}
    assert re.findall(r'name="(\w+)"[^>]* autofocus', text_of(browser.post(TOKENS, form))) == ["password"]
    assert re.findall(r'name="(\w+)"[^>]* autofocus', text_of(browser.post(TOKENS, form | {"name": ""}))) == ["name"]


def test_change_is_limited_like_a_login(browser: Client) -> None:
    for _ in range(5):
        change(browser, current_password="wrong")
    answer = change(browser)
    assert answer.status_code == 429  # type: ignore[attr-defined]
    assert "Try again in 15 minutes" in text_of(answer)


def test_form_that_was_sent_after_the_session_ended_leads_to_the_dashboard(bob: User, client: Client) -> None:
    assert client.post(TOKENS, {"name": "x"})["Location"] == "/login/?next=/dashboard/"


def test_session_that_ends_while_a_token_is_made_makes_none(
    browser: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_password = User.check_password

    def check_and_end(self: User, raw: str) -> bool:
        Session.objects.all().delete()
        return check_password(self, raw)

    monkeypatch.setattr(User, "check_password", check_and_end)
    answer = browser.post(TOKENS, token_form())
    assert answer["Location"] == "/login/?next=/dashboard/"
    assert not AuthToken.objects.exists()


def test_admin_login_can_be_disowned(staff: User, client: Client, make_user: Callable[..., User]) -> None:
    thief = Client()
    thief.post("/admin/login/", {"username": "sue", "password": PASSWORD})
    row = LoginLog.objects.get()
    assert (row.entrance, row.session_id) == ("admin", Session.objects.get().pk)
    client.post(LOGIN, {"username": "sue", "password": PASSWORD})
    client.post(f"/dashboard/logins/{row.pk}/disown/")
    assert thief.get("/admin/").status_code == 302
