"""The documentation pages, in a browser that reaches nothing but the service."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.parts import missing
from tests.service.server import Server


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or missing("Chromium")


def rendered(chromium: str, url: str, profile: Path) -> str:
    """Return the page's document once its scripts have run, with every other host out of reach."""
    return subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--user-data-dir={profile}",
            "--virtual-time-budget=20000", "--dump-dom", url,
        ],
        capture_output=True, text=True, check=True, timeout=120,
    ).stdout  # fmt: skip


@pytest.mark.parametrize(
    ("page", "sign"),
    [("docs", r'data-path="/api/v1/auth/login/"'), ("redoc", r"Exchange a name, or an e-mail address")],
)
def test_page_shows_the_api_with_the_network_cut_off(
    server: Server, chromium: str, tmp_path: Path, page: str, sign: str
) -> None:
    document = rendered(chromium, f"{server.url}/api/{page}/", tmp_path / "profile")
    assert re.search(sign, document), document[-2000:]
    fetched = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(https?://[^"]+)"', document)
    assert [url for url in fetched if not url.startswith(server.url)] == []
