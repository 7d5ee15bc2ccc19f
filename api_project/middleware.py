"""What every request passes before Django's own middleware, or instead of it."""

import re
import secrets
import time

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from rest_framework.status import HTTP_400_BAD_REQUEST

from api_project.error_views import API_PREFIX, bad_request, method_not_allowed
from api_project.plain import GetResponse, PlainWay
from users.clients import FORWARDED_FOR, PEER, is_trusted, parse_address

FORWARDING_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO")
SMALL_BODY_BYTES = 16 * 1024  # fits into the buffers between client and server
MAX_DISCARDED_BYTES = 32 * 1024 * 1024
MAX_DISCARDING_SECONDS = 5
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,64}")


class Edge:
    """The outermost middleware: whom to believe, the request's id, caches, cookies, and which way the request goes."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.plain = PlainWay()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        decide_whom_to_believe(request)
        request_id = choose_request_id(request)
        response = self.plain(request) if self.plain.is_open_to(request) else self.get_response(request)
        discard_what_was_refused(request, response)
        response.headers["X-Request-ID"] = request_id
        # Most answers depend on who asks: they stay out of caches, unless the view said otherwise.
        response.headers.setdefault("Cache-Control", "no-store")
        secure_cookies(request, response)
        return response


def error_pages(get_response: GetResponse) -> GetResponse:
    """Put a page where a view has no such method. All other errors are exceptions, for which there are handlers."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            return method_not_allowed(request, response)
        return response

    return answer


def refuse_unknown_hosts(get_response: GetResponse) -> GetResponse:
    """Answer in JSON under /api/ whom ALLOWED_HOSTS does not name: with DEBUG, Django would show a page of its own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API_PREFIX):
            try:
                request.get_host()
            except DisallowedHost as refusal:
                return bad_request(request, refusal)
        return get_response(request)

    return middleware


def discard_what_was_refused(request: HttpRequest, response: HttpResponse) -> None:
    """Read to its end, within bounds, a large body that was refused: a client still sending would miss the answer."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if response.status_code >= HTTP_400_BAD_REQUEST and length.isdecimal() and int(length) > SMALL_BODY_BYTES:
        discard(request)


def discard(request: HttpRequest) -> None:
    """Read what is left of the body and forget it."""
    left, deadline = MAX_DISCARDED_BYTES, time.monotonic() + MAX_DISCARDING_SECONDS
    try:
        while left > 0 and time.monotonic() < deadline and (chunk := request.read(64 * 1024)):
            left -= len(chunk)
    except OSError:  # the client went away, which is its answer
        return


def decide_whom_to_believe(request: HttpRequest) -> None:
    """Make ``REMOTE_ADDR`` the client's address, and let forwarding headers through from ``TRUSTED_PROXIES`` only.

    What they were is kept beside them.
    """
    meta = request.META
    meta[PEER] = meta.get("REMOTE_ADDR", "")
    meta[FORWARDED_FOR] = meta.get("HTTP_X_FORWARDED_FOR")
    if is_trusted(meta[PEER]):
        meta["REMOTE_ADDR"] = forwarded_address(request)
        return
    for header in FORWARDING_HEADERS:
        meta.pop(header, None)


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


def choose_request_id(request: HttpRequest) -> str:
    """Return the request's id, the client's own where it is sane, and note it in the request."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    chosen = given if SANE_REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    request.META["HTTP_X_REQUEST_ID"] = chosen
    return chosen


def secure_cookies(request: HttpRequest, response: HttpResponse) -> None:
    """Mark every cookie of an answer over TLS as ``Secure``, also where ``HTTPS`` was forgotten."""
    if response.cookies and request.is_secure():
        for cookie in response.cookies.values():
            cookie["secure"] = True
