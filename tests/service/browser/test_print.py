"""On paper: what there is to read, and nothing to press."""

import pytest
from playwright.sync_api import Page, expect

from tests.service.browser.people import GRACE
from tests.service.browser.steps import DASHBOARD, log_in


@pytest.mark.parametrize("path", ["/", DASHBOARD, "/dashboard/tokens/"])
def test_buttons_and_navigation_are_left_out(page: Page, path: str) -> None:
    log_in(page, GRACE)
    page.goto(path)
    to_press = page.locator(":is(nav, button, .button, .actions, .choice, .skip):visible")
    assert to_press.count() > 0
    page.emulate_media(media="print")
    expect(to_press).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
