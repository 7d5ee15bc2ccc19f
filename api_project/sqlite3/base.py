"""Django's SQLite, whose transactions queue up within the process instead of polling for the database's one writer.

SQLite's own waiting is a lottery: of 150 clients that were refused without pause for 25 seconds, 32 in 5,000 found the
database locked for ten seconds on end. In a queue each waits as long as those in front of it take. Between processes
it stays a lottery, but one with many draws.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from django.db import OperationalError
from django.db.backends.sqlite3 import base, operations
from django.db.backends.sqlite3.base import FORMAT_QMARK_REGEX
from django.utils.dateparse import parse_datetime

from users.gate import Gate, NoTurnError

writers = Gate(places=lambda: 1, queue=lambda: 10_000)
LOOK_EVERY = 0.001  # seconds, for the end of another process's transaction


@lru_cache
def with_question_marks(statement: str) -> str:
    """Return the statement with its placeholders as SQLite wants them, which Django looks for at each run."""
    return FORMAT_QMARK_REGEX.sub("?", statement).replace("%%", "%")


def file_of(name: str | Path) -> tuple[int, int] | None:
    """Return what tells the file of that name from any other, or None if there is none, as in memory."""
    try:
        found = os.stat(name)  # noqa: PTH116 - once a request: a Path takes three times as long
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def read_time(text: bytes) -> datetime | None:
    """Return the time, which is stored in UTC. Written by somebody else it may look different, and is Django's."""
    try:
        return datetime.fromisoformat(f"{text.decode()}+00:00")
    except ValueError:
        return parse_datetime(text.decode())


# Django's own reads a naive time, which two more functions make into this one.
sqlite3.register_converter("datetime", read_time)


class RepeatingCursor(sqlite3.Cursor):
    """SQLite's cursor, for statements as Django writes them."""

    def execute(self, statement: str, parameters: Any = (), /) -> Self:
        """Run the statement."""
        return super().execute(with_question_marks(statement), parameters)


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, with the one conversion that each row needs several times."""

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> datetime | None:
        """Return the time as UTC: as ``read_time`` read it, or as Django reads the text that an expression gives."""
        if value.__class__ is datetime and value.tzinfo is UTC:
            return value
        converted: datetime | None = super().convert_datetimefield_value(value, expression, connection)
        return converted


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    ops_class = DatabaseOperations
    has_turn = False
    is_looked_after = False  # since this request has begun
    may_create = False
    file: tuple[int, int] | None = None

    def _start_transaction_under_autocommit(self) -> None:
        """Wait for the turn, then for other processes.

        Raises:
            OperationalError: the database stays locked.
        """
        deadline = time.monotonic() + self.patience
        try:
            writers.enter(deadline=deadline)
        except NoTurnError:
            raise OperationalError("database is locked") from None
        self.has_turn = True
        try:
            self.begin(deadline)
        except BaseException:
            self.end_turn()
            raise

    @property
    def patience(self) -> float:
        """Return the seconds that a transaction waits for its turn."""
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    def begin(self, deadline: float) -> None:
        """Begin once no other process writes.

        SQLite would look for that as well, but in the end every tenth of a second only: of two processes that write
        without pause, one would keep the other out.
        """
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while not self.has_begun():
                if time.monotonic() >= deadline:
                    raise OperationalError("database is locked")
                time.sleep(LOOK_EVERY)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {self.patience * 1000:.0f}")

    def has_begun(self) -> bool:
        """Begin, unless another process writes. Return whether that was possible."""
        had_errors = self.errors_occurred
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # missing in the stubs
        except OperationalError as error:
            if getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            self.errors_occurred = had_errors
            return False
        return True

    def close_if_unusable_or_obsolete(self) -> None:
        """Close the connection if something failed on it; Django would ask the database first."""
        self.is_looked_after = False
        if self.connection is None or self.in_atomic_block:
            return
        if self.errors_occurred or not self.autocommit:
            self.close()

    def ensure_connection(self) -> None:
        """Connect, also where the file that is open is no longer the one of that name.

        What was written to a database that somebody has moved away, or replaced by a backup, would be lost.
        """
        is_to_be_looked_after = not self.is_looked_after and self.connection is not None and not self.in_atomic_block
        if is_to_be_looked_after and file_of(self.settings_dict["NAME"]) != self.file:
            self.close()
        self.is_looked_after = True
        if self.connection is None:
            super().ensure_connection()

    def get_new_connection(self, conn_params: Any) -> sqlite3.Connection:
        """Open the file, and note which one that is.

        Only ``migrate`` makes one. An empty one in the place of a database that is away for a moment would make SQLite
        throw away what that has in its write-ahead log.

        Raises:
            sqlite3.OperationalError: there is no such file.
        """
        if not self.may_create and not self.is_in_memory_db() and file_of(self.settings_dict["NAME"]) is None:
            raise sqlite3.OperationalError("unable to open database file; manage.py migrate makes a new one")
        connection: sqlite3.Connection = super().get_new_connection(conn_params)
        self.file = file_of(self.settings_dict["NAME"])
        return connection

    @contextmanager
    def turn_to_migrate(self) -> Iterator[None]:
        """Keep everybody else from migrating, for the length of the block, once nobody does.

        What is locked is the folder: SQLite has locks on the file, and would lose them if we opened and closed it
        (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
        """
        if self.is_in_memory_db():
            yield
            return
        folder = os.open(Path(self.settings_dict["NAME"]).parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            self.may_create = True
            yield
        finally:
            self.may_create = False
            os.close(folder)

    def repeating_cursor(self) -> RepeatingCursor:
        """Return the driver's cursor for statements that are run over and over."""
        cursor: RepeatingCursor = self.connection.cursor(factory=RepeatingCursor)
        return cursor

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # likewise
        finally:
            self.end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # likewise
        finally:
            self.end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # likewise
        finally:
            self.end_turn()

    def end_turn(self) -> None:
        """Let the next one write, if this one had its turn."""
        if self.has_turn:
            self.has_turn = False
            writers.leave()
