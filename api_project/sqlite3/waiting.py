"""SQLite's driver, with a wait of our own for other processes.

SQLite waits as well, but in the end it looks every tenth of a second only: of two processes that write without pause,
one keeps the other out.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Self, TypeVar

from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX, SQLiteCursorWrapper

LOOK_EVERY = 0.001  # seconds, for the end of what another process does
# What passes when the other process is done. Not so SQLITE_BUSY_SNAPSHOT: this connection is in the middle of reading.
PASSING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY}
T = TypeVar("T")


class Connection(sqlite3.Connection):
    """Knows how long its statements wait."""

    patience = 0.0  # seconds, for a statement that stands alone or begins a transaction
    deadline: float | None = None  # a time of time.monotonic(), where it has been set already

    def rely_on_cursors(self, patience: float) -> None:
        """Leave the waiting to the cursors below."""
        self.execute("PRAGMA busy_timeout = 0")
        self.patience = patience

    def commit(self) -> None:
        """Commit, once the readers are done that a file without a write-ahead log has to wait for."""
        self.until_free(super().commit)

    def once_free(self, statement: Callable[[], T]) -> T:
        """Run the statement as soon as no other process stands in its way.

        Within a transaction there is nothing to wait for: what it has read may be out of date by now.

        Raises:
            sqlite3.OperationalError: one still does, or the statement failed.
        """
        return statement() if self.in_transaction else self.until_free(statement)

    def until_free(self, statement: Callable[[], T]) -> T:
        """Run the statement until no other process stands in its way."""
        deadline = self.deadline
        while True:
            try:
                return statement()
            except sqlite3.OperationalError as error:
                if getattr(error, "sqlite_errorcode", None) not in PASSING:
                    raise
                deadline = deadline or time.monotonic() + self.patience
                if time.monotonic() >= deadline:
                    raise
            time.sleep(LOOK_EVERY)


class WaitingCursor(SQLiteCursorWrapper):
    """Django's cursor."""

    connection: Connection

    def execute(self, query: str, params: Any = None) -> Self:
        """Run the statement."""
        self.connection.once_free(partial(super().execute, query, params))
        return self

    def executemany(self, query: str, param_list: Iterable[Any]) -> Self:
        """Run the statement with each of the parameters: outside of a transaction, each run is one, and waits."""
        if self.connection.in_transaction:
            super().executemany(query, param_list)
        else:
            for params in param_list:
                self.execute(query, params)
        return self


class RepeatingCursor(sqlite3.Cursor):
    """SQLite's cursor, for statements that are written as for Django, and run over and over."""

    connection: Connection

    def execute(self, statement: str, parameters: Any = (), /) -> Self:
        """Run the statement."""
        return self.connection.once_free(partial(super().execute, with_question_marks(statement), parameters))


@lru_cache
def with_question_marks(statement: str) -> str:
    """Return the statement with its placeholders as SQLite wants them, which Django looks for at each run."""
    return FORMAT_QMARK_REGEX.sub("?", statement).replace("%%", "%")
