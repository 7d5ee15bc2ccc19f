"""Requests that Django itself would stumble over."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import close_old_connections

from api_project.gateway import MAX_CHUNKED_BYTES, plain_content_type
from api_project.wsgi import application
from audit.models import LoginLog
from tests.conftest import PASSWORD
from users.models import User

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nbob\r\n--x--'


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """Keep the test's connection, and its transaction, over the requests: what Django's own test client does."""
    request_started.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)


def call(body: bytes, content_type: str, **environ: str) -> tuple[int, dict[str, Any]]:
    """Send a login through the WSGI application, and return the status and the JSON of the answer."""
    started: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        started.append(status)
        assert ("Content-Type", JSON) in headers

    answer = application(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/api/v1/auth/login/",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "192.0.2.1",
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        }
        | environ,
        start_response,
    )
    return int(started[0].split()[0]), json.loads(b"".join(answer))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"username": "bob", "password": ', "application/json; a*=bogus''x"),
        (b'{"username": "bob", "password": ', "application/json; charset*=bogus''x"),
        (b'{"username": "bob", "password": ', "application/json; charset=zlib"),
        (b'{"username": "bob", "password": "x"', "application/json; charset=utf-16"),
        ('{"username": "bob", "password": "x"}'.encode("utf-16"), "application/json; charset=utf-16"),
        (b"username=bob&password=", "application/x-www-form-urlencoded; charset=punycode"),
        (b"username=bob&password=", "application/x-www-form-urlencoded; charset=undefined"),
        (PART, "multipart/form-data; boundary=x; charset=rot13"),
        (PART, "multipart/form-data; boundary*=bogus''x"),
        (PART, "multipart/form-data; boundary=x; charset=idna"),
        (PART, 'multipart/form-data; boundary="'),
    ],
)
def test_odd_content_type_is_400_with_its_row(bob: User, body: bytes, content_type: str) -> None:
    assert call(body, content_type)[0] == 400
    assert [(row.username, row.failure_reason) for row in LoginLog.objects.all()] == [("bob", "malformed")]


@pytest.mark.parametrize(
    ("content_type", "plain"),
    [
        ("application/json; charset=utf-8", JSON),
        ("Application/JSON;charset=UTF-8", "Application/JSON"),
        ("multipart/form-data; charset=utf-8; boundary=abc", 'multipart/form-data; boundary="abc"'),
        ('multipart/form-data; boundary="a b"', 'multipart/form-data; boundary="a b"'),
        ("multipart/form-data; boundary=\xff", "multipart/form-data"),
        (";", ""),
    ],
)
def test_content_type_is_left_with_type_and_boundary(content_type: str, plain: str) -> None:
    assert plain_content_type(content_type) == plain


def test_chunked_body_is_read(bob: User) -> None:
    body = json.dumps({"username": "bob", "password": PASSWORD}).encode()
    status, answer = call(body, JSON, HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
    assert (status, answer["user"]["username"]) == (200, "bob")


@pytest.mark.parametrize("size", [100_000, 5_000_000])
def test_chunked_body_that_is_too_large_is_413(bob: User, size: int) -> None:
    body = b'{"username": "bob", "password": "' + b"x" * size
    assert call(body, JSON, HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")[0] == 413
    assert LoginLog.objects.get().username == "bob"


def test_chunked_body_is_cut_where_django_refuses_it() -> None:
    assert MAX_CHUNKED_BYTES == settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1
