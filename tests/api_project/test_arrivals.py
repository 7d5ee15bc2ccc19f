"""When a request has arrived."""

import pytest

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
    CHUNKED + b"0\r\n\r\n",
    HEAD + b"Transfer-Encoding: gzip, Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    CHUNKED + b"2\r\n{}\r\n0\r\n\r\n",
    CHUNKED + b"0a;name=value\r\n0\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",  # whose content looks like an end
    CHUNKED + b"2\r\n{}\r\n0\r\nTrailer: x\r\n\r\n",
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


@pytest.mark.parametrize(
    ("header", "awaits"),
    [(b"Expect: 100-continue", True), (b"expect:100-Continue", True), (b"Expect: wonders", False), (b"X: y", False)],
)
def test_client_that_waits_for_the_word_is_seen(header: bytes, awaits: bool) -> None:
    expecting = arrival(HEAD + header + b"\r\nContent-Length: 2\r\n\r\n")
    assert not expecting.is_whole()
    assert expecting.awaits_word == awaits
