"""Servers that start for the first time, at the same instant, on one empty database."""

import subprocess
import sys

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
