"""Readers of another language, in another place, with a browser that runs no scripts."""

import re
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

import httpx
from playwright.sync_api import expect

from tests.service.browser.conftest import Open
from tests.service.browser.people import ADA, PASSWORD
from tests.service.browser.steps import DASHBOARD, LOGIN, create_token, log_in, section, when

BERLIN = ZoneInfo("Europe/Berlin")


def test_in_berlin_words_are_german_and_times_local(open_page: Open, newcomer: str) -> None:
    page = open_page(locale="de-DE", timezone_id="Europe/Berlin")
    page.goto(LOGIN)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_label("Name oder E-Mail-Adresse").fill(newcomer)
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", level=2)).to_have_text(["Sitzungen", "Tokens", "Letzte Anmeldungen"])

    login = section(page, "Letzte Anmeldungen").get_by_role("row").nth(1)
    at = when(login).astimezone(BERLIN)
    expect(login.locator("time").first).to_have_text(f"{at:%d.%m.%Y, %H:%M}")
    expect(page.get_by_role("contentinfo")).to_contain_text("Europe/Berlin")
    expect(login).to_contain_text("Erfolg")
    login.get_by_role("button", name="Das war nicht ich").click()
    expect(page.get_by_role("status")).to_contain_text("Passwort")


def test_english_times_are_written_as_the_reader_writes_them(open_page: Open) -> None:
    page = open_page(locale="en-US", timezone_id="America/Los_Angeles")
    log_in(page, ADA)
    login = section(page, "Recent logins").get_by_role("row").nth(1)
    at = when(login).astimezone(ZoneInfo("America/Los_Angeles"))
    shown = login.locator("time").first.inner_text()
    assert re.sub(r"\s", " ", shown) == f"{at:%b} {at.day}, {at.year}, {at:%I:%M %p}".replace(", 0", ", ")
    expect(login.locator("time").first).to_have_attribute("title", re.compile(r"\d\d:\d\d UTC$"))


def test_without_scripts_everything_works_and_times_are_in_utc(
    open_page: Open, newcomer: str, api: httpx.Client
) -> None:
    page = open_page(java_script_enabled=False, timezone_id="Europe/Berlin")
    log_in(page, newcomer)
    key = create_token(page, "Backup")
    header = {"Authorization": f"Token {key}"}
    assert api.get("/users/me/", headers=header).status_code == HTTPStatus.OK

    page.goto(DASHBOARD)
    login = section(page, "Recent logins").get_by_role("row").nth(1)
    at: datetime = when(login)
    expect(login.locator("time").first).to_have_text(f"{at.day} {at:%b %Y, %H:%M} UTC")
    expect(page.get_by_role("contentinfo")).to_contain_text("Times are in UTC")
    section(page, "Tokens").get_by_role("button", name="End the token Backup").click()
    expect(page.get_by_role("status")).to_have_text("The token Backup has been ended.")
    assert api.get("/users/me/", headers=header).status_code == HTTPStatus.UNAUTHORIZED

    page.get_by_role("button", name="Log out").first.click()
    expect(page.get_by_role("status")).to_have_text("You are logged out.")
