"""What is said when a request can't be answered, and how REST framework says it: as JSON with a stable ``code``."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError, Error, IntegrityError
from django.db.transaction import TransactionManagementError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext_lazy as _
from rest_framework import status, views
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    NotFound,
    ParseError,
    PermissionDenied,
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

logger = logging.getLogger(__name__)

# What we asked of the database that can't be done. All else is that it is gone, locked, full, read-only, damaged, not
# migrated, or no longer lets us, for which drivers have many names.
OUR_FAULT = (IntegrityError, DataError, TransactionManagementError)
OWN = {"code", "detail"}  # of a body


class ServiceUnavailable(APIException):
    """503: the database can't do its part at the moment, or there is no memory. Nothing was half-done."""

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
    request = context["request"]
    if isinstance(exc, UnsupportedMediaType):
        exc.detail = naming_types(exc, request)
    response = views.exception_handler(as_api_exception(exc), context)
    if response is None:
        return None
    # Also where a page or YAML was asked for, as under /api/docs/ and /api/schema/.
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    if status.is_server_error(response.status_code):
        keep_csrf_token(request)
    if isinstance(exc, ValidationError):
        response.data = by_field(response.data)
    response.data["code"] = error_code(exc, response)
    return response


def naming_types(exc: UnsupportedMediaType, request: Request) -> ErrorDetail:
    """Return what REST framework says, and which types are read instead."""
    types = ", ".join(parser.media_type for parser in request.parsers or ())
    sentence = _("This endpoint takes %(types)s.") % {"types": types}
    return ErrorDetail(f"{exc.detail} {sentence}", exc.default_code)


def by_field(errors: Any) -> dict[str, Any]:
    """Return the errors under the names of their fields, but for those names that mean something else in a body."""
    if isinstance(errors, list):
        return {"non_field_errors": errors}
    clashing = [f"{name}: {text}" for name in sorted(OWN & errors.keys()) for text in errors[name]]
    others = {name: texts for name, texts in errors.items() if name not in OWN}
    return others | {"non_field_errors": [*others.get("non_field_errors", []), *clashing]} if clashing else others


def as_api_exception(exc: Exception) -> Exception:
    """Translate what Django and the database raise; anything else is returned as it is."""
    if isinstance(exc, Error) and not isinstance(exc, OUR_FAULT):
        logger.error("database failure", exc_info=exc)
        return ServiceUnavailable()
    if isinstance(exc, MemoryError):
        logger.error("out of memory", exc_info=exc)
        return ServiceUnavailable()
    if isinstance(exc, Http404):
        return NotFound()  # what Django says names the class, in English
    if isinstance(exc, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(exc, SuspiciousOperation | UnreadablePostError | MultiPartParserError):
        return ParseError(_("The request can't be read."))
    return exc


def error_code(exc: Exception, response: Response) -> str:
    """Return the ``code`` of the exception's detail, or for a body of several fields that of its class."""
    if isinstance(exc, ValidationError):
        return exc.default_code
    detail = response.data.get("detail")
    return getattr(detail, "code", "error")


def keep_csrf_token(request: HttpRequest) -> None:
    """Take back the new CSRF token of a login that came to nothing: the form in the browser has the old one."""
    for name in ("CSRF_COOKIE", "CSRF_COOKIE_NEEDS_UPDATE"):
        request.META.pop(name, None)
    CsrfViewMiddleware(lambda _request: HttpResponse()).process_request(request)  # reads the cookie once more
