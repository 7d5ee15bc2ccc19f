"""What a client gets when a request can't be answered: JSON with a stable ``code`` under /api/, a page elsewhere."""

import logging
import sys
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, Error, IntegrityError
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import status, views
from rest_framework.exceptions import (
    APIException,
    MethodNotAllowed,
    NotFound,
    ParseError,
    PermissionDenied,
    ValidationError,
)
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from api_project.identity import name_nobody

logger = logging.getLogger(__name__)

# What we asked of the database that can't be done. All else is that it is gone, locked, full, read-only, damaged, not
# migrated, or no longer lets us, for which drivers have many names.
OUR_FAULT = (IntegrityError, DataError, TransactionManagementError)
API_PREFIX = "/api/"


class ServiceUnavailable(APIException):
    """503: the database can't do its part at the moment. Nothing was half-done."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = _("The service is not available at the moment. Try again shortly.")
    default_code = "unavailable"
    wait = 2  # seconds, sent as Retry-After


class BodyTooLarge(APIException):
    """413: the body is larger than anything that is taken here."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The request body is too large.")
    default_code = "body_too_large"


class CsrfFailed(PermissionDenied):
    """403: the form does not come from a page of ours, or the browser keeps no cookies."""

    default_detail = _("This form has expired, or your browser sends no cookies. Go back, reload the page, try again.")
    default_code = "csrf_failed"


class UnknownHost(APIException):
    """400: the service is not meant to be reached under this name."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = _("The service is not set up to be reached under this host name (ALLOWED_HOSTS).")
    default_code = "unknown_host"


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Answer as DRF does, with two additions: a ``code`` in each body, and the failures that DRF leaves to Django."""
    response = views.exception_handler(as_api_exception(exc), context)
    if response is None:
        return None
    # Also where a page or YAML was asked for, as under /api/docs/ and /api/schema/.
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    if status.is_server_error(response.status_code):
        keep_csrf_token(request)
    if isinstance(response.data, list):
        response.data = {"non_field_errors": response.data}
    response.data["code"] = error_code(exc, response)
    return response


def as_api_exception(exc: Exception) -> Exception:
    """Translate what Django and the database raise; anything else is returned as it is."""
    if is_database_failure(exc):
        logger.error("database failure", exc_info=exc)
        return ServiceUnavailable()
    if isinstance(exc, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(exc, SuspiciousOperation | UnreadablePostError | MultiPartParserError):
        return ParseError(_("The request can't be read."))
    return exc


def is_database_failure(exc: BaseException | None) -> bool:
    """Whether the database could not do its part."""
    return isinstance(exc, Error) and not isinstance(exc, OUR_FAULT)


def error_code(exc: Exception, response: Response) -> str:
    """Return the ``code`` of the exception's detail, or for a body of several fields that of its class."""
    if isinstance(exc, ValidationError):
        return exc.default_code
    detail = response.data.get("detail")
    return getattr(detail, "code", "error")


def plain_error(request: HttpRequest, error: APIException) -> HttpResponse:
    """Return the error outside of DRF: JSON under /api/, otherwise a page, which asks nothing of the database."""
    if request.path.startswith(API_PREFIX):
        response: HttpResponse = JsonResponse(
            {"detail": str(error.detail), "code": error.get_codes()}, status=error.status_code
        )
    else:
        response = render(request, "dashboard/error.html", {"error": error}, status=error.status_code)
    wait = getattr(error, "wait", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    name_nobody(request, response)
    return response


def keep_csrf_token(request: HttpRequest) -> None:
    """Take back the new CSRF token of a login that came to nothing: the form in the browser has the old one."""
    for name in ("CSRF_COOKIE", "CSRF_COOKIE_NEEDS_UPDATE"):
        request.META.pop(name, None)
    CsrfViewMiddleware(server_error).process_request(request)  # reads the cookie once more


@csrf_exempt
def api_not_found(request: HttpRequest) -> HttpResponse:
    """404 for any method on any path under /api/ that is no endpoint."""
    if request.path.endswith("/"):
        return plain_error(request, NotFound(_("There is no such endpoint.")))
    return plain_error(request, NotFound(_("There is no such endpoint; the paths of this API end with a slash.")))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400: most of all, a Host header that is not among ALLOWED_HOSTS."""
    error = UnknownHost() if isinstance(exception, DisallowedHost) else as_api_exception(exception)
    return plain_error(request, error if isinstance(error, APIException) else ParseError())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return plain_error(request, PermissionDenied())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW. The reason is for developers; Django logs it."""
    return plain_error(request, CsrfFailed())


def method_not_allowed(request: HttpRequest, response: HttpResponseNotAllowed) -> HttpResponse:
    """What Django's views answer with an empty body, as there is no handler405."""
    answer = plain_error(request, MethodNotAllowed(request.method or ""))
    answer.headers["Allow"] = response.headers["Allow"]
    return answer


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return plain_error(request, NotFound(_("There is nothing at this address.")))


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: 503 when the database is what failed, wherever it did, else 500."""
    keep_csrf_token(request)
    return plain_error(request, ServiceUnavailable() if is_database_failure(sys.exception()) else APIException())
