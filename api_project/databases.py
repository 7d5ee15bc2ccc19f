"""What the backends are told of the database that ``DATABASE_URL`` names."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

SQLITE_OPTIONS = {
    # Writers queue for the lock at BEGIN instead of failing when a read turns into a write.
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,  # seconds a writer waits for its turn
    # FULL: a power cut must not take back a row that was answered. https://www.sqlite.org/pragma.html#pragma_synchronous
    # MEMORY: what a row of the log has to take back if it fails is more than 64 KiB now and then, and would go to a
    # file beside those of the system, which is slow and perhaps read-only. https://www.sqlite.org/tempfiles.html
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;",
}
POSTGRESQL_OPTIONS = {
    # A database that is gone answers within seconds instead of holding the worker for minutes.
    "connect_timeout": 5,
    # A process that is frozen in a transaction keeps its locks from the others for no longer than this.
    # The log's pages are to be read by an index in their order, without anything to sort or workers to start; and
    # what else has no index is not to be compiled for being forbidden.
    "options": "-c lock_timeout=3s -c idle_in_transaction_session_timeout=10s -c enable_seqscan=off"
    " -c enable_bitmapscan=off -c enable_sort=off -c max_parallel_workers_per_gather=0 -c jit=off",
    # So does a network that swallows everything: a minute after the last answer, the connection is over.
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds that what was sent may go unacknowledged
}


def with_our_backend(named: dict[str, Any]) -> dict[str, Any]:
    """Return the database with the backend that we have for it. PostgreSQL's options may be replaced in the URL.

    Raises:
        ImproperlyConfigured: it is neither SQLite nor PostgreSQL, or has parameters that would fail when it is opened.
    """
    asked = named.get("OPTIONS", {})
    if named["ENGINE"] == "django.db.backends.sqlite3":
        if asked:
            raise ImproperlyConfigured("The environment variable DATABASE_URL must have no parameters for SQLite.")
        # To open the file and set it up takes 0.8 ms of each request.
        return named | {"ENGINE": "api_project.sqlite3", "CONN_MAX_AGE": None, "OPTIONS": SQLITE_OPTIONS}
    if named["ENGINE"] == "django.db.backends.postgresql":
        if not are_known(asked):
            raise ImproperlyConfigured("The environment variable DATABASE_URL must have parameters of libpq alone.")
        if not named["NAME"] and "service" not in asked:
            raise ImproperlyConfigured("The environment variable DATABASE_URL must name a database of the server.")
        return named | {"ENGINE": "api_project.postgresql", "OPTIONS": POSTGRESQL_OPTIONS | asked}
    raise ImproperlyConfigured("The environment variable DATABASE_URL must name PostgreSQL or SQLite.")


def are_known(parameters: dict[str, Any]) -> bool:
    """Whether libpq takes parameters of such names. What they hold, it looks at when it connects."""
    from psycopg import ProgrammingError  # noqa: PLC0415 - who has SQLite need not wait for it to load
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 - likewise

    try:
        make_conninfo(**parameters)
    except ProgrammingError:
        return False
    return True
