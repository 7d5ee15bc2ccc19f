"""The process in which rows of the login log are written, by Latchkey and by the bare driver: one commit for each.

The driver runs the statement that Latchkey was seen to run, with its values, on the same table, with the same triggers
and indexes, on a connection of its own with the same promises to the disk. It prints its figures as JSON.
"""

import json
import random
import sqlite3
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import RequestFactory

BATCH = 20  # rows in turn
WARM_UP = 200
Write = Callable[[HttpRequest], object]


def main(rounds: int) -> None:
    """Measure, and print."""
    django.setup()
    writers = {"latchkey": record_one, "cursor": by_cursor(), "driver": DRIVERS[connection.vendor]()}
    figures: dict[str, dict[str, list[float]]] = {name: {"rows a second": [], "CPU, ms": []} for name in writers}
    for number in range(-WARM_UP // BATCH, rounds):
        for name, write in random.sample(list(writers.items()), len(writers)):
            requests = [make_request() for _ in range(BATCH)]
            clock, cpu = time.perf_counter(), time.process_time()
            for request in requests:
                write(request)
            if number >= 0:
                figures[name]["CPU, ms"].append((time.process_time() - cpu) / BATCH * 1000)
                figures[name]["rows a second"].append(BATCH / (time.perf_counter() - clock))
    json.dump(figures, sys.stdout)


def make_request() -> HttpRequest:
    """Return a login, which is there before it is recorded."""
    return RequestFactory().post("/api/v1/auth/login/", REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="curl/8.9.1")


def record_one(request: HttpRequest) -> None:
    """Record that it failed, as a login does that is refused."""
    from audit.recording import record  # noqa: PLC0415 - needs the app registry
    from users.attempts import Attempt, FailureReason  # noqa: PLC0415 - likewise

    record(request=request, attempt=Attempt("reader", user=None, failure_reason=FailureReason.WRONG_PASSWORD))


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

    return write


def by_sqlite() -> Write:
    """Write with the standard library."""
    sql, values = seen()
    statement = sql.replace("%s", "?")
    driver = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None, timeout=10)
    driver.execute("PRAGMA journal_mode=WAL")
    driver.execute("PRAGMA synchronous=FULL")

    def write(_: HttpRequest) -> None:
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(statement, values)
        driver.execute("COMMIT")

    return write


def by_psycopg() -> Write:
    """Write with psycopg."""
    import psycopg  # noqa: PLC0415 - where there is PostgreSQL

    sql, values = seen()
    parameters = connection.get_connection_params()
    known = ("dbname", "user", "password", "host", "port", "options")
    driver = psycopg.connect(**{name: parameters[name] for name in known if name in parameters})

    def write(_: HttpRequest) -> None:
        driver.execute(sql, values).fetchone()
        driver.commit()

    return write


DRIVERS: dict[str, Callable[[], Write]] = {"sqlite": by_sqlite, "postgresql": by_psycopg}

if __name__ == "__main__":
    main(int(sys.argv[1]))
