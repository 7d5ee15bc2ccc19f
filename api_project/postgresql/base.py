"""Django's PostgreSQL, whose connections live longer than a request, and heal.

Django has two ways of its own. A connection for each thread would be 80 for each process, since threads that wait to
check a password are many. And psycopg's pool opens new connections in the background: after the database has ended
them all, requests failed for up to two seconds that would have found it well; handing out also costs more than here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from psycopg.pq import PipelineStatus, TransactionStatus

from api_project.postgresql.connections import Connection, Connections
from api_project.postgresql.cursor import RepeatingCursor

MIGRATING = 0x6C61746368  # names the lock, among those of this database; "latch"
T = TypeVar("T")
shared: dict[tuple[str, str], Connections] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's view of the database, with a connection while it works."""

    is_lendable = True

    @property
    def connections(self) -> Connections:
        """Return those that the threads share. Tests make other databases under the same alias."""
        key = self.alias, self.settings_dict["NAME"]
        # Of two threads that ask first, both have to get the same: a defaultdict may give them one each.
        return shared.get(key) or shared.setdefault(key, Connections())

    def ensure_connection(self) -> None:
        """Connect, unless this thread is connected. Django asks before that whether it runs asynchronously."""
        if self.connection is None:
            super().ensure_connection()

    def connect(self) -> None:
        """Go on with a connection that another request has left, or open one.

        Raises:
            OperationalError: the database can't be reached, or all connections are in use and stay so.
        """
        if self.alias == NO_DB_ALIAS:
            super().connect()
            return
        idle = self.connections.take()
        if idle is not None:
            self.go_on_with(idle)
            return
        try:
            super().connect()
        except BaseException:
            self.connections.throw_away(self.connection)
            self.connection = None
            raise
        self.connections.hand_over(self.connection)

    def go_on_with(self, connection: Connection) -> None:
        """Do what ``connect()`` does with a new connection, but for the queries: it has been set up before."""
        self.connection = connection
        self.autocommit = True
        self.in_atomic_block = self.needs_rollback = self.closed_in_transaction = self.errors_occurred = False
        self.savepoint_ids, self.atomic_blocks, self.run_on_commit = [], [], []

    def close_if_unusable_or_obsolete(self) -> None:
        """Let go of the connection, at the end of each request."""
        if self.in_atomic_block:  # as in a test, whose transaction is around the request
            return
        connection = self.connection
        if connection is not None and self.is_clean(connection):
            self.connection = None
            self.connections.give(connection)
        else:
            self.close()

    def is_clean(self, connection: Connection) -> bool:
        """Whether another request may go on with the connection."""
        pgconn = connection.pgconn
        is_idle = (pgconn.transaction_status, pgconn.pipeline_status) == (TransactionStatus.IDLE, PipelineStatus.OFF)
        return is_idle and self.autocommit and not self.errors_occurred

    def _close(self) -> None:
        """Leave the connection to others, unless something failed on it: then another one takes its place."""
        connection = self.connection
        if connection is None or self.alias == NO_DB_ALIAS:
            super()._close()  # type: ignore[misc]  # missing in the stubs
        elif self.is_clean(connection):
            self.connections.give(connection)
        else:
            self.connections.throw_away(connection)

    def close_pool(self) -> None:
        """Close what is idle. Django asks for it before it drops a test's database, and after a change of the zone."""
        self.connections.close_idle()

    @contextmanager
    def turn_to_migrate(self) -> Iterator[None]:
        """Keep everybody else from migrating this database, for the length of the block, once nobody does."""
        with self.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0")  # the other one takes as long as it takes
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
            cursor.execute("RESET lock_timeout")
        try:
            yield
        finally:
            if self.is_usable():  # or the server has let go of it
                with self.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])

    def write_alone(self, statement: Callable[[], T]) -> T:
        """Run a statement that is a transaction of its own."""
        return statement()

    @contextmanager
    def without_waiting(self) -> Iterator[str]:
        """Yield what a query has to end with, so that it leaves out rows that another transaction is changing."""
        yield " FOR NO KEY UPDATE SKIP LOCKED"

    def repeating_cursor(self) -> RepeatingCursor:
        """Return a cursor for statements that are run over and over: the server plans them once.

        Django's own puts the values into the text. ``server_side_binding`` would do so nowhere, but the ORM makes SQL
        that can't be run that way (https://code.djangoproject.com/ticket/20516).
        """
        return RepeatingCursor(self.connection)
