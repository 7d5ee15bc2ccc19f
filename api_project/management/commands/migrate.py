"""``manage.py migrate``, at which servers that start at the same instant take turns."""

from contextlib import ExitStack
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import Error, connections


class Command(migrate.Command):
    """Django's, one at a time: the second finds nothing left to do, where it would trip over the first one's tables."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Wait for one's turn, and migrate.

        Raises:
            CommandError: the database can't be opened. At a first start, nothing has tried before.
        """
        connection = connections[options["database"]]
        with ExitStack() as turn:
            try:
                turn.enter_context(connection.turn_to_migrate())  # type: ignore[attr-defined]  # of both of ours
                connection.ensure_connection()
            except (Error, OSError) as error:
                raise CommandError(
                    f"The environment variable DATABASE_URL must name a database that can be opened: {error}"
                ) from error
            return super().handle(*args, **options)
