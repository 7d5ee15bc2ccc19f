"""Credentials that were refused before they could be checked: such an attempt leaves its row too."""

import re
from collections.abc import Iterable, Iterator, Mapping
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
from users.attempts import enter, refuse, underlying
from users.vocabulary import Entrance, FailureReason

CHUNK = 64 * 1024  # bytes
MAX_READ_BYTES = 2_621_440  # as much as of a chunked body, DATA_UPLOAD_MAX_MEMORY_SIZE
# Bytes at each end of the body that are searched. To search 2.5 MB takes 0.2 s, in which no other thread runs: four
# clients made all others wait for half a second.
SEARCHED_BYTES = 64 * 1024
# The field, with any letter of it written as an escape: `user\u006eame`, `user%6eame`.
KEY = b"".join(rb"(?:%c|\\u00%02x|%%%02x)" % (letter, letter, letter) for letter in b"username")
STRING = rb"""["'](?P<json>(?:[^"'\\]|\\u[0-9a-f]{4}|\\.){0,1016})"""
BARE = rb"""(?!null|true|false)(?P<bare>[^\s"'\\;&=,:{}<>\[\]]{0,1016})"""
LINE_END, PART_HEADER = rb"\r?\n", rb"content-(?!disposition)[^\r\n]{0,512}"
# How it stands in JSON or what was meant for it, in a form and in a multipart form, whatever the body says that it is.
# What follows may be missing, like the rest of the body. Repetitions have bounds, so that the time has: see the tests.
NAMES = re.compile(
    rb"""(?i)(["'])%b\1\s{0,512}:[\s\[]{0,512}(?:%b|%b)?""" % (KEY, STRING, BARE)
    + rb"|[&\n][ \t\xef\xbb\xbf]{0,8}%b=(?P<form>[^&\s]{0,3048})" % KEY
    + rb"""|[\s;]name=["']?%b\b[^\r\n]{0,512}""" % KEY
    + rb"(?:%b(?:%b%b){0,4}%b(?P<multipart>[^\r\n]{0,1016}))?" % (LINE_END, PART_HEADER, LINE_END, LINE_END)
)
# What no name has. Behind it may stand what is nobody's business, such as the password.
END_OF_NAME = re.compile(r"[\x01-\x1f\x7f\"';&=,{}<>]")


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
    """Count a body with a username that is refused as an attempt. Sends ``user_login_failed`` then."""
    try:
        yield
    except (APIException, SuspiciousOperation):
        name = attempted_name(request)
        if name is not None:
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


def attempted_name(request: Request) -> str | None:
    """Return the username in a body that was refused, however broken the body is.

    ``""`` is one that can't be told, None a body without any.
    """
    try:
        data = request.data
    except (APIException, SuspiciousOperation):
        data = None
    fields = data if isinstance(data, Mapping) else {}
    name = fields.get("username")
    if not isinstance(name, str | int | float) or isinstance(name, bool):
        name = search(pieces(underlying(request)), default="" if "username" in fields else None)
    return name if name is None else END_OF_NAME.split(str(name).replace("\0", ""), maxsplit=1)[0].strip()


def pieces(request: HttpRequest) -> Iterator[bytes]:
    """Yield the body: from memory if it was read, else as it arrives."""
    try:
        yield request.body
    except RequestDataTooBig:
        left = MAX_READ_BYTES
        while left > 0 and (chunk := request.read(CHUNK)):
            left -= len(chunk)
            yield chunk
    except RawPostDataException:  # the client went away in the middle
        return


def search(body: Iterable[bytes], *, default: str | None = None) -> str | None:
    """Return the first username that stands at the beginning of the body, or at its end."""
    match = NAMES.search(ends_of(body))
    return decoded(match) if match else default


def ends_of(body: Iterable[bytes]) -> bytes:
    """Return the body without its middle: what makes it long is some field, and the name stands before it or after."""
    first, last, length = b"\n", b"", 1
    for piece in body:
        # UTF-16 and UTF-32 are ASCII with zeros in between, as far as names go.
        text = piece.replace(b"\0", b"")
        room = SEARCHED_BYTES - len(first)
        first, last, length = first + text[:room], (last + text[room:])[-SEARCHED_BYTES:], length + len(text)
    return first + last if len(first) + len(last) == length else first + b"\n" + last


def decoded(match: re.Match[bytes]) -> str:
    """Return the name, without the escapes of the notation that it was found in."""
    text = match[match.lastgroup].decode("utf-8", "replace") if match.lastgroup else ""
    if match.lastgroup == "form":
        return unquote_plus(text, errors="replace")
    if match.lastgroup == "json":
        try:
            return str(json.loads(f'"{text}"', strict=False))
        except ValueError:
            return text
    return text
