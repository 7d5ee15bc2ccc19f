"""The dashboard at every width: nothing sticks out, in longer words and longer times either."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.service.browser.conftest import Open
from tests.service.browser.people import GRACE, PASSWORD
from tests.service.browser.steps import DASHBOARD, LOGIN, log_in
from tests.service.browser.test_sights import WIDTHS as DEVICES

# On either side of where the layout changes, and where it was too wide once.
WIDTHS = (320, 390, 600, 704, 705, 740, 768, 828, 900, 960, 961, 1024, 1280, 1400)
OUTSIDE = Path(__file__).with_name("outside.js").read_text()
# Buttons that are wider than the column that they stand in.
SQUEEZED = """() => [...document.querySelectorAll(".rows form, .log td")]
  .filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.innerText)"""


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_nothing_sticks_out_at_any_width(open_page: Open, locale: str, has_scripts: bool) -> None:
    page = open_page(locale=locale, java_script_enabled=has_scripts)
    page.goto(LOGIN)
    page.locator("[name=username]").fill(GRACE)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"**{DASHBOARD}")
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=900))
        assert page.evaluate(OUTSIDE) == [], width
        assert page.evaluate(SQUEEZED) == [], width


def test_addresses_of_the_log_are_in_line_on_a_phone(page: Page, newcomer: str) -> None:
    log_in(page, newcomer)
    page.goto("/dashboard/password/")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("another fine passphrase")
    page.get_by_label("New password, again").fill("another fine passphrase")
    page.get_by_role("button", name="Change the password").click()
    page.set_viewport_size(DEVICES["narrow"])
    log = page.locator(".log tbody tr")
    expect(log).to_have_text([re.compile("Password confirmed"), re.compile("Success")])  # of which one needs more room
    rights = "cells => cells.map((cell) => Math.round(cell.getBoundingClientRect().right))"
    assert len(set(log.locator(".mono").evaluate_all(rights))) == 1
