"""More connections than a process may have files open."""

import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import pytest

from api_project.management.commands.serve import FILES
from tests.service.server import ADMIN_PASSWORD, Server, token_of
from tests.service.test_stop import workers_of

LIMIT = 512


def restart(server: Server, *, limit: str) -> None:
    """Start it anew under a limit, as options of ulimit."""
    server.kill()
    server.limit = limit
    server.start()


@contextmanager
def idle_connections(server: Server, number: int) -> Iterator[None]:
    """Hold as many connections that send nothing. Some are closed by the server meanwhile."""
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
        yield


@pytest.mark.parametrize("server", [{"WORKERS": "1"}], indirect=True)
def test_more_idle_connections_than_files_keep_nobody_from_logging_in(server: Server) -> None:
    restart(server, limit=f"-n {LIMIT}")
    workers = workers_of(server)
    with idle_connections(server, LIMIT + 100):
        for _ in range(5):
            with server.client() as client:
                token_of(client, "admin", ADMIN_PASSWORD)
    assert workers_of(server) == workers


@pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")
@pytest.mark.parametrize("server", [{"WORKERS": "1"}], indirect=True)
def test_process_that_can_open_no_more_files_makes_room_for_newcomers(server: Server) -> None:
    workers = workers_of(server)
    resource.prlimit(workers[0], resource.RLIMIT_NOFILE, (100, 100))
    with idle_connections(server, 300):
        for _ in range(20):
            assert httpx.get(f"{server.url}/healthz", timeout=30).status_code == 200
    assert workers_of(server) == workers


@pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")
@pytest.mark.parametrize("server", [{"WORKERS": "1"}], indirect=True)
def test_server_asks_for_more_files_than_it_was_started_with(server: Server) -> None:
    restart(server, limit=f"-S -n {LIMIT}")
    soft, hard = resource.prlimit(workers_of(server)[0], resource.RLIMIT_NOFILE)
    assert soft == (FILES if hard == resource.RLIM_INFINITY else min(hard, FILES))
