"""A cursor for statements that are run over and over.

psycopg's own takes three times as long: 43 microseconds of processor time to read a token and its account, against 15
here. It decides each time whether to prepare, and turns rows from PostgreSQL's text into Python's types; here each
statement is prepared at its first run on a connection, and values and rows travel in binary form.
"""

import re
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from socket import AF_INET, inet_ntop
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.adapt import AdaptersMap, PyFormat, Transformer
from psycopg.pq import Format, TransactionStatus
from psycopg.types.net import InetBinaryLoader

from api_project.postgresql.pipeline import begin_with
from api_project.postgresql.results import check, is_outdated

Connection = psycopg.Connection[Any]
# What stands before it: its family, the bits of its network, that it is no cidr, its length.
ONE_IPV4_ADDRESS = bytes([2, 32, 0, 4])
PLACEHOLDER = re.compile("%[s%]")


class AddressLoader(InetBinaryLoader):
    """Reads an address as text, which is what Django's fields hold."""

    def load(self, data: Any) -> str:  # type: ignore[override]  # it is Django's choice
        """Return the address. Most are IPv4 ones, which the C library writes in a third of the time."""
        return inet_ntop(AF_INET, data[4:]) if bytes(data[:4]) == ONE_IPV4_ADDRESS else str(super().load(data))


ADAPTERS = AdaptersMap(psycopg.adapters)
ADAPTERS.register_loader("inet", AddressLoader)


@dataclass(frozen=True, slots=True)
class Context:
    """How values are adapted, and for which connection. See ``psycopg.abc.AdaptContext``."""

    connection: Connection
    adapters: AdaptersMap = ADAPTERS


class Statements:
    """What a connection knows of statements that were run on it, and how values and rows of its types are read."""

    def __init__(self, connection: Connection) -> None:
        self.pgconn = connection.pgconn
        # Not one for each run, as psycopg has it: looking for a reader of each column's type takes as long as reading.
        self.transformer = Transformer(Context(weakref.proxy(connection)))
        self.names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self.numbers = count()

    def prepare(self, statement: str, types: tuple[int, ...]) -> bytes:
        """Prepare the statement for values of these types, and return its name."""
        name = b"latchkey_%d" % next(self.numbers)
        check(self.pgconn.prepare(name, with_numbers(statement), types))
        self.names[statement, types] = name
        return name


known: "WeakKeyDictionary[Connection, Statements]" = WeakKeyDictionary()


class RepeatingCursor:
    """Runs one statement, as far as ``users.statements`` asks."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statements = known.get(connection) or known.setdefault(connection, Statements(connection))
        self.rows: list[tuple[Any, ...]] = []
        self.description = False  # whether the statement returns rows

    def execute(self, statement: str, values: Sequence[Any]) -> None:
        """Run the statement.

        Raises:
            psycopg.Error: it failed.
        """
        transformer = self.statements.transformer
        with self.connection.lock:
            is_first = self.connection.pgconn.transaction_status == TransactionStatus.IDLE
            result = self.result_of(statement, values)
            if is_outdated(result):
                self.statements.names.clear()  # a migration outdates more than one
                result = self.again(statement, values) if is_first else result
            check(result)
            self.description = bool(result.nfields)
            if self.description:
                transformer.set_pgresult(result)
                self.rows = transformer.load_rows(0, result.ntuples, tuple)

    def again(self, statement: str, values: Sequence[Any]) -> Any:
        """Prepare and run what was prepared too long ago, in another transaction if one was begun with it."""
        pgconn = self.connection.pgconn
        if pgconn.transaction_status != TransactionStatus.IDLE:
            check(pgconn.exec_(b"ROLLBACK"))
        return self.result_of(statement, values)

    def result_of(self, statement: str, values: Sequence[Any]) -> Any:
        """Return what the server says, once the transaction has begun if there is to be one."""
        pgconn, transformer = self.connection.pgconn, self.statements.transformer
        dumped: Any = transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))  # None is NULL
        types = transformer.types or ()
        name = self.statements.names.get((statement, types))
        if not self.connection.autocommit and pgconn.transaction_status == TransactionStatus.IDLE:
            begin = self.connection._get_tx_start_command()  # noqa: SLF001 - BEGIN, as it was set up
            if name is not None:
                return begin_with(self.connection, begin, (name, dumped, transformer.formats, Format.BINARY))
            check(pgconn.exec_(begin))  # by itself: a statement that can't be prepared has to fail in the transaction
        name = name or self.statements.prepare(statement, types)
        return pgconn.exec_prepared(name, dumped, transformer.formats, Format.BINARY)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return the rows."""
        return self.rows

    def fetchone(self) -> tuple[Any, ...]:
        """Return the first row."""
        return self.rows[0]


@lru_cache
def with_numbers(statement: str) -> bytes:
    """Return the statement with PostgreSQL's own placeholders."""
    numbers = count(1)
    return PLACEHOLDER.sub(lambda match: f"${next(numbers)}" if match[0] == "%s" else "%", statement).encode()
