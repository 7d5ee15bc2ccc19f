"""Every page, light and dark, wide and narrow: fit to be seen, by everybody."""

import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import product
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.parts import missing
from tests.service.browser.conftest import WIDE, Open
from tests.service.browser.console import Console
from tests.service.browser.sights import NEWCOMER, SIGHTS, Sight
from tests.service.browser.steps import log_in
from tests.service.browser.test_docs import REDOC_LOGO
from tests.service.server import Server

Scheme = Literal["light", "dark"]
WIDTHS = {"wide": WIDE, "narrow": ViewportSize(width=390, height=844)}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
OURS = [sight for sight in SIGHTS if not sight.path.startswith(("/admin/", "/api/"))]
GRAVE = {"serious", "critical"}
# The rules that what others have built breaks. In Django's lists filters stand close together, a picture is the label
# of the search, and only its colour tells a link.
LISTS = {"target-size", "label-title-only", "link-in-text-block"}
THEIRS: dict[str, set[str]] = {
    "admin-log": LISTS,
    "admin-lockouts": LISTS,
    "admin-accounts": LISTS,
    "admin-tokens": LISTS,
    "admin-sessions": LISTS,
    "admin-account": {"aria-prohibited-attr"},  # the explanations of the lists of groups and permissions
    # Swagger UI has its own colours, and links in its buttons.
    "docs": {"color-contrast", "nested-interactive", "target-size"},
}
# To preload is to fetch, which our Content-Security-Policy refuses to all scripts.
RUN: dict[str, Any] = {"resultTypes": ["violations"], "preload": False, "rules": {"target-size": {"enabled": True}}}
# Of what axe-core knows, these alone depend on the colour scheme.
RUN_IN_DARK = RUN | {"runOnly": ["color-contrast", "link-in-text-block"], "rules": {}}
OUTSIDE = Path(__file__).with_name("outside.js").read_text()


@pytest.fixture(scope="module")
def cookies(chromium: Browser, site: Server) -> Callable[[str], Any]:
    """Return a function that gives the cookies of somebody's login, of which one each is enough."""
    kept: dict[str, Any] = {"": []}

    def cookies(who: str) -> Any:
        if who not in kept:
            with chromium.new_context(base_url=site.url) as context:
                log_in(context.new_page(), who)
                kept[who] = context.cookies()
        return kept[who]

    return cookies


@pytest.fixture
def reach(
    open_page: Open, cookies: Callable[[str], Any], names: Iterator[str], console: Console
) -> Callable[[Sight], Page]:
    """Return a function that leads to the sight."""

    def reach(sight: Sight) -> Page:
        page = open_page()
        if sight.status is not None:
            console.announce(sight.status, HTTPStatus.BAD_REQUEST)
        console.announce(*[REDOC_LOGO] * (sight.name == "redoc"))
        page.context.add_cookies(cookies(next(names) if sight.who == NEWCOMER else sight.who))
        sight.reach(page)
        return page

    return reach


def looks(page: Page, sight: Sight) -> Iterator[tuple[str, Scheme]]:
    """Show the page in each of the ways, and say in which. Swagger UI and ReDoc know no dark."""
    for width, scheme in product(WIDTHS, SCHEMES[:1] if sight.path.startswith("/api/") else SCHEMES):
        page.set_viewport_size(WIDTHS[width])
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        yield width, scheme


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the script that looks for what keeps people out, if it is there."""
    script = Path(sys.prefix) / "axe-core.js"
    return script.read_text() if script.exists() else ""


def faults(page: Page, sight: Sight, *, is_dark: bool) -> dict[str, list[str]]:
    """Return what axe-core finds: by rule, the elements. What is not ours may have small faults."""
    return {
        fault["id"]: [node["html"] for node in fault["nodes"]]
        for fault in page.evaluate("options => axe.run(options)", RUN_IN_DARK if is_dark else RUN)["violations"]
        if sight in OURS or (fault["impact"] in GRAVE and fault["id"] not in THEIRS.get(sight.name, set()))
    }


@pytest.mark.parametrize("sight", SIGHTS, ids=str)
def test_page_can_be_read_and_used_by_everybody(
    reach: Callable[[Sight], Page], sight: Sight, axe: str, screenshots: Path
) -> None:
    page = reach(sight)
    page.evaluate(axe)
    for width, scheme in looks(page, sight):
        picture = screenshots / f"{sight}-{width}-{scheme}.png"
        page.screenshot(path=picture, full_page=sight.name != "redoc", animations="disabled")  # which is very long
        if sight in OURS:
            assert page.evaluate(OUTSIDE) == [], width
        if axe:
            assert faults(page, sight, is_dark=scheme == "dark") == {}, (width, scheme)
    if not axe:
        missing("axe-core, which `make test` fetches with npm")
