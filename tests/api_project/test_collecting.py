"""What a process collects of requests that are on their way."""

import socket
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from api_project.slow_clients.collecting import MOST_BYTES, CollectingWorker
from api_project.slow_clients.departures import Departures


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


def test_who_is_ended_to_make_room_is_not_looked_at_any_more() -> None:
    departures = Departures(Mock(worker_connections=1))
    pairs = [socket.socketpair() for _ in range(2)]
    leaving = [Mock(sock=ours, close=ours.close) for ours, _ in pairs]
    for conn in leaving:
        departures.add(conn)
    departures.look(leaving[0])
    assert list(departures.leaving) == leaving[1:]
    for ours, client in pairs:
        ours.close()
        client.close()
