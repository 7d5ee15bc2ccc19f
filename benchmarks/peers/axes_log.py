"""The process in which the admin of django-axes is measured, on as many rows. ``benchmarks.log_pages`` starts it."""

import json
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

import django
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, models
from django.db.models import Max
from django.test import RequestFactory
from tqdm import tqdm

from benchmarks.bulk import execute, write
from benchmarks.log_rows import Row, accounts, block
from benchmarks.sampling import Sample, measure

BLOCK = 50_000  # rows of a transaction
LONGEST_MILLISECONDS = 3000  # of one figure, altogether
SHARED = ("id", "user_agent", "ip_address", "username", "http_accept", "path_info", "attempt_time")
# Attempts are unique by name, address and program: each gets a name of its own. Of the log, any row will do.
TABLES = {
    "AccessAttempt": ("get_data", "post_data", "failures_since_start"),
    "AccessLog": ("logout_time", "session_hash"),
}
HASTE = {"sqlite": "PRAGMA synchronous = OFF", "postgresql": "SET synchronous_commit = off"}


def main(rows: int) -> None:
    """Load both tables, measure their lists, and print the figures as JSON."""
    django.setup()
    call_command("migrate", verbosity=0)
    execute([HASTE[connection.vendor]])
    for name in TABLES:
        load(apps.get_model("axes", name), rows)
    if connection.vendor == "postgresql":
        execute(["VACUUM ANALYZE"])
    samples = list(lists())
    measure(samples, repetitions=200, milliseconds=LONGEST_MILLISECONDS)
    json.dump([sample.as_json() for sample in samples], sys.stdout)


def load(model: type[models.Model], rows: int) -> None:
    """Bring the table to so many rows."""
    table, name = model._meta.db_table, model.__name__  # noqa: SLF001 - Django documents it
    present = model._default_manager.aggregate(last=Max("id"))["last"] or 0  # noqa: SLF001 - likewise
    with tqdm(initial=present, total=rows, desc=name, unit_scale=True, disable=None) as progress:
        for first in range(present, rows, BLOCK):
            last = min(rows, first + BLOCK)
            write(table, (*SHARED, *TABLES[name]), (as_axes(name, row) for row in block(first, last, rows)))
            progress.update(last - first)


def as_axes(name: str, row: Row) -> tuple[Any, ...]:
    """Return the row as axes would have it."""
    title, rest = (f"{row.username}{row.id}", ("", "", 1)) if name == "AccessAttempt" else (row.username, (None, ""))
    return row.id, row.user_agent, row.ip_address, title, "*/*", "/api/v1/auth/login/", row.login_time, *rest


def lists() -> Iterator[Sample]:
    """Yield the pages of both lists: the first, the last, and what is searched for."""
    users = get_user_model()._default_manager  # noqa: SLF001 - Django documents it
    user = users.filter(is_superuser=True).first() or users.create(username="reader", is_staff=True, is_superuser=True)
    for name in TABLES:
        model = apps.get_model("axes", name)
        last = -(-model._default_manager.count() // 100)  # noqa: SLF001 - likewise; Django's admin shows 100
        searches = {"first page": "", "last page": f"p={last}", "search for a name": f"q={accounts()[0].name}"}
        for title, query in searches.items():
            yield Sample("admin", f"axes' {name}, {title}", "", partial(browse, model, user, query))


def browse(model: type[models.Model], user: Any, query: str) -> None:
    """Open the admin's list."""
    request = RequestFactory(SERVER_NAME="127.0.0.1").get(
        "/admin/", query_params=dict([query.split("=")] if query else [])
    )
    request.user = user
    admin.site.get_model_admin(model).changelist_view(request).render()  # type: ignore[attr-defined]  # a template's


if __name__ == "__main__":
    main(int(sys.argv[1]))
