"""Deadlines for the whole of a request and of an answer, with sockets that are slow."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import pytest
from gunicorn.config import Config
from gunicorn.http import RequestParser

from api_project.slow_clients import pace

MEGABYTE = bytes(1024 * 1024)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Return the server's and the client's end of a connection."""
    server, client = socket.socketpair()
    with server, client:
        yield server, client


def read_slowly(client: socket.socket, stop: threading.Event) -> None:
    while not stop.wait(0.05) and client.recv(1000):
        pass


def test_answer_that_is_read_too_slowly_is_given_up(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(pace, "ANSWER_RATE", 40_000)
    stop = threading.Event()
    reader = threading.Thread(target=read_slowly, args=(ends[1], stop))
    reader.start()
    paced = pace.PacedSocket(ends[0])
    started_at = time.monotonic()
    try:
        with pytest.raises(BrokenPipeError):
            paced.sendall(20 * MEGABYTE)
    finally:
        stop.set()
        reader.join()
    assert 0.3 < time.monotonic() - started_at < 5


def read_in_gulps(client: socket.socket, length: int) -> int:
    """Read 400 kB every tenth of a second, 4 MB/s, and return how much came."""
    found = 0
    while found < length:
        time.sleep(0.1)
        gulp = 0
        while gulp < 400_000 and found < length and (chunk := client.recv(50_000)):
            gulp, found = gulp + len(chunk), found + len(chunk)
        if not gulp:
            break
    return found


@pytest.mark.parametrize("buffer_bytes", [1, 4 * 1024 * 1024])  # the first is the least that the system has
def test_answer_that_is_read_fast_enough_is_sent_however_long_that_takes(
    buffer_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(pace, "ANSWER_RATE", 2_000_000)
    answer = 12 * MEGABYTE
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as other:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        server.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer_bytes)
        client.settimeout(2)
        with server, client:
            found = other.submit(read_in_gulps, client, len(answer))
            pace.PacedSocket(server).sendall(answer)
            assert found.result() == len(answer)


def test_time_that_the_server_takes_is_not_the_clients(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "ANSWER_SECONDS", 0.1)
    paced = pace.PacedSocket(ends[0])
    for _ in range(3):
        time.sleep(0.1)
        paced.sendall(b"x")
    assert ends[1].recv(10) == b"xxx"


class Connection:
    """What the reader needs of one."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.parser = RequestParser(Config(), sock, ("127.0.0.1", 1))


def test_body_that_does_not_end_in_time_is_cut_and_nothing_follows_it(
    ends: tuple[socket.socket, socket.socket],
) -> None:
    connection = Connection(ends[0])
    reader = connection.parser.unreader = pace.PunctualReader(connection)
    reader.deadline = time.monotonic() + 0.5
    ends[1].sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{")
    stop = threading.Event()
    drip = threading.Thread(target=drip_into, args=(ends[1], stop))
    drip.start()
    try:
        body = cast(Any, next(connection.parser)).body.read()
    finally:
        stop.set()
        drip.join()
    assert 1 < len(body) < 20
    with pytest.raises(StopIteration):
        next(connection.parser)


def drip_into(client: socket.socket, stop: threading.Event) -> None:
    while not stop.wait(0.1):
        client.sendall(b" ")
