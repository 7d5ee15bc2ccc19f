"""``manage.py migrate``, at which servers that start at the same instant take turns."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's, one at a time: the second finds nothing left to do, where it would trip over the first one's tables."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Wait for one's turn, and migrate."""
        with connections[options["database"]].turn_to_migrate():  # type: ignore[attr-defined]  # of both of ours
            return super().handle(*args, **options)
