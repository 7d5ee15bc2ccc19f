"""The server's worker processes: gunicorn's threads, with every refusal in JSON and no request cut off."""

import json
import socket
from http import HTTPStatus
from types import FrameType
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

# What gunicorn answers with something else than 400.
STATUSES = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
}


class Worker(ThreadWorker):
    """One process, which ``manage.py serve`` tells gunicorn to start as often as WORKERS says."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answer text that is no HTTP in the form that the API's other answers have; gunicorn would send a page."""
        if not isinstance(exc, errors.ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status = STATUSES.get(type(exc), HTTPStatus.BAD_REQUEST)
        body = json.dumps({"detail": f"{status.phrase}.", "code": "bad_http"}).encode()
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nCache-Control: no-store\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            util.write_nonblock(client, head.encode() + body)
        except OSError:  # the client went away, which is its answer
            return

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """End what is in hand at Ctrl-C as well, which reaches every process of the terminal."""
        self.handle_exit(sig, frame)
