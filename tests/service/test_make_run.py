"""``make run``, as a newcomer types it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.service.server import ROOT, free_port

VENV = Path(sys.executable).parents[1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a copy of what git tracks."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, tracked.split("\0")):
        target = tmp_path / "clone" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return tmp_path / "clone"


def run(clone: Path, port: int) -> str:
    """Start the service, look at it, press Ctrl-C, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DATABASE_URL"}}
    environment |= {"PORT": str(port), "WORKERS": "1", "DJANGO_SETTINGS_MODULE": "api_project.settings"}
    # The virtual environment is the one of this test run: what is in requirements.txt is there already.
    # Ctrl-C is ignored by what is started in the background of a script.
    command = ["env", "--default-signal=INT", "make", f"VENV={VENV}", f"--old-file={VENV}/.run", "run"]
    process = subprocess.Popen(
        command, cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz")
        page = httpx.get(f"http://127.0.0.1:{port}/admin/login/").text
        for file in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            assert httpx.get(f"http://127.0.0.1:{port}{file}").status_code == 200
        assert "/static/" in page
    finally:
        os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    return output


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            assert httpx.get(url).status_code == 200
        except httpx.TransportError:
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.1)
        else:
            return


def test_first_run_makes_everything_and_the_second_changes_nothing(clone: Path) -> None:
    port = free_port()
    first = run(clone, port)
    assert re.search(r"Created the account admin. Its password, shown only this once: \S{24}\n", first)
    secret = (clone / "var" / "secret_key").read_text()
    assert len(secret.strip()) > 50
    assert {oct(path.stat().st_mode & 0o077) for path in (clone / "var", *(clone / "var").glob("*"))} == {"0o0"}

    second = run(clone, port)
    assert "password" not in second
    assert (clone / "var" / "secret_key").read_text() == secret
