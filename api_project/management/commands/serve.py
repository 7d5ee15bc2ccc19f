"""``manage.py serve``: the production server, with HOST, PORT and WORKERS from the settings."""

import os
import resource
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# Of each process, for requests that do not wait for their turn to check a password. Why not fewer or more, and why this
# server: docs/benchmarks.md, "Which server".
THREADS = 16
GRACE_SECONDS = 10  # that requests in hand have to end when the server is told to stop
KEEP_ALIVE_SECONDS = 65  # longer than the 60 seconds after which nginx closes what it does not use
REQUEST_LINE_BYTES = 8190  # as much as gunicorn can
HEADER_BYTES = 256 * 1024  # of one header: one that is too long is cut where it is stored, and costs nobody a request
FILES = 8192  # that a process may have open, if the system allows as many: connections are files
FILES_OF_A_THREAD = 3  # its connection to SQLite, and one that it reads
OTHER_FILES = 64
CONNECTIONS = 1000  # of each process
# The C library gives each thread an arena, which keeps the 19 MiB of its last password. After 500 logins by 64 clients
# one process had 687 MB, with two arenas 205 (RSS, 67 at first), and hashes take as long as before. Giving the memory
# back after each one (MALLOC_MMAP_THRESHOLD_) leaves 103 MB, and takes 31 ms of CPU instead of 21.
# tests/service/test_memory.py fails without it.
ENVIRONMENT = ["MALLOC_ARENA_MAX=2"]  # read when a process starts, before any line of Python


class Command(BaseCommand):
    """Becomes the server, so that signals reach it and nothing stands in between."""

    help = "Serve the application with gunicorn on HOST:PORT in WORKERS processes. Ctrl-C or SIGTERM stops it."

    def handle(self, *args: Any, **options: Any) -> None:
        """Replace this process."""
        address = free_address(settings.HOST, settings.PORT)
        threads = THREADS + settings.PASSWORD_CHECKS_WAITING
        arguments = [
            *("--bind", f"[{address}]:{settings.PORT}" if ":" in address else f"{address}:{settings.PORT}"),
            *("--pythonpath", str(settings.BASE_DIR)),  # from whatever folder it is started
            *("--workers", str(settings.WORKERS), "--worker-class", "api_project.worker.Worker"),
            *("--threads", str(threads), "--worker-connections", str(connections_beside(threads))),
            *("--keep-alive", str(KEEP_ALIVE_SECONDS)),
            *("--graceful-timeout", str(GRACE_SECONDS), "--log-level", "error"),
            *("--limit-request-line", str(REQUEST_LINE_BYTES), "--limit-request-field_size", str(HEADER_BYTES)),
            # Whom to believe is TRUSTED_PROXIES' to say, for Django alone.
            *("--forwarded-allow-ips", ""),
            "--no-control-socket",
            "--no-sendfile",  # which would go past api_project.slow_clients.pace
        ]
        command = ["env", *ENVIRONMENT, sys.executable, "-m", "gunicorn", *arguments, "api_project.wsgi:application"]
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted


def connections_beside(threads: int) -> int:
    """Return how many connections a process can hold, once the system lets it have as many files as it does at most."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    room = max(soft, most) - threads * FILES_OF_A_THREAD - OTHER_FILES
    # As many more are those of clients that have got their last answer.
    return min(max(room // 2, threads + THREADS), CONNECTIONS)  # gunicorn keeps no more alive than exceed its threads


def free_address(host: str, port: int) -> str:
    """Return the host as an address, once nobody listens there. Gunicorn would try for seconds, and say less.

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
