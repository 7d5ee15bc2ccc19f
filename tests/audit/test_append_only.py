"""A row of the login log is written once, and leaves by retention alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
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


def test_retention_may_delete_no_more_than_it_said(row: LoginLog) -> None:
    younger = write(days=0)
    Retention.objects.create(id=row.pk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        younger.delete()


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
