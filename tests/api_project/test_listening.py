"""Who is let in at last when the server stops."""

import socket
import sys

import pytest
from gunicorn.workers.gthread import ThreadWorker

from api_project.listening import turn_newcomers_away
from api_project.worker import Worker


@pytest.mark.skipif(sys.platform != "linux", reason="a matter of Linux")
@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_who_is_connected_stays_and_nobody_else_is_let_in(family: socket.AddressFamily, address: str) -> None:
    with socket.create_server((address, 0), family=family) as listener:
        listener.settimeout(5)
        with socket.create_connection(listener.getsockname()[:2]) as early:
            turn_newcomers_away(listener)
            with pytest.raises(TimeoutError):
                socket.create_connection(listener.getsockname()[:2], timeout=0.2)
            early.sendall(b"here")
            server, _ = listener.accept()
            with server:
                assert server.recv(10) == b"here"
                server.sendall(b"there")
                assert early.recv(10) == b"there"
            listener.settimeout(0.1)
            with pytest.raises(TimeoutError):
                listener.accept()


def test_signal_to_stop_counts_whenever_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = Worker.__new__(Worker)
    worker.alive = True

    def be_told_meanwhile(self: Worker) -> bool:
        self.alive = False
        return True

    monkeypatch.setattr(ThreadWorker, "is_parent_alive", be_told_meanwhile)
    assert worker.is_parent_alive()
    assert not worker.alive
