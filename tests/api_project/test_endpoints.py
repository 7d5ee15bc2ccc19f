"""Where Endpoints lead is where Django would have led, and nothing is lost on the way."""

from collections.abc import Iterator
from inspect import iscoroutinefunction
from unittest.mock import patch

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, get_resolver, resolve
from django.utils.module_loading import import_string
from rest_framework.test import APIClient

from api_project.endpoints import MOST_PATHS, Endpoints
from api_project.plain import PREFIX

PATHS_WITH_ARGUMENTS = [
    "/api/v1/audit/login-logs/1/",
    "/api/v1/auth/tokens/4c7cb4a8-4d7f-4ed9-a0c5-8d3ab3a1c0f0/",
    "/api/v1/users/nobody/knows/",  # of the route that catches the rest
]
PATHS = ["/api/v1/users/me/", "/api/v1/auth/login/", "/api/v1/auth/verify/", "/api/v1/audit/login-logs/"]


@pytest.mark.parametrize("path", PATHS + PATHS_WITH_ARGUMENTS)
def test_match_is_djangos_also_the_second_time(path: str) -> None:
    endpoints, expected = Endpoints(), resolve(path)
    for _ in range(2):
        found = endpoints.resolve(path)
        assert (found.func, found.args, found.kwargs) == (expected.func, expected.args, expected.kwargs)
        assert (found.view_name, found.route) == (expected.view_name, expected.route)


@pytest.mark.parametrize("path", PATHS)
def test_path_is_looked_for_once(path: str) -> None:
    endpoints = Endpoints()
    first = endpoints.resolve(path)
    with patch("api_project.endpoints.resolve", side_effect=AssertionError):
        assert endpoints.resolve(path) is first


@pytest.mark.parametrize("path", PATHS_WITH_ARGUMENTS)
def test_paths_with_arguments_are_not_kept(path: str) -> None:
    endpoints = Endpoints()
    endpoints.resolve(path)
    assert endpoints.known == {}


def test_path_that_leads_nowhere_leads_nowhere_again() -> None:
    endpoints = Endpoints()
    for _ in range(2):
        with patch("api_project.endpoints.resolve", side_effect=Resolver404), pytest.raises(Resolver404):
            endpoints.resolve("/api/v1/nowhere/")
    assert endpoints.known == {}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoints = Endpoints()
    monkeypatch.setattr("api_project.endpoints.MOST_PATHS", 1)
    endpoints.resolve("/api/v1/users/me/")
    endpoints.resolve("/api/v1/auth/login/")
    assert len(endpoints.known) == 1 < MOST_PATHS


def test_view_can_see_where_its_path_led(rf: RequestFactory) -> None:
    request = rf.get("/api/v1/users/me/")
    response = Endpoints()(request)
    assert response.status_code == 401
    assert isinstance(request.resolver_match, ResolverMatch)
    assert request.resolver_match.route == resolve("/api/v1/users/me/").route


def test_failure_of_a_view_is_a_500(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> HttpResponse:
        raise RuntimeError("as expected")

    monkeypatch.setattr("users.views.own.OwnAccountViewSet.dispatch", fail)
    response = APIClient(raise_request_exception=False).get("/api/v1/users/me/")
    assert (response.status_code, response.json()["code"]) == (500, "error")


def views(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Yield every route below the resolver with its pattern."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from views(pattern, route)
        else:
            yield route, pattern


def test_no_view_of_the_api_needs_what_is_left_out() -> None:
    found = {route: pattern.callback for route, pattern in views(get_resolver()) if route.startswith((PREFIX, "/api/"))}
    assert sum(route.startswith(PREFIX) for route in found) > 20
    for route, view in found.items():
        assert getattr(view, "csrf_exempt", False) or not route.startswith(PREFIX), route
        assert not iscoroutinefunction(view), route


def test_no_middleware_of_ours_looks_at_views_but_csrfs() -> None:
    def get_response(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    middleware = [import_string(name) for name in settings.MIDDLEWARE]
    made = [each(get_response) for each in middleware]
    lookers = [type(each).__name__ for each in made if hasattr(each, "process_view")]
    assert set(lookers) <= {"CsrfViewMiddleware"}
    assert not [each for each in made if hasattr(each, "process_template_response")]
    assert not [each for each in made if hasattr(each, "process_exception")]
