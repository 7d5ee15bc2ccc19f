"""What people do at a browser."""

from datetime import datetime

from playwright.sync_api import Locator, Page, Response, expect

from tests.service.browser.people import PASSWORD

LOGIN, DASHBOARD = "/login/", "/dashboard/"


def fill_in(page: Page, name: str, password: str = PASSWORD) -> Response:
    """Send the login form, and return what it is answered with at last."""
    page.get_by_label("Username or e-mail address").fill(name)
    page.get_by_label("Password").fill(password)
    with page.expect_navigation() as answered:
        page.get_by_role("main").get_by_role("button", name="Log in").click()
    answer = answered.value
    assert answer is not None
    return answer


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Log in at the page, which leads to the dashboard."""
    page.goto(LOGIN)
    fill_in(page, name, password)
    expect(page).to_have_title("Dashboard · Latchkey")


def create_token(page: Page, name: str) -> str:
    """Make a token that may do everything, and return its key."""
    page.goto(DASHBOARD)
    page.get_by_role("link", name="Create a token").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("write: whatever its owner may do").check()
    page.get_by_label("Your password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Create the token").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your new token")
    return page.locator(".key").inner_text()


def section(page: Page, heading: str) -> Locator:
    """Return the part of the dashboard under the heading."""
    return page.get_by_role("region", name=heading)


def when(row: Locator) -> datetime:
    """Return the time that the row says, as machines read it."""
    return datetime.fromisoformat(row.locator("time").first.get_attribute("datetime") or "")
