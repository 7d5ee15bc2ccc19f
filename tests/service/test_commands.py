"""Commands of manage.py whose database is gone, whose reader is, or that are stopped: a sentence, and no traceback."""

import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.service.log import all_rows
from tests.service.server import ROOT, Server

GONE = "postgresql://127.0.0.1:1/latchkey"


def assert_fails(server: Server, *arguments: str, because: str) -> None:
    process = started(server, *arguments)
    written, said = process.communicate(timeout=60)
    assert (process.returncode, because in said, "Traceback" in said, written) == (1, True, False, ""), said


def started(server: Server, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=server.variables(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    ["create_first_admin", "prune_tokens", "prune_login_logs --older-than 90d", "export_login_logs -", "check_proxies"],
)
def test_command_without_its_database_says_so(command: str) -> None:
    assert_fails(Server(GONE), *command.split(), because="Error: connection failed: ")


@pytest.mark.parametrize("command", ["create_first_admin", "prune_tokens"])
def test_command_without_its_tables_says_so(command: str, database_url: str) -> None:
    Path(urlsplit(database_url).path).touch()  # where it is SQLite's
    assert_fails(Server(database_url), command, because="Error: ")


def test_export_whose_reader_is_gone_says_so(server: Server) -> None:
    process = started(server, "export_login_logs", "-")
    assert process.stdout is not None
    process.stdout.close()
    assert process.communicate(timeout=60)[1] == "CommandError: Can't write -: Broken pipe.\n"
    assert process.returncode == 1


def test_command_that_is_stopped_ends_without_a_word(server: Server) -> None:
    process = started(server, "shell", "--verbosity", "0", "-c", "raise KeyboardInterrupt")  # as Ctrl-C does
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 128 + signal.SIGINT


def test_flush_leaves_the_login_log_alone(server: Server, admin: httpx.Client) -> None:
    assert_fails(server, "flush", "--no-input", because="couldn't be flushed")
    assert len(all_rows(admin)) == 1
