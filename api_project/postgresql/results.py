"""What became of a statement."""

from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus


def check(result: Any) -> None:
    """Raise what psycopg would if the statement failed."""
    if result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        return
    if result.error_field(DiagnosticField.SQLSTATE) is None:  # not the server's word: it is gone
        raise psycopg.OperationalError(result.get_error_message())
    raise error_from_result(result)
