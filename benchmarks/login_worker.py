"""A process in which logins are measured, of Latchkey or of a peer: it imports what both have, Django.

It makes its database, then takes orders on standard input, a line of JSON each: ``{"order": "measure", "path": ...,
"kind": ..., "count": ...}``. It answers each with a line of JSON.
"""

import io
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TextIO
from unittest.mock import patch

import django
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.test.client import ClientHandler

ACCOUNTS = 100
PASSWORD = "a password"  # noqa: S105 - it opens nothing but a database that is thrown away
SUCCESS, FAILURE, REFUSAL = "success", "failure", "refusal"
LOCKED = "198.51.100.1"  # the address whose guesses are used up
STATUSES = {SUCCESS: {200}, FAILURE: {400}, REFUSAL: {400, 403, 429}}  # axes: 400, as for a wrong password
numbers = count()
Environ = dict[str, Any]


class Statements(Counter[str]):
    """Counts what is sent to the database: statements that read or write, and what is committed."""

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count a statement. Outside of a transaction a write is one of its own."""
        verb = sql.split(None, 1)[0].upper()
        if verb in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            self["statements"] += 1
            if verb != "SELECT":
                self["writes"] += 1
                self["commits"] += not connection.in_atomic_block
        return execute(sql, params, many, context)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count during the block."""
        with connection.execute_wrapper(self), patch.object(connection, "commit", wraps=connection.commit) as commit:
            yield
        self["commits"] += commit.call_count


def main() -> None:
    """Make the database, say so, and serve."""
    answers, sys.stdout = sys.stdout, sys.stderr
    django.setup()
    prepare()
    handler = ClientHandler(enforce_csrf_checks=False)
    say(answers, "ready")
    for line in sys.stdin:
        order = json.loads(line)
        say(answers, ORDERS[order.pop("order")](handler, **order))


def say(answers: TextIO, answer: object) -> None:
    """Answer in a line."""
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def prepare() -> None:
    """Make the tables and the accounts."""
    call_command("migrate", verbosity=0)
    users = get_user_model()._default_manager  # noqa: SLF001 - Django documents it
    hashed = make_password(PASSWORD)
    users.bulk_create(
        users.model(username=f"person{number}", email=f"person{number}@example.org", password=hashed)
        for number in range(ACCOUNTS)
    )


def request_of(path: str, kind: str) -> Environ:
    """Return a login: a right password from home; a wrong one from anywhere; any one from where guesses are used up."""
    number = next(numbers)
    address = {
        SUCCESS: f"10.0.0.{1 + number % ACCOUNTS}",
        FAILURE: f"10.{1 + number // 65536}.{number // 256 % 256}.{number % 256}",
        REFUSAL: LOCKED,
    }[kind]
    name = "person0" if kind == REFUSAL else f"person{number % ACCOUNTS}"
    body = json.dumps({"username": name, "password": "a guess" if kind == FAILURE else PASSWORD})
    factory = RequestFactory(SERVER_NAME="127.0.0.1", REMOTE_ADDR=address, HTTP_USER_AGENT="curl/8.9.1")
    request = factory.post(path, body, content_type="application/json")
    return request.environ


def lock_out(handler: ClientHandler, *, path: str, guesses: int) -> None:
    """Use up the guesses that ``REFUSAL`` finds used up."""
    for _ in range(guesses):
        environ = request_of(path, REFUSAL)
        body = json.dumps({"username": "person0", "password": "a guess"}).encode()
        handler(environ | {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))})


def measure(handler: ClientHandler, *, path: str, kind: str, count: int) -> list[tuple[float, float]]:
    """Return the milliseconds that each login took: by the clock, and of this process on the processor."""
    times = []
    for environ in [request_of(path, kind) for _ in range(count)]:
        wall, cpu = time.perf_counter(), time.process_time()
        response: Any = handler(environ)
        times.append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
        if response.status_code not in STATUSES[kind]:
            raise RuntimeError(f"{path}, {kind}: {response.status_code}")
    return times


def statements(handler: ClientHandler, *, path: str, kind: str) -> dict[str, int]:
    """Return how many statements, and commits, one login takes."""
    counter = Statements()
    with counter.counting():
        measure(handler, path=path, kind=kind, count=1)
    return counter


ORDERS: dict[str, Callable[..., Any]] = {"lock_out": lock_out, "measure": measure, "statements": statements}

if __name__ == "__main__":
    main()
