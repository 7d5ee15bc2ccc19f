"""Latchkey and its peers, on the same server: gunicorn with threads; FastAPI on its own."""

import os
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from api_project.management.commands import serve
from benchmarks import environment
from benchmarks.entrances import Entrance, at_the_api, in_the_admin, with_a_session, with_basic
from benchmarks.service import Service

PROCESSES = 2


@dataclass(kw_only=True)
class Latchkey(Service):
    """Latchkey from this working copy, by ``manage.py serve``."""

    @property
    def entrances(self) -> Sequence[Entrance]:
        """Return the three."""
        return at_the_api, with_a_session, in_the_admin

    def environment(self) -> dict[str, str]:
        """Leave everything at its default that has one and can be left."""
        return {
            "DJANGO_SETTINGS_MODULE": "benchmarks.latchkey_settings",
            "ADMIN_PASSWORD": secrets.token_urlsafe(),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "WORKERS": str(self.processes),
        }

    @property
    def python(self) -> str:
        """Use the environment that this script runs in."""
        return sys.executable

    def serve_command(self) -> list[str]:
        """Serve as in production."""
        return [self.python, "manage.py", "serve"]


@dataclass(kw_only=True)
class Peer(Service):
    """Another project, in the environment that is made for it."""

    peer: str  # as benchmarks/peers/settings.py calls it
    hasher: str = "argon2id"  # with Latchkey's parameters; or "pbkdf2", with Django's
    limit: int = 0  # failures; 0 for none

    @property
    def entrances(self) -> Sequence[Entrance]:
        """Return the API's and the admin's."""
        return with_basic if self.peer == "knox" else at_the_api, in_the_admin

    def environment(self) -> dict[str, str]:
        """Choose the peer."""
        return {
            "DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings",
            "DATABASE_URL": self.database_url,
            "PEER": self.peer,
            "PEER_HASHER": self.hasher,
            "PEER_LIMIT": str(self.limit),
            "PEER_DIRECTORY": str(self.directory),
        }

    @property
    def python(self) -> str:
        """Use the environment that it is installed into."""
        return str(environment.PYTHON)

    def serve_command(self) -> list[str]:
        """Serve with as many threads as Latchkey has, and what else ``manage.py serve`` says."""
        return [
            *(self.python, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}"),
            *("--workers", str(self.processes), "--worker-class", "gthread", "--threads", str(threads())),
            *("--keep-alive", str(serve.KEEP_ALIVE_SECONDS), "--log-level", "error", "--no-control-socket"),
            "django.core.wsgi:get_wsgi_application()",
        ]


@dataclass(kw_only=True)
class FastAPI(Peer):
    """The one that is not Django's, on the server of its documentation."""

    peer: str = "fastapi"
    hasher: str = "default"  # what pwdlib recommends; or "argon2id", with Latchkey's parameters

    @property
    def entrances(self) -> Sequence[Entrance]:
        """Return the API's."""
        return (at_the_api,)

    def serve_command(self) -> list[str]:
        """Serve with what uvicorn[standard] brings, and without a line in a log for each request, as the others."""
        return [
            *(self.python, "-m", "uvicorn", "--port", str(self.port), "--workers", str(self.processes)),
            *("--timeout-keep-alive", str(serve.KEEP_ALIVE_SECONDS), "--log-level", "error", "--no-access-log"),
            "benchmarks.peers.fastapi_app:app",
        ]


def threads() -> int:
    """Return how many threads each process of Latchkey has."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.latchkey_settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(64))
    waiting: int = settings.PASSWORD_CHECKS_WAITING
    return serve.THREADS + waiting
