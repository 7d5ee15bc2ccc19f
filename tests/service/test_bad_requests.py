"""Whatever is sent under /api/, the server answers with a 4xx in JSON and goes on."""

import contextlib
import http.client
import itertools
import json
import random
import socket
from collections.abc import Iterator

import httpx

from tests.service.log import all_rows
from tests.service.server import Server

LOGIN = "/api/v1/auth/login/"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
PATHS = (
    "/api/",
    "/api/v1/nope/",
    "/api/v1/users/me/",
    "/api/v1/auth/logout/",
    "/api/v1/audit/login-logs/",
    "/api/%ff/",
)
SIZES = (10, 1_000, 17_000, 1_000_000, 10_000_000)
KINDS = (JSON, FORM, "text/plain", "multipart/form-data; boundary=x", "multipart/form-data")
HEADER_BYTES = [byte for byte in range(256) if byte not in b"\r\n"]

Request = tuple[str, str, bytes, dict[str, str | bytes]]


def requests() -> Iterator[Request]:
    """Yield requests that no honest client would send, the same in each run, and as many as are asked for."""
    for method, path in itertools.product(METHODS, PATHS):
        yield method, path, b"", {}
    for byte in HEADER_BYTES:
        yield "GET", "/api/v1/users/me/", b"", {"Authorization": b"Token a" + bytes([byte]) + b"b"}
    for size, kind, filling in itertools.product(SIZES, KINDS, (b"x", b"[")):
        yield "POST", LOGIN, filling * size, {"Content-Type": kind}
    chance = random.Random(20260101)  # noqa: S311 - the same each time
    while True:
        yield "POST", LOGIN, damaged(chance), {"Content-Type": chance.choice((JSON, FORM))}


def damaged(chance: random.Random) -> bytes:
    """Return the JSON of a login with up to eight bytes changed."""
    text = bytearray(b'{"username": "bob", "password": "wrong", "device_name": "x"}')
    for _ in range(chance.randint(1, 8)):
        text[chance.randrange(len(text))] = chance.randrange(256)
    return bytes(text)


def test_eight_hundred_malformed_requests(server: Server, admin: httpx.Client) -> None:
    wrong = []
    for method, path, body, headers in itertools.islice(requests(), 800):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        is_json = answer.headers["Content-Type"] == JSON and bool(json.loads(text)["code"])
        if not (400 <= answer.status < 500 and is_json):
            wrong.append((method, path, body[:80], headers, answer.status, text[:80]))
    assert wrong == []
    assert len(all_rows(admin)) > 1


def test_named_account_leaves_one_row_for_each_attempt(server: Server, admin: httpx.Client) -> None:
    bodies = [
        b'{"username": "admin", "password": "' + b"x" * 1_000_000 + b'"}',
        b'{"username": "admin", "password": ' + b"[" * 2000 + b"]" * 2000 + b"}",
        b'{"username": "admin", "password": "\\ud800"}',
        b'{"username": "admin"}',
        b'{"username": "admin", "password": ',
    ]
    with server.client() as client:
        for body in bodies:
            answer = client.post("/auth/login/", content=body, headers={"Content-Type": JSON})
            assert 400 <= answer.status_code < 500
    failures = [row for row in all_rows(admin) if not row["is_success"]]
    assert [(row["username"], row["failure_reason"]) for row in failures] == [("admin", "malformed")] * len(bodies)


CHUNKED = b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
NO_HTTP = [
    b"GET /api/v1/users/me/ HTTP/1.1\r\n\r\n",
    CHUNKED + b"ZZ\r\nhello\r\n0\r\n\r\n",
    CHUNKED + b"5\r\nhelloXX0\r\n\r\n",
    b"\x16\x03\x01\x02\x00\r\n\r\n",
    b"GET /api/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /api/v1/users/me/ HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"GET /api/" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /api/ HTTP/1.1\r\nHost: localhost\r\nX-Big: " + b"x" * 1_000_000 + b"\r\n\r\n",
    b"GET /api/ HTTP/1.1\r\nHost: localhost\r\n" + b"".join(b"X-%d: x\r\n" % n for n in range(200)) + b"\r\n",
    b"GET /api/ HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
    b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n",
    b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: identity\r\n\r\n",
    b"POST /api/v1/auth/login/ HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\nContent-Length: 1\r\n\r\nx",
]


def test_text_that_is_no_http_is_refused_in_json_too(server: Server) -> None:
    for text in NO_HTTP:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            with contextlib.suppress(ConnectionError):  # the server may answer before it has read everything
                connection.sendall(text)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert 400 <= answer.status < 500, text[:80]
            assert answer.headers["Content-Type"] == JSON, text[:80]
            assert json.loads(answer.read())["code"], text[:80]


def test_header_with_underscores_is_no_header(server: Server, admin: httpx.Client) -> None:
    with server.client() as client:
        client.post(
            "/auth/login/", json={"username": "nobody", "password": "x"}, headers={"X_Request_Id": "underscores"}
        )
    assert all_rows(admin)[0]["request_id"] != "underscores"
