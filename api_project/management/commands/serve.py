"""``manage.py serve``: the production server, with HOST, PORT and WORKERS from the settings."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

BLOCKING_THREADS = 8  # per process: requests handled at once, so that one login's hash does not stall the others


class Command(BaseCommand):
    """Becomes the server, so that signals reach it and nothing stands in between."""

    help = "Serve the application with Granian on HOST:PORT in WORKERS processes. Ctrl-C or SIGTERM stops it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace this process."""
        arguments = [
            *("--interface", "wsgi", "--http", "1", "--no-ws"),
            *("--host", settings.HOST, "--port", str(settings.PORT)),
            *("--workers", str(settings.WORKERS), "--blocking-threads", str(BLOCKING_THREADS)),
            *("--respawn-failed-workers", "--log-level", "error"),
        ]
        self.stdout.write(f"Latchkey answers on http://{settings.HOST}:{settings.PORT}/ (Ctrl-C stops it)")
        self.stdout.flush()
        command = [sys.executable, "-m", "granian", *arguments, "api_project.wsgi:application"]
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
