"""What refuses a request before an endpoint is asked stands in openapi.yaml, at every endpoint."""

import http.client
import itertools
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack

from api_project.codes import CODES
from tests.openapi import Document, load, resolved
from tests.service.server import Server

HOST = "Host: localhost\r\n"
# The status, the code, and how to get them: what follows the path, and the head.
REFUSALS = [
    (400, "unknown_host", "", "Host: evil.example\r\n\r\n"),
    (400, "bad_http", "", f"{HOST}no colon\r\n\r\n"),
    (414, "bad_http", "?" + "x" * 10_000, f"{HOST}\r\n"),
    (417, "bad_http", "", f"{HOST}Expect: wonders\r\n\r\n"),
    (431, "bad_http", "", HOST + "X-Many: x\r\n" * 200 + "\r\n"),
    (431, "bad_http", "", f"{HOST}X-Long: {'x' * 300_000}\r\n\r\n"),
]
UNENDING = f"{HOST}Content-Length: 5\r\n\r\n"


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    """Yield method, path and responses of each."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path.replace("{id}", "1"), operation["responses"]


def send(server: Server, text: str) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    connection.sendall(text.encode())
    return connection


def assert_is_described(
    document: Document, responses: Document, connection: socket.socket, status: int, code: str
) -> None:
    """Check that this is the answer, that it is among the responses, and that the body is what its schema says."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    body = json.loads(answer.read())
    assert (answer.status, body["code"]) == (status, code)
    response = resolved(document, responses[str(status)])
    schema = resolved(document, response["content"]["application/json"]["schema"])
    assert set(schema["required"]) <= set(body) <= set(schema["properties"])
    assert all(isinstance(value, str) for value in body.values())
    assert status in CODES[code][0]
    assert code in schema["properties"]["code"]["x-extensible-enum"]


def test_refusal_that_asks_no_endpoint_is_described_at_every_operation(server: Server) -> None:
    document = load()
    for (status, code, query, head), (method, path, responses) in itertools.product(REFUSALS, operations(document)):
        with send(server, f"{method} {path}{query} HTTP/1.1\r\n{head}") as connection:
            assert_is_described(document, responses, connection, status, code)
    assert_request_that_does_not_end_is_described(server, document)


def assert_request_that_does_not_end_is_described(server: Server, document: Document) -> None:
    """Check it at every operation at once, as the server stops: it would wait for 20 seconds otherwise."""
    assert server.process is not None
    with ExitStack() as stack:
        waiting = [
            (stack.enter_context(send(server, f"{method} {path} HTTP/1.1\r\n{UNENDING}")), responses)
            for method, path, responses in operations(document)
        ]
        server.process.send_signal(signal.SIGTERM)
        for connection, responses in waiting:
            assert_is_described(document, responses, connection, 408, "request_timeout")
