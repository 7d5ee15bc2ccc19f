"""Django's SQLite, whose transactions queue up within the process instead of polling for the database's one writer.

SQLite's own waiting is a lottery: of 150 clients that were refused without pause for 25 seconds, 32 in 5,000 found the
database locked for ten seconds on end. In a queue each waits as long as those in front of it take.
"""

import time

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from users.gate import Gate, NoTurnError

writers = Gate(places=lambda: 1, queue=lambda: 10_000)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    has_turn = False

    def _start_transaction_under_autocommit(self) -> None:
        """Wait for the turn, then for other processes.

        Raises:
            OperationalError: the database stays locked.
        """
        try:
            writers.enter(deadline=time.monotonic() + self.settings_dict["OPTIONS"].get("timeout", 5))
        except NoTurnError:
            raise OperationalError("database is locked") from None
        self.has_turn = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # missing in the stubs
        except BaseException:
            self.end_turn()
            raise

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
