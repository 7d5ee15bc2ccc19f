"""Gunicorn's threads, of which no slow client holds one.

Gunicorn gives a client a thread as soon as it has connected, and the thread waits for the request: with as many slow
clients as there are threads, nobody else is answered. Here the loop, which waits for all of them at once, collects the
request, and a thread gets it whole: what nginx does where it buffers.
"""

import contextlib
import errno
import socket
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from types import SimpleNamespace
from typing import Any, cast

from gunicorn.http.errors import NoMoreData
from gunicorn.http.message import Request
from gunicorn.workers.gthread import TConn, ThreadWorker

from api_project.slow_clients.arrivals import Arrival
from api_project.slow_clients.departures import Departures
from api_project.slow_clients.pace import PacedSocket, PunctualReader

REQUEST_SECONDS = 20  # for the whole of a request, from the connection or the end of the last one
STOPPING_SECONDS = 2  # the same when the server stops; gunicorn gives idle connections as long
READ_BYTES = 64 * 1024  # at a time
# Longer ones don't wait in memory: a thread reads them, until the same deadline. Nobody who is let in sends such.
COLLECTED_BYTES = 320 * 1024
LONG_AT_ONCE = 4
# Of all that wait in the memory of one process. Without an end to it, 900 clients who sent 318 kB each took 280 MB. Of
# bodies that are taken, which have 16 kB, it holds twice as many as gunicorn has connections.
MOST_BYTES = 32 * 1024 * 1024
NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}  # of accept(2)


class Connection(TConn):
    """A client's connection, with the request that is on its way."""

    arrival: Arrival
    reader: PunctualReader
    is_watched = False  # whether the loop hears of what comes

    def __init__(self, worker: "CollectingWorker", sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, sock, client, server)
        self.worker = worker

    def init(self) -> None:
        """Get a parser whose reader knows a deadline."""
        if not self.initialized:
            super().init()
            cast(Any, self.parser).unreader = self.reader = PunctualReader(self)

    def close(self, graceful: bool = False) -> None:  # noqa: FBT002 - as gunicorn calls it
        """Close it; ``graceful`` lets the client read the answer before."""
        if graceful:
            self.worker.departures.add(self)
        else:
            super().close()


class CollectingWorker(ThreadWorker):
    """A process whose threads get requests that have arrived."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[Connection, None] = {}  # the first to come is the first here
        self.collected = 0  # bytes, of all who are arriving
        self.is_full = False  # whether the system has refused to let this process have one more connection
        self.with_long: set[Connection] = set()  # those in a thread
        self.waiting_with_long: deque[Connection] = deque()
        self.departures = Departures(self)

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, if there is one and room for it."""
        try:
            sock, client = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            self.is_full = True
            return
        self.nr_conns += 1
        self.enqueue_req(Connection(self, sock, client, listener.getsockname()))

    def make_room(self) -> None:
        """Close a connection at once, best one that waits for nothing, where the system lets this process have no more.

        Whoever wanted to connect is still there at the next look. Not to be called while what the loop has heard is
        being dealt with: of the connection that is closed it may have heard as well.
        """
        self.is_full = False
        if not self.departures.leaving and self.arriving:
            self.turn_away(next(iter(self.arriving)))
        if self.departures.end_first():
            return
        if self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0
            self.murder_keepalived()
        else:
            time.sleep(0.01)  # all are being answered

    def enqueue_req(self, conn: TConn) -> None:
        """Collect the next request of a connection that is new, was idle, or has sent more than one."""
        conn = cast(Connection, conn)
        conn.init()
        if conn.sock.gettimeout() != 0:
            conn.sock.setblocking(False)
        patience = REQUEST_SECONDS if self.alive else STOPPING_SECONDS
        conn.arrival = Arrival(conn.reader.take_buffered(), patience=patience)
        self.arriving[conn] = None
        self.collected += len(conn.arrival.data)
        self.receive(conn)
        if conn in self.arriving and conn not in self.waiting_with_long:
            self.poller.register(conn.sock, EVENT_READ, partial(self.receive, conn))
            conn.is_watched = True

    def receive(self, conn: Connection, _: Any = None) -> None:
        """Read what has come, and pass the request on if that was all."""
        arrival = conn.arrival
        has_ended = not arrival.is_whole() and not self.read(conn)
        if has_ended and not arrival.data:
            self.turn_away(conn)
        elif has_ended or arrival.is_whole():
            self.hand_over(conn)
        elif len(arrival.data) > COLLECTED_BYTES:
            self.hand_over_long(conn)
        elif arrival.awaits_word:
            arrival.awaits_word = False
            with contextlib.suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def read(self, conn: Connection) -> bool:
        """Read once, if there is room in memory. Return whether there may be more to come."""
        if self.collected > MOST_BYTES:  # until murder_pending has seen to it, at the end of this round
            return True
        try:
            chunk = conn.sock.recv(READ_BYTES)
        except BlockingIOError:
            return True
        except OSError:
            return False
        conn.arrival.data += chunk
        self.collected += len(chunk)
        return bool(chunk)

    def hand_over(self, conn: Connection) -> None:
        """Let a thread answer."""
        conn.reader.unread(self.forget(conn))
        conn.reader.deadline = conn.arrival.deadline
        super().enqueue_req(conn)

    def hand_over_long(self, conn: Connection) -> None:
        """Let one of a few threads read the rest and answer, or wait for one of them."""
        if len(self.with_long) < LONG_AT_ONCE:
            self.with_long.add(conn)
            self.hand_over(conn)
        else:
            self.unwatch(conn)
            self.waiting_with_long.append(conn)

    def forget(self, conn: Connection) -> bytes:
        """Collect no more, and return what has come: a connection that stays open does not keep it."""
        del self.arriving[conn]
        self.unwatch(conn)
        if conn in self.waiting_with_long:
            self.waiting_with_long.remove(conn)
        data, conn.arrival.data = bytes(conn.arrival.data), bytearray()  # clear() would keep the room
        self.collected -= len(data)
        return data

    def unwatch(self, conn: Connection) -> None:
        """Hear no more of what comes."""
        if conn.is_watched:  # it may have come at once
            self.poller.unregister(conn.sock)
            conn.is_watched = False

    def handle_request(self, req: Request, conn: TConn) -> bool:
        """Answer at a pace that has an end."""
        paced = SimpleNamespace(sock=PacedSocket(conn.sock), client=conn.client, server=conn.server)
        try:
            return bool(super().handle_request(req, cast(TConn, paced)))
        except NoMoreData:  # gunicorn would go without a word, for want of the rest of the chunks
            self.refuse_slow(conn.sock)
            raise

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Go on with the connection, or with another one whose request is long."""
        conn = cast(Connection, conn)
        if conn in self.with_long:
            self.with_long.remove(conn)
            if self.waiting_with_long:
                following = self.waiting_with_long[0]
                self.with_long.add(following)
                self.hand_over(following)
        super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Let go of those who have taken too long, to send a request or to leave, and of those who take up most."""
        now = time.monotonic()
        while self.arriving and (first := next(iter(self.arriving))).arrival.deadline <= now:
            self.turn_away(first)
        while self.collected > MOST_BYTES:
            self.turn_away(max(self.arriving, key=lambda conn: len(conn.arrival.data)))
        self.departures.end_late(now)
        if self.is_full:
            self.make_room()

    def turn_away(self, conn: Connection) -> None:
        """Wait no longer for a request. One that has begun is answered."""
        has_begun = bool(self.forget(conn))
        self.nr_conns -= 1
        if has_begun:
            self.refuse_slow(conn.sock)
        self.departures.add(conn)

    def refuse_slow(self, client: socket.socket) -> None:
        """Say that the request took too long."""

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """Make room for new connections, if there is none: the longest on its way goes."""
        if not enabled and self.alive and self.arriving:
            self.turn_away(next(iter(self.arriving)))
        else:
            super().set_accept_enabled(enabled)
