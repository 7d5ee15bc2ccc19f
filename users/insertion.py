"""Rows that are inserted by a statement that is written once, instead of by the ORM each time."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from operator import attrgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    Field,
    ForeignKey,
    GenericIPAddressField,
    IntegerField,
    Model,
    TextField,
    UUIDField,
)
from django.db.models.base import ModelState
from django.db.models.signals import post_save, pre_save

from users.statements import run

M = TypeVar("M", bound=Model)
PREPARING = ("get_prep_value", "get_db_prep_value", "get_db_prep_save")


class Column:
    """Where a row's value comes from, and how the database's driver takes it."""

    def __init__(self, field: "Field[Any, Any]", *as_is: type) -> None:
        """Take the types of those values that Django passes on to the driver as they are, after four functions."""
        self.field, self.as_is = field, as_is
        self.read = reader_of(field)

    def prepare(self, value: Any, wrapper: BaseDatabaseWrapper) -> Any:
        """Return any other value as the driver takes it."""
        return self.field.get_db_prep_save(value, wrapper)


class TimeColumn(Column):
    """A time's."""

    def prepare(self, value: Any, wrapper: BaseDatabaseWrapper) -> Any:
        """Return the time, most often as UTC."""
        if value.__class__ is datetime and value.tzinfo is UTC:
            return wrapper.ops.adapt_datetimefield_value(value)
        return super().prepare(value, wrapper)


class NumberColumn(Column):
    """A whole number's."""

    def __init__(self, field: "Field[Any, Any]", *as_is: type) -> None:
        super().__init__(field, *as_is)
        self.size = field.get_internal_type()

    def prepare(self, value: Any, wrapper: BaseDatabaseWrapper) -> Any:
        """Return the number in its column's size.

        psycopg would take each for the smallest type that holds it, and prepare each mixture of types.
        """
        if value.__class__ is int:
            return wrapper.ops.adapt_integerfield_value(value, self.size)
        return super().prepare(value, wrapper)


class AddressColumn(Column):
    """An address's."""

    def prepare(self, value: Any, wrapper: BaseDatabaseWrapper) -> Any:
        """Return the address as text, which PostgreSQL parses in less time than Python."""
        is_ipv4 = value.__class__ is str and ":" not in value
        return (value if is_ipv4 else self.field.get_prep_value(value)) or None


KINDS: dict[type[Any], tuple[type[Column], tuple[type, ...]]] = {
    CharField: (Column, (str,)),
    TextField: (Column, (str,)),
    BooleanField: (Column, (bool,)),
    ForeignKey: (Column, (int,)),
    DateTimeField: (TimeColumn, ()),
    GenericIPAddressField: (AddressColumn, ()),
    IntegerField: (NumberColumn, ()),
    UUIDField: (Column, ()),
}


def unsaved(model: type[M], **columns: Any) -> M:
    """Return what ``model(**columns)`` does, in a third of its time, but send no ``pre_init`` and ``post_init``.

    A foreign key is given by its column, such as ``user_id``.
    """
    constant, computed = defaults_of(model)
    instance = model.__new__(model)
    instance.__dict__.update(constant)
    instance.__dict__.update({name: default() for name, default in computed if name not in columns})
    instance.__dict__.update(columns, _state=ModelState())
    return instance


@cache
def defaults_of(model: type[Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Return what the columns are if nobody says otherwise, and how others of them are found each time."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - public by its documentation
    computed = [(field.attname, field.default) for field in fields if field.has_default() and callable(field.default)]
    return {field.attname: field.get_default() for field in fields}, computed


def insert(instance: Model) -> None:
    """Insert the row, as ``save(force_insert=True)`` does. Sends ``pre_save`` and ``post_save``."""
    signal = {"sender": type(instance), "instance": instance, "raw": False, "using": DEFAULT_DB_ALIAS}
    pre_save.send(**signal, update_fields=None)
    insert_silently(instance)
    post_save.send(**signal, update_fields=None, created=True)


def insert_silently(instance: Model) -> None:
    """Insert the row."""
    wrapper = connections[DEFAULT_DB_ALIAS]
    sql, columns = insertion(type(instance), wrapper.vendor, has_key=instance.pk is not None)
    values = [
        value if (value := column.read(instance)).__class__ in column.as_is else column.prepare(value, wrapper)
        for column in columns
    ]
    statement = partial(run, wrapper, sql, values, fetch=fetch_key)
    key = statement() if wrapper.in_atomic_block else wrapper.write_alone(statement)  # type: ignore[attr-defined]  # ours
    if instance.pk is None:
        instance.pk = key
    instance._state.adding, instance._state.db = False, wrapper.alias  # noqa: SLF001 - likewise


@cache
def insertion(model: type[Model], vendor: str, *, has_key: bool) -> tuple[str, list[Column]]:
    """Return the statement that inserts a row, and the columns whose values it takes."""
    options = model._meta  # noqa: SLF001 - likewise
    fields = [field for field in options.local_concrete_fields if field.attname != "id" or has_key]
    names, values = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    returning = " RETURNING id" if vendor == "postgresql" else ""
    sql = f'INSERT INTO "{options.db_table}" ({names}) VALUES ({values}){returning}'  # noqa: S608 - names of ours
    return sql, [column_of(field) for field in fields]


def reader_of(field: "Field[Any, Any]") -> Callable[[Model], Any]:
    """Return what reads the value off an instance, as ``pre_save()`` does."""
    is_set_by_it = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    if type(field).pre_save in {Field.pre_save, DateTimeField.pre_save} and not is_set_by_it:
        return attrgetter(field.attname)
    return partial(field.pre_save, add=True)


def column_of(field: "Field[Any, Any]") -> Column:
    """Return the column of Django's kind of field, unless this one prepares values in its own way."""
    for kind, (column, as_is) in KINDS.items():
        if isinstance(field, kind) and is_prepared_as(field, kind):
            return column(field, *as_is, type(None))
    return Column(field)


def is_prepared_as(field: "Field[Any, Any]", kind: type[Any]) -> bool:
    """Whether the field prepares its values for the driver as that kind of field does."""
    return all(getattr(type(field), name) is getattr(kind, name) for name in PREPARING)


def fetch_key(cursor: Any) -> int | None:
    """Return the key of the row that was inserted."""
    returned: int | None = cursor.fetchone()[0] if cursor.description else cursor.lastrowid
    return returned
