"""A browser, the service with people in it, and a console that is listened to."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.parts import missing
from tests.service.browser import people
from tests.service.browser.console import Console
from tests.service.databases import empty_database
from tests.service.server import Server

WIDE = ViewportSize(width=1280, height=900)
# Nothing but this machine is in reach.
ARGUMENTS = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"]
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def site(static_files: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server on a database with people in it, for all tests here."""
    folder = tmp_path_factory.mktemp("browser")
    with empty_database(folder) as url:
        server = Server(url, log=folder / "server.log")
        server.manage("shell", "--verbosity", "0", "--command", f"from {people.__name__} import populate; populate()")
        server.start()
        yield server
        server.kill()


@pytest.fixture(scope="session")
def names() -> Iterator[str]:
    """Return the accounts that nobody has used yet."""
    return iter(people.NEWCOMERS)


@pytest.fixture
def newcomer(site: Server, names: Iterator[str]) -> str:
    """Return the name of an account of the test's own."""
    return next(names)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return the browser, for the tests of a module: Django's ORM does not work beside Playwright's event loop."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=program or missing("Chromium"),
            chromium_sandbox=os.geteuid() != 0,
            args=ARGUMENTS,
            # Pages are kept for the back button, as in a browser that nobody steers.
            ignore_default_args=["--disable-back-forward-cache"],
        )


@pytest.fixture
def console() -> Iterator[Console]:
    """Return what the browser complains of. What the test has not announced fails it."""
    console = Console()
    yield console
    assert console.surprises == []


@pytest.fixture
def open_page(chromium: Browser, site: Server, console: Console) -> Iterator[Open]:
    """Return a function that opens a page in a context of its own; its arguments are Playwright's for contexts."""
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        defaults: dict[str, Any] = {"base_url": site.url, "viewport": WIDE, "locale": "en-GB", "timezone_id": "UTC"}
        context = chromium.new_context(**defaults | options)
        context.set_default_timeout(10_000)  # milliseconds
        contexts.append(context)
        console.listen(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        for page in context.pages:
            page.evaluate("0")  # what the page has said until now is heard before the answer
        context.close()


@pytest.fixture
def page(open_page: Open) -> Page:
    """Return a page on a desktop."""
    return open_page()


@pytest.fixture
def api(site: Server) -> Iterator[httpx.Client]:
    """Return an HTTP client without credentials: a script of somebody's."""
    with site.client() as client:
        yield client


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Return the folder for pictures of the pages."""
    folder = Path(__file__).resolve().parents[3] / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
