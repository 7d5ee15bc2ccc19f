"""What the resolver remembers is what Django would have found."""

import pytest
from django.urls import Resolver404, URLResolver, resolve
from django.urls.resolvers import RoutePattern

from api_project.resolver import MOST_PATHS, RememberingResolver
from api_project.urls import endpoints

remembering = RememberingResolver(RoutePattern("api/v1/"), endpoints)
forgetful = URLResolver(RoutePattern("api/v1/"), endpoints)


@pytest.mark.parametrize(
    "path",
    [
        "users/me/",
        "auth/login/",
        "auth/verify/",
        "audit/login-logs/",
        "audit/login-logs/1/",
        "auth/tokens/4c7cb4a8-4d7f-4ed9-a0c5-8d3ab3a1c0f0/",
    ],
)
def test_match_is_djangos_also_the_second_time(path: str) -> None:
    expected = forgetful.resolve(f"api/v1/{path}")
    for _ in range(2):
        found = remembering.resolve(f"api/v1/{path}")
        assert (found.func, found.args, found.kwargs) == (expected.func, expected.args, expected.kwargs)
        assert (found.view_name, found.route) == (expected.view_name, expected.route)


def test_service_remembers_its_paths() -> None:
    assert resolve("/api/v1/users/me/").func is resolve("/api/v1/users/me/").func


def test_path_that_leads_nowhere_leads_nowhere_again() -> None:
    for _ in range(2):
        with pytest.raises(Resolver404):
            remembering.resolve("api/v1/users/nobody/knows/")
    assert "api/v1/users/nobody/knows/" not in remembering.known


def test_paths_with_arguments_are_not_kept() -> None:
    for number in range(3):
        remembering.resolve(f"api/v1/audit/login-logs/{number}/")
    assert not any("login-logs/" in path and path[-2].isdigit() for path in remembering.known)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = RememberingResolver(RoutePattern("api/v1/"), endpoints)
    monkeypatch.setattr("api_project.resolver.MOST_PATHS", 1)
    fresh.resolve("api/v1/users/me/")
    fresh.resolve("api/v1/auth/login/")
    assert len(fresh.known) == 1 < MOST_PATHS
