"""Django's SQLite, whose transactions queue up within the process instead of polling for the database's one writer.

SQLite's own waiting is a lottery: of 150 clients that were refused without pause for 25 seconds, 32 in 5,000 found the
database locked for ten seconds on end. In a queue each waits as long as those in front of it take. Between processes
it stays a lottery, but one with many draws.
"""

import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from api_project.sqlite3.operations import DatabaseOperations
from api_project.sqlite3.waiting import Connection, RepeatingCursor, WaitingCursor
from users.gate import Gate, NoTurnError
from users.statements import fetch_nothing, run

writers = Gate(places=lambda: 1, queue=lambda: 10_000)
T = TypeVar("T")


def file_of(name: str | Path) -> tuple[int, int] | None:
    """Return what tells the file of that name from any other, or None if there is none, as in memory."""
    try:
        found = os.stat(name)  # noqa: PTH116 - once a request: a Path takes three times as long
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def make_private(name: str | Path) -> None:
    """Make an empty file that its owner alone may read, as a database is. What SQLite puts beside it gets its mode."""
    with contextlib.suppress(OSError):  # SQLite says what is wrong with the folder
        os.close(os.open(name, os.O_CREAT | os.O_EXCL, 0o600))


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    ops_class = DatabaseOperations
    has_turn = False
    is_looked_after = False  # since this request has begun
    may_create = False
    file: tuple[int, int] | None = None

    def _start_transaction_under_autocommit(self) -> None:
        """Begin a transaction that ends its turn itself, when it ends.

        Raises:
            OperationalError: the database stays locked.
        """
        try:
            begin = f"BEGIN {self.transaction_mode or ''}"  # type: ignore[attr-defined]  # missing in the stubs
            self.in_turn(partial(run, self, begin, (), fetch=fetch_nothing))
        except BaseException:
            self.end_turn()
            raise

    def write_alone(self, statement: Callable[[], T]) -> T:
        """Run a statement that is a transaction of its own.

        Raises:
            OperationalError: the database stays locked.
        """
        self.ensure_connection()
        try:
            return self.in_turn(statement)
        finally:
            self.end_turn()

    def in_turn(self, statement: Callable[[], T]) -> T:
        """Wait for the turn, and run the statement once no other process writes. The turn goes on."""
        deadline = time.monotonic() + self.connection.patience
        try:
            writers.enter(deadline=deadline)
        except NoTurnError:
            raise OperationalError("database is locked") from None
        self.has_turn = True
        self.connection.deadline = deadline
        try:
            return statement()
        finally:
            self.connection.deadline = None

    @contextlib.contextmanager
    def without_waiting(self) -> Iterator[str]:
        """Have statements of the block fail where they would wait for another process. Yield what a query ends with."""
        self.ensure_connection()
        self.connection.deadline = time.monotonic()
        try:
            yield ""
        finally:
            self.connection.deadline = None

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

    def get_new_connection(self, conn_params: Any) -> Connection:
        """Open the file, and note which one that is.

        Only ``migrate`` makes one. An empty one in the place of a database that is away for a moment would make SQLite
        throw away what that has in its write-ahead log.

        Raises:
            sqlite3.OperationalError: there is no such file.
        """
        if not self.is_in_memory_db() and file_of(self.settings_dict["NAME"]) is None:
            if not self.may_create:
                raise sqlite3.OperationalError("unable to open database file; manage.py migrate makes a new one")
            make_private(self.settings_dict["NAME"])
        connection: Connection = super().get_new_connection({**conn_params, "factory": Connection})
        connection.rely_on_cursors(float(self.settings_dict["OPTIONS"].get("timeout", 5)))
        self.file = file_of(self.settings_dict["NAME"])
        return connection

    def create_cursor(self, name: str | None = None) -> WaitingCursor:
        """Return the driver's cursor."""
        cursor: WaitingCursor = self.connection.cursor(factory=WaitingCursor)
        return cursor

    @contextlib.contextmanager
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
            self.ensure_connection()
            self.connection.execute("PRAGMA temp_store=FILE")  # an index of a long log is sorted before it is written
            yield
        finally:
            self.may_create = False
            self.close()
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
