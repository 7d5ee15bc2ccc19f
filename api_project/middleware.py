"""What every request passes before Django's own middleware."""

import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from rest_framework.status import HTTP_400_BAD_REQUEST

from users.clients import FORWARDED_FOR, PEER, is_trusted, parse_address

GetResponse = Callable[[HttpRequest], HttpResponse]

FORWARDING_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
SMALL_BODY_BYTES = 16 * 1024  # fits into the buffers between client and server
MAX_DISCARDED_BYTES = 32 * 1024 * 1024
MAX_DISCARDING_SECONDS = 5
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def discard_large_bodies(get_response: GetResponse) -> GetResponse:
    """Read to its end, within bounds, a large body that was refused: a client still sending would miss the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if response.status_code >= HTTP_400_BAD_REQUEST and length.isdecimal() and int(length) > SMALL_BODY_BYTES:
            discard(request)
        return response

    return middleware


def discard(request: HttpRequest) -> None:
    """Read what is left of the body and forget it."""
    left, deadline = MAX_DISCARDED_BYTES, time.monotonic() + MAX_DISCARDING_SECONDS
    try:
        while left > 0 and time.monotonic() < deadline and (chunk := request.read(64 * 1024)):
            left -= len(chunk)
    except OSError:  # the client went away, which is its answer
        return


def forwarded_by_listed_proxies(get_response: GetResponse) -> GetResponse:
    """Make ``REMOTE_ADDR`` the client's address, and let forwarding headers through from ``TRUSTED_PROXIES`` only."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.META[PEER] = request.META.get("REMOTE_ADDR", "")
        request.META[FORWARDED_FOR] = request.META.get("HTTP_X_FORWARDED_FOR")
        if is_trusted(request.META.get("REMOTE_ADDR", "")):
            request.META["REMOTE_ADDR"] = forwarded_address(request)
        else:
            for header in FORWARDING_HEADERS:
                request.META.pop(header, None)
        return get_response(request)

    return middleware


def forwarded_address(request: HttpRequest) -> str:
    """Return the right-most address of the chain that is no listed proxy: all left of it is the client's own word."""
    closest = str(request.META["REMOTE_ADDR"])
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    for hop in reversed([hop for hop in hops if hop]):  # RFC 9110, section 5.6.1.2: empty elements don't count
        address = parse_address(without_port(hop))
        if address is None:
            break
        closest = str(address)
        if not is_trusted(closest):
            break
    return closest


def without_port(hop: str) -> str:
    """Return the address of ``192.0.2.1:80``, ``[2001:db8::1]`` or ``[2001:db8::1]:80``, as some gateways write it."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    host, colon, port = hop.partition(":")
    return host if colon and port.isdecimal() and "." in host else hop


def request_id(get_response: GetResponse) -> GetResponse:
    """Give each request an ``X-Request-ID``, the client's own where it is sane, and repeat it in the answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        chosen = given if SANE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = chosen
        response = get_response(request)
        response.headers["X-Request-ID"] = chosen
        return response

    return middleware


def no_store(get_response: GetResponse) -> GetResponse:
    """Keep every answer out of caches, unless its view said otherwise: most depend on who asks."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def secure_cookies(get_response: GetResponse) -> GetResponse:
    """Mark every cookie of an answer over TLS as ``Secure``, also where ``HTTPS`` was forgotten."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.is_secure():
            for cookie in response.cookies.values():
                cookie["secure"] = True
        return response

    return middleware
