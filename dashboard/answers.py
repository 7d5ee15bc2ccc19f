"""Answers to forms."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework import status
from rest_framework.exceptions import APIException

from dashboard.forms import PageForm


def show(
    request: HttpRequest,
    template: str,
    form: PageForm,
    *,
    refusal: APIException | None = None,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Return the page with the form, empty or as it was refused: then under the refusal's status."""
    if refusal is not None:
        form.add_refusal(refusal)
    form.focus()
    is_wrong = status.HTTP_400_BAD_REQUEST if form.errors else status.HTTP_200_OK
    code = refusal.status_code if refusal is not None else is_wrong
    response = render(request, template, {"form": form, **(context or {})}, status=code)
    wait = getattr(refusal, "wait", None)
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response
