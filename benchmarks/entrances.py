"""How one logs in, at each entrance of Latchkey and of its peers."""

from typing import Protocol

import httpx


class Entrance(Protocol):
    """Tries a password, and returns the answer. The client knows where."""

    def __call__(self, client: httpx.Client, name: str, password: str) -> httpx.Response:
        """Ask to be let in."""


def at_the_api(client: httpx.Client, name: str, password: str) -> httpx.Response:
    """Post JSON: Latchkey, and DRF's authtoken."""
    return client.post("/api/v1/auth/login/", json={"username": name, "password": password})


def with_basic(client: httpx.Client, name: str, password: str) -> httpx.Response:
    """Authenticate by HTTP Basic: knox."""
    return client.post("/api/v1/auth/login/", auth=(name, password))


def with_a_session(client: httpx.Client, name: str, password: str) -> httpx.Response:
    """Ask Latchkey for a cookie session, with the CSRF token that it wants to see."""
    token = client.get("/api/v1/auth/session/").headers["X-CSRFToken"]
    body = {"username": name, "password": password}
    return client.post("/api/v1/auth/session/", json=body, headers={"X-CSRFToken": token})


def in_the_admin(client: httpx.Client, name: str, password: str) -> httpx.Response:
    """Fill in the login form of Django's admin."""
    client.get("/admin/login/").raise_for_status()
    form = {"username": name, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post("/admin/login/", data=form)
