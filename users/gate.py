"""Hashing passwords is a bounded resource: so many at once in a process, so many waiting, for so long."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Lock

from django.conf import settings
from django.db import connection

from users.attempts import Overloaded

RETRY_AFTER = timedelta(seconds=2)


class Gate:
    """Lets in as many threads as ``PASSWORD_CHECKS_AT_ONCE`` says, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._inside = 0
        self._waiting: deque[Event] = deque()

    @contextmanager
    def turn(self, *, deadline: float) -> Iterator[None]:
        """Wait for one's turn until the deadline, a time of ``time.monotonic()``.

        Raises:
            Overloaded: at once if ``PASSWORD_CHECKS_WAITING`` others are waiting already, or at the deadline.
        """
        turn = self._enter()
        if not turn.is_set():
            self._wait(turn, deadline)
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> Event:
        turn = Event()
        with self._lock:
            if not self._waiting and self._has_room():
                self._inside += 1
                turn.set()
            elif len(self._waiting) >= settings.PASSWORD_CHECKS_WAITING:
                raise Overloaded(RETRY_AFTER)
            else:
                self._waiting.append(turn)
        return turn

    def _wait(self, turn: Event, deadline: float) -> None:
        lend_connection()
        if turn.wait(deadline - time.monotonic()):
            return
        with self._lock:
            if turn.is_set():  # it came while we were giving up
                return
            self._waiting.remove(turn)
        raise Overloaded(RETRY_AFTER)

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1
            while self._waiting and self._has_room():
                self._inside += 1
                self._waiting.popleft().set()

    def _has_room(self) -> bool:
        at_once: int = settings.PASSWORD_CHECKS_AT_ONCE
        return not at_once or self._inside < at_once


def lend_connection() -> None:
    """Give the connection back to its pool, if there is one: those who wait would keep it from those who work."""
    if getattr(connection, "pool", None) and not connection.in_atomic_block:
        connection.close()


gate = Gate()
