"""How times get to SQLite and back."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

from django.db.backends.sqlite3 import operations
from django.utils.dateparse import parse_datetime


def read_time(text: bytes) -> datetime | None:
    """Return the time, which is stored in UTC. Written by somebody else it may look different, and is Django's."""
    try:
        return datetime.fromisoformat(f"{text.decode()}+00:00")
    except ValueError:
        return parse_datetime(text.decode())


# Django's own reads a naive time, which two more functions make into this one.
sqlite3.register_converter("datetime", read_time)


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, with the conversions of times, which each row needs several times."""

    def adapt_datetimefield_value(self, value: datetime | None) -> str | None:
        """Return the time as it is stored, which is in UTC."""
        if value.__class__ is datetime and value.tzinfo is UTC:
            return value.isoformat(" ").removesuffix("+00:00")
        adapted: str | None = super().adapt_datetimefield_value(value)
        return adapted

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> datetime | None:
        """Return the time as UTC: as ``read_time`` read it, or as Django reads the text that an expression gives."""
        if value.__class__ is datetime and value.tzinfo is UTC:
            return value
        converted: datetime | None = super().convert_datetimefield_value(value, expression, connection)
        return converted
