"""SQL of Django's that is compiled once, instead of each time it runs.

Of the 0.25 ms that a small query takes on SQLite, the ORM's building of its SQL is 0.22. A login has a dozen queries
(``python -m benchmarks.login_cost`` shows what it costs in all); the rest of the code has no need of this.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.signals import post_save, pre_save

Value = str | int | datetime | UUID
Row = tuple[Any, ...]
# Stand for the values in what is compiled, and are told from one another and from anything else.
MARKERS: dict[type[Value], Callable[[int], Value]] = {
    str: lambda number: f"latchkey-marker-{number}",
    int: lambda number: 7_000_000_000_000 + number,
    datetime: lambda number: datetime(1971, 1, 1, 1, 1, number, tzinfo=UTC),
}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement, its parameters with the name of a value in the place of each marker, and how columns are read."""

    sql: str
    parameters: list[tuple[str | None, Any]]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]


class Prepared:
    """A queryset that is built and compiled at its first use, and then run with other values."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type[Value]) -> None:
        """Take the function that builds the queryset, and the types of its arguments."""
        self.build, self.types = build, types
        self.compiled: dict[str, Compiled] = {}

    def rows(self, **values: Value) -> list[Row]:
        """Run it with the values, and return the rows as Django's ``values_list`` would."""
        compiled = self.compiled.get(connection.vendor) or self.compile()
        adapted = {name: adapt(value) for name, value in values.items()}
        parameters = [constant if name is None else adapted[name] for name, constant in compiled.parameters]
        with repeating_cursor() as cursor:
            cursor.execute(compiled.sql, parameters)
            found: list[Row] = cursor.fetchall()
        return [convert(row, compiled) for row in found] if compiled.converters else found

    def compile(self) -> Compiled:
        """Compile it for the database at hand."""
        markers = {name: MARKERS[kind](number) for number, (name, kind) in enumerate(self.types.items())}
        names = {adapt(marker): name for name, marker in markers.items()}
        compiler = self.build(**markers).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select])
        compiled = Compiled(sql, [(names.get(parameter), parameter) for parameter in parameters], converters)
        self.compiled[connection.vendor] = compiled
        return compiled


def repeating_cursor() -> CursorWrapper:
    """Return a cursor for statements that are run over and over."""
    cursor: CursorWrapper = getattr(connection, "preparing_cursor", connection.cursor)()
    return cursor


@cache
def names_of_columns(model: type[Model]) -> list[str]:
    """Return what ``from_db()`` calls the columns that a queryset of the model selects."""
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001 - public by its documentation


def adapt(value: Value) -> Any:
    """Return the value as the database's driver takes it."""
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def convert(row: Row, compiled: Compiled) -> Row:
    """Return the row with its columns in Python's types."""
    columns = list(row)
    for index, (converters, expression) in compiled.converters.items():
        for converter in converters:
            columns[index] = converter(columns[index], expression, connection)
    return tuple(columns)


_inserts: dict[tuple[type[Model], str], str] = {}


def insert(instance: Model) -> None:
    """Insert the row, as ``save(force_insert=True)`` does. Sends ``pre_save`` and ``post_save``."""
    signal = {"sender": type(instance), "instance": instance, "raw": False, "using": connection.alias}
    pre_save.send(**signal, update_fields=None)
    insert_silently(instance)
    post_save.send(**signal, update_fields=None, created=True)


def insert_silently(instance: Model) -> None:
    """Insert the row."""
    options = instance._meta  # noqa: SLF001 - public by its documentation
    fields = [field for field in options.local_concrete_fields if field.attname != "id" or instance.pk is not None]
    key = (type(instance), connection.vendor)
    if key not in _inserts:
        columns, values = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
        returning = " RETURNING id" if connection.vendor == "postgresql" else ""
        sql = f'INSERT INTO "{options.db_table}" ({columns}) VALUES ({values}){returning}'  # noqa: S608 - names of ours
        _inserts[key] = sql
    with repeating_cursor() as cursor:
        cursor.execute(
            _inserts[key], [field.get_db_prep_save(field.pre_save(instance, add=True), connection) for field in fields]
        )
        if instance.pk is None:
            instance.pk = cursor.fetchone()[0] if connection.vendor == "postgresql" else cursor.lastrowid
    instance._state.adding, instance._state.db = False, connection.alias  # noqa: SLF001 - likewise


def execute(sql: str, *values: Value) -> None:
    """Run a statement that returns nothing."""
    with repeating_cursor() as cursor:
        cursor.execute(sql, [adapt(value) for value in values])
