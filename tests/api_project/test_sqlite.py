"""How long a connection to SQLite is kept, and whose turn it is to write."""

import contextlib
import itertools
import os
import resource
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.db.models import Max
from django.utils.dateparse import parse_datetime

from api_project.sqlite3.base import DatabaseWrapper, writers
from api_project.sqlite3.waiting import LOOK_EVERY
from auth_api.models import Guess
from users.insertion import insert

pytestmark = [
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a matter of SQLite"),
    pytest.mark.django_db(transaction=True),
]

IN_FILES, IN_MEMORY = 1, 2  # https://www.sqlite.org/pragma.html#pragma_temp_store


@pytest.fixture
def file(tmp_path: Path) -> Iterator[DatabaseWrapper]:
    """Return a connection to a file, as the service has; the other tests' database is in memory."""
    umask = os.umask(0o022)  # as usual: everybody may read what is made
    wrapper = DatabaseWrapper({**connection.settings_dict, "NAME": str(tmp_path / "other.sqlite3")}, "other")
    with wrapper.turn_to_migrate():
        pass  # it makes the file
    wrapper.ensure_connection()
    yield wrapper
    wrapper.close()
    os.umask(umask)


def ask(file: DatabaseWrapper, sql: str) -> None:
    """Run a statement as Django does."""
    with file.cursor() as cursor:
        cursor.execute(sql)


def begin(file: DatabaseWrapper) -> None:
    """Begin a transaction as ``atomic`` does."""
    file.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def test_what_is_in_the_file_is_for_its_owner_alone(file: DatabaseWrapper, tmp_path: Path) -> None:
    ask(file, "CREATE TABLE rows (id integer)")
    modes = {path.name.removeprefix("other.sqlite3"): path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"": 0o600, "-wal": 0o600, "-shm": 0o600}


def test_connection_is_kept_unless_something_failed_on_it(file: DatabaseWrapper) -> None:
    kept = file.connection
    file.close_if_unusable_or_obsolete()
    assert file.connection is kept
    with pytest.raises(OperationalError):
        ask(file, "SELECT no_such_column")
    file.close_if_unusable_or_obsolete()
    assert file.connection is None


def test_connection_with_an_open_transaction_is_closed(file: DatabaseWrapper) -> None:
    file.set_autocommit(False)
    file.close_if_unusable_or_obsolete()
    assert file.connection is None


def test_transaction_keeps_its_connection_to_its_end(file: DatabaseWrapper) -> None:
    begin(file)
    kept = file.connection
    file.in_atomic_block = True
    file.close_if_unusable_or_obsolete()
    ask(file, "SELECT 1")
    assert file.connection is kept
    file.in_atomic_block = False


def test_turn_ends_with_the_transaction_once(file: DatabaseWrapper) -> None:
    before = writers._inside
    for end in (file.rollback, file.commit):
        file.ensure_connection()
        begin(file)
        assert writers._inside == before + 1
        end()
        assert writers._inside == before
        file.set_autocommit(True)
        file.close()
        assert writers._inside == before


def test_turn_ends_if_the_transaction_does_not_begin(file: DatabaseWrapper) -> None:
    before = writers._inside
    file.connection.execute("BEGIN")
    with pytest.raises(OperationalError, match="within a transaction"):
        begin(file)
    assert writers._inside == before


def write_alone(file: DatabaseWrapper) -> None:
    """Write a row that is a transaction of its own."""
    file.write_alone(partial(ask, file, "INSERT INTO kept VALUES (1)"))


def write_several(file: DatabaseWrapper) -> None:
    """Write rows that are transactions of their own."""
    with file.cursor() as cursor:
        cursor.executemany("INSERT INTO kept VALUES (%s)", [(1,), (2,), (3,)])


def read(file: DatabaseWrapper) -> None:
    """Read a row."""
    ask(file, "SELECT id FROM kept")


def read_again(file: DatabaseWrapper) -> None:
    """Read a row by a statement that is run over and over."""
    file.repeating_cursor().execute("SELECT id FROM kept").fetchall()


@pytest.fixture
def table(file: DatabaseWrapper) -> None:
    """Make a table."""
    ask(file, "CREATE TABLE kept (id)")


@pytest.fixture
def other_process(file: DatabaseWrapper, table: None) -> Iterator[sqlite3.Connection]:
    """Return a connection that is in the middle of a transaction."""
    other = sqlite3.connect(file.settings_dict["NAME"], isolation_level=None)
    with contextlib.closing(other):
        other.execute("BEGIN IMMEDIATE")
        yield other


@contextlib.contextmanager
def ending_at_the_third_look(other_process: sqlite3.Connection) -> Iterator[list[tuple[float, int]]]:
    """End the other process's transaction then. Yield how long each wait was, and how many had their turn to write."""
    looks: list[tuple[float, int]] = []

    def wait(seconds: float) -> None:
        looks.append((seconds, writers.inside))
        if len(looks) == 3:
            other_process.execute("COMMIT")

    with patch("api_project.sqlite3.waiting.time.sleep", wait):
        yield looks


@pytest.mark.parametrize("work", [begin, write_alone])
def test_end_of_another_processs_transaction_is_looked_for_often(
    file: DatabaseWrapper, other_process: sqlite3.Connection, work: Callable[[DatabaseWrapper], None]
) -> None:
    with ending_at_the_third_look(other_process) as looks:
        work(file)
    assert looks == [(LOOK_EVERY, 1)] * 3
    assert not file.errors_occurred
    file.rollback()


def test_rows_that_are_written_one_by_one_wait(file: DatabaseWrapper, other_process: sqlite3.Connection) -> None:
    with patch("api_project.sqlite3.waiting.time.sleep", lambda seconds: other_process.execute("COMMIT")):
        write_several(file)
    begin(file)
    write_several(file)
    file.commit()
    assert file.connection.execute("SELECT count(*) FROM kept").fetchone() == (6,)


@pytest.fixture
def without_log(file: DatabaseWrapper, other_process: sqlite3.Connection) -> None:
    """Take the file's write-ahead log away: then readers and a writer exclude one another."""
    other_process.execute("COMMIT")
    file.close()
    other_process.execute("PRAGMA journal_mode = DELETE")
    with patch.dict(file.settings_dict["OPTIONS"], init_command=""):
        file.ensure_connection()


@pytest.mark.usefixtures("without_log")
def test_commit_waits_for_readers_of_a_file_without_a_log(
    file: DatabaseWrapper, other_process: sqlite3.Connection
) -> None:
    begin(file)
    ask(file, "INSERT INTO kept VALUES (1)")
    other_process.execute("BEGIN")
    other_process.execute("SELECT id FROM kept").fetchall()
    with patch("api_project.sqlite3.waiting.time.sleep", lambda seconds: other_process.execute("COMMIT")):
        file.commit()
    assert other_process.execute("SELECT id FROM kept").fetchall() == [(1,)]


@pytest.mark.usefixtures("without_log")
@pytest.mark.parametrize("work", [read, read_again])
def test_read_waits_for_a_process_that_has_the_file_for_itself(
    file: DatabaseWrapper, other_process: sqlite3.Connection, work: Callable[[DatabaseWrapper], None]
) -> None:
    other_process.execute("BEGIN EXCLUSIVE")
    with ending_at_the_third_look(other_process) as looks:
        work(file)
    assert looks == [(LOOK_EVERY, 0)] * 3
    assert not file.errors_occurred


@pytest.mark.parametrize("work", [begin, write_alone])
def test_transaction_of_another_process_that_does_not_end_is_a_failure(
    file: DatabaseWrapper, other_process: sqlite3.Connection, work: Callable[[DatabaseWrapper], None]
) -> None:
    clock = itertools.count()
    with (
        patch("api_project.sqlite3.waiting.time.sleep") as wait,
        patch("time.monotonic", lambda: next(clock)),
        pytest.raises(OperationalError, match="locked"),
    ):
        work(file)
    assert 5 <= wait.call_count <= 10  # seconds of that clock, and of the setting
    assert not writers.inside


def test_what_is_not_worth_waiting_for_fails_at_once(file: DatabaseWrapper, other_process: sqlite3.Connection) -> None:
    with patch("api_project.sqlite3.waiting.time.sleep", side_effect=AssertionError):
        with file.without_waiting(), pytest.raises(OperationalError, match="locked"):
            ask(file, "INSERT INTO kept VALUES (1)")
        read(file)
    other_process.execute("COMMIT")
    ask(file, "INSERT INTO kept VALUES (1)")


def test_transaction_that_has_read_does_not_wait_to_write(
    file: DatabaseWrapper, other_process: sqlite3.Connection
) -> None:
    file.ensure_connection()
    file.connection.execute("BEGIN DEFERRED")
    read(file)
    with (
        patch("api_project.sqlite3.waiting.time.sleep", side_effect=AssertionError),
        pytest.raises(OperationalError, match="locked"),
    ):
        ask(file, "INSERT INTO kept VALUES (1)")


def test_who_is_in_the_middle_of_reading_what_is_out_of_date_does_not_wait_to_write(
    file: DatabaseWrapper, other_process: sqlite3.Connection
) -> None:
    other_process.execute("INSERT INTO kept VALUES (1), (2)")
    other_process.execute("COMMIT")
    with file.cursor() as cursor:
        cursor.execute("SELECT id FROM kept")
        cursor.fetchone()
        other_process.execute("INSERT INTO kept VALUES (3)")
        with (
            patch("api_project.sqlite3.waiting.time.sleep", side_effect=AssertionError),
            pytest.raises(OperationalError, match="locked"),
        ):
            write_alone(file)
    write_alone(file)


def test_failure_that_is_no_waiting_is_not_waited_for(file: DatabaseWrapper) -> None:
    file.connection.execute("BEGIN")
    with (
        patch("api_project.sqlite3.waiting.time.sleep", side_effect=AssertionError),
        pytest.raises(OperationalError),
    ):
        begin(file)
    assert not writers.inside


def test_row_that_is_inserted_by_itself_has_its_turn() -> None:
    inside: list[tuple[str, int]] = []

    def see(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        inside.append((sql.split(maxsplit=1)[0], writers.inside))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(see):
        insert(Guess(account="a", network="b"))
    assert inside == [("INSERT", 1)]
    assert not writers.inside


def test_turn_of_a_statement_that_fails_ends(file: DatabaseWrapper) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        write_alone(file)
    assert not writers.inside


def test_percent_signs_are_written_as_for_django(file: DatabaseWrapper) -> None:
    assert file.repeating_cursor().execute("SELECT '%%', %s", ["x"]).fetchone() == ("%", "x")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 12:07:44.647622",
        "2026-11-20 12:07:44",
        "2026-11-20T12:07:44.5",
        "2026-11-20 12:07:44.647622+00:00",  # by hand, or by another program
        "2026-11-20 14:07:44+02:00",
        "2026-11-20",
    ],
)
def test_times_are_those_that_django_reads(text: str) -> None:
    Guess.objects.create(account="a", network="b")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE auth_api_guess SET taken_at = %s", [text])
    expected = parse_datetime(text)
    assert expected is not None
    assert Guess.objects.get().taken_at == (expected if expected.tzinfo else expected.replace(tzinfo=UTC))
    assert Guess.objects.aggregate(last=Max("taken_at"))["last"] == Guess.objects.get().taken_at


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 20, 12, 7, 44, 647622, tzinfo=UTC),
        datetime(2026, 11, 20, 12, 7, 44, tzinfo=UTC),
        datetime(2026, 11, 20, 12, 7, 44, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 11, 20, 12, 7, 44),  # noqa: DTZ001 - as Django's date filters have it
        None,
    ],
)
def test_times_are_written_as_django_does(moment: datetime | None) -> None:
    django: Any = super(type(connection.ops), connection.ops)
    assert connection.ops.adapt_datetimefield_value(moment) == django.adapt_datetimefield_value(moment)


@contextlib.contextmanager
def no_other_file() -> Iterator[None]:
    """Open none in the block, as where every other folder is read-only."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with open(os.devnull) as first:  # noqa: PTH123 - for its number, which is the lowest that is free
        lowest = first.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def test_what_a_statement_may_have_to_take_back_needs_no_other_file(file: DatabaseWrapper) -> None:
    ask(file, "CREATE TABLE a (b INTEGER UNIQUE)")
    ask(
        file,
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) INSERT INTO a SELECT i FROM n",
    )
    begin(file)
    with no_other_file(), file.cursor() as cursor:
        cursor.execute("UPDATE a SET b = -b")
        assert cursor.execute("SELECT min(b), max(b) FROM a").fetchone() == (-20_000, -1)
    file.rollback()


def test_what_a_migration_sorts_goes_to_files(file: DatabaseWrapper) -> None:
    def place() -> int:
        with file.cursor() as cursor:
            return int(cursor.execute("PRAGMA temp_store").fetchone()[0])

    assert place() == IN_MEMORY
    with file.turn_to_migrate():
        assert place() == IN_FILES
    assert place() == IN_MEMORY


def test_file_that_was_replaced_is_opened_anew(file: DatabaseWrapper) -> None:
    ask(file, "CREATE TABLE old (id)")
    path = Path(file.settings_dict["NAME"])
    other = path.with_name("backup.sqlite3")
    with sqlite3.connect(other) as backup:
        backup.execute("CREATE TABLE restored (id)")
    backup.close()
    file.close_if_unusable_or_obsolete()
    for each in path.parent.glob(f"{path.name}-*"):
        each.unlink()
    other.rename(path)
    with file.cursor() as cursor:
        assert cursor.execute("SELECT name FROM sqlite_master").fetchall() == [("restored",)]


def test_file_that_is_away_is_not_replaced_by_an_empty_one(file: DatabaseWrapper) -> None:
    ask(file, "CREATE TABLE kept (id)")
    path = Path(file.settings_dict["NAME"])
    path.rename(path.with_name("aside"))
    file.close_if_unusable_or_obsolete()
    with pytest.raises(OperationalError, match="migrate"):
        ask(file, "SELECT id FROM kept")
    assert not path.exists()
    path.with_name("aside").rename(path)
    ask(file, "SELECT id FROM kept")
