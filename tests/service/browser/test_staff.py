"""Lockouts as those see them who are locked out, and staff on the dashboard and in the admin."""

import re
from http import HTTPStatus

import httpx
from playwright.sync_api import Page, expect

from tests.service.browser.conftest import Open
from tests.service.browser.console import Console
from tests.service.browser.people import GRACE, PASSWORD
from tests.service.browser.steps import DASHBOARD, LOGIN, fill_in, log_in, section

LIMIT = 5


def lock_out(api: httpx.Client, name: str) -> None:
    """Guess, until no more guesses are taken."""
    for _ in range(LIMIT):
        api.post("/auth/login/", json={"username": name, "password": "a guess"})


def test_lockout_is_told_with_its_time_and_lifted_by_staff(
    page: Page, open_page: Open, newcomer: str, console: Console
) -> None:
    console.announce(HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS)
    page.goto(LOGIN)
    assert [fill_in(page, newcomer, "a guess").status for _ in range(LIMIT)] == [HTTPStatus.BAD_REQUEST] * LIMIT
    refused = fill_in(page, newcomer)  # the right password
    assert refused.status == HTTPStatus.TOO_MANY_REQUESTS
    assert 840 < int(refused.headers["retry-after"]) <= 900
    expect(page.get_by_role("alert")).to_contain_text("Too many failed logins. Try again in 15 minutes.")

    keeper = open_page()
    log_in(keeper, GRACE)
    lockout = keeper.get_by_role("listitem").filter(has_text=f"{newcomer} 127.0.0.1")
    expect(lockout).to_contain_text("account and network")
    lockout.get_by_role("button", name="Lift the lockout of").click()
    expect(keeper.get_by_role("status")).to_have_text(f"The lockout of {newcomer} 127.0.0.1 is lifted.")
    expect(lockout).to_have_count(0)

    assert fill_in(page, newcomer).status == HTTPStatus.OK
    expect(page).to_have_title("Dashboard · Latchkey")


def test_chart_is_a_picture_with_words_and_figures(page: Page) -> None:
    log_in(page, GRACE)
    everybody = section(page, "Everybody's logins")
    for name, bars in (("By day", 30), ("By hour", 24)):
        everybody.get_by_role("link", name=name).click()
        expect(everybody.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")
        picture = everybody.get_by_role("img", name=re.compile(f"^Login attempts {name.lower()}"))
        expect(picture).to_be_visible()
        figures = everybody.get_by_role("table", name=re.compile(f"^Login attempts {name.lower()}"))
        expect(figures).to_be_hidden()
        everybody.get_by_text("The figures as a table").click()
        expect(figures).to_be_visible()
        assert figures.get_by_role("row").count() - 1 in {bars, bars + 1}


def test_chart_counts_the_attempt_just_made(page: Page, api: httpx.Client) -> None:
    log_in(page, GRACE)
    page.goto(f"{DASHBOARD}?by=hour")

    def failures() -> int:
        return int(
            re.findall(r"(\d+) failed", section(page, "Everybody's logins").locator("figcaption").inner_text())[0]
        )

    before = failures()
    api.post("/auth/login/", json={"username": "nobody", "password": "a guess"})
    page.reload()
    assert failures() == before + 1
    newest = section(page, "Everybody's logins").get_by_role("table", name="Newest attempts").get_by_role("row").nth(1)
    expect(newest).to_contain_text("Failed unknown user")


def test_others_see_nothing_of_it(page: Page, newcomer: str) -> None:
    log_in(page, newcomer)
    expect(section(page, "Recent logins")).to_be_visible()
    expect(page.get_by_text("Everybody's logins")).to_have_count(0)
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)


def test_admin_shows_the_log_with_its_chart_and_lifts_lockouts(page: Page, newcomer: str, api: httpx.Client) -> None:
    lock_out(api, newcomer)
    page.goto("/admin/")
    page.get_by_label("Username").fill(GRACE)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Login attempts", exact=True).first.click()
    expect(page.get_by_role("img", name=re.compile("^Login attempts by"))).to_be_visible()
    rows = page.locator("#result_list tbody tr")
    expect(rows.first).to_contain_text(GRACE)
    expect(rows.nth(1)).to_contain_text(newcomer)

    page.goto("/admin/auth_api/lockout/")
    lockout = rows.filter(has_text=newcomer)
    lockout.get_by_role("checkbox").check()
    page.get_by_role("combobox", name="Action").select_option(label="Lift selected lockouts")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_text("1 lockout was lifted.")).to_be_visible()
    expect(lockout).to_contain_text(f"lifted by {GRACE}")
    right = {"username": newcomer, "password": PASSWORD}
    assert api.post("/auth/login/", json=right).status_code == HTTPStatus.OK
