"""The admin's lists on a screen of 1280 pixels: no column is out of sight."""

import pytest

from tests.service.browser.conftest import Open
from tests.service.browser.people import GRACE
from tests.service.browser.steps import log_in

LISTS = {
    "/admin/audit/loginlog/": ["moment", "name", "is_success", "failure_reason", "entrance", "ip_address"],
    "/admin/auth_api/authtoken/": ["hint", "user", "name", "is_alive", "used", "expires", "reach"],
    "/admin/auth_api/session/": ["user", "device", "is_alive", "used", "expires"],
    "/admin/auth_api/lockout/": ["account", "network", "state", "allowance", "begun", "until"],
    "/admin/users/user/": ["username", "email", "full_name", "is_active", "is_staff", "seen"],
}
IN_SIGHT = """table => {
  const end = table.closest(".results").getBoundingClientRect().right;
  const cells = [...table.querySelectorAll("tbody tr:first-child > :not(.action-checkbox)")];
  return cells.filter((cell) => cell.getBoundingClientRect().right <= end + 1).map((cell) => cell.classList[0]);
}"""


@pytest.mark.parametrize("language", ["en-GB", "de-DE"])
def test_every_column_is_in_sight(open_page: Open, language: str) -> None:
    somebody = open_page()
    log_in(somebody, GRACE)
    page = open_page(locale=language, storage_state=somebody.context.storage_state())
    for path, columns in LISTS.items():
        page.goto(path)
        assert page.locator("#result_list").evaluate(IN_SIGHT) == [f"field-{column}" for column in columns], path
