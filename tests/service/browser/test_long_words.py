"""What people send is shown to them and to staff, and takes no more room than there is."""

from collections.abc import Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Page, ViewportSize

from tests.service.browser.conftest import Open
from tests.service.browser.people import GRACE, PASSWORD
from tests.service.browser.steps import DASHBOARD, log_in, section
from tests.service.browser.test_sights import OUTSIDE, WIDTHS

LOG = "/admin/audit/loginlog/"
NAME, DEVICE = "w" * 254, "U" * 200
DOMAIN = f"{'d' * 60}.{'d' * 50}.example"
LEGIBLE = 120  # pixels: two or three words
# Cells of the admin's lists whose text runs into the next.
OVERRUN = """table => [...table.querySelectorAll("td, th")]
  .filter((cell) => cell.scrollWidth > cell.clientWidth).map((cell) => cell.innerText)"""
SMALLEST = ViewportSize(width=320, height=568)
BURST = """() => [...document.querySelectorAll(".card, .hero, .who")]
  .filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.innerText)"""
# Columns of the table that the list shows without being scrolled.
IN_SIGHT = """() => {
  const end = document.querySelector(".results").getBoundingClientRect().right;
  const cells = [...document.querySelectorAll("#result_list tbody tr:first-child > *")];
  return cells.filter((cell) => cell.getBoundingClientRect().right <= end + 1).map((cell) => cell.className);
}"""


@pytest.fixture
def staff(page: Page, api: httpx.Client, newcomer: str) -> Page:
    """Return the browser of staff, after somebody has come with a name and a device without a space.

    Before them somebody else has confirmed a password, which is the longest of results.
    """
    log_in(page, GRACE)
    token = api.post("/auth/login/", json={"username": newcomer, "password": PASSWORD}).json()["token"]
    change = {"email": f"{newcomer}@example.org", "current_password": PASSWORD}
    api.patch("/users/me/", json=change, headers={"Authorization": f"Token {token}"}).raise_for_status()
    api.post("/auth/login/", json={"username": NAME, "password": "a guess"}, headers={"User-Agent": DEVICE})
    return page


def sizes(page: Page) -> Iterator[ViewportSize]:
    """Show the page on a desktop, then on phones."""
    for size in (*WIDTHS.values(), SMALLEST):
        page.set_viewport_size(size)
        yield size


def test_long_name_leaves_the_columns_of_the_admins_log_in_sight(staff: Page) -> None:
    staff.goto(LOG)
    columns = ["field-moment", "field-name", "field-is_success", "field-failure_reason", "field-entrance"]
    assert staff.evaluate(IN_SIGHT)[: len(columns)] == columns
    assert staff.locator("#result_list tbody tr").first.evaluate("row => row.offsetHeight") < LEGIBLE


def test_long_words_are_broken_on_the_page_of_the_row(staff: Page) -> None:
    staff.goto(LOG)
    staff.locator("#result_list tbody a").first.click()
    staff.get_by_text(DEVICE).wait_for()
    for size in sizes(staff):
        for text in (NAME, DEVICE):
            box = staff.locator(".readonly", has_text=text).first
            assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
        assert staff.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_long_name_leaves_room_for_the_device_on_the_dashboard(staff: Page) -> None:
    staff.goto(DASHBOARD)
    devices = section(staff, "Everybody's logins").locator("td.device")
    for _ in sizes(staff):
        assert staff.evaluate(OUTSIDE) == []
        assert min(devices.evaluate_all("cells => cells.map((cell) => cell.offsetWidth)")) >= LEGIBLE


@pytest.fixture
def boss(open_page: Open, api: httpx.Client) -> Page:
    """Return the browser of a superuser whose name is long, and who has a token."""
    right = {"username": GRACE, "password": PASSWORD}
    token = api.post("/auth/login/", json=right).json()["token"]
    right = {"username": uuid4().hex.ljust(150, "b"), "password": PASSWORD}
    account = {"first_name": "B" * 150, "is_staff": True, "is_superuser": True}
    api.post("/users/", json=right | account, headers={"Authorization": f"Token {token}"}).raise_for_status()
    api.post("/auth/login/", json=right).raise_for_status()
    page = open_page()
    log_in(page, right["username"])
    return page


def test_long_name_of_an_account_leaves_the_admins_pages_as_wide_as_they_are(boss: Page) -> None:
    boss.goto("/admin/users/user/add/")
    fields = {"username": uuid4().hex.ljust(150, "w"), "password1": PASSWORD, "password2": PASSWORD}
    for field, text in fields.items():
        boss.locator(f"[name={field}]").fill(text)
    boss.locator("[name=_continue]").click()
    boss.locator(".messagelist").wait_for()
    account = boss.url.removesuffix("change/")
    assert_page_is_not_too_wide(boss)
    for address in ("/admin/", *(f"{account}{page}/" for page in ("password", "history", "delete"))):
        boss.goto(address)
        assert_page_is_not_too_wide(boss)


def assert_page_is_not_too_wide(page: Page) -> None:
    for size in sizes(page):
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url


def test_long_name_stays_in_its_column_of_the_admins_tokens(boss: Page) -> None:
    boss.goto("/admin/auth_api/authtoken/")
    boss.locator("#result_list .field-user", has_text="bbb").first.wait_for()
    for _ in sizes(boss):
        assert boss.locator("#result_list").evaluate(OVERRUN) == []


@pytest.mark.parametrize("name", ["Donaudampfschifffahrtsgesellschaft", "w" * 150])
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_own_long_words_stay_on_the_pages(
    open_page: Open, api: httpx.Client, newcomer: str, name: str, locale: str
) -> None:
    page = open_page()
    log_in(page, newcomer)
    right = {"username": newcomer, "password": PASSWORD, "device_name": "t" * 100}
    token = api.post("/auth/login/", json=right, headers={"User-Agent": DEVICE}).json()["token"]
    change = {"first_name": name, "last_name": name, "email": f"{newcomer:e<64}@{DOMAIN}"}
    change |= {"current_password": PASSWORD}
    api.patch("/users/me/", json=change, headers={"Authorization": f"Token {token}"}).raise_for_status()
    page = open_page(locale=locale, storage_state=page.context.storage_state())
    for path in ("/", DASHBOARD):
        page.goto(path)
        assert_all_fits(page)
    page.locator("section[aria-labelledby=tokens] button.danger").click()
    page.get_by_role("status").wait_for()
    assert_all_fits(page)


def assert_all_fits(page: Page) -> None:
    """Check that nothing leaves the window or the card that it stands in, at any width."""
    for size in sizes(page):
        assert page.evaluate(OUTSIDE) == [], size
        assert page.evaluate(BURST) == [], size
