"""What became of a statement."""

from typing import Any

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import DiagnosticField, ExecStatus

# https://www.postgresql.org/docs/current/errcodes-appendix.html
FEATURE_NOT_SUPPORTED = b"0A000"
INVALID_SQL_STATEMENT_NAME = b"26000"


def check(result: Any) -> None:
    """Raise what psycopg would if the statement failed."""
    if result.status in {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK}:
        return
    if result.error_field(DiagnosticField.SQLSTATE) is None:  # not the server's word: it is gone
        raise psycopg.OperationalError(result.get_error_message())
    raise error_from_result(result)


def is_outdated(result: Any) -> bool:
    """Whether the statement was prepared before a column of its rows got another type, or is not there any more.

    The former has no code of its own, and a text in the server's language: what is left is who says it.
    """
    code: bytes | None = result.error_field(DiagnosticField.SQLSTATE)
    said_by: bytes | None = (
        result.error_field(DiagnosticField.SOURCE_FUNCTION) if code == FEATURE_NOT_SUPPORTED else None
    )
    return code == INVALID_SQL_STATEMENT_NAME or said_by == b"RevalidateCachedQuery"
