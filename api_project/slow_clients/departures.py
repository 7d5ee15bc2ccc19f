"""Clients that have got their last answer."""

import contextlib
import socket
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

PATIENCE = 2  # seconds that a client has to close
READ_BYTES = 64 * 1024  # at a time


class Departures:
    """Closes connections as soon as the clients do, who may still be reading, or sending.

    To close at once could take the answer from them (RFC 9112, section 9.6). Gunicorn waits for each in the loop, and
    with it everybody else does.
    """

    def __init__(self, worker: ThreadWorker) -> None:
        self.worker = worker
        self.leaving: dict[TConn, float] = {}  # until when each may stay; the first to end is the first here

    def add(self, conn: TConn) -> None:
        """Say that nothing will follow."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        if len(self.leaving) >= self.worker.worker_connections:  # as many files again, and no more
            self.end_first()
        self.leaving[conn] = time.monotonic() + PATIENCE
        self.worker.poller.register(conn.sock, EVENT_READ, partial(self.look, conn))

    def look(self, conn: TConn, _: Any = None) -> None:
        """Throw away what comes, or close if that was all."""
        if conn not in self.leaving:  # ended since the loop has heard of it
            return
        with contextlib.suppress(BlockingIOError):
            try:
                has_closed = not conn.sock.recv(READ_BYTES)
            except ConnectionError:
                has_closed = True
            if has_closed:
                self.end(conn)

    def end(self, conn: TConn) -> None:
        """Close."""
        del self.leaving[conn]
        self.worker.poller.unregister(conn.sock)
        conn.close()

    def end_first(self) -> bool:
        """Close the one that has been leaving for longest. Return whether there was one."""
        first = next(iter(self.leaving), None)
        if first is not None:
            self.end(first)
        return first is not None

    def end_late(self, now: float) -> None:
        """Close those who had time enough, by ``time.monotonic()``."""
        while self.leaving and self.leaving[first := next(iter(self.leaving))] <= now:
            self.end(first)
