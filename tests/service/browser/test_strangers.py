"""What other people's web sites, scripts and cookies can't do to somebody who is logged in."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from tests.service.browser.console import Console
from tests.service.browser.people import PASSWORD
from tests.service.browser.steps import DASHBOARD, LOGIN, log_in
from tests.service.browser.stranger import Stranger, stranger
from tests.service.server import Server

FRAMES = "frame-ancestors 'none'"
SCRIPTS = "script-src 'self'"
ORIGINS = ["next_door", "elsewhere"]
FRAMED = [LOGIN, DASHBOARD, "/admin/", "/api/docs/"]


@pytest.fixture
def evil() -> Iterator[Stranger]:
    """Return a site that is not ours."""
    with stranger() as site:
        yield site


def test_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites(page: Page, newcomer: str) -> None:
    log_in(page, newcomer)
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert (cookies["sessionid"]["httpOnly"], cookies["sessionid"]["sameSite"]) == (True, "Lax")
    assert cookies["csrftoken"]["sameSite"] == "Lax"
    assert cookies["sessionid"]["value"] not in page.evaluate("document.cookie")


def test_cookie_goes_with_the_browser_unless_it_is_to_stay(page: Page, newcomer: str) -> None:
    log_in(page, newcomer)
    assert session_ends(page) == -1  # with the browser
    page.get_by_role("button", name="Log out").first.click()
    page.goto(LOGIN)
    page.get_by_label("Stay logged in on this device").check()
    page.get_by_label("Username").fill(newcomer)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(DASHBOARD)
    two_weeks = 14 * 24 * 3600
    now = page.evaluate("Date.now() / 1000")
    assert two_weeks - 60 < session_ends(page) - now <= two_weeks


def session_ends(page: Page) -> float:
    """Return when the cookie of the session does."""
    return next(cookie["expires"] for cookie in page.context.cookies() if cookie["name"] == "sessionid")


@pytest.mark.parametrize("origin", ORIGINS)
def test_nobody_frames_our_pages(
    page: Page, newcomer: str, site: Server, evil: Stranger, console: Console, origin: str
) -> None:
    log_in(page, newcomer)
    evil.show("/harmless", "<p>A page that may be framed</p>")
    framed = [f"{evil.next_door}/harmless", *(f"{site.url}{path}" for path in FRAMED)]
    evil.show("/", "".join(f'<iframe src="{address}"></iframe>' for address in framed))
    page.goto(f"{getattr(evil, origin)}/")
    expect(page.frame_locator("iframe >> nth=0").get_by_text("A page that may be framed")).to_be_visible()
    assert [frame.content() for frame in page.frames if "Latchkey" in frame.content()] == []
    refusals = [text for text in console.heard if FRAMES in text]
    assert len(refusals) == len(FRAMED)
    console.announce(*refusals)


@pytest.mark.parametrize("origin", ORIGINS)
def test_nobody_logs_me_in_as_somebody_else(
    page: Page, newcomer: str, site: Server, evil: Stranger, console: Console, origin: str
) -> None:
    console.announce(HTTPStatus.FORBIDDEN)
    evil.form("/", f"{site.url}{LOGIN}", username=newcomer, password=PASSWORD)
    page.goto(LOGIN)  # which leaves the cookie of the CSRF token
    with page.expect_response(f"{site.url}{LOGIN}") as answered:
        page.goto(f"{getattr(evil, origin)}/")
    assert answered.value.status == HTTPStatus.FORBIDDEN
    expect(page.get_by_text("This form has expired")).to_be_visible()
    page.goto(DASHBOARD)
    expect(page).to_have_url(f"{LOGIN}?next={DASHBOARD}")


@pytest.mark.parametrize("origin", ORIGINS)
def test_nobody_does_in_my_name_what_i_have_not_asked_for(
    page: Page, newcomer: str, site: Server, evil: Stranger, console: Console, origin: str
) -> None:
    console.announce(HTTPStatus.FORBIDDEN)
    log_in(page, newcomer)
    password = {"current_password": PASSWORD, "new_password": "x" * 12, "again": "x" * 12}
    token = {"name": "theirs", "scope": "write", "days": "", "password": PASSWORD}
    for path, fields in (("/logout/", {}), ("/dashboard/password/", password), ("/dashboard/tokens/", token)):
        evil.form(path, f"{site.url}{path}", **fields)
        with page.expect_response(f"{site.url}{path}") as answered:
            page.goto(f"{getattr(evil, origin)}{path}")
        assert answered.value.status == HTTPStatus.FORBIDDEN
    page.goto(DASHBOARD)
    expect(page.get_by_role("heading", level=1)).to_have_text(newcomer)
    expect(page.get_by_text("No app and no script has a key to your account.")).to_be_visible()
    page.get_by_role("button", name="Log out").first.click()
    log_in(page, newcomer)  # with the password that was


@pytest.mark.parametrize(
    "injected",
    [
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = true'}))",
        "document.body.setAttribute('onclick', 'window.ran = true'); document.body.click()",
        "document.body.append(Object.assign(document.createElement('script'), {src: 'data:,window.ran=true'}))",
    ],
    ids=["element", "attribute", "address"],
)
def test_script_that_got_into_a_page_does_not_run(page: Page, newcomer: str, console: Console, injected: str) -> None:
    log_in(page, newcomer)
    page.evaluate(f"() => {{ {injected} }}")
    page.wait_for_function("() => true")
    assert page.evaluate("window.ran") is None
    refusals = [text for text in console.heard if SCRIPTS in text]
    assert len(refusals) == 1
    console.announce(*refusals)
