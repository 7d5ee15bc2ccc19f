"""What is open to anybody: this list, and nothing else."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

OPEN = {
    "/",  # offers the login
    "/favicon.ico",
    "/login/",
    "/api/schema/",
    "/api/docs/",
    "/api/redoc/",
    "/api/v1/auth/login/",
    "/api/v1/auth/revoke/",  # possession of the key is enough
    "/api/v1/auth/session/",  # to log in; the tests of sessions hold the rest
    "/api/",  # anything below that is no endpoint: 404
    # Of the admin, which answers everything else with a redirect to its login:
    "/admin/login/",
    "/admin/jsi18n/",  # translations
    "/admin/logout/",  # ends nothing where nobody is logged in
}
LOGINS = ("/admin/login/?next=", "/login/?next=")
NUMBERS = ("(?P<pk>[0-9]{1,19})", "(?P<pk>[0-9]{1,18})")
PLACEHOLDERS = (
    *NUMBERS,
    "(?P<pk>[^/.]+)",
    "<path:object_id>",
    "<int:content_type_id>",
    "<int:login_id>",
    "<int:lockout_id>",
    "<id>",
)
UUIDS = ("<uuid:token_id>", "<uuid:session_id>")


def patterns(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    """Yield every route below the resolver, as Django writes it."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("\\Z").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def example_of(route: str) -> str:
    """Return a path that the route matches."""
    for placeholder in PLACEHOLDERS:
        route = route.replace(placeholder, "1")
    for placeholder in UUIDS:
        route = route.replace(placeholder, str(UUID(int=1)))
    return route.replace("(?P<app_label>auth|users|auth_api|audit)", "users").replace("(?P<url>.*)", "nothing-of-ours/")


@pytest.fixture
def routes() -> list[str]:
    return sorted(set(patterns(get_resolver())))


def test_walk_sees_the_endpoints(routes: list[str]) -> None:
    assert {"/api/v1/users/me/", "/api/v1/audit/login-logs/(?P<pk>[0-9]{1,19})/", "/admin/users/user/"} <= set(routes)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_everything_else_refuses_an_anonymous_caller(db: None, routes: list[str], method: str) -> None:
    client = Client()
    wrongly_open = {}
    for route in routes:
        path = example_of(route)
        if path in OPEN:
            continue
        answer = getattr(client, method)(path)
        is_sent_to_login = answer.status_code == 302 and answer["Location"].startswith(LOGINS)
        if answer.status_code not in {401, 403, 405} and not is_sent_to_login:
            wrongly_open[path] = answer.status_code
    assert wrongly_open == {}
