"""How the database is spoken to."""

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

on_sqlite = pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="a matter of SQLite")
on_postgresql = pytest.mark.skipif("sqlite" in settings.DATABASES["default"]["ENGINE"], reason="a matter of PostgreSQL")


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_sqlite_flushes_each_commit_and_queues_writers() -> None:
    options = settings.DATABASES["default"]["OPTIONS"]
    assert "journal_mode=WAL" in options["init_command"]
    assert options["timeout"] >= 5
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    with CaptureQueriesContext(connection) as captured, transaction.atomic():
        pass
    assert captured[0]["sql"] == "BEGIN IMMEDIATE"


@on_postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lock_timeout", "3s"),
        ("idle_in_transaction_session_timeout", "10s"),
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        ("enable_sort", "off"),
        ("max_parallel_workers_per_gather", "0"),
        ("jit", "off"),
    ],
)
def test_postgresql_gives_up_locks_of_those_who_sleep_and_reads_pages_by_an_index(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        assert cursor.fetchone() == (value,)
