"""What a process keeps of the memory that passwords take, and how much requests take that are on their way."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from tests.service.server import ADMIN_PASSWORD, WITHOUT_LIMITS, Server

ONE_PROCESS = {"WORKERS": "1"}
SENDERS, SENT_BYTES, MOST_BYTES = 600, 318_000, 100 * 1024 * 1024  # 190 MB in all
POST = b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
POST += b"Content-Length: %d\r\n\r\n"
CLIENTS, LOGINS = 48, 150
MOST_BYTES_OF_LOGINS = 300 * 1024 * 1024


def resident_bytes(server: Server) -> float:
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("latchkey_process_resident_memory_bytes{"))


@pytest.mark.parametrize("server", [WITHOUT_LIMITS | ONE_PROCESS], indirect=True)
def test_logins_from_many_threads_do_not_fill_the_memory(server: Server) -> None:
    credentials = {"username": "admin", "password": ADMIN_PASSWORD}

    def log_in(_: int) -> int:
        return httpx.post(f"{server.url}/api/v1/auth/login/", json=credentials, timeout=60).status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = list(pool.map(log_in, range(LOGINS)))
    assert statuses.count(200) > CLIENTS
    assert resident_bytes(server) < MOST_BYTES_OF_LOGINS


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


@pytest.mark.parametrize("server", [ONE_PROCESS], indirect=True)
def test_requests_that_do_not_end_do_not_fill_the_memory(server: Server, admin: httpx.Client) -> None:
    before = resident_bytes(server)
    with ExitStack() as stack:
        senders = [stack.enter_context(connect(server)) for _ in range(SENDERS)]
        for sender in senders:
            sender.sendall(POST % (SENT_BYTES + 1) + b"x" * SENT_BYTES)
        assert admin.get("/users/me/").status_code == 200
        assert resident_bytes(server) - before < MOST_BYTES
        assert senders[0].recv(1024).startswith(b"HTTP/1.1 408 ")


@pytest.mark.parametrize("server", [ONE_PROCESS], indirect=True)
def test_connections_that_stay_open_do_not_keep_their_last_request(server: Server, admin: httpx.Client) -> None:
    before = resident_bytes(server)
    with ExitStack() as stack:
        for _ in range(SENDERS):
            sender = stack.enter_context(connect(server))
            sender.sendall(POST % SENT_BYTES + b"x" * SENT_BYTES)
            assert sender.recv(1024).startswith(b"HTTP/1.1 413 ")
        assert resident_bytes(server) - before < MOST_BYTES
