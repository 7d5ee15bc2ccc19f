"""Reading the client off a request."""

import pytest
from django.test import RequestFactory

from users.clients import USER_AGENT_LENGTH, Client, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8::0:1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_address_is_brought_to_one_form(text: str, address: str) -> None:
    assert str(parse_address(text)) == address


@pytest.mark.parametrize("text", ["", "unknown", "192.0.2.1:80", "192.0.2.256", "1" * 1000, "\0"])
def test_other_text_is_no_address(text: str) -> None:
    assert parse_address(text) is None


def test_client_is_storable_whatever_the_headers_hold(rf: RequestFactory) -> None:
    client = Client.of(rf.get("/", REMOTE_ADDR="garbage", HTTP_USER_AGENT="curl\0\ud800" + "x" * 100_000))
    assert client.ip_address is None
    assert client.user_agent.startswith("curl?x")
    assert len(client.user_agent) < USER_AGENT_LENGTH + 1


def test_user_agent_beyond_ascii_is_utf8(rf: RequestFactory) -> None:
    sent = "Браузер/1".encode().decode("latin-1")  # as WSGI hands it over
    assert Client.of(rf.get("/", HTTP_USER_AGENT=sent)).user_agent == "Браузер/1"
