"""Transactions whose BEGIN travels with their first statement."""

import contextlib
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import patch

import pytest
from django.db import (
    DEFAULT_DB_ALIAS,
    DatabaseError,
    DataError,
    IntegrityError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from psycopg.pq import PipelineStatus, TransactionStatus

from api_project.postgresql import pipeline
from auth_api.models import Guess
from users.insertion import insert
from users.statements import fetch_all, run

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a matter of PostgreSQL"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def left_as_it_was() -> Iterator[None]:
    """See that the connection can be used as before."""
    yield
    close_old_connections()
    assert ask("SELECT 1") == 1
    pgconn = connection.connection.pgconn
    assert (pgconn.pipeline_status, pgconn.transaction_status) == (PipelineStatus.OFF, TransactionStatus.IDLE)


def ask(sql: str, *values: Any) -> Any:
    """Return what the statement finds, run as those are that are run over and over."""
    return run(connections[DEFAULT_DB_ALIAS], sql, values, fetch=fetch_all)[0][0]


def sleep_until_when() -> float:
    """Sleep a moment, and return the time, of ``time.monotonic()``, at which it was over."""
    time.sleep(0.1)
    return time.monotonic()


def test_first_statement_is_sent_with_the_begin_and_the_second_alone() -> None:
    with patch("api_project.postgresql.cursor.begin_with", wraps=pipeline.begin_with) as begin_with:
        insert(Guess(account="a", network="b"))
        assert begin_with.call_count == 0
        with transaction.atomic():
            insert(Guess(account="a", network="b"))
            assert begin_with.call_count == 1
            insert(Guess(account="a", network="b"))
        assert begin_with.call_count == 1
    assert Guess.objects.count() == 3


def test_both_are_one_transaction() -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        insert(Guess(account="a", network="b"))
        raise ZeroDivisionError
    assert not Guess.objects.exists()


def test_first_statement_that_fails_says_why() -> None:
    with pytest.raises(IntegrityError, match="null value"), transaction.atomic():
        ask("INSERT INTO auth_api_guess (account) VALUES (%s) RETURNING id", "a")
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        ask("SELECT 1 / %s::integer", 0)
    assert not Guess.objects.exists()


def test_statement_that_can_not_be_prepared_fails_the_transaction() -> None:
    with contextlib.suppress(DatabaseError), transaction.atomic():
        with pytest.raises(DatabaseError, match="does not exist"):
            ask("SELECT no_such_column")
        insert(Guess(account="a", network="b"))
    assert not Guess.objects.exists()


def test_transaction_that_can_not_begin_says_why() -> None:
    begin = "psycopg.Connection._get_tx_start_command"
    with patch(begin, return_value=b"BEGIN NONSENSE"), pytest.raises(Exception, match="syntax"), transaction.atomic():
        ask("SELECT 1")


def test_statement_larger_than_all_buffers_arrives() -> None:
    with transaction.atomic():
        assert ask("SELECT length(%s::text)", "x" * 30_000_000) == 30_000_000


def test_other_threads_work_while_one_waits() -> None:
    with ThreadPoolExecutor(1) as other, transaction.atomic():
        others_end = other.submit(sleep_until_when)
        ask("SELECT pg_sleep(%s)::text", 0.5)
        assert others_end.result() < time.monotonic() - 0.2


def test_server_that_is_gone_is_a_failure_of_the_database() -> None:
    connection.ensure_connection()
    with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as server:
        server.shutdown(socket.SHUT_RDWR)
    with pytest.raises(OperationalError), transaction.atomic():
        insert(Guess(account="a", network="b"))


def test_server_that_goes_between_the_two_is_one_as_well() -> None:
    with pytest.raises(OperationalError), transaction.atomic():
        ask("SELECT pg_terminate_backend(pg_backend_pid())")
