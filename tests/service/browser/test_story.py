"""Somebody's visit, from a slip of the finger to the back button."""

from http import HTTPStatus

import httpx
import pytest
from playwright.sync_api import Error, Page, expect

from tests.service.browser.conftest import Open
from tests.service.browser.console import Console
from tests.service.browser.people import PASSWORD
from tests.service.browser.steps import DASHBOARD, LOGIN, create_token, fill_in, log_in, section

ME = "/users/me/"


def status(api: httpx.Client, key: str) -> int:
    """Return what somebody with the key is answered."""
    return api.get(ME, headers={"Authorization": f"Token {key}"}).status_code


def test_wrong_password_is_said_and_stands_in_the_list_after_the_right_one(
    page: Page, newcomer: str, console: Console
) -> None:
    console.announce(HTTPStatus.BAD_REQUEST)
    page.goto(DASHBOARD)
    expect(page).to_have_url(f"{LOGIN}?next={DASHBOARD}")

    assert fill_in(page, newcomer, "a guess").status == HTTPStatus.BAD_REQUEST
    expect(page.get_by_role("alert")).to_contain_text("Unable to log in with the given credentials.")
    expect(page.get_by_label("Username or e-mail address")).to_have_value(newcomer)
    expect(page.get_by_label("Password")).to_be_focused()

    fill_in(page, newcomer)
    expect(page).to_have_url(DASHBOARD)
    expect(page.get_by_role("heading", level=1)).to_have_text(newcomer)
    newest = section(page, "Recent logins").get_by_role("row")
    expect(newest.nth(1)).to_contain_text("Success")
    expect(newest.nth(1)).to_contain_text("This browser")
    expect(newest.nth(2)).to_contain_text("Failed wrong password")
    expect(newest.nth(2).get_by_role("button")).to_have_count(0)


def test_token_opens_the_api_until_it_is_ended_in_the_page(page: Page, newcomer: str, api: httpx.Client) -> None:
    log_in(page, newcomer)
    key = create_token(page, "Backup")
    assert api.get(ME, headers={"Authorization": f"Token {key}"}).json()["username"] == newcomer

    page.get_by_role("link", name="I have copied it").click()
    token = section(page, "Tokens").get_by_role("listitem").filter(has_text="Backup")
    expect(token).to_have_count(1)
    expect(page.get_by_text(key)).to_have_count(0)
    token.get_by_role("button", name="End the token Backup").click()

    expect(page.get_by_role("status")).to_have_text("The token Backup has been ended.")
    expect(token).to_have_count(0)
    assert status(api, key) == HTTPStatus.UNAUTHORIZED


def test_reload_of_the_page_with_the_key_makes_no_second_token(page: Page, newcomer: str, console: Console) -> None:
    console.announce(HTTPStatus.CONFLICT)
    log_in(page, newcomer)
    create_token(page, "Backup")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("This form has been sent before")
    expect(page.get_by_label("Your password, once more")).to_be_focused()
    page.goto(DASHBOARD)
    expect(section(page, "Tokens").get_by_role("listitem")).to_have_count(1)


def test_name_of_a_new_token_is_shown_as_it_was_given(page: Page, newcomer: str) -> None:
    log_in(page, newcomer)
    create_token(page, "Backup of iOS")
    expect(page.get_by_role("main").get_by_role("paragraph").first).to_have_text("Backup of iOS", use_inner_text=True)


def test_end_of_a_token_on_a_later_page_is_said_there(page: Page, newcomer: str, api: httpx.Client) -> None:
    for number in range(12):
        right = {"username": newcomer, "password": PASSWORD, "device_name": f"device {number}"}
        api.post("/auth/login/", json=right)
    log_in(page, newcomer)
    page.get_by_role("navigation", name="Pages of tokens").get_by_role("link", name="Next").click()
    tokens = section(page, "Tokens")
    expect(tokens.get_by_role("heading", level=3)).to_have_text(["device 1", "device 0"])
    tokens.get_by_role("button", name="End the token device 1").click()
    expect(tokens.get_by_role("heading", level=3)).to_have_text(["device 0"])
    expect(page.get_by_role("status")).to_be_in_viewport(ratio=1)
    expect(tokens).to_contain_text("11 to 11 of 11")


def test_key_is_gone_from_the_page_that_showed_it(page: Page, newcomer: str) -> None:
    log_in(page, newcomer)
    key = create_token(page, "Backup")
    page.get_by_role("link", name="I have copied it").click()
    expect(page).to_have_title("Dashboard · Latchkey")
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # it is not kept: the form would have to be sent again
        page.go_back()
    expect(page.get_by_text(key)).to_have_count(0)


def test_what_i_disown_is_ended_and_a_new_password_ends_the_rest(
    page: Page, newcomer: str, api: httpx.Client, open_page: Open
) -> None:
    log_in(page, newcomer)
    thief = open_page()
    log_in(thief, newcomer)
    right = {"username": newcomer, "password": PASSWORD}
    stolen, kept = (api.post("/auth/login/", json=right).json()["token"] for _ in range(2))

    page.reload()
    logins = section(page, "Recent logins").get_by_role("row")
    logins.nth(2).get_by_role("button", name="This wasn't me").click()
    expect(page.get_by_role("status")).to_contain_text("Somebody else may know your password. Change it now")
    assert (status(api, stolen), status(api, kept)) == (HTTPStatus.UNAUTHORIZED, HTTPStatus.OK)

    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("another fine passphrase")
    page.get_by_label("New password, again").fill("another fine passphrase")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_role("status")).to_contain_text("Your password is changed.")
    assert status(api, kept) == HTTPStatus.UNAUTHORIZED
    thief.reload()
    expect(thief).to_have_url(f"{LOGIN}?next={DASHBOARD}")


def test_who_disowns_this_very_login_is_out_and_told_why(page: Page, newcomer: str) -> None:
    log_in(page, newcomer)
    section(page, "Recent logins").get_by_role("button", name="This wasn't me").click()
    expect(page.get_by_role("status")).to_contain_text("Log in and change it.")
    fill_in(page, newcomer)
    expect(page).to_have_title("Change password · Latchkey")


def test_session_that_is_ended_elsewhere_is_out_at_its_next_click(page: Page, newcomer: str, open_page: Open) -> None:
    phone = open_page(user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0")
    log_in(phone, newcomer)
    log_in(page, newcomer)
    section(page, "Sessions").get_by_role("button", name="End the session of Firefox on Windows").click()
    expect(page.get_by_role("status")).to_have_text("The session has been ended.")
    phone.get_by_role("link", name="Change password").click()
    expect(phone).to_have_title("Log in · Latchkey")


@pytest.mark.parametrize("path", [DASHBOARD, "/dashboard/password/"])
def test_back_button_shows_nothing_after_logout(page: Page, newcomer: str, path: str) -> None:
    log_in(page, newcomer)
    page.goto(path)
    page.get_by_role("button", name="Log out").first.click()
    expect(page.get_by_role("status")).to_have_text("You are logged out.")
    page.go_back()
    expect(page.get_by_role("link", name="Log in").or_(page.get_by_label("Password")).first).to_be_visible()
    expect(page.get_by_text(newcomer)).to_have_count(0)
    expect(page.get_by_role("button", name="Log out")).to_have_count(0)
