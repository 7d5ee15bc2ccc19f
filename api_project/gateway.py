"""What Django trips over before any of its own code can answer: put right at the WSGI gateway."""

import io
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.http import parse_header_parameters

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

# One more than Django takes, so that a longer body is refused like any other that is too large.
MAX_CHUNKED_BYTES = 2_621_440 + 1  # DATA_UPLOAD_MAX_MEMORY_SIZE
MULTIPART = "multipart/form-data"


def gateway(application: Application) -> Application:
    """Return the application with its environment put right."""

    def wrapped(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if "HTTP_TRANSFER_ENCODING" in environ and not environ.get("CONTENT_LENGTH"):
            read_chunks(environ)
        if ";" in environ.get("CONTENT_TYPE", ""):
            environ["CONTENT_TYPE"] = plain_content_type(environ["CONTENT_TYPE"])
        return application(environ, start_response)

    return wrapped


def read_chunks(environ: Environ) -> None:
    """Give a chunked body its length, without which Django takes it for an empty one."""
    body = environ["wsgi.input"].read(MAX_CHUNKED_BYTES)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def plain_content_type(text: str) -> str:
    """Return the media type, with the boundary if it has one, and no charset.

    JSON and forms are UTF-8. Among the charsets that Python knows are some that decompress, and some that fail in ways
    that neither Django nor REST framework expects; parameters after RFC 2231 can fail as soon as they are looked at.
    """
    media_type = text.partition(";")[0].strip()
    if media_type.lower() != MULTIPART:
        return media_type
    try:
        boundary = parse_header_parameters(text)[1].get("boundary", "")
    except (ValueError, LookupError):
        boundary = ""
    is_usable = bool(boundary) and boundary.isascii() and boundary.isprintable()
    return f'{MULTIPART}; boundary="{boundary}"' if is_usable else MULTIPART
