"""A statement sent together with the BEGIN of its transaction: one round trip to the server instead of two."""

import select
from collections.abc import Iterator
from typing import Any

from psycopg.pq import ExecStatus

from api_project.postgresql.results import check


def begin_with(pgconn: Any, begin: bytes, prepared: tuple[Any, ...]) -> Any:
    """Begin a transaction, and return the result of the prepared statement that is the first of it.

    https://www.postgresql.org/docs/current/libpq-pipeline-mode.html

    Args:
        pgconn: the connection, on which nothing is under way.
        begin: the statement that begins the transaction.
        prepared: what ``send_query_prepared`` takes.

    Raises:
        psycopg.Error: the transaction could not be begun.
    """
    pgconn.enter_pipeline_mode()
    pgconn.send_query_params(begin, None)
    pgconn.send_query_prepared(*prepared)
    pgconn.pipeline_sync()
    began, *results = results_of(pgconn)
    pgconn.exit_pipeline_mode()
    check(began)
    return results[0]


def results_of(pgconn: Any) -> Iterator[Any]:
    """Yield the results of what was sent, as they come."""
    while True:
        result = next_result(pgconn)
        if result is None:  # between those of two statements
            continue
        if result.status == ExecStatus.PIPELINE_SYNC:
            return
        yield result


def next_result(pgconn: Any) -> Any:
    """Return the next result. psycopg would keep every other thread from running while it waits for that."""
    while (unsent := pgconn.flush()) or pgconn.is_busy():
        ready = select.poll()
        ready.register(pgconn.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
        ready.poll()
        pgconn.consume_input()
    return pgconn.get_result()
