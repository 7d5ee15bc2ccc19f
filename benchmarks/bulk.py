"""Writes many rows at once, the fastest way that each database has."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction


def write(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the rows in one transaction. Names are constants of the caller's; ids, if given, are followed by others."""
    with transaction.atomic():
        WRITE[connection.vendor](table, columns, rows)


def write_sqlite(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert them with the driver, which takes rows as they are made."""
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - constants
    connection.connection.executemany(statement, (tuple(map(as_sqlite, row)) for row in rows))


def as_sqlite(value: Any) -> Any:
    """Return the value as Django writes it: times in UTC, without saying so."""
    return str(value.replace(tzinfo=None)) if type(value) is datetime else value


def write_postgresql(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Copy them, and let the next id follow."""
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"SELECT setval('{table}_id_seq', max(id)) FROM {table}")  # noqa: S608 - a constant


WRITE: dict[str, Callable[[str, Sequence[str], Iterable[Sequence[Any]]], None]] = {
    "sqlite": write_sqlite,
    "postgresql": write_postgresql,
}


def execute(statements: Iterable[str]) -> None:
    """Run the statements one by one."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
