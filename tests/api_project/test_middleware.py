"""What every request passes first."""

import io
from ipaddress import ip_network

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from api_project.middleware import MAX_DISCARDED_BYTES, Edge


def passed(request: HttpRequest) -> HttpRequest:
    """Return the request as the middleware hands it on."""
    handed: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        handed.append(request)
        return HttpResponse()

    Edge(view)(request)
    return handed[0]


@pytest.mark.parametrize(
    ("peer", "header", "address"),
    [
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # not listed: its header is nothing
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # what is left of it is the client's own word
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "2001:DB8::1", "2001:db8::1"),
        ("10.0.0.1", ",,, ,", "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1, ,", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1:5678", "198.51.100.1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        ("10.0.0.1", "198.51.100.1:", "10.0.0.1"),
        ("10.0.0.1", "\xff\x00" * 5000, "10.0.0.1"),
        ("", "198.51.100.1", ""),
    ],
)
def test_address_is_the_peers_unless_a_listed_proxy_says_otherwise(
    rf: RequestFactory, settings: Settings, peer: str, header: str | None, address: str
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    headers = {} if header is None else {"HTTP_X_FORWARDED_FOR": header}
    assert passed(rf.get("/", REMOTE_ADDR=peer, **headers)).META["REMOTE_ADDR"] == address  # type: ignore[arg-type]


def test_proxies_may_be_listed_as_text(rf: RequestFactory, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["192.0.2.1", "10.0.0.0/8"]
    request = passed(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.5, 192.0.2.1"))
    assert request.META["REMOTE_ADDR"] == "203.0.113.5"


def test_scheme_is_believed_from_listed_proxies_only(rf: RequestFactory, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    assert not passed(rf.get("/", REMOTE_ADDR="203.0.113.5", HTTP_X_FORWARDED_PROTO="https")).is_secure()
    assert passed(rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_PROTO="https")).is_secure()


@pytest.mark.parametrize("given", ["abc-DEF_1.2", "x" * 64, "7", "trace:1/2+3="])
def test_sane_request_id_is_kept(client: Client, given: str) -> None:
    assert client.get("/api/nope/", HTTP_X_REQUEST_ID=given)["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b c d e f", "line\nbreaks", "\u2028" * 10])
def test_other_request_id_is_replaced(client: Client, given: str) -> None:
    chosen = client.get("/api/nope/", HTTP_X_REQUEST_ID=given)["X-Request-ID"]
    assert len(chosen) == 32
    assert chosen != given


@pytest.mark.parametrize(
    "path", ["/healthz", "/api/v1/users/me/", "/api/nope", "/admin/", "/admin/login/", "/api/schema/"]
)
def test_no_answer_is_stored(db: None, client: Client, path: str) -> None:
    assert "no-store" in client.get(path)["Cache-Control"]


def refused(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=413)


@pytest.mark.parametrize(("length", "left"), [(100, 100), (100_000, 0), (MAX_DISCARDED_BYTES + 99, 99)])
def test_large_body_that_is_refused_is_read_to_its_end_within_bounds(
    rf: RequestFactory, length: int, left: int
) -> None:
    request = rf.generic("POST", "/", "x" * length)
    Edge(refused)(request)
    assert len(request.read()) == left


def test_body_of_a_request_that_is_answered_is_left_alone(rf: RequestFactory) -> None:
    request = rf.generic("GET", "/healthz", "x" * 100_000)
    Edge(lambda request: HttpResponse())(request)
    assert len(request.read()) == 100_000


def test_client_that_goes_away_is_no_error(rf: RequestFactory) -> None:
    class Gone(io.BytesIO):
        def read(self, *args: object) -> bytes:
            raise OSError("connection reset")

    request = rf.generic("POST", "/", "x" * 100_000)
    request._stream = Gone()
    assert Edge(refused)(request).status_code == 413
