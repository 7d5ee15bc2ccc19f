"""Every page that there is to be seen, in each of its states."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from playwright.sync_api import Page

from tests.service.browser.people import ADA, GRACE, PASSWORD
from tests.service.browser.steps import DASHBOARD, LOGIN, create_token, fill_in, section

NEWCOMER = "a newcomer"
TOKENS, CHANGE = "/dashboard/tokens/", "/dashboard/password/"


@dataclass(frozen=True)
class Sight:
    """A page: who sees it, where, and what they have to do there first. ``status`` is that of a refusal."""

    name: str
    who: str
    path: str
    do: Callable[[Page], object] = lambda page: None
    status: HTTPStatus | None = None

    def reach(self, page: Page) -> None:
        """Go there."""
        page.goto(self.path)
        self.do(page)

    def __str__(self) -> str:
        return self.name


def guess(page: Page) -> None:
    """Log in as nobody."""
    fill_in(page, "somebody", "a guess")


def guess_often(page: Page) -> None:
    """Guess until the door is closed."""
    for _ in range(6):
        fill_in(page, "mallory@example.org", "a guess")


def lose_cookie(page: Page) -> None:
    """Send a form whose cookie is gone."""
    page.context.clear_cookies()
    fill_in(page, "somebody", "a guess")


def send(button: str) -> Callable[[Page], None]:
    """Return the step that presses the button, whatever stands in the form."""

    def step(page: Page) -> None:
        page.locator("main form").evaluate("form => form.noValidate = true")
        with page.expect_navigation():
            page.get_by_role("main").get_by_role("button", name=button).click()

    return step


def change_wrongly(page: Page) -> None:
    """Ask for a password that is none."""
    for label in ("Current password", "New password, again"):
        page.get_by_label(label).fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("12345")
    send("Change the password")(page)


def disown(page: Page) -> None:
    """Say that the newest login was somebody else's, while logged in twice."""
    section(page, "Recent logins").get_by_role("button", name="This wasn't me").first.click()


def open_figures(page: Page) -> None:
    """Show the chart as a table."""
    page.get_by_text("The figures as a table").click()


def wait_for(selector: str) -> Callable[[Page], object]:
    """Return the step that waits until a script has drawn it."""
    return lambda page: page.locator(selector).first.wait_for()


def log_out(page: Page) -> None:
    """Log out."""
    page.get_by_role("button", name="Log out").first.click()


NOBODY = ""
BAD, LOCKED, FORBIDDEN, LOST, NO_METHOD = (
    HTTPStatus.BAD_REQUEST, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
)  # fmt: skip
SIGHTS = [
    Sight("home", NOBODY, "/"),
    Sight("home-logged-in", ADA, "/"),
    Sight("home-logged-out", NEWCOMER, "/", log_out),
    Sight("login", NOBODY, LOGIN),
    Sight("login-empty", NOBODY, LOGIN, send("Log in"), BAD),
    Sight("login-wrong", NOBODY, LOGIN, guess, BAD),
    Sight("login-locked-out", NOBODY, LOGIN, guess_often, LOCKED),
    Sight("login-expired", NOBODY, LOGIN, lose_cookie, FORBIDDEN),
    Sight("login-after-disowning", NEWCOMER, DASHBOARD, disown),
    Sight("logout", ADA, "/logout/", status=NO_METHOD),
    Sight("logout-of-nobody", NOBODY, "/logout/", status=NO_METHOD),
    Sight("dashboard", ADA, DASHBOARD),
    Sight("dashboard-new", NEWCOMER, DASHBOARD),
    Sight("dashboard-staff", GRACE, DASHBOARD),
    Sight("dashboard-staff-by-hour", GRACE, f"{DASHBOARD}?by=hour", open_figures),
    Sight("token", ADA, TOKENS),
    Sight("token-wrong", ADA, TOKENS, send("Create the token"), BAD),
    Sight("token-created", NEWCOMER, TOKENS, lambda page: create_token(page, "Backup script")),
    Sight("password", ADA, CHANGE),
    Sight("password-wrong", NEWCOMER, CHANGE, change_wrongly, BAD),
    Sight("not-found", ADA, "/nothing/", status=LOST),
    Sight("admin-login", NOBODY, "/admin/"),
    Sight("admin", GRACE, "/admin/"),
    Sight("admin-log", GRACE, "/admin/audit/loginlog/"),
    Sight("admin-lockouts", GRACE, "/admin/auth_api/lockout/"),
    Sight("admin-accounts", GRACE, "/admin/users/user/"),
    Sight("admin-account", GRACE, "/admin/users/user/", lambda page: page.get_by_role("link", name=ADA).click()),
    Sight("admin-tokens", GRACE, "/admin/auth_api/authtoken/"),
    Sight("admin-sessions", GRACE, "/admin/auth_api/session/"),
    Sight("docs", NOBODY, "/api/docs/", wait_for("#operations-auth-log_in")),
    Sight("redoc", NOBODY, "/api/redoc/", wait_for("h1")),
]
