"""Reading and writing with a deadline for the whole, where the socket's own timeout begins anew with each byte."""

import errno
import socket
import time
from typing import Any

from gunicorn.http.unreader import SocketUnreader

ANSWER_SECONDS = 20  # that a client may keep the server waiting with an answer
ANSWER_RATE = 32 * 1024  # bytes taken that earn a second of them back
PIECE_BYTES = 64 * 1024


class PunctualReader(SocketUnreader):
    """Takes what has not come by ``deadline`` for what will never come: as if the client had gone away."""

    def __init__(self, connection: Any) -> None:
        super().__init__(connection.sock)
        self.connection = connection
        self.deadline = 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Return the next bytes, or none."""
        try:
            self.sock.settimeout(max(0.001, self.deadline - time.monotonic()))
            return bytes(super().chunk(size_hint))  # type: ignore[call-arg]  # missing in the stubs
        except TimeoutError:
            if self.connection.parser.mesg is not None:  # what comes later is not the next request
                self.connection.parser.mesg.force_close()
            return b""
        finally:
            self.sock.settimeout(None)


class PacedSocket:
    """A socket that an answer is written to, at a pace that does not hold a thread for ever."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.left = float(ANSWER_SECONDS)
        self.sent = 0  # bytes

    def sendall(self, data: bytes) -> None:
        """Send it.

        Raises:
            BrokenPipeError: the client has kept the server waiting for too long. Gunicorn takes it for one that left.
        """
        for start in range(0, len(data), PIECE_BYTES):
            self.send_piece(data[start : start + PIECE_BYTES])

    def send_piece(self, data: bytes) -> None:
        """Send a piece. Raises as ``sendall`` does."""
        sent = self.send_at_once(data) if self.sent < PIECE_BYTES else 0
        if sent < len(data):
            self.wait_and_send(data[sent:])
        self.sent += len(data)
        self.left = min(self.left + len(data) / ANSWER_RATE, ANSWER_SECONDS)

    def send_at_once(self, data: bytes) -> int:
        """Send as much as goes without waiting, in one call, and return how much that was.

        So that small answers cost no more. To fill the system's buffer like this with a large one would make each wait
        as long as the client takes for a third of the buffer, a megabyte or more.
        """
        try:
            return self.sock.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0

    def wait_and_send(self, data: bytes) -> None:
        """Send what is left as the client takes it. Raises as ``sendall`` does."""
        started_at = time.monotonic()
        self.sock.settimeout(self.left)
        try:
            self.sock.sendall(data)
        except TimeoutError:
            raise BrokenPipeError(errno.EPIPE, "the client reads too slowly") from None
        finally:
            self.sock.settimeout(None)
        self.left = max(self.left - (time.monotonic() - started_at), 0.001)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)
