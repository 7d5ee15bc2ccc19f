"""The counts of the summary and the rows of the log, while both are written."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest

from tests.service.load import under_load
from tests.service.log import all_rows
from tests.service.server import WITHOUT_LIMITS, Server

# One statement, and so one moment.
BOTH = """
    SELECT (SELECT COUNT(*) FROM audit_loginlog WHERE is_success),
           (SELECT COUNT(*) FROM audit_loginlog WHERE NOT is_success),
           (SELECT COALESCE(SUM(successes), 0) FROM audit_quarterhour),
           (SELECT COALESCE(SUM(failures), 0) FROM audit_quarterhour)
"""


@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
def test_counts_never_disagree_with_the_rows_while_many_write(server: Server, admin: httpx.Client) -> None:
    moments = set()
    with under_load(server), closing(connect(server.database_url)) as connection:
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            cursor = connection.cursor()
            cursor.execute(BOTH)
            (row,) = cursor.fetchall()
            assert row[:2] == row[2:]
            moments.add(row)

    assert len(moments) > 5
    rows = all_rows(admin)
    totals = admin.get("/audit/login-logs/summary/").json()["totals"]
    assert totals == {
        "success": sum(row["is_success"] for row in rows),
        "failure": sum(not row["is_success"] for row in rows),
    }


def connect(url: str) -> "sqlite3.Connection | psycopg.Connection":
    """Return a connection beside those of the server."""
    if url.startswith("postgres"):
        return psycopg.connect(url, autocommit=True)
    return sqlite3.connect(Path(urlsplit(url).path))
