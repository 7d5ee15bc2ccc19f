"""Fills the login log: without its indexes, which are made in the end. Goes on where it was stopped.

Triggers stay on, so that the counts of quarters are what the product itself makes of the rows.
"""

from django.core.management import call_command
from django.db import connection, models
from django.db.models import Max
from tqdm import tqdm

from audit.models import LoginLog
from benchmarks.bulk import execute, write
from benchmarks.log_rows import Row, block

BLOCK = 50_000  # rows of a transaction
META = LoginLog._meta  # noqa: SLF001 - Django documents it
# For loading alone: a database that is half loaded when the power fails is loaded anew.
HASTE = {
    "sqlite": ["PRAGMA synchronous = OFF", "PRAGMA cache_size = -1000000", "PRAGMA threads = 2"],
    "postgresql": ["SET synchronous_commit = off", "SET maintenance_work_mem = '1GB'"],
}
# What databases come to by themselves in time: a checkpoint, and on PostgreSQL autovacuum.
REST = {
    "sqlite": ["PRAGMA wal_checkpoint(TRUNCATE)"],
    "postgresql": [f"VACUUM ANALYZE {META.db_table}", "VACUUM ANALYZE audit_quarterhour", "CHECKPOINT"],
}


def load(rows: int) -> None:
    """Bring the log to so many rows, which are those of ``benchmarks.log_rows``."""
    call_command("migrate", verbosity=0)
    present = LoginLog.objects.aggregate(last=Max("id"))["last"] or 0
    execute(HASTE[connection.vendor])
    if present < rows:
        execute(f"DROP INDEX IF EXISTS {index.name}" for index in indexes())
        fill(present, rows)
    create_indexes()
    execute(REST[connection.vendor])
    connection.close()  # and with it what was set in haste


def fill(present: int, rows: int) -> None:
    """Add the rows that are missing."""
    with tqdm(initial=present, total=rows, desc="rows", unit_scale=True, disable=None) as progress:
        for first in range(present, rows, BLOCK):
            last = min(rows, first + BLOCK)
            write(META.db_table, Row._fields, block(first, last, rows))
            progress.update(last - first)


def indexes() -> list[models.Index]:
    """Return those of the log, beside its primary key."""
    return list(META.indexes)


def create_indexes() -> None:
    """Create those that are missing, one by one."""
    with connection.cursor() as cursor:
        present = connection.introspection.get_constraints(cursor, META.db_table)
    missing = [index for index in indexes() if index.name not in present]
    for index in tqdm(missing, desc="indexes", disable=None):
        with connection.schema_editor() as editor:
            editor.add_index(LoginLog, index)
