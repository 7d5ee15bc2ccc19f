"""auth/verify/ behind a real nginx and a real Caddy, with the configuration files of examples/."""

import itertools
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.service.log import all_rows
from tests.service.proxies import proxy_on, wait_for
from tests.service.server import ADMIN_PASSWORD, Server, free_port, token_of

WITHOUT_TOKENS = """
from django.db import connection
connection.cursor().execute("ALTER TABLE auth_api_authtoken RENAME TO elsewhere")
"""
IN_PRODUCTION = {"HTTPS": "true", "ALLOWED_HOSTS": "auth.example.org"}


class Upstream(BaseHTTPRequestHandler):
    """A service that answers with the headers it was sent."""

    def answer(self) -> None:
        """Repeat the headers as JSON."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())

    do_GET = do_POST = answer  # noqa: N815 - as http.server calls them

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def upstream() -> Iterator[int]:
    """Return the port of the guarded service."""
    service = ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    Thread(target=service.serve_forever, daemon=True).start()
    yield service.server_address[1]
    service.shutdown()
    service.server_close()


@pytest.fixture(params=["Caddyfile", "nginx.conf"])
def proxy(request: pytest.FixtureRequest, server: Server, upstream: int, tmp_path: Path) -> Iterator[httpx.Client]:
    """Return a client of the proxy, which runs on the example but for its ports, and the host where that is set."""
    port = free_port()
    shown = {"127.0.0.1:8000": server.port, "127.0.0.1:9000": upstream, "127.0.0.1:8080": port}
    instead_of = {address: f"127.0.0.1:{used}" for address, used in shown.items()}
    instead_of["Host localhost"] = f"Host {server.environment.get('ALLOWED_HOSTS', 'localhost')}"
    with (
        proxy_on(request.param, tmp_path, instead_of=instead_of),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client,
    ):
        wait_for(client)
        yield client


def spellings(name: str) -> Iterator[str]:
    """Yield the header's name with hyphens and underscores mixed in every way."""
    parts = name.split("-")
    for separators in itertools.product("-_", repeat=len(parts) - 1):
        yield "".join(part + separator for part, separator in zip(parts, (*separators, ""), strict=True))


def test_proxy_lets_in_whom_latchkey_knows(server: Server, proxy: httpx.Client, admin: httpx.Client) -> None:
    token = {"Authorization": admin.headers["Authorization"], "Cookie": "a=b"}
    lies = {"X-Auth-Username": "root", "X-Auth-User-Id": "0", "X-Auth-Token-Id": "1"}
    # The same to a WSGI application, which is what many a service is.
    lies |= {spelling: value for name, value in lies.items() for spelling in spellings(name)}
    rows = len(all_rows(admin))

    for method in ("GET", "POST"):
        answer = proxy.request(method, "/anything?x=1", headers=token | lies)
        assert answer.status_code == 200
        seen = answer.json()
        assert (seen["x-auth-username"], seen["x-auth-user-id"]) == ("admin", "1")
        assert seen["x-auth-token-id"] == admin.get("/auth/tokens/").json()[0]["id"]
        assert not [name for name in seen if name.replace("_", "-").startswith("x-auth") and "_" in name]
        assert not {"authorization", "cookie"} & set(seen)

    hidden = token | {"Connection": "close, X-Auth-Username", "X-Auth_Username": "root"}
    assert proxy.get("/", headers=hidden).json()["x-auth-username"] == "admin"

    for headers in ({}, lies, {"Authorization": "Token nonsense"}, {"Cookie": "sessionid=nonsense"}):
        answer = proxy.get("/", headers=headers)
        assert answer.status_code == 401
        assert "location" not in answer.headers

    assert len(all_rows(admin)) == rows  # a check is no attempt
    with server.client() as client:
        client.post("/auth/revoke/", json={"token": token["Authorization"].split()[1]})
    assert proxy.get("/", headers=token).status_code == 401


def test_token_for_reading_passes_with_safe_methods_alone(proxy: httpx.Client, admin: httpx.Client) -> None:
    body = {"name": "reader", "password": ADMIN_PASSWORD, "scope": "read"}
    key = admin.post("/auth/tokens/", json=body).json()["token"]
    headers = {"Authorization": f"Bearer {key}"} | dict.fromkeys(spellings("X-Forwarded-Method"), "GET")
    assert proxy.get("/", headers=headers).status_code == 200
    assert proxy.post("/", headers=headers).status_code == 403


def test_empty_identity_overwrites_what_the_client_sent(
    server: Server, proxy: httpx.Client, admin: httpx.Client
) -> None:
    with server.client() as browser:
        browser.get("/auth/session/")
        browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
        credentials = {"username": "admin", "password": ADMIN_PASSWORD}
        assert browser.post("/auth/session/", json=credentials).status_code == 200
        cookie = f"sessionid={browser.cookies['sessionid']}"
    seen = proxy.get("/", headers={"Cookie": cookie, "X-Auth-Token-Id": "1"}).json()
    assert seen["x-auth-username"] == "admin"
    assert not seen.get("x-auth-token-id")


@pytest.mark.parametrize("server", [IN_PRODUCTION], indirect=True)
def test_proxy_that_says_an_allowed_host_lets_in_whom_latchkey_knows(server: Server, proxy: httpx.Client) -> None:
    with server.client(Host="auth.example.org") as client:
        key = token_of(client, "admin", ADMIN_PASSWORD)
    answer = proxy.get("/", headers={"Authorization": f"Token {key}"})
    assert (answer.status_code, answer.json()["x-auth-username"]) == (200, "admin")
    assert proxy.get("/").status_code == 401


def test_client_hears_that_it_should_try_again_while_the_database_is_gone(
    server: Server, proxy: httpx.Client, admin: httpx.Client
) -> None:
    server.manage("shell", "--verbosity", "0", "--command", WITHOUT_TOKENS)
    answer = proxy.get("/", headers={"Authorization": admin.headers["Authorization"]})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"


def test_client_is_not_let_in_while_there_is_no_latchkey(server: Server, proxy: httpx.Client) -> None:
    server.kill()
    answer = proxy.get("/")
    assert answer.status_code in {502, 503}
    assert "x-auth" not in answer.text
