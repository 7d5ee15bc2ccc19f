"""Cross-origin requests: from listed origins, and none else."""

import pytest
from django.test import Client
from pytest_django import Settings

ME = "/api/v1/users/me/"
LISTED = "https://app.example.org"


@pytest.fixture(autouse=True)
def one_listed_origin(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [LISTED]


def preflight(client: Client, origin: str, path: str = ME) -> dict[str, str]:
    answer = client.options(
        path,
        HTTP_ORIGIN=origin,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization",
    )
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def test_listed_origin_may_send_a_token_and_read_the_answer(db: None, client: Client) -> None:
    allowed = preflight(client, LISTED)
    assert allowed["access-control-allow-origin"] == LISTED
    assert "authorization" in allowed["access-control-allow-headers"]
    answer = client.get(ME, HTTP_ORIGIN=LISTED)
    assert answer["access-control-allow-origin"] == LISTED
    assert "origin" in answer["Vary"]


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://app.example.org", f"{LISTED}.evil.example", "null", "", "\xff", "x" * 9999],
)
def test_no_other_origin_is_allowed(db: None, client: Client, origin: str) -> None:
    assert "access-control-allow-origin" not in preflight(client, origin)
    assert "access-control-allow-origin" not in client.get(ME, HTTP_ORIGIN=origin).headers


def test_pages_are_nobodys_to_read_from_elsewhere(db: None, client: Client) -> None:
    assert preflight(client, LISTED, "/admin/login/") == {}
