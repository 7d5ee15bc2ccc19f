"""Who is measured, how each is asked for an account and for a token, and what its tokens are worth."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.projects import FastAPI, Latchkey, Peer
from benchmarks.service import Service

ME = "/api/v1/users/me/"


@dataclass(frozen=True)
class Post:
    """A request that logs in."""

    path: str
    headers: dict[str, str]
    body: str = ""


def as_json(path: str, name: str, password: str) -> Post:
    """Send name and password as JSON."""
    return Post(path, {"Content-Type": "application/json"}, json.dumps({"username": name, "password": password}))


def as_basic(path: str, name: str, password: str) -> Post:
    """Send them as HTTP Basic."""
    return Post(path, {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()})


AT_LOGIN = partial(as_json, "/api/v1/auth/login/")


@dataclass(frozen=True)
class Contender:
    """A project, at its best documented settings. ``revocation`` says when a token that was ended is refused."""

    key: str
    title: str
    make: Callable[..., Service]
    revocation: str = "asks for none"
    header: str = "Authorization"
    scheme: str = "Token "
    log_in: Callable[[str, str], Post] | None = AT_LOGIN
    default_hasher: str = "pbkdf2"
    refusal: int = 401  # what a wrong token is answered

    @property
    def checks_tokens(self) -> bool:
        """Whether anything is asked for."""
        return self.revocation != "asks for none"

    def service(self, directory: Path, **options: Any) -> Service:
        """Return the project with a database in the directory."""
        return self.make(directory=directory, **options)

    def with_token(self, key: str) -> dict[str, str]:
        """Return the header that a token goes into."""
        return {self.header: f"{self.scheme}{key}"} if self.checks_tokens else {}


LATCHKEY = Contender("latchkey", "Latchkey", Latchkey, "at once", default_hasher="argon2id")
BARE = Contender("bare", "bare Django view", partial(Peer, peer="bare"), log_in=None)
CONTENDERS = [
    LATCHKEY,
    BARE,
    Contender("drf", "bare REST framework view", partial(Peer, peer="drf"), log_in=None),
    Contender("authtoken", "REST framework's authtoken", partial(Peer, peer="authtoken"), "at once"),
    Contender("knox", "knox", partial(Peer, peer="knox"), "at once", log_in=partial(as_basic, "/api/v1/auth/login/")),
    Contender(
        "simplejwt",
        "simplejwt, with its user",
        partial(Peer, peer="simplejwt"),
        "never, but for a deactivated account",
        scheme="Bearer ",
    ),
    Contender(
        "simplejwt_stateless",
        "simplejwt, without any lookup",
        partial(Peer, peer="simplejwt_stateless"),
        "never",
        scheme="Bearer ",
    ),
    Contender(
        "allauth",
        "allauth's session token",
        partial(Peer, peer="allauth"),
        "at once",
        header="X-Session-Token",
        scheme="",
        refusal=403,
        log_in=partial(as_json, "/_allauth/app/v1/auth/login"),
    ),
    Contender("fastapi", "FastAPI, tokens in a table", FastAPI, "at once", scheme="Bearer ", default_hasher="default"),
]
BY_KEY = {contender.key: contender for contender in CONTENDERS}
