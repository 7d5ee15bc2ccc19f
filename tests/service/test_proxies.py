"""auth/verify/ behind a real nginx and a real Caddy, with the configuration files of examples/."""

import itertools
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.parts import missing
from tests.service.log import all_rows
from tests.service.server import ADMIN_PASSWORD, ROOT, Server, free_port

COMMANDS = {
    "nginx.conf": ["nginx", "-e", "stderr", "-g", "daemon off; pid {folder}/pid; error_log stderr;", "-c", "{file}"],
    "Caddyfile": ["caddy", "run", "--adapter", "caddyfile", "--config", "{file}"],
}


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


@pytest.fixture(params=sorted(COMMANDS))
def proxy(request: pytest.FixtureRequest, server: Server, upstream: int, tmp_path: Path) -> Iterator[httpx.Client]:
    """Return a client of the proxy, which runs on the example but for its ports."""
    example, command = request.param, COMMANDS[request.param]
    if shutil.which(command[0]) is None:
        missing(command[0])
    port = free_port()
    text = (ROOT / "examples" / example).read_text()
    for shown, used in ((":8000", server.port), (":9000", upstream), (":8080", port)):
        assert f"127.0.0.1{shown}" in text
        text = text.replace(f"127.0.0.1{shown}", f"127.0.0.1:{used}")
    file = tmp_path / example
    file.write_text(text)
    process = subprocess.Popen(
        [part.format(folder=tmp_path, file=file) for part in command],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        wait_for(client)
        yield client
    process.terminate()
    process.wait(timeout=10)


def wait_for(client: httpx.Client) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            client.get("/")
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the proxy does not answer"
            time.sleep(0.05)
        else:
            return


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
