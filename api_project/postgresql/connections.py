"""The open connections of one process to one database."""

import select
import time
from typing import Any

import psycopg
from django.conf import settings
from django.db import OperationalError

from users.gate import Gate, NoTurnError

PATIENCE = 5  # seconds that a thread waits for another one's connection
Connection = psycopg.Connection[Any]


class Connections:
    """At most ``DATABASE_CONNECTIONS``, each in the hands of one thread or idle. The last used is the next to be."""

    def __init__(self) -> None:
        self._gate = Gate(places=lambda: settings.DATABASE_CONNECTIONS, queue=lambda: 10_000)
        self._idle: list[Connection] = []

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
                return connection
            connection.close()
        return None

    def give(self, connection: Connection) -> None:
        """Take back a connection that another thread may use."""
        self._idle.append(connection)
        self._gate.leave()

    def throw_away(self, connection: Connection | None) -> None:
        """Close one that nobody is to use any more, or that could not be opened."""
        try:
            if connection is not None:
                connection.close()
        finally:
            self._gate.leave()

    def close_idle(self) -> None:
        """Close those that nobody uses."""
        while (connection := self._pop()) is not None:
            connection.close()

    def _pop(self) -> Connection | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None


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
