"""Servers that start for the first time, at the same instant, on one empty database."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.service.server import ROOT, Server, token_of

STARTS = 3
START = f"{sys.executable} manage.py migrate --verbosity 0 && {sys.executable} manage.py create_first_admin"


def test_first_starts_at_once_make_one_database_and_one_admin(database_url: str) -> None:
    server = Server(database_url, environment={"ADMIN_PASSWORD": ""})
    starts = [
        subprocess.Popen(
            ["sh", "-c", START],
            cwd=ROOT, env=server.variables(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for _ in range(STARTS)
    ]  # fmt: skip
    outputs = [start.communicate(timeout=120)[0] for start in starts]
    assert [start.returncode for start in starts] == [0] * STARTS, outputs
    passwords = [output.partition("shown only this once: ")[2].strip() for output in outputs if output]
    assert len(passwords) == 1, outputs
    server.start()
    try:
        with server.client() as client:
            assert token_of(client, "admin", passwords[0])
    finally:
        server.kill()
    assert server.manage("migrate", "--plan").stdout.endswith("No planned migration operations.\n")


@pytest.mark.parametrize("command", ["migrate", "create_first_admin", "serve"])
@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:////nonexistent/folder/latchkey.sqlite3",
        "postgresql://127.0.0.1/latchkey?foo=bar",
        "postgresql://127.0.0.1/latchkey?conn_max_age=abc",
    ],
)
def test_database_that_can_not_be_is_refused_by_its_variable(command: str, url: str) -> None:
    assert_refused(command, url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://127.0.0.1:1/latchkey",
        "postgresql://127.0.0.1:1/latchkey?sslmode=bogus",
        "postgresql://127.0.0.1:1/latchkey?connect_timeout=abc",
        "sqlite:////{}",  # a folder
        "sqlite:////{}/text",
    ],
)
def test_first_start_says_that_the_database_can_not_be_opened(url: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("This is no database, however much one reads of it. " * 40)
    assert_refused("migrate", url.format(tmp_path))


def assert_refused(command: str, url: str) -> None:
    ran = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT, env=Server(url).variables(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ran.returncode != 0
    assert "The environment variable DATABASE_URL must " in ran.stderr
    assert "Traceback" not in ran.stderr
