"""The short way for requests to the API that bring nothing for Django's middleware to look at."""

import io
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils import translation

from api_project.endpoints import Endpoints
from api_project.error_views import bad_request

GetResponse = Callable[[HttpRequest], HttpResponse]

Headers = dict[str, tuple[str, str]]

PREFIX = "/api/v1/"
COOKIE_LOGIN = "/api/v1/auth/session/"
VARY = "origin, Accept-Language"  # what CorsMiddleware and LocaleMiddleware say of every answer

MOST_HOSTS = 100  # names and ports whose being allowed is remembered


class PlainWay:
    """Takes a request to the API without cookie and Origin straight to its view, past the middleware of pages.

    Session, CSRF, messages and CORS have nothing to do there, and what the others do is done here. The answer is the
    same to the last header, but that a 401 does not vary with a cookie that there is none of; in two fifths of the
    time: a GET of users/me/ on SQLite takes as much of the processor as 1.3 bare Django views instead of 3.4.
    """

    def __init__(self) -> None:
        self.endpoints = Endpoints()
        self.checked = cast(GetResponse, convert_exception_to_response(self.answer))
        self.known_hosts: set[tuple[str | None, ...]] = set()
        self.headers = {is_secure: constant_headers(is_secure=is_secure) for is_secure in (False, True)}

    def is_open_to(self, request: HttpRequest) -> bool:
        """Whether other middleware has nothing to do. Opening a session is how a client gets its first cookie."""
        meta, path = request.META, request.path_info
        has_nothing = not meta.get("HTTP_COOKIE") and "HTTP_ORIGIN" not in meta
        return has_nothing and path.startswith(PREFIX) and path != COOKIE_LOGIN

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        language = choose_language(request)
        response = self.checked(request)
        # What setdefault() would do one by one, each time looking whether the text has line breaks.
        headers = self.headers[request.is_secure()] | response.headers._store  # noqa: SLF001
        headers["vary"] = ("Vary", f"{headers['vary'][1]}, {VARY}" if "vary" in headers else VARY)
        headers.setdefault("content-language", ("Content-Language", language))
        if not response.streaming:
            headers["content-length"] = ("Content-Length", str(len(response.content)))
        response.headers._store = headers  # noqa: SLF001
        # Django goes through them by name, and asks for each one's value.
        response.items = headers.values  # type: ignore[method-assign]
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer, or 400: see ``api_project.middleware.refuse_unknown_hosts``."""
        try:
            self.check_host(request)
        except DisallowedHost as refusal:
            return bad_request(request, refusal)
        return self.endpoints(request)

    def check_host(self, request: HttpRequest) -> None:
        """Raise DisallowedHost for a name that is not among ALLOWED_HOSTS."""
        asked = (request.META.get("HTTP_HOST"), *settings.ALLOWED_HOSTS)
        if asked not in self.known_hosts:
            request.get_host()
            if len(self.known_hosts) < MOST_HOSTS:
                self.known_hosts.add(asked)


def choose_language(request: HttpRequest) -> str:
    """Speak the client's language, and return it."""
    wishes = "HTTP_ACCEPT_LANGUAGE" in request.META
    language = translation.get_language_from_request(request) if wishes else settings.LANGUAGE_CODE
    translation.activate(language)
    return language


def constant_headers(*, is_secure: bool) -> Headers:
    """Return the headers that middleware gives to every answer alike, by asking it."""
    scheme = "https" if is_secure else "http"
    request = WSGIRequest({"REQUEST_METHOD": "GET", "wsgi.url_scheme": scheme, "wsgi.input": io.BytesIO()})
    response = HttpResponse()
    del response.headers["Content-Type"]
    for middleware in (SecurityMiddleware, XFrameOptionsMiddleware):
        response = middleware(get_nothing).process_response(request, response)
    response.headers["Cache-Control"] = "no-store"
    constant: Headers = response.headers._store  # noqa: SLF001 - checked by now, each with the name that it is found by
    return constant


def get_nothing(request: HttpRequest) -> HttpResponse:
    """Stand for a view."""
    return HttpResponse()
