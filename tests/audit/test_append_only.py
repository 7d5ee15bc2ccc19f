"""A row of the login log is written once, and leaves by retention alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from audit import retention
from audit.models import LoginLog, QuarterHour, Retention


@pytest.fixture
def row(db: None) -> LoginLog:
    return write(days=400)


def write(*, days: int) -> LoginLog:
    """Write a row of that age."""
    moment = timezone.now() - timedelta(days=days)
    return LoginLog.objects.create(username="bob", is_success=True, entrance="api", login_time=moment)


def by_sql(statement: str) -> Callable[[LoginLog], None]:
    def change(row: LoginLog) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return change


def by_save(row: LoginLog) -> None:
    row.username = "eve"
    row.save()


def by_upsert(row: LoginLog) -> None:
    again = LoginLog(pk=row.pk, username="eve", is_success=True, entrance="api")
    LoginLog.objects.bulk_create([again], update_conflicts=True, unique_fields=["id"], update_fields=["username"])


CHANGES = {
    "save": by_save,
    "delete": lambda row: row.delete(),
    "queryset update": lambda row: LoginLog.objects.update(is_success=False),
    "queryset delete": lambda row: LoginLog.objects.all().delete(),
    "bulk update": lambda row: LoginLog.objects.bulk_update([row], ["username"]),
    "SQL update": by_sql("UPDATE audit_loginlog SET username = 'eve'"),
    "SQL delete": by_sql("DELETE FROM audit_loginlog"),
    "upsert": by_upsert,
}
# What SQLite has beside them.
EVES = """
    (id, username, login_time, user_agent, is_success, failure_reason, entrance, request_id)
    SELECT {id}, 'eve', '2026-01-01 00:00:00', '', 0, '', 'api', '' FROM audit_loginlog
"""
REPLACEMENTS = [
    "REPLACE INTO audit_loginlog" + EVES.format(id="id"),
    "INSERT OR REPLACE INTO audit_loginlog" + EVES.format(id="id"),
    "INSERT OR REPLACE INTO audit_loginlog" + EVES.format(id="CAST(id AS TEXT)"),
    "INSERT OR REPLACE INTO audit_loginlog" + EVES.format(id="id").replace("(id", "(rowid"),
    "INSERT OR REPLACE INTO audit_loginlog SELECT * FROM audit_loginlog",
    "UPDATE OR REPLACE audit_loginlog SET id = id + 1, username = 'eve'",
]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_database_refuses_to_change_a_row(row: LoginLog, change: Callable[[LoginLog], object]) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(row)
    assert LoginLog.objects.get().username == "bob"


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no REPLACE")
@pytest.mark.parametrize("statement", REPLACEMENTS)
def test_database_refuses_to_replace_a_row(row: LoginLog, statement: str) -> None:
    counts = list(QuarterHour.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        by_sql(statement)(row)
    assert LoginLog.objects.get().username == "bob"
    assert list(QuarterHour.objects.values()) == counts


def test_rows_of_any_new_id_are_taken(row: LoginLog) -> None:
    first = row.pk
    write(days=1)
    LoginLog.objects.bulk_create(
        LoginLog(pk=number, username="bob", is_success=True, entrance="api") for number in (first + 10, first + 5, None)
    )
    assert set(LoginLog.objects.values_list("id", flat=True)) >= {first, first + 1, first + 5, first + 10}
    assert LoginLog.objects.count() == 5


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_database_refuses_to_truncate(row: LoginLog) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        by_sql("TRUNCATE audit_loginlog")(row)


def test_retention_deletes_what_is_old_enough(
    row: LoginLog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(4):
        write(days=366)
    kept = [write(days=364), write(days=0)]

    call_command("prune_login_logs", "--older-than", "365d")

    assert list(LoginLog.objects.order_by("id")) == kept
    assert not Retention.objects.exists()
    captured = capsys.readouterr()
    assert captured.out.startswith("5 rows deleted")
    assert captured.err == ""  # no bar in a pipe
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        kept[0].delete()


def test_interrupted_retention_goes_on_where_it_stopped(row: LoginLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(4):
        write(days=366)
    before = timezone.now() - timedelta(days=365)
    assert next(retention.prune(before)) == 2
    assert LoginLog.objects.count() == 3
    assert sum(retention.prune(before)) == 3


def retain(up_to: int, which: str) -> None:
    """Delete as retention does, but what is asked for."""
    with transaction.atomic(), connection.cursor() as cursor:
        permission = Retention.objects.create(id=up_to)
        cursor.execute("DELETE FROM audit_loginlog WHERE " + which)  # noqa: S608 - the tests' own
        permission.delete()


def test_retention_may_delete_no_more_than_it_said(row: LoginLog) -> None:
    write(days=0)
    with pytest.raises(DatabaseError, match="append-only"):
        retain(row.pk, "id > 0")
    assert LoginLog.objects.count() == 2


@pytest.mark.parametrize("which", ["id = {1}", "id = {3}", "id >= {1}", "id IN ({0}, {2})", "id <> {0}", "is_success"])
def test_no_row_goes_while_an_older_one_stays(row: LoginLog, which: str) -> None:
    first = LoginLog.objects.create(pk=row.pk - 1, username="bob", is_success=False, entrance="api")
    ids = [first.pk, row.pk, write(days=2).pk, write(days=1).pk]
    with pytest.raises(DatabaseError, match="append-only"):
        retain(2**63 - 1, which.format(*ids))
    assert list(LoginLog.objects.order_by("id").values_list("id", flat=True)) == ids


@pytest.mark.parametrize(
    "which", ["id IN ({3}, {1}, {0}, {2})", "login_time < '9000-01-01'", "username > 'b'", "id <= {3}"]
)
def test_the_oldest_rows_go_in_whatever_order_they_are_found(row: LoginLog, which: str) -> None:
    ids = [row.pk, *(write(days=days).pk for days in (401, 402, 403))]  # by time the other way round
    kept = LoginLog.objects.create(username="a", is_success=True, login_time=datetime(9001, 1, 1, tzinfo=UTC))
    retain(ids[-1], which.format(*ids))
    assert LoginLog.objects.get() == kept


def leave_open(*, by_change: bool = False, **said: int) -> None:
    """Commit what retention says."""
    with transaction.atomic():
        permission = Retention.objects.create(**{"id": 5} | said)
        if by_change:
            Retention.objects.update(never=permission)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("said", [{}, {"never_id": 5}, {"id": 0}, {"id": -1, "never_id": -1}, {"by_change": True}])
def test_what_retention_says_ends_with_its_transaction(said: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        leave_open(**said)
    assert not Retention.objects.exists()


@pytest.mark.parametrize(("ages", "count"), [([], 0), ([1, 0], 0), ([400, 399, 1], 2), ([400] * 7, 7)])
def test_old_rows_are_counted_by_halving(db: None, ages: list[int], count: int) -> None:
    for days in ages:
        write(days=days)
    assert retention.rows_before(timezone.now() - timedelta(days=365)) == count


@pytest.mark.parametrize(
    ("age", "reason"),
    [
        ("", "no duration"),
        ("old", "no duration"),
        ("365", "write 365d"),
        (" 365 ", "write 365d"),
        ("+365", "write 365d"),
        ("1_000", "write 365d"),
        ("\u0663", "write 365d"),
        ("-1d", "between 1d and"),
        ("0", "write 365d"),
        ("0d", "between 1d and"),
        ("365s", "between 1d and"),
        ("23h 59m", "between 1d and"),
        ("36501d", "between 1d and"),
        ("999999999d", "between 1d and"),
        ("99999999999d", "no duration"),
        ("9" * 5000 + "d", "invalid age"),
    ],
)
def test_age_that_is_none_is_refused(row: LoginLog, age: str, reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("prune_login_logs", f"--older-than={age}")
    assert LoginLog.objects.exists()


@pytest.mark.parametrize(("age", "count"), [("1d", 0), ("57w", 0), ("24h", 0), ("58w", 1), ("36500d", 1)])
def test_age_has_a_unit(row: LoginLog, age: str, count: int) -> None:
    call_command("prune_login_logs", "--older-than", age)
    assert LoginLog.objects.count() == count
