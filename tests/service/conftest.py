"""Fixtures that start the service itself."""

import logging
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.service.databases import empty_database
from tests.service.server import ADMIN_PASSWORD, Server, token_of

logging.getLogger("httpx").setLevel("WARNING")  # a line for each request says nothing


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """Return the URL of an empty database of the kind that this test run is on."""
    with empty_database(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def static_files() -> None:
    """Collect them, as `make run` does before it starts the server."""
    Server("sqlite://").manage("collectstatic", "--no-input", "--verbosity", "0")


@pytest.fixture
def server(request: pytest.FixtureRequest, database_url: str, static_files: None, tmp_path: Path) -> Iterator[Server]:
    """Return a server on an empty database, with the account admin. The parameter is more of its environment."""
    server = Server(database_url, log=tmp_path / "server.log", environment=getattr(request, "param", {}))
    server.manage("migrate", "--verbosity", "0")
    server.manage("create_first_admin")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def other(server: Server) -> Iterator[Server]:
    """Return a second server on the same database."""
    other = Server(server.database_url, environment=server.environment)
    other.start()
    yield other
    other.kill()


@pytest.fixture
def anyone(server: Server) -> Iterator[httpx.Client]:
    """Return a client without credentials."""
    with server.client() as client:
        yield client


@pytest.fixture
def admin(server: Server, anyone: httpx.Client) -> Iterator[httpx.Client]:
    """Return a client with a token of admin, whose login is the first row of the log."""
    key = token_of(anyone, "admin", ADMIN_PASSWORD)
    with server.client(Authorization=f"Token {key}") as client:
        yield client
