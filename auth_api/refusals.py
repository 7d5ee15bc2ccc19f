"""Credentials that were refused before they could be checked: such an attempt leaves its row too."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, RawPostDataException
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.utils import json

from auth_api.inputs import CredentialsSerializer
from auth_api.parsers import FORMS
from users.attempts import Entrance, FailureReason, enter, refuse, underlying

CHUNK = 64 * 1024  # bytes
MAX_SEARCHED_BYTES = 32 * 1024 * 1024
LONGEST_MATCH = 4096  # bytes: a name of 254 characters, written as escapes, with what leads to it
# How a name stands in JSON, in a form and in a multipart form. The end may be missing, like the rest of the body.
NAMES = re.compile(
    rb'"username"\s*:\s*"(?P<json>(?:[^"\\]|\\.){1,254})'
    rb"|(?:^|[&\n])username=(?P<form>[^&\s]{1,1500})"
    rb'|name="?username"?\r?\n\r?\n(?P<multipart>[^\r\n]{1,1000})'
)
# What no name has. Behind it may stand what is nobody's business, such as the password.
END_OF_NAME = re.compile(r"[\x00-\x1f\x7f\"';&=,{}<>]")


def read_credentials(
    request: Request, *, entrance: Entrance, serializer_class: type[CredentialsSerializer]
) -> dict[str, Any]:
    """Return the validated credentials in the body. One that is refused counts as ``counted`` says."""
    enter(request, entrance)
    with counted(request):
        return validated(request.data, serializer_class)


def read_form(request: HttpRequest, *, entrance: Entrance) -> None:
    """Read the form in the body, as ``request.POST`` has it then. One that is refused counts as ``counted`` says."""
    enter(request, entrance)
    sent = Request(request, parsers=[parser() for parser in FORMS])
    with counted(sent):
        sent.data  # noqa: B018 - what it returns is for REST framework's views


@contextmanager
def counted(request: Request) -> Iterator[None]:
    """Count a body that names an account and is refused as an attempt on it. Sends ``user_login_failed`` then."""
    try:
        yield
    except (APIException, SuspiciousOperation):
        name = attempted_name(request)
        if name:
            refuse(request, username=name, reason=FailureReason.MALFORMED)
        raise


def validated(data: Any, serializer_class: type[CredentialsSerializer]) -> dict[str, Any]:
    """Return what a serializer of the class makes of the data. Raises ValidationError as it does."""
    with suppress(ValidationError):
        validated: dict[str, Any] = reader_of(serializer_class).run_validation(data)
        return validated
    serializer = serializer_class(data=data)
    serializer.is_valid(raise_exception=True)  # says what is wrong
    credentials: dict[str, Any] = serializer.validated_data
    return credentials


@cache
def reader_of(serializer_class: type[CredentialsSerializer]) -> CredentialsSerializer:
    """Return the one that reads all bodies: to copy the fields for each takes 0.1 ms of a login."""
    return serializer_class()


def attempted_name(request: Request) -> str:
    """Return the username in a body that was refused, however broken or large the body is, or ``""``."""
    try:
        data = request.data
    except (APIException, SuspiciousOperation):
        data = None
    name = data.get("username") if isinstance(data, Mapping) else None
    if not isinstance(name, str | int | float) or isinstance(name, bool):
        name = search(pieces(underlying(request)))
    return END_OF_NAME.split(str(name), maxsplit=1)[0].strip()


def pieces(request: HttpRequest) -> Iterator[bytes]:
    """Yield the body: from memory if it was read, else as it arrives."""
    try:
        yield request.body
    except RequestDataTooBig:
        left = MAX_SEARCHED_BYTES
        while left > 0 and (chunk := request.read(CHUNK)):
            left -= len(chunk)
            yield chunk
    except RawPostDataException:  # the client went away in the middle
        return


def search(body: Iterator[bytes]) -> str:
    """Return the first username that stands in the pieces, or ``""``."""
    text = b""
    for piece in body:
        # UTF-16 and UTF-32 are ASCII with zeros in between, as far as names go.
        text = text[-LONGEST_MATCH:] + piece.replace(b"\0", b"")
        match = NAMES.search(text)
        if match and match.end() < len(text):
            return decoded(match)
    # A name at the very end may have been cut between two pieces, and stands whole in what was kept.
    match = NAMES.search(text)
    return decoded(match) if match else ""


def decoded(match: re.Match[bytes]) -> str:
    """Return the name, without the escapes of the notation that it was found in."""
    text = match[match.lastgroup or 0].decode("utf-8", "replace")
    if match.lastgroup == "form":
        return unquote_plus(text, errors="replace")
    if match.lastgroup == "json":
        try:
            return str(json.loads(f'"{text}"', strict=False))
        except ValueError:
            return text
    return text
