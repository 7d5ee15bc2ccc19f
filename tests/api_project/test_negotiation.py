"""The short cut of content negotiation comes to what REST framework comes to."""

import pytest
from django.test import RequestFactory
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api_project.docs import SchemaView
from api_project.negotiation import NeverRefuse
from api_project.renderers import FastJSONRenderer
from audit.views import LoginLogViewSet

JSON = [FastJSONRenderer()]
SEVERAL = [renderer() for renderer in LoginLogViewSet.renderer_classes]
YAML_FIRST = [renderer() for renderer in SchemaView.renderer_classes]


@pytest.mark.parametrize("renderers", [JSON, SEVERAL, YAML_FIRST], ids=["json", "several", "yaml-first"])
@pytest.mark.parametrize("query", ["", "?format=json", "?page_size=1"])
@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/json",
        "application/*",
        "application/json; indent=4",
        "application/json, */*",
        ", ,",
        "*/*;q=0.1",
    ],
)
def test_same_renderer_and_media_type(
    rf: RequestFactory, renderers: list[BaseRenderer], query: str, accept: str | None
) -> None:
    request = Request(rf.get(f"/{query}", **({} if accept is None else {"HTTP_ACCEPT": accept})))  # type: ignore[arg-type]
    try:
        expected = DefaultContentNegotiation().select_renderer(request, renderers)
    except NotAcceptable:
        expected = renderers[0], renderers[0].media_type
    assert NeverRefuse().select_renderer(request, renderers) == expected
