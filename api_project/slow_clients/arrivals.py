"""Requests on their way in: whether one has arrived, as far as its bytes tell."""

import re
import time

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)[ \t]*\r\n")
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked")
EXPECTS_WORD = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n")
CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]+\Z")


class Arrival:
    """One request, as it comes.

    What is no HTTP has arrived as soon as that is clear: it is for the parser to say what is wrong with it. What the
    parser would wait for is waited for here, or a thread would do so; hence no number is too long.
    """

    def __init__(self, data: bytes, *, patience: float) -> None:
        """Begin with what was read ahead, to be whole within ``patience`` seconds."""
        self.data = bytearray(data)
        self.deadline = time.monotonic() + patience
        self.awaits_word = False  # the client sends its body when it is told to
        self._searched = 0
        self._end: int | None = None  # of the request, where its length is known
        self._chunk: int | None = None  # where the next chunk begins, where it is not
        self._is_in_trailers = False  # after the last chunk

    def is_whole(self) -> bool:
        """Whether nothing is missing."""
        if self._end is None and self._chunk is None:
            self._look_for_head()
        if self._chunk is not None:
            return self._has_last_chunk(self._chunk)
        return self._end is not None and len(self.data) >= self._end

    def _look_for_head(self) -> None:
        found = self.data.find(HEAD_END, max(0, self._searched - len(HEAD_END)))
        self._searched = len(self.data)
        if found < 0:
            return
        head = bytes(self.data[: found + 2]).lower()
        body = found + len(HEAD_END)
        if b"\r\ntransfer-encoding:" in head and CHUNKED.search(head):
            self._chunk = body
        else:
            self._end = body + (length_of_body(head) if b"\r\ncontent-length:" in head else 0)
        self.awaits_word = b"\r\nexpect:" in head and EXPECTS_WORD.search(head) is not None

    def _has_last_chunk(self, chunk: int) -> bool:
        while not self._is_in_trailers and (line_end := self.data.find(b"\r\n", chunk)) >= 0:
            size = CHUNK_SIZE.match(bytes(self.data[chunk:line_end]).partition(b";")[0].rstrip())
            if size is None:
                return True
            length = int(size[0], 16)
            self._is_in_trailers = length == 0
            # Where the chunk has not arrived, its line need not be read again with each byte that does.
            self._chunk = chunk = line_end + 2 + length + 2 if length else line_end
        return self._is_in_trailers and self.data.find(HEAD_END, chunk) >= 0


def length_of_body(head: bytes) -> int:
    """Return what Content-Length says, 0 if the parser refuses it."""
    length = LENGTH.search(head)
    try:
        return int(length[1]) if length else 0
    except ValueError:  # of more digits than Python reads: sys.get_int_max_str_digits()
        return 0
