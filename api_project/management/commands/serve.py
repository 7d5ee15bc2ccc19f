"""``manage.py serve``: the production server, with HOST, PORT and WORKERS from the settings."""

import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

GRACE_SECONDS = 10  # that requests in hand have to end when the server is told to stop
BLOCKING_THREADS = 8  # per process: requests handled at once, so that one login's hash does not stall the others


class Command(BaseCommand):
    """Becomes the server, so that signals reach it and nothing stands in between."""

    help = "Serve the application with Granian on HOST:PORT in WORKERS processes. Ctrl-C or SIGTERM stops it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace this process."""
        address = free_address(settings.HOST, settings.PORT)
        arguments = [
            *("--interface", "wsgi", "--http", "1", "--no-ws"),
            *("--host", address, "--port", str(settings.PORT)),
            *("--workers", str(settings.WORKERS), "--blocking-threads", str(BLOCKING_THREADS)),
            *("--respawn-failed-workers", "--workers-kill-timeout", str(GRACE_SECONDS), "--log-level", "error"),
        ]
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        self.stdout.write(f"Latchkey answers on http://{host}:{settings.PORT}/ (Ctrl-C stops it)")
        self.stdout.flush()
        command = [sys.executable, "-m", "granian", *arguments, "api_project.worker:application"]
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def free_address(host: str, port: int) -> str:
    """Return the host as an address, once nobody listens there.

    Granian sets SO_REUSEPORT: a second server on the port would start without a word and take half of the requests.

    Raises:
        CommandError: the host is unknown or the port is taken.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandError(
            f"Can't listen on {host}, port {port} ({error.strerror}). HOST and PORT choose another."
        ) from None
    return str(address[0])
