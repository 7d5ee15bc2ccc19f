"""The database is locked, gone, full or read-only: 503 in JSON, nothing half-done, and back by itself."""

import contextlib
import os
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from tests.parts import missing
from tests.service.load import under_load
from tests.service.log import all_rows
from tests.service.postgresql import Cluster
from tests.service.server import ADMIN_PASSWORD, WITHOUT_LIMITS, Server, token_of

CREDENTIALS = {"username": "admin", "password": ADMIN_PASSWORD}
on_sqlite = pytest.mark.skipif(
    os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="a fault of SQLite files"
)
on_postgresql = pytest.mark.skipif(
    not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="a fault of PostgreSQL"
)


def assert_unavailable(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"
    assert int(answer.headers["Retry-After"]) > 0


def assert_refused_and_recovers(server: Server, admin: httpx.Client, *, count: int) -> None:
    """Check that logins work again, and that the refused ones left neither a row nor a token."""
    with logged_in(server) as newcomer:
        assert newcomer.get("/users/me/").status_code == 200
    rows = all_rows(admin)
    assert len(rows) == count
    assert all(row["token_id"] for row in rows)
    tokens = server.manage(
        "shell", "--verbosity", "0", "-c", "from auth_api.models import *; print(AuthToken.objects.count())"
    )
    assert int(tokens.stdout) == count


def logged_in(server: Server) -> httpx.Client:
    """Return a client with a new token of admin."""
    with server.client() as client:
        return server.client(Authorization=f"Token {token_of(client, 'admin', ADMIN_PASSWORD)}")


def path_of(database_url: str) -> Path:
    return Path(urlsplit(database_url).path)


@on_sqlite
def test_sqlite_locked_by_another_program(server: Server, admin: httpx.Client, anyone: httpx.Client) -> None:
    other = sqlite3.connect(path_of(server.database_url), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert_unavailable(anyone.post("/auth/login/", json=CREDENTIALS))
    assert_unavailable(anyone.post("/auth/login/", json=CREDENTIALS | {"password": "wrong"}))
    assert admin.get("/users/me/").status_code == 200  # readers go on
    other.execute("ROLLBACK")
    other.close()
    assert_refused_and_recovers(server, admin, count=2)


@on_sqlite
def test_sqlite_file_taken_away(server: Server, admin: httpx.Client, anyone: httpx.Client) -> None:
    path = path_of(server.database_url)
    aside = path.with_name("aside")
    path.rename(aside)
    assert_unavailable(anyone.post("/auth/login/", json=CREDENTIALS))
    assert_unavailable(admin.get("/users/me/"))
    assert httpx.get(f"{server.url}/readyz").status_code == 503
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    aside.rename(path)
    assert_refused_and_recovers(server, admin, count=2)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of its own of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        missing("the right to mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def server_on_small_disk(small_disk: Path) -> Iterator[Server]:
    server = Server(f"sqlite:///{small_disk / 'latchkey.sqlite3'}")
    server.manage("migrate", "--verbosity", "0")
    server.manage("create_first_admin")
    server.start()
    yield server
    server.kill()


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)


@on_sqlite
def test_sqlite_on_a_full_disk(server_on_small_disk: Server, small_disk: Path) -> None:
    server = server_on_small_disk
    with server.client() as client, logged_in(server) as admin:
        filler = small_disk / "filler"
        fill(filler)
        answers = [client.post("/auth/login/", json=CREDENTIALS) for _ in range(5)]
        let_in = [answer for answer in answers if answer.status_code == 200]  # what fitted into pages already there
        for answer in answers:
            if answer not in let_in:
                assert_unavailable(answer)
        assert len(let_in) < len(answers)
        filler.unlink()
        assert_refused_and_recovers(server, admin, count=2 + len(let_in))


@on_sqlite
def test_sqlite_on_a_read_only_disk(server_on_small_disk: Server, small_disk: Path) -> None:
    server = server_on_small_disk
    with server.client() as client:
        # No request has been there before: a disk of which files are open for writing can't be mounted anew.
        subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
        try:
            assert_unavailable(client.post("/auth/login/", json=CREDENTIALS))
            assert_unavailable(client.post("/auth/login/", json=CREDENTIALS | {"password": "wrong"}))
        finally:
            subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
        with logged_in(server) as admin:
            assert_refused_and_recovers(server, admin, count=2)


@on_postgresql
def test_postgresql_ends_every_connection(server: Server, admin: httpx.Client, anyone: httpx.Client) -> None:
    for _ in range(20):
        anyone.post("/auth/login/", json=CREDENTIALS)
    name = urlsplit(server.database_url).path[1:]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])
    assert admin.get("/users/me/").status_code == 200
    assert anyone.post("/auth/login/", json=CREDENTIALS).status_code == 200


@on_postgresql
def test_postgresql_read_only(server: Server, admin: httpx.Client, anyone: httpx.Client) -> None:
    name = urlsplit(server.database_url).path[1:]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        set_read_only(connection, name, on=True)
        assert_unavailable(anyone.post("/auth/login/", json=CREDENTIALS))
        assert_unavailable(anyone.post("/auth/login/", json=CREDENTIALS | {"password": "wrong"}))
        assert admin.get("/users/me/").status_code == 200
        set_read_only(connection, name, on=False)
    assert_refused_and_recovers(server, admin, count=2)


def set_read_only(connection: psycopg.Connection, name: str, *, on: bool) -> None:
    """Make new transactions read-only, in new connections."""
    connection.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {"on" if on else "off"}'.encode())
    connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])


@on_postgresql
def test_postgresql_gone(server: Server, admin: httpx.Client, anyone: httpx.Client) -> None:
    name = urlsplit(server.database_url).path[1:]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        allow_connections(connection, name, allowed=False)
        assert_unavailable(anyone.post("/auth/login/", json=CREDENTIALS))
        assert_unavailable(admin.get("/users/me/"))
        assert httpx.get(f"{server.url}/readyz").status_code == 503
        allow_connections(connection, name, allowed=True)
    assert_refused_and_recovers(server, admin, count=2)


def allow_connections(connection: psycopg.Connection, name: str, *, allowed: bool) -> None:
    """Open or close the database to everybody."""
    connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {allowed}'.encode())
    connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", [name])


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """Return a PostgreSQL server of the test's own."""
    with tempfile.TemporaryDirectory(prefix="latchkey-") as home:
        cluster = Cluster.create(Path(home))
        cluster.start()
        yield cluster
        cluster.stop()


@on_postgresql
def test_postgresql_frozen(cluster: Cluster, static_files: None) -> None:
    server = Server(cluster.url, environment={"WORKERS": "1"})
    server.manage("migrate", "--verbosity", "0")
    server.manage("create_first_admin")
    server.start()
    try:
        with logged_in(server) as reader:
            cluster.freeze()
            assert_unavailable(reader.get("/users/me/"))
            assert_unavailable(reader.post("/auth/login/", json=CREDENTIALS))  # cut off before the new one has waited
            cluster.thaw()
            assert reader.get("/users/me/").status_code == 200
            assert reader.post("/auth/login/", json=CREDENTIALS).status_code == 200
    finally:
        cluster.thaw()
        server.kill()


@on_postgresql
def test_postgresql_stopped_and_started_under_load(cluster: Cluster, static_files: None, tmp_path: Path) -> None:
    server = Server(cluster.url, environment=WITHOUT_LIMITS, log=tmp_path / "server.log")
    server.manage("migrate", "--verbosity", "0")
    server.manage("create_first_admin")
    server.start()
    try:
        with under_load(server) as load:
            time.sleep(1)
            cluster.stop()
            time.sleep(2)
            away = load.count()
            cluster.start()
            started_at = time.monotonic()
            time.sleep(1.5)
            answered_at = dict(load.answered_at)

        assert load.unlike == []
        assert away[503] > 0
        # Within a second of its return the last refusal is over, without a restart of the service.
        assert answered_at[503] < started_at + 1
        assert answered_at[200] > started_at + 1
        with logged_in(server) as reader:
            rows = {row["request_id"]: row["is_success"] for row in all_rows(reader)}
        for request_id, status in load.statuses.items():
            assert status == 503 or rows[request_id] == (status == 200)
    finally:
        server.kill()
