"""Errors outside of REST framework: JSON under /api/, a page elsewhere."""

import sys

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework.exceptions import APIException, MethodNotAllowed, NotFound, ParseError, PermissionDenied

from api_project.errors import CsrfFailed, ServiceUnavailable, UnknownHost, as_api_exception, keep_csrf_token
from api_project.identity import name_nobody

API_PREFIX = "/api/"


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
    exc = sys.exception()
    error = as_api_exception(exc) if isinstance(exc, Exception) else exc
    return plain_error(request, error if isinstance(error, ServiceUnavailable) else APIException())
