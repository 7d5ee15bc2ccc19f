"""Latchkey itself behind a real nginx and a real Caddy that terminate TLS, with the files of examples/."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.parts import missing
from tests.service.log import all_rows
from tests.service.proxies import proxy_on, wait_for
from tests.service.server import ADMIN_PASSWORD, ROOT, Server, free_port, token_of

HOST = "auth.example.org"
# As the examples say.
ENVIRONMENT = {
    "HTTPS": "true",
    "ALLOWED_HOSTS": HOST,
    "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
    "TRUSTED_PROXIES": "127.0.0.1",
}
FOR_A_TEST = """{{
	admin off
	auto_https disable_redirects
	skip_install_trust
}}
https://{host}:{port} {{
	tls internal
"""


def differences(example: str, folder: Path, *, backend: int, port: int) -> dict[str, str]:
    """Return what stands in the example, and what has to stand there for a test."""
    server = {"127.0.0.1:8000": f"127.0.0.1:{backend}"}
    if example.endswith("Caddyfile"):
        return server | {f"\n{HOST} {{\n": "\n" + FOR_A_TEST.format(host=HOST, port=port)}
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HOST}", "-days", "1"]
    try:
        subprocess.run(
            [*command, "-keyout", folder / f"{HOST}.key", "-out", folder / f"{HOST}.pem"],
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        missing("openssl")
    ports = {"listen 80;": f"listen 127.0.0.1:{free_port()};", "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;"}
    return server | ports | {"/etc/ssl/": f"{folder}/"}


@pytest.fixture(params=["latchkey.Caddyfile", "latchkey.nginx.conf"])
def browser(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[httpx.Client]:
    """Return a client that reaches the service as auth.example.org over TLS."""
    port = free_port()
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    with ExitStack() as stack:
        instead_of = differences(request.param, tmp_path, backend=server.port, port=port)
        stack.enter_context(proxy_on(request.param, tmp_path, instead_of=instead_of))
        client = stack.enter_context(
            httpx.Client(base_url=f"https://127.0.0.1:{port}", headers={"Host": HOST}, verify=unverified, timeout=10)
        )
        client.event_hooks["request"] = [lambda sent: sent.extensions.update(sni_hostname=HOST)]
        wait_for(client)
        yield client


@pytest.mark.parametrize("server", [ENVIRONMENT], indirect=True)
def test_page_and_api_are_reached_over_tls(server: Server, browser: httpx.Client) -> None:
    page = browser.get("/login/")
    assert page.status_code == 200  # and not a redirect to itself
    assert "Strict-Transport-Security" in page.headers
    token = browser.cookies["csrftoken"]
    form = {"username": "admin", "password": ADMIN_PASSWORD, "csrfmiddlewaretoken": token}
    answer = browser.post("/login/", data=form, headers={"Origin": f"https://{HOST}", "X-Forwarded-For": "192.0.2.1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard/")
    assert all("Secure" in cookie for cookie in answer.headers.get_list("Set-Cookie"))
    browser.base_url = browser.base_url.copy_with(path="/api/v1/")
    browser.cookies.clear()
    browser.headers["Authorization"] = f"Token {token_of(browser, 'admin', ADMIN_PASSWORD)}"
    # The proxy's word, and not the client's.
    assert {(row["entrance"], row["ip_address"]) for row in all_rows(browser)} == {
        ("page", "127.0.0.1"),
        ("api", "127.0.0.1"),
    }


@pytest.mark.parametrize("example", ["latchkey.Caddyfile", "latchkey.nginx.conf"])
def test_example_says_with_which_settings_it_was_tested(example: str) -> None:
    said = (ROOT / "examples" / example).read_text()
    assert " ".join(f"{name}={value}" for name, value in ENVIRONMENT.items()) in said
