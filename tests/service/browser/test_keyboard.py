"""Without a mouse."""

from http import HTTPStatus

from playwright.sync_api import Page, expect

from tests.service.browser.console import Console
from tests.service.browser.people import ADA, PASSWORD
from tests.service.browser.steps import DASHBOARD, LOGIN, log_in, section

# What the browser draws around the element that has the focus.
RING = "style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2"
FOCUSED = "document.activeElement"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_whole_visit_takes_keys_alone(page: Page, newcomer: str) -> None:
    page.goto(LOGIN)
    expect(page.get_by_label("Username or e-mail address")).to_be_focused()
    page.keyboard.type(newcomer)
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Tab", "Space")
    expect(page.get_by_label("Stay logged in on this device")).to_be_checked()
    press(page, "Tab", "Enter")

    expect(page).to_have_url(DASHBOARD)
    tab_to(page, "Create a token")
    press(page, "Enter")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Backup")
    press(page, "Tab", "ArrowDown")
    expect(page.get_by_label("write: whatever its owner may do")).to_be_checked()
    press(page, "Tab", "ArrowDown", "Tab")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your new token")

    tab_to(page, "I have copied it")
    press(page, "Enter")
    expect(section(page, "Tokens").get_by_role("heading", name="Backup")).to_be_visible()
    tab_to(page, "End the token Backup")
    press(page, "Enter")
    expect(page.get_by_role("status")).to_have_text("The token Backup has been ended.")
    tab_to(page, "Log out")
    press(page, "Space")
    expect(page.get_by_role("status")).to_have_text("You are logged out.")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the link or button of that name has the focus."""
    for _ in range(40):
        press(page, "Tab")
        if page.evaluate(f"{FOCUSED}.innerText").replace("\n", " ").strip() == name:
            return
    raise AssertionError(f"no way to {name}")


def test_first_stop_leads_past_the_head_of_the_page(page: Page) -> None:
    log_in(page, ADA)
    press(page, "Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    press(page, "Enter")
    expect(page.get_by_role("main")).to_be_focused()
    press(page, "Tab")
    expect(page.get_by_role("link", name="Create a token")).to_be_focused()


def test_every_stop_is_seen_and_comes_in_the_order_of_the_page(page: Page) -> None:
    log_in(page, ADA)
    stops = page.locator("a, button, input:not([type=hidden]), summary").count()
    tops = []
    for _ in range(stops):
        press(page, "Tab")
        assert page.evaluate(f"({RING})(getComputedStyle({FOCUSED}))"), page.evaluate(f"{FOCUSED}.outerHTML")
        tops.append(
            page.evaluate(f"({FOCUSED}.closest('section, .within, header, footer') ?? document.body).offsetTop")
        )
    assert page.evaluate(f"{FOCUSED}.closest('footer') !== null")  # the last stop: none was left out, none comes twice
    assert tops == sorted(tops)


def test_error_leads_to_the_first_field_that_is_to_be_filled_in(page: Page, newcomer: str, console: Console) -> None:
    console.announce(HTTPStatus.BAD_REQUEST)
    log_in(page, newcomer)
    page.goto("/dashboard/password/")
    expect(page.get_by_label("Current password")).to_be_focused()
    page.keyboard.type("something")
    press(page, "Tab")
    page.keyboard.type("another fine passphrase")
    press(page, "Tab")
    page.keyboard.type("another find passphrase")
    with page.expect_navigation():
        press(page, "Enter")
    expect(page.get_by_label("Current password")).to_be_focused()  # no password is sent back
    wrong = page.get_by_label("New password, again")
    expect(wrong).to_have_accessible_description("This is not the same.")
    page.get_by_role("alert").get_by_role("link", name="New password, again").click()
    expect(wrong).to_be_focused()
