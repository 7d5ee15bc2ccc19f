"""When a request has arrived."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from api_project.slow_clients.arrivals import Arrival

HEAD = b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
REQUESTS = [
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    HEAD + b"Content-Length: 0\r\n\r\n",
    HEAD + b"Content-Length: 8\r\n\r\n{}\r\n\r\n\r\n",
    HEAD + b"CONTENT-length:\t2 \r\nAccept: */*\r\n\r\n{}",
    HEAD + b"Content-Length: 00000000000000000000000000000002\r\n\r\n{}",
    CHUNKED + b"0\r\n\r\n",
    HEAD + b"Transfer-Encoding: gzip, Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    CHUNKED + b"2\r\n{}\r\n0\r\n\r\n",
    CHUNKED + b"0a;name=value\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",  # whose content looks like an end
    CHUNKED + b"2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n",
    CHUNKED + b"000000000000000000000000000000002\r\n{}\r\n00000000000000000000\r\n\r\n",
]
NO_REQUESTS = [
    HEAD + b"Content-Length: two\r\n\r\n",
    HEAD + b"Content-Length: -2\r\n\r\n",
    HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    HEAD + b"Transfer-Encoding: identity\r\n\r\n",
    CHUNKED + b"-2\r\n",
    CHUNKED + b"0x2\r\n",
    CHUNKED + b"\r\n",
    CHUNKED + b"2\r\n{}\r\n1_0\r\n",
    b"\x16\x03\x01\x02\x00\r\n\r\n",
]

LENGTHS = [b"5", b"05", b"0" * 30 + b"5", b"9" * 23, b"0" * 4299 + b"5", b"0" * 4300 + b"5", b"+5", b"-5", b"5_0"]
LENGTHS += [b"5,5", b"5 5", b"0x5", b"5.0", b"\xb2", b'"5"', b"5\0", b"5\x0b", b"\xa05", b""]
SIZES = [b"5", b"05", b"0" * 30 + b"5", b"f" * 30, b"5;x=y", b"5 ;x", b"5\t; x", b"0" * 9000 + b"5", b"5 ", b" 5"]
SIZES += [b"+5", b"0x5", b"5_0", b"5;\r", b"0" * 30]
CODINGS = [b"chunked", b"Chunked", b"gzip, chunked", b"chunked, gzip", b"identity,chunked", b"xchunked", b",chunked"]
CODINGS += [b"chunked, chunked", b'"chunked"', b"chunked;q=1", b"gzip", b"chunked\x0b"]
# The name, the white space and the lines of a field, with {} for its value.
LINES = [b": {}", b":{}", b":\t{}\t", b": \t {} \t ", b" : {}", b"\t: {}", b":\r\n {}", b": {}\r\n {}", b":\n{}"]
LINES += [b":\r{}", b": {}\nX: y", b"_: {}", b"\0: {}"]
UNFINISHED = [
    *(HEAD + b"Content-Length" + line.replace(b"{}", length) + b"\r\n\r\n" for line in LINES for length in LENGTHS),
    *(HEAD + b"Transfer-Encoding" + line.replace(b"{}", coding) + b"\r\n\r\n" for line in LINES for coding in CODINGS),
    *(CHUNKED + size + b"\r\n" for size in SIZES),
    *(CHUNKED + b"2\r\n{}\r\n" + size + b"\r\n" for size in SIZES),
    *(HEAD + b"\r\n".join(lines) + b"\r\n\r\n" for lines in (
        (b"Content-Length: 5", b"Content-Length: 5"),
        (b"Content-Length: x", b"Content-Length: 5"),
        (b"Content-Length: 0", b"Content-Length: 5"),
        (b"Content_Length: 0", b"Content-Length: 5"),
        (b"Content-Length: 5", b"Content_Length: 0"),
        (b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked"),
        (b"Content-Length: 0", b"Transfer-Encoding: chunked"),
        (b"X: y", b"CONTENT-LENGTH: 5", b"Z:"),
    )),
    b"\r\n" + HEAD + b"Content-Length: 5\r\n\r\n",
    b"\r\n\r\n" + HEAD + b"Content-Length: 5\r\n\r\n",
    b"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
    b"POST / HTTP/1.1\nContent-Length: 5\r\n\r\n",
]  # fmt: skip


def arrival(data: bytes) -> Arrival:
    return Arrival(data, patience=20)


@pytest.mark.parametrize("request_", REQUESTS)
def test_request_is_whole_with_its_last_byte(request_: bytes) -> None:
    slow = arrival(b"")
    for place, byte in enumerate(request_):
        assert not slow.is_whole(), request_[:place]
        slow.data.append(byte)
    assert slow.is_whole()
    assert arrival(request_).is_whole()
    assert arrival(request_ + request_).is_whole()


@pytest.mark.parametrize("request_", NO_REQUESTS)
def test_what_is_no_request_is_left_to_the_parser_at_once(request_: bytes) -> None:
    assert arrival(request_).is_whole()


class WaitingError(Exception):
    """The parser would wait for more."""


def parser_waits(data: bytes) -> bool:
    """Whether gunicorn's parser asks for more than these bytes."""

    def source() -> Iterator[bytes]:
        yield data
        raise WaitingError

    try:
        cast(Any, next(RequestParser(Config(), source(), ("127.0.0.1", 1)))).body.read()
    except WaitingError:
        return True
    except Exception:  # noqa: BLE001 - refused, in one way or another
        return False
    return False


@pytest.mark.parametrize("data", UNFINISHED)
def test_what_the_parser_would_wait_for_is_waited_for(data: bytes) -> None:
    if parser_waits(data):
        assert not arrival(data).is_whole()


def test_parser_waits_for_numbers_of_any_length() -> None:
    # Or the test above holds nothing.
    assert sum(map(parser_waits, UNFINISHED)) > 30
    assert parser_waits(HEAD + b"Content-Length: " + b"0" * 30 + b"5\r\n\r\n")
    assert parser_waits(CHUNKED + b"0" * 30 + b"5\r\n")
    assert not parser_waits(HEAD + b"Content-Length: 0\r\n\r\n")


@pytest.mark.parametrize(
    ("header", "awaits"),
    [(b"Expect: 100-continue", True), (b"expect:100-Continue", True), (b"Expect: wonders", False), (b"X: y", False)],
)
def test_client_that_waits_for_the_word_is_seen(header: bytes, awaits: bool) -> None:
    expecting = arrival(HEAD + header + b"\r\nContent-Length: 2\r\n\r\n")
    assert not expecting.is_whole()
    assert expecting.awaits_word == awaits
