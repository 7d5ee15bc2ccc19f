"""The open connections of one process to one database."""

import os
import select
import socket
import time
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.db import OperationalError

from users.gate import Gate, NoTurnError

PATIENCE = 5  # seconds that a thread waits for another one's connection
LONGEST = 20  # seconds in the hands of a request: as long as it may take to arrive
Connection = psycopg.Connection[Any]


class Connections:
    """At most ``DATABASE_CONNECTIONS``, each in the hands of one thread or idle. The last used is the next to be."""

    def __init__(self) -> None:
        self._gate = Gate(places=lambda: settings.DATABASE_CONNECTIONS, queue=lambda: 10_000)
        self._idle: list[Connection] = []
        self._taken_at: dict[Connection, float] = {}  # by time.monotonic()

    @property
    def in_use(self) -> int:
        """How many are in somebody's hands."""
        return self._gate.inside

    @property
    def idle(self) -> int:
        """How many wait to be used."""
        return len(self._idle)

    def take(self) -> Connection | None:
        """Return one for the thread to use, or None if it is to open a new one. What it took it gives or throws away.

        Raises:
            OperationalError: all are in use, and stay so.
        """
        try:
            self._gate.enter(deadline=time.monotonic() + PATIENCE)
        except NoTurnError:
            raise OperationalError("no connection to the database was free in time") from None
        while (connection := self._pop()) is not None:
            if is_alive(connection):
                self.hand_over(connection)
                return connection
            connection.close()
        return None

    def hand_over(self, connection: Connection) -> None:
        """Note that a thread has the connection."""
        self._taken_at[connection] = time.monotonic()

    def give(self, connection: Connection) -> None:
        """Take back a connection that another thread may use."""
        self._taken_at.pop(connection, None)
        self._idle.append(connection)
        self._gate.leave()

    def throw_away(self, connection: Connection | None) -> None:
        """Close one that nobody is to use any more, or that could not be opened."""
        try:
            if connection is not None:
                self._taken_at.pop(connection, None)
                connection.close()
        finally:
            self._gate.leave()

    def close_idle(self) -> None:
        """Close those that nobody uses."""
        while (connection := self._pop()) is not None:
            connection.close()

    def hang_up(self) -> None:
        """Cut off the connections that a thread has had for too long, so that its statement fails.

        The server is frozen, or its disk is. It does not answer, but its system does, so that for TCP all is well.
        """
        for connection, taken_at in list(self._taken_at.items()):
            if time.monotonic() - taken_at > LONGEST:
                cut_off(connection)

    def _pop(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


def cut_off(connection: Connection) -> None:
    """Have whoever waits for the server's answer find that there is no server."""
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as ours:  # unless it ended
        ours.shutdown(socket.SHUT_RDWR)


def is_alive(connection: Connection) -> bool:
    """Whether the server has left the connection open, as far as this machine knows. Asks the server nothing.

    What a server says unasked is that it ends the connection: a terminated, restarted or crashed one is seen before it
    costs a request. A query in the place of this look would take 0.1 ms of each request.
    """
    if connection.closed:
        return False
    unread = select.poll()
    unread.register(connection.pgconn.socket, select.POLLIN)
    return not unread.poll(0)
