"""The server's worker processes: every refusal in JSON, and no request cut off."""

import json
import select
import socket
import time
from http import HTTPStatus
from types import FrameType
from typing import Any

from gunicorn import util
from gunicorn.http import errors

from api_project.slow_clients.collecting import CollectingWorker

# What gunicorn answers with something else than 400.
STATUSES = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
}
# Between the signal to stop and the end of new connections: every process that listens has to hear of it before.
LAST_CALL_SECONDS = 0.1


class Worker(CollectingWorker):
    """One process, which ``manage.py serve`` tells gunicorn to start as often as WORKERS says."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer text that is no HTTP in the form that the API's other answers have; gunicorn would send a page."""
        if not isinstance(exc, errors.ParseException):
            super().handle_error(req, client, addr, exc)
            return
        refuse(client, STATUSES.get(type(exc), HTTPStatus.BAD_REQUEST), code="bad_http")

    def refuse_slow(self, client: socket.socket) -> None:
        """Answer who did not end a request in time."""
        refuse(client, HTTPStatus.REQUEST_TIMEOUT, code="request_timeout")

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """End what is in hand at Ctrl-C as well, which reaches every process of the terminal."""
        self.handle_exit(sig, frame)

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """When it stops, take those who have connected already, and be the last one who could."""
        super().set_accept_enabled(enabled)
        if self.alive:
            return
        time.sleep(LAST_CALL_SECONDS)
        for listener in self.sockets:
            while select.select([listener], [], [], 0)[0]:
                self.accept(listener)
            listener.close()

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
