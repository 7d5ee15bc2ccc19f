"""What a process collects of requests that are on their way."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest

from api_project.slow_clients.collecting import MOST_BYTES, CollectingWorker


@pytest.mark.parametrize(("collected", "data"), [(MOST_BYTES, b"x"), (MOST_BYTES + 1, b"")])
def test_nothing_is_read_that_there_is_no_room_for(collected: int, data: bytes) -> None:
    worker: Any = CollectingWorker.__new__(CollectingWorker)
    worker.collected = collected
    ours, client = socket.socketpair()
    with ours, client:
        ours.setblocking(False)
        client.sendall(b"x")
        conn: Any = SimpleNamespace(sock=ours, arrival=SimpleNamespace(data=bytearray()))
        assert worker.read(conn)
        assert conn.arrival.data == data
