"""SQL of Django's that is compiled once, instead of each time it runs.

Of the 0.25 ms that a small query takes on SQLite, the ORM's building of its SQL is 0.22. A login has a dozen queries
(``python -m benchmarks.login_cost`` shows what it costs in all); the rest of the code has no need of this.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import methodcaller
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState

Value = str | int | datetime | UUID
Row = tuple[Any, ...]
M = TypeVar("M", bound=Model)
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
    converters: list[tuple[int, Callable[..., Any], Any]]


class Prepared:
    """A queryset that is built and compiled at its first use, and then run with other values."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **types: type[Value]) -> None:
        """Take the function that builds the queryset, and the types of its arguments."""
        self.build, self.types = build, types
        self.compiled: dict[str, Compiled] = {}

    def rows(self, **values: Value) -> list[Row]:
        """Run it with the values, and return the rows as Django's ``values_list`` would."""
        wrapper = connections[DEFAULT_DB_ALIAS]  # not the proxy, which looks for it at each attribute
        compiled = self.compiled.get(wrapper.vendor) or self.compile()
        adapted = {name: adapt(value, wrapper) for name, value in values.items()}
        parameters = [constant if name is None else adapted[name] for name, constant in compiled.parameters]
        found: list[Row] = run(wrapper, compiled.sql, parameters, fetch=fetch_all)
        return [convert(row, compiled, wrapper) for row in found] if compiled.converters else found

    def compile(self) -> Compiled:
        """Compile it for the database at hand."""
        markers = {name: MARKERS[kind](number) for number, (name, kind) in enumerate(self.types.items())}
        names = {adapt(marker, connection): name for name, marker in markers.items()}
        compiler = self.build(**markers).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        found = compiler.get_converters([column[0] for column in compiler.select])
        converters = [
            (index, converter, expression) for index, (several, expression) in found.items() for converter in several
        ]
        compiled = Compiled(sql, [(names.get(parameter), parameter) for parameter in parameters], converters)
        self.compiled[connection.vendor] = compiled
        return compiled


fetch_all = methodcaller("fetchall")


def run(wrapper: BaseDatabaseWrapper, sql: str, parameters: Sequence[Any], *, fetch: Callable[[Any], Any]) -> Any:
    """Run a statement, and return what ``fetch`` makes of the driver's cursor.

    Does what Django's cursor does, in half of its time. Where queries are logged or watched, Django's cursor does it.
    """
    if wrapper.queries_logged or wrapper.execute_wrappers:
        with wrapper.cursor() as cursor:
            cursor.execute(sql, parameters)
            return fetch(cursor)
    wrapper.ensure_connection()
    wrapper.validate_no_broken_transaction()
    with wrapper.wrap_database_errors:
        cursor = wrapper.repeating_cursor()  # type: ignore[attr-defined]  # of our own backends
        cursor.execute(sql, parameters)
        return fetch(cursor)


@cache
def names_of_columns(model: type[Model]) -> list[str]:
    """Return the attributes for the columns that a queryset of the model selects."""
    return [field.attname for field in model._meta.concrete_fields]  # noqa: SLF001 - public by its documentation


def instance_of(model: type[M], columns: Row) -> M:
    """Return what ``model.from_db()`` does, but send no ``pre_init`` and ``post_init``, which nobody hears here."""
    state = ModelState()
    state.adding, state.db = False, DEFAULT_DB_ALIAS
    instance = model.__new__(model)
    instance.__dict__.update(zip(names_of_columns(model), columns, strict=True), _state=state)
    return instance


def adapt(value: Value | None, wrapper: BaseDatabaseWrapper) -> Any:
    """Return the value as the database's driver takes it."""
    if isinstance(value, datetime):
        return wrapper.ops.adapt_datetimefield_value(value)
    if isinstance(value, UUID) and not wrapper.features.has_native_uuid_field:
        return value.hex
    return value


def convert(row: Row, compiled: Compiled, wrapper: BaseDatabaseWrapper) -> Row:
    """Return the row with its columns in Python's types."""
    columns = list(row)
    for index, converter, expression in compiled.converters:
        columns[index] = converter(columns[index], expression, wrapper)
    return tuple(columns)


def fetch_nothing(cursor: Any) -> None:
    """Leave the cursor alone."""


def execute(sql: str, *values: Value | None) -> None:
    """Run a statement that returns nothing."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    run(wrapper, sql, [adapt(value, wrapper) for value in values], fetch=fetch_nothing)
