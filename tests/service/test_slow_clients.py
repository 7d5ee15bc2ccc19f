"""Clients that are slow, or stand still, keep nobody else waiting."""

import http.client
import json
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest

from tests.service.server import ADMIN_PASSWORD, Server

ONE_PROCESS = pytest.mark.parametrize("server", [{"WORKERS": "1"}], indirect=True)
POST = b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
GET = b"GET /api/v1/users/me/ HTTP/1.1\r\nHost: localhost\r\n"
BEGINNINGS = {
    "nothing": b"",
    "half a head": b"GET /api/v1/users/me/ HTTP/1.1\r\nHost: loc",
    "half a body": POST + b'Content-Length: 100\r\n\r\n{"username": ',
    "half a body, with zeros": POST + b"Content-Length: " + b"0" * 23 + b'100\r\n\r\n{"username": ',
    "half a chunk": POST + b'Transfer-Encoding: chunked\r\n\r\n64\r\n{"username": ',
    "half a chunk, with zeros": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 23 + b'64\r\n{"username": ',
    "half of much": POST + b"Content-Length: 900000\r\n\r\n" + b"x" * 400_000,
    "half of many chunks": POST + b"Transfer-Encoding: chunked\r\n\r\nf0000\r\n" + b"x" * 400_000,
}
OF_EACH = 44  # twice as many would hold all 80 threads
BOUND = 20 + 5  # seconds; the second is for a busy machine


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def answers_of(connection: socket.socket) -> Iterator[tuple[int, bytes]]:
    """Yield what is answered, until the server closes."""
    file = connection.makefile("rb")
    while line := file.readline():
        headers = http.client.parse_headers(file)
        yield int(line.split()[1]), file.read(int(headers.get("Content-Length", 0)))


@ONE_PROCESS
def test_three_hundred_who_never_end_their_requests_hold_nobody_up(server: Server, anyone: httpx.Client) -> None:
    started_at = time.monotonic()
    with ExitStack() as stack:
        slow = [(kind, stack.enter_context(connect(server))) for _ in range(OF_EACH) for kind in BEGINNINGS]
        for kind, connection in slow:
            connection.sendall(BEGINNINGS[kind])
        others = []
        while time.monotonic() < started_at + 15:
            others.append(seconds_of_a_login(anyone))
            drip(slow)
            time.sleep(0.5)
        statuses = Counter((kind, end_of(connection, started_at + BOUND)) for kind, connection in slow)
    assert max(others) < 5
    assert sorted(others)[len(others) // 2] < 1
    assert statuses["nothing", None] == OF_EACH
    assert all(statuses[kind, 408] == OF_EACH for kind in BEGINNINGS if kind not in {"nothing", "half of much"})
    assert sum(statuses["half of much", status] for status in (408, 413)) == OF_EACH


def seconds_of_a_login(client: httpx.Client) -> float:
    started_at = time.monotonic()
    answer = client.post("/auth/login/", json={"username": "admin", "password": ADMIN_PASSWORD})
    assert answer.status_code == 200
    return time.monotonic() - started_at


def drip(slow: list[tuple[str, socket.socket]]) -> None:
    """Send one more byte of each request that has begun."""
    for kind, connection in slow:
        if kind != "nothing":
            with suppress(OSError):
                connection.sendall(b"x")


def end_of(connection: socket.socket, deadline: float) -> int | None:
    """Return the status of the answer, None if there is none, when the server has closed the connection."""
    connection.settimeout(max(0.1, deadline - time.monotonic()))
    status = None
    with suppress(ConnectionError):
        for answered, body in answers_of(connection):
            assert json.loads(body)["code"]
            status = answered
    return status


@ONE_PROCESS
def test_clients_that_do_not_close_after_the_last_answer_hold_nobody_up(server: Server, anyone: httpx.Client) -> None:
    started_at = time.monotonic()
    with ExitStack() as stack:
        for _ in range(20):
            connection = stack.enter_context(connect(server))
            connection.sendall(GET + b"Connection: close\r\n\r\n")
            assert [status for status, _ in answers_of(connection)] == [401]
        assert anyone.get("/users/me/").status_code == 401
    assert time.monotonic() - started_at < 10


def test_client_that_waits_to_be_told_sends_its_body_then(server: Server) -> None:
    with connect(server) as connection:
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        answers = answers_of(connection)
        assert next(answers)[0] == 100
        connection.sendall(b"{}")
        assert 400 in [next(answers)[0] for _ in range(2)]


def test_requests_sent_at_once_are_answered_in_turn(server: Server) -> None:
    with connect(server) as connection:
        login = b'{"username": "nobody", "password": "x"}'
        post = POST + b"Content-Length: %d\r\n\r\n" % len(login) + login
        connection.sendall(GET + b"\r\n" + post + GET + b"Connection: close\r\n\r\n")
        assert [status for status, _ in answers_of(connection)] == [401, 400, 401]


MANY_ROWS = """
from audit.models import LoginLog
LoginLog.objects.bulk_create(
    [LoginLog(username="nobody", user_agent="x" * 400, is_success=False, entrance="api") for _ in range(40_000)],
    batch_size=1000,
)
"""


def test_export_that_nobody_reads_ends(server: Server, admin: httpx.Client) -> None:
    server.manage("shell", "--verbosity", "0", "--command", MANY_ROWS)
    head = b"GET /api/v1/audit/login-logs/?format=ndjson HTTP/1.1\r\nHost: localhost\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(head + f"Authorization: {admin.headers['Authorization']}\r\n\r\n".encode())
        assert select.select([connection], [], [], 30)[0]
        time.sleep(26)
        connection.settimeout(10)
        received = b""
        with suppress(ConnectionError):
            while chunk := connection.recv(1024 * 1024):
                received += chunk
    assert received.startswith(b"HTTP/1.1 200")
    assert not received.endswith(b"0\r\n\r\n")  # as a whole one would
