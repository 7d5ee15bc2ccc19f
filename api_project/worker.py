"""The server's worker processes: every refusal in JSON, and no request cut off."""

import json
import select
import socket
import time
from http import HTTPStatus
from types import FrameType
from typing import Any

from django.conf import settings
from django.db import connection
from gunicorn import util
from gunicorn.http import errors

from api_project.listening import has_closed_all, turn_newcomers_away
from api_project.slow_clients.collecting import CollectingWorker

# What gunicorn answers with something else than 400.
STATUSES = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
}
LAST_CALL_SECONDS = 2  # at most, for the first process to close what all listen on
LAST_LOOK_SECONDS = 0.05  # for those to arrive who were about to be connected


class Worker(CollectingWorker):
    """One process, which ``manage.py serve`` tells gunicorn to start as often as WORKERS says."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer text that is no HTTP in the form that the API's other answers have; gunicorn would send a page."""
        if not isinstance(exc, errors.ParseException):
            super().handle_error(req, client, addr, exc)
            return
        refuse(client, STATUSES.get(type(exc), HTTPStatus.BAD_REQUEST), code="bad_http")

    def load_wsgi(self) -> None:
        """Load the application, and keep an eye on its database. The first process to have it says so."""
        super().load_wsgi()
        if connection.vendor == "postgresql":
            from api_project.postgresql.watch import watch  # noqa: PLC0415 - psycopg need not be there elsewhere

            watch()
        if self.age == 1:
            host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
            print(f"Latchkey answers on http://{host}:{settings.PORT}/ (Ctrl-C stops it)", flush=True)  # noqa: T201 - to who started it

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Answer who says which host is meant (https://www.rfc-editor.org/rfc/rfc9112#section-3.2)."""
        if req.version >= (1, 1) and "HOST" not in dict(req.headers):
            raise errors.InvalidHeader("HOST")
        return super().handle_request(req, conn)

    def refuse_slow(self, client: socket.socket) -> None:
        """Answer who did not end a request in time."""
        refuse(client, HTTPStatus.REQUEST_TIMEOUT, code="request_timeout")

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """End what is in hand at Ctrl-C as well, which reaches every process of the terminal."""
        self.handle_exit(sig, frame)

    def is_parent_alive(self) -> bool:
        """Whether the first process is there. Without it this one stops as if it had been told to."""
        is_there = bool(super().is_parent_alive())
        if not is_there:  # and only then: a signal to stop may have come since the last line
            self.alive = False
        return is_there

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """When it stops, take those who have connected already, if it is among the last who could."""
        if self.alive or enabled:  # even when it is told to stop before it has begun
            super().set_accept_enabled(enabled)
            return
        is_last = self.serve_until_closed()
        super().set_accept_enabled(False)
        deadline = time.monotonic() + LAST_CALL_SECONDS  # even where there is no room for them
        for listener in self.sockets:
            if is_last:
                turn_newcomers_away(listener)
                while select.select([listener], [], [], LAST_LOOK_SECONDS)[0] and time.monotonic() < deadline:
                    self.accept(listener)
            listener.close()

    def serve_until_closed(self) -> bool:
        """Go on until the first process has closed what all listen on. Return whether it has.

        It closes before it tells its workers to stop. Where the signal reaches all at once (Ctrl-C, systemd), it may
        come to that last, and those who connect after the workers have closed would be cut off. It does not where this
        worker alone stops: others answer then, or will.
        """
        deadline = time.monotonic() + LAST_CALL_SECONDS
        while not (has_closed := has_closed_all(self.ppid, self.sockets)) and time.monotonic() < deadline:
            self.notify()
            self.wait_for_and_dispatch_events(timeout=0.01)
            self.murder_keepalived()
            self.murder_pending()
        return has_closed

    def _cap_keepalive(self, deadline: float) -> None:
        """Wait no longer for requests than gunicorn does on idle connections, when it stops."""
        super()._cap_keepalive(deadline)  # type: ignore[misc]  # missing in the stubs
        for conn in self.arriving:
            conn.arrival.deadline = min(conn.arrival.deadline, deadline)


def refuse(client: socket.socket, status: HTTPStatus, *, code: str) -> None:
    """Answer without the application, as it would."""
    body = json.dumps({"detail": f"{status.phrase}.", "code": code}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nCache-Control: no-store\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    try:
        util.write_nonblock(client, head.encode() + body)
    except OSError:  # the client went away, which is its answer
        return
