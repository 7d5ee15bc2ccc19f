"""The documentation pages, with every other host out of reach: not read alone, but tried out."""

import json
from http import HTTPStatus

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.service.browser.conftest import Open
from tests.service.browser.console import Console
from tests.service.browser.people import PASSWORD
from tests.service.browser.steps import log_in

DOCS, REDOC = "/api/docs/", "/api/redoc/"
# ReDoc has no setting that would keep it from asking for the logo of its makers.
REDOC_LOGO = (
    "Loading the image 'https://cdn.redoc.ly/redoc/logo-mini.svg' violates the following Content Security Policy "
    "directive: \"img-src 'self' data:\". The action has been blocked."
)


def operation(page: Page, name: str) -> Locator:
    """Open the part about it, with its fields to be filled in."""
    part = page.locator(f"#operations-{name}")
    part.locator(".opblock-summary-control").click()
    part.get_by_role("button", name="Try it out").click()
    return part


def execute(page: Page, part: Locator, path: str) -> HTTPStatus:
    """Send it, and return the status that the page shows."""
    with page.expect_response(f"**{path}"):
        part.get_by_role("button", name="Execute").click()
    return HTTPStatus(int(part.locator(".live-responses-table .response-col_status").last.inner_text().split()[0]))


def test_login_and_a_request_with_its_token_are_tried_out(page: Page, newcomer: str) -> None:
    page.goto(DOCS)
    login = operation(page, "auth-log_in")
    login.locator("textarea").fill(json.dumps({"username": newcomer, "password": PASSWORD}))
    assert execute(page, login, "/api/v1/auth/login/") == HTTPStatus.OK
    answer = json.loads(login.locator(".live-responses-table .highlight-code code").first.inner_text())

    page.get_by_role("button", name="Authorize").first.click()
    token = page.locator(".auth-container").filter(has_text="The word Token")
    token.get_by_role("textbox").fill(f"Token {answer['token']}")
    token.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").first.click()

    me = operation(page, "users-read_own_account")
    assert execute(page, me, "/api/v1/users/me/") == HTTPStatus.OK
    expect(me.locator(".live-responses-table")).to_contain_text(f'"username": "{newcomer}"')


def test_who_is_logged_in_tries_it_out_with_their_cookie(page: Page, newcomer: str) -> None:
    log_in(page, newcomer)
    page.goto(DOCS)
    assert execute(page, operation(page, "users-read_own_account"), "/api/v1/users/me/") == HTTPStatus.OK


def test_redoc_shows_the_api_and_is_refused_the_one_thing_it_asks_elsewhere(page: Page, console: Console) -> None:
    console.announce(REDOC_LOGO)
    page.goto(REDOC)
    expect(page.get_by_role("heading", name="Latchkey")).to_be_visible()
    page.get_by_role("menuitem", name="auth").first.click()
    expect(page.get_by_text("Exchange a name, or an e-mail address").first).to_be_visible()


@pytest.mark.parametrize(("path", "drawn"), [(DOCS, "#operations-auth-log_in"), (REDOC, "h1")])
def test_page_has_one_main_part(page: Page, console: Console, path: str, drawn: str) -> None:
    console.announce(REDOC_LOGO)
    page.goto(path)
    page.locator(drawn).first.wait_for()
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_text("drawn by JavaScript")).to_be_hidden()


@pytest.mark.parametrize("path", [DOCS, REDOC])
def test_without_scripts_the_page_leads_to_the_document(open_page: Open, path: str) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(path)
    link = page.get_by_role("main").get_by_role("link", name="the OpenAPI document")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", "/api/schema/")
