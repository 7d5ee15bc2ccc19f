"""Reading request bodies: whatever is in them, the answer to a bad one is a 4xx."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import RawPostDataException
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.utils import json

from users.attempts import underlying

# At most as many characters as a name can have; the end of the string may be missing, like the rest of the body.
JSON_NAME = re.compile(r'"username"\s*:\s*"((?:[^"\\]|\\.){1,254})')


class BoundedJSONParser(JSONParser):
    """REST framework's parser, for which more is bad input: deep nesting, lone surrogates, infinite numbers."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Parse the body; its size is bounded by ``DATA_UPLOAD_MAX_MEMORY_SIZE``."""
        try:
            data = super().parse(stream, media_type, parser_context)
            # What can't be written as JSON again would be a server error as soon as an answer repeats it.
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("JSON parse error - nested too deep")) from None
        except ValueError:
            raise ParseError(_("JSON parse error - a lone surrogate or an infinite number")) from None
        return data


class BoundedMultiPartParser(MultiPartParser):
    """REST framework's parser, with files counted: Django bounds only the fields."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Parse the body unless it is over ``DATA_UPLOAD_MAX_MEMORY_SIZE``."""
        length = int(parser_context["request"].META.get("CONTENT_LENGTH") or 0)
        if settings.DATA_UPLOAD_MAX_MEMORY_SIZE is not None and length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        return super().parse(stream, media_type, parser_context)


JSON_OR_FORM = [BoundedJSONParser, FormParser, BoundedMultiPartParser]


def attempted_name(request: Request) -> str:
    """Return the username in a body that was refused, however broken or large the body is, or ``""``."""
    try:
        data = request.data
    except (APIException, SuspiciousOperation):
        data = None
    if not data:  # REST framework leaves an empty form behind when it could not parse the body
        return name_in(first_bytes(request).decode("utf-8", "replace"))
    name = data.get("username") if isinstance(data, Mapping) else None
    return str(name) if isinstance(name, str | int | float) and not isinstance(name, bool) else ""


def first_bytes(request: Request) -> bytes:
    """Return the body if it was read, else as much of it as may be read."""
    inner = underlying(request)
    try:
        return inner.body
    except RequestDataTooBig:
        return inner.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    except RawPostDataException:  # a multipart body, which is parsed from the stream
        return b""


def name_in(text: str) -> str:
    """Return the first username that stands in broken JSON or in a form, or ``""``."""
    match = JSON_NAME.search(text)
    if match is None:
        return parse_qs(text).get("username", [""])[0]
    try:
        return str(json.loads(f'"{match[1]}"', strict=False))
    except ValueError:
        return match[1]
