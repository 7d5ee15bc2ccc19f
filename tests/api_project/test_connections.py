"""How threads share connections to PostgreSQL."""

import contextlib
import gc
import os
import socket
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.db.models import Value
from psycopg.pq import TransactionStatus
from pytest_django import Settings
from rest_framework.test import APIClient

from api_project.postgresql import connections as pool
from api_project.postgresql.base import DatabaseWrapper, shared
from api_project.postgresql.cursor import known
from audit import export
from audit.models import LoginLog
from auth_api.models import AuthToken, Guess
from tests.conftest import PASSWORD
from users.clients import Client
from users.insertion import insert
from users.models import User
from users.statements import Prepared, execute, fetch_all, run

AsUser = Callable[[User], APIClient]

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a matter of PostgreSQL"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def no_connection() -> Iterator[None]:
    """Begin and end with none open."""
    leave_none()
    yield
    leave_none()


def leave_none() -> None:
    """Close this thread's and those that are idle."""
    connection.close()
    for each in shared.values():
        each.close_idle()


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    """Return another thread."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield thread
        thread.submit(close_old_connections).result()


def ask(sql: str = "SELECT pg_backend_pid()") -> Any:
    """Return what the database answers, by default who serves this connection."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0] if cursor.description else None


def ask_and_leave() -> Any:
    """Likewise, as a request does that ends."""
    try:
        return ask()
    finally:
        close_old_connections()


def test_connection_outlives_the_request_and_goes_to_the_next_one(other: ThreadPoolExecutor) -> None:
    first = ask_and_leave()
    assert other.submit(ask_and_leave).result() == first
    assert ask_and_leave() == first


def test_connections_are_not_shared_while_in_use(other: ThreadPoolExecutor) -> None:
    assert other.submit(ask).result() != ask()


def test_connection_that_the_server_ended_costs_no_request(other: ThreadPoolExecutor) -> None:
    ask()
    idle = other.submit(ask_and_leave).result()
    ask(f"SELECT pg_terminate_backend({idle}, 5000)")
    assert other.submit(ask_and_leave).result() != idle


def test_connection_on_which_a_statement_failed_is_replaced() -> None:
    first = ask()
    with pytest.raises(DatabaseError):
        ask("SELECT no_such_column")
    close_old_connections()
    assert ask_and_leave() != first


def test_connection_without_autocommit_is_replaced() -> None:
    first = ask()
    connection.set_autocommit(False)
    close_old_connections()
    assert ask() != first


def test_connection_in_the_middle_of_a_pipeline_is_replaced() -> None:
    first = ask()
    connection.connection.pgconn.enter_pipeline_mode()
    close_old_connections()
    assert ask() != first


def test_connection_with_an_open_transaction_is_replaced() -> None:
    first = ask()
    connection.connection.execute("BEGIN")
    close_old_connections()
    assert ask_and_leave() != first


@pytest.mark.parametrize("is_one_idle", [False, True])
def test_transaction_of_the_next_request_begins_anew(other: ThreadPoolExecutor, is_one_idle: bool) -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        first = ask()
        idle = other.submit(ask_and_leave).result() if is_one_idle else None
        connection.close()  # as when the server goes away in the middle
        raise ZeroDivisionError
    with transaction.atomic():
        assert ask() == idle if is_one_idle else ask() != first
        User.objects.create_user("bob")
    close_old_connections()
    assert User.objects.filter(username="bob").exists()


def test_transaction_keeps_its_connection_to_its_end() -> None:
    with transaction.atomic():
        first = ask()
        close_old_connections()
        assert ask() == first


def test_threads_that_ask_first_share_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    both = Barrier(2, timeout=5)

    def meet(self: object) -> None:
        both.wait()

    monkeypatch.setattr(pool.Connections, "__init__", meet)
    wrapper = DatabaseWrapper(connection.settings_dict, "nobody's")
    try:
        with ThreadPoolExecutor(max_workers=2) as threads:
            one, other = threads.map(lambda _: wrapper.connections, range(2))
        assert one is other
    finally:
        shared.pop(("nobody's", connection.settings_dict["NAME"]))


def test_download_that_is_read_slowly_keeps_no_connection(
    other: ThreadPoolExecutor, staff: User, as_user: AsUser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(staff)
    for _ in range(5):
        LoginLog.objects.create(username="bob", is_success=True, entrance="api")
    connection.close()
    settings.DATABASE_CONNECTIONS = 1
    monkeypatch.setattr(pool, "PATIENCE", 0.05)
    monkeypatch.setattr(export, "BATCH", 2)
    answer = client.get("/api/v1/audit/login-logs/?format=ndjson")
    lines = 0
    for batch in answer:
        lines += batch.count(b"\n")
        assert other.submit(ask_and_leave).result()
    assert lines == 5


def test_only_so_many_are_open_and_the_others_wait(other: ThreadPoolExecutor, settings: Settings) -> None:
    settings.DATABASE_CONNECTIONS = 1
    first = ask()
    waiting = other.submit(ask_and_leave)
    with pytest.raises(TimeoutError):
        waiting.result(timeout=0.1)
    close_old_connections()
    assert waiting.result() == first


def test_who_waits_in_vain_is_told_so(
    other: ThreadPoolExecutor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATABASE_CONNECTIONS = 1
    monkeypatch.setattr(pool, "PATIENCE", 0.05)
    ask()
    with pytest.raises(OperationalError):
        other.submit(ask_and_leave).result()
    close_old_connections()
    assert other.submit(ask_and_leave).result()


def test_connections_that_could_not_be_opened_do_not_count(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATABASE_CONNECTIONS = 1
    monkeypatch.setattr(pool, "PATIENCE", 0.05)
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "PORT", "1")
        for _ in range(3):
            with pytest.raises(OperationalError, match="refused"):
                ask()
    with monkeypatch.context() as broken:
        broken.setattr(DatabaseWrapper, "init_connection_state", fail)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                ask()
    assert ask_and_leave()


def fail(*args: object) -> None:
    """Break what was just opened."""
    raise ZeroDivisionError


def test_repeated_statement_is_prepared_once() -> None:
    for number in range(3):
        User.objects.find_by_login(f"bob{number}")
    prepared = ask("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%users_user%'")
    assert prepared == 1


def test_connection_that_was_thrown_away_is_forgotten() -> None:
    User.objects.find_by_login("bob")
    gone = weakref.ref(connection.connection)
    assert connection.connection in known
    connection.errors_occurred = True
    close_old_connections()
    gc.collect()
    assert gone() is None


@pytest.fixture
def migrate(other: ThreadPoolExecutor) -> Iterator[Callable[[], None]]:
    """Return a function that changes the type of a column, as a migration of another process does."""

    def alter(length: int) -> None:
        other.submit(ask, f"ALTER TABLE users_user ALTER password TYPE varchar({length})").result()

    other.submit(ask).result()  # on a connection of its own, not one that a request has left
    yield lambda: alter(129)
    alter(128)


def discard() -> None:
    """Forget what was prepared, as a proxy between the service and the server may."""
    ask("DISCARD ALL")


def find_in_a_transaction(user: User) -> bool:
    """Run a repeated statement that begins its transaction."""
    with transaction.atomic():
        return User.objects.lock(user)


def find(user: User) -> bool:
    """Run one without a transaction."""
    return User.objects.find_by_login(user.username) == user


@pytest.mark.parametrize("statement", [find, find_in_a_transaction])
@pytest.mark.parametrize("way", ["migrated", "discarded"])
def test_statement_that_was_prepared_too_long_ago_is_prepared_anew(
    bob: User, migrate: Callable[[], None], statement: Callable[[User], bool], way: str
) -> None:
    assert statement(bob)
    first = ask()
    {"migrated": migrate, "discarded": discard}[way]()
    assert statement(bob)
    assert ask() == first
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE


def test_login_succeeds_at_once_after_a_migration(bob: User, api: APIClient, migrate: Callable[[], None]) -> None:
    body = {"username": "bob", "password": PASSWORD}
    statuses = [api.post("/api/v1/auth/login/", body).status_code]
    migrate()
    statuses += [api.post("/api/v1/auth/login/", body).status_code]
    assert statuses == [200, 200]


def test_transaction_whose_statement_is_outdated_fails_once(bob: User, migrate: Callable[[], None]) -> None:
    @transaction.atomic
    def find_after_migration() -> None:
        ask()
        migrate()
        find(bob)

    find(bob)
    with pytest.raises(DatabaseError, match="cached plan"):
        find_after_migration()
    with transaction.atomic():
        assert ask()
        assert find(bob)


def test_transaction_that_begins_with_a_repeated_statement_is_one() -> None:
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        execute(
            "INSERT INTO auth_api_guess (account, network, taken_at, is_cleared) VALUES (%s, %s, now(), false)",
            "a",
            "b",
        )
        raise ZeroDivisionError
    assert not Guess.objects.exists()
    assert connection.connection.info.transaction_status == TransactionStatus.IDLE


def test_repeated_statement_that_fails_says_what_the_driver_says() -> None:
    with pytest.raises(ProgrammingError, match="does not exist"):
        execute("DELETE FROM no_such_table WHERE id = %s", 1)
    with pytest.raises(IntegrityError, match="null value"):
        execute("INSERT INTO auth_api_guess (account) VALUES (%s)", "a")
    with pytest.raises(DataError, match="too long"):
        execute("UPDATE users_user SET username = %s::varchar(1) || %s", "a", "x" * 200)
    assert ask("SELECT 1") == 1


def test_repeated_statement_keeps_percent_signs_and_types() -> None:
    with_text = User.objects.annotate(text=Value("100 % of %s"))
    prepared = Prepared(
        lambda name, since: with_text.filter(username=name, date_joined__gt=since).values_list(
            "text", "date_joined", "last_login", "is_staff", "pk"
        ),
        name=str,
        since=datetime,
    )
    user = User.objects.create_user("bob")
    rows = prepared.rows(name="bob", since=datetime(2020, 1, 1, tzinfo=UTC))
    assert rows == [("100 % of %s", user.date_joined, None, False, user.pk)]
    assert rows[0][1].tzinfo is UTC


@pytest.mark.parametrize("address", ["192.0.2.1", "255.255.255.255", "2001:db8::1", None])
def test_repeated_statement_reads_an_address_as_text(address: str | None) -> None:
    user = User.objects.create_user("bob")
    key = user.auth_tokens.issue(client=Client(ip_address=address, user_agent="")).key
    token = AuthToken.objects.find(key)
    assert token is not None
    assert token.last_used_ip == AuthToken.objects.get().last_used_ip == address


@pytest.mark.parametrize("network", ["192.0.2.0/24", "2001:db8::/32"])
def test_network_is_not_taken_for_an_address(network: str) -> None:
    found = run(connections["default"], "SELECT %s::inet", [network], fetch=fetch_all)
    assert found == [(network,)]


def test_rows_of_any_address_are_written_by_one_statement() -> None:
    def written(address: str) -> int:
        insert(LoginLog(username="bob", ip_address=address, is_success=False))
        return int(ask("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO \"audit_%'"))

    assert [written(address) for address in ("192.0.2.1", "2001:db8::1", "::1", "255.255.255.255")] == [1, 1, 1, 1]


def test_server_that_goes_away_in_a_transaction_is_a_failure_of_the_database() -> None:
    with contextlib.suppress(OperationalError), transaction.atomic():
        User.objects.lock(User(pk=1))
        with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as server:
            server.shutdown(socket.SHUT_RDWR)
        with pytest.raises(OperationalError, match="closed"):
            User.objects.lock(User(pk=1))
    close_old_connections()
    assert not User.objects.lock(User(pk=1))
