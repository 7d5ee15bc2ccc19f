"""A statement sent together with the BEGIN of its transaction: one round trip to the server instead of two."""

from typing import Any

import psycopg
from psycopg.generators import execute, fetch_many

from api_project.postgresql.results import check


def begin_with(connection: "psycopg.Connection[Any]", begin: bytes, prepared: tuple[Any, ...]) -> Any:
    """Begin a transaction, and return the result of the prepared statement that is the first of it.

    https://www.postgresql.org/docs/current/libpq-pipeline-mode.html

    Args:
        connection: one on which nothing is under way.
        begin: the statement that begins the transaction.
        prepared: what ``send_query_prepared`` takes.

    Raises:
        psycopg.Error: the transaction could not be begun.
    """
    pgconn: Any = connection.pgconn
    pgconn.enter_pipeline_mode()
    pgconn.send_query_params(begin, None)
    pgconn.send_query_prepared(*prepared)
    pgconn.pipeline_sync()
    results = connection.wait(execute(pgconn))  # of BEGIN
    results += connection.wait(fetch_many(pgconn))
    connection.wait(fetch_many(pgconn))  # of the sync
    pgconn.exit_pipeline_mode()
    check(results[0])
    return results[-1]
