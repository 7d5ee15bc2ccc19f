"""The process in which rows of the login log are written, by Latchkey and by the bare driver: one commit for each.

The driver runs the statement that Latchkey was seen to run, with its values, on the same table, with the same triggers
and indexes, on connections of its own with the same promises to the disk: in a transaction, as both drivers do by
themselves, and without one, which has to be asked for. Latchkey prints a line of each row besides, as the service does;
and again without the line, which the driver does not print either. One thread writes, and then as many as serve
requests, each on its connection. It prints its figures as JSON.
"""

import gc
import json
import logging
import random
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory

BATCH = 20  # rows in turn, of each thread
WARM_UP = 10  # rounds
MANY = 16  # threads
Write = Callable[[HttpRequest], object]


def main(rounds: int) -> None:
    """Measure, and print."""
    django.setup()
    writers = {
        "latchkey": record_one,
        "unprinted": record_one,
        "together": record_together,
        "cursor": by_cursor(),
        "driver": by_driver(in_transaction),
        "autocommit": by_driver(at_once),
    }
    gc.collect()
    gc.freeze()  # as the service does
    figures: dict[str, dict[str, list[float]]] = {
        name: {"rows a second": [], "CPU, ms": [], "rows a second, 16 at once": []} for name in writers
    }
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(MANY) as many:
        for number in range(-WARM_UP, rounds):
            for name, write in random.sample(list(writers.items()), len(writers)):
                logging.getLogger("audit").disabled = name == "unprinted"
                alone, cpu = pace(write, one, 1)
                together, _ = pace(write, many, MANY)
                if number >= 0:
                    figures[name]["rows a second"].append(alone)
                    figures[name]["CPU, ms"].append(cpu)
                    figures[name]["rows a second, 16 at once"].append(together)
    json.dump(figures, sys.stdout)


def pace(write: Write, pool: ThreadPoolExecutor, threads: int) -> tuple[float, float]:
    """Return the rows that the threads write in a second, and the milliseconds of the processor that each takes."""
    shares = [[make_request() for _ in range(BATCH)] for _ in range(threads)]
    ready = threading.Barrier(threads)

    def write_all(share: Sequence[HttpRequest]) -> None:
        ready.wait()
        for request in share:
            write(request)

    clock, cpu = time.perf_counter(), time.process_time()
    list(pool.map(write_all, shares))
    rows = threads * BATCH
    return rows / (time.perf_counter() - clock), (time.process_time() - cpu) / rows * 1000


def make_request() -> HttpRequest:
    """Return a login, which is there before it is recorded."""
    return RequestFactory().post("/api/v1/auth/login/", REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="curl/8.9.1")


def record_one(request: HttpRequest) -> None:
    """Record a refusal, whose row has nothing to be committed with it."""
    from audit.recording import record  # noqa: PLC0415 - needs the app registry
    from users.attempts import Attempt  # noqa: PLC0415 - likewise
    from users.vocabulary import FailureReason  # noqa: PLC0415 - likewise

    record(request=request, attempt=Attempt("reader", user=None, failure_reason=FailureReason.LOCKED_OUT))
    connection.close_if_unusable_or_obsolete()  # as at the end of each request


def record_together(request: HttpRequest) -> None:
    """Record it in a transaction, as where a guess is settled with the row; here there is none to settle."""
    from users.attempts import await_outcome  # noqa: PLC0415 - needs the app registry

    await_outcome(request)
    record_one(request)


def seen() -> tuple[str, list[Any]]:
    """Return the statement with which Latchkey writes its row, and its values."""
    found: list[tuple[str, list[Any]]] = []

    def see(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((sql, list(params or [])))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(see):
        record_one(make_request())
    inserts = [one for one in found if one[0].startswith("INSERT INTO")]
    if len(inserts) != 1:
        raise RuntimeError(f"not one row, but: {found}")
    return inserts[0]


def by_cursor() -> Write:
    """Write on Django's cursor, in a transaction of Django's: what is Latchkey's own is the difference."""
    sql, values = seen()

    def write(_: HttpRequest) -> None:
        with transaction.atomic(savepoint=False), connection.cursor() as cursor:
            cursor.execute(sql, values)
        connection.close_if_unusable_or_obsolete()

    return write


def by_driver(commit: Callable[[Any, str, Sequence[Any]], None]) -> Write:
    """Write with the standard library or psycopg, on a connection of each thread's own."""
    sql, values = seen()
    if connection.vendor == "sqlite":
        sql = sql.replace("%s", "?")
    connect, threads = CONNECT[connection.vendor], threading.local()

    def write(_: HttpRequest) -> None:
        if not hasattr(threads, "driver"):
            threads.driver = connect(autocommit=commit is at_once)
        commit(threads.driver, sql, values)

    return write


def in_transaction(driver: Any, sql: str, values: Sequence[Any]) -> None:
    """Write one row, in the transaction that the driver begins."""
    driver.execute(sql, values).fetchone()
    driver.commit()


def at_once(driver: Any, sql: str, values: Sequence[Any]) -> None:
    """Write one row."""
    driver.execute(sql, values).fetchone()


def connect_to_sqlite(*, autocommit: bool) -> sqlite3.Connection:
    """Return a connection that waits for its turn as long as ours do."""
    file = settings.DATABASES["default"]["NAME"]
    driver = sqlite3.connect(file, isolation_level=None if autocommit else "IMMEDIATE", timeout=10)
    driver.execute("PRAGMA journal_mode=WAL")
    driver.execute("PRAGMA synchronous=FULL")
    return driver


def connect_to_postgresql(*, autocommit: bool) -> Any:
    """Return a connection."""
    import psycopg  # noqa: PLC0415 - where there is PostgreSQL

    parameters = connection.get_connection_params()
    known = ("dbname", "user", "password", "host", "port", "options")
    return psycopg.connect(**{name: parameters[name] for name in known if name in parameters}, autocommit=autocommit)


CONNECT: dict[str, Callable[..., Any]] = {"sqlite": connect_to_sqlite, "postgresql": connect_to_postgresql}

if __name__ == "__main__":
    main(int(sys.argv[1]))
