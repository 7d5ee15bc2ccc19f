"""A gate that lets in so many threads at once, in the order in which they come."""

import time
from collections import deque
from collections.abc import Callable
from threading import Event, Lock

from django.db import connection


class NoTurnError(Exception):
    """The queue is full, or one's turn did not come in time."""


class Gate:
    """Lets in as many threads as there are ``places``, 0 for any number; ``queue`` is how many may wait for one."""

    def __init__(self, *, places: Callable[[], int], queue: Callable[[], int]) -> None:
        self._places, self._queue = places, queue
        self._lock = Lock()
        self._inside = 0
        self._waiting: deque[Event] = deque()

    @property
    def inside(self) -> int:
        """How many are inside."""
        return self._inside

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def enter(self, *, deadline: float) -> None:
        """Wait for one's turn until the deadline, a time of ``time.monotonic()``.

        Raises:
            NoTurnError: at once if the queue is full, or at the deadline.
        """
        with self._lock:
            if not self._waiting and self._has_room():
                self._inside += 1
                return
            if len(self._waiting) >= self._queue():
                raise NoTurnError
            turn = Event()
            self._waiting.append(turn)
        try:
            lend_connection()
            turn.wait(deadline - time.monotonic())
        except BaseException:
            if self._has_come(turn):
                self.leave()
            raise
        if not self._has_come(turn):
            raise NoTurnError

    def leave(self) -> None:
        """Let the next one in."""
        with self._lock:
            self._inside -= 1
            while self._waiting and self._has_room():
                self._inside += 1
                self._waiting.popleft().set()

    def _has_come(self, turn: Event) -> bool:
        """Whether the turn has come. If not, it will not come any more."""
        with self._lock:
            if not turn.is_set():
                self._waiting.remove(turn)
            return turn.is_set()

    def _has_room(self) -> bool:
        places = self._places()
        return not places or self._inside < places


def lend_connection() -> None:
    """Leave the connection to others, where they share: those who wait would keep it from those who work."""
    if getattr(connection, "is_lendable", False) and not connection.in_atomic_block:
        connection.close()
