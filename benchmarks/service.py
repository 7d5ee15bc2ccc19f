"""A service that is measured, in processes of its own, on a database of its own, on a port that is free."""

import contextlib
import os
import secrets
import signal
import socket
import ssl
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

from benchmarks.databases import database
from benchmarks.entrances import Entrance
from benchmarks.hashers import COUNT

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = secrets.token_urlsafe(64)
START_SECONDS = 30
BOOT_SECONDS = 0.5  # that the second process may take longer than the first
# Clients share it: it takes longer to make than a request, and is never used.
TLS = ssl.create_default_context()


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def start_all(stack: contextlib.ExitStack, services: Sequence["Service"]) -> None:
    """Start them beside one another, wait until all answer, and end them with the stack."""
    for service in services:
        stack.callback(service.end)
        service.start()
    for service in services:
        service.wait()


@dataclass(kw_only=True)
class Service(ABC):
    """A project as it would be served. Its directory holds the database, the count of checked passwords and the log."""

    directory: Path
    database: str = "sqlite"  # a key of DATABASES
    processes: int = 2  # of the server
    variables: dict[str, str] = field(default_factory=dict)  # environment variables beside those that it needs
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def entrances(self) -> Sequence[Entrance]:
        """Return where one can log in; first the API."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return the environment variables that it needs."""

    @property
    @abstractmethod
    def python(self) -> str:
        """Return the interpreter of the environment that it is installed into."""

    @property
    def database_url(self) -> str:
        """Return where its database is."""
        return database(self.database, self.directory)

    @abstractmethod
    def serve_command(self) -> list[str]:
        """Return what serves it."""

    def client(self, address: str = "127.0.0.1") -> httpx.Client:
        """Return a client that calls from that address, on connections of its own."""
        transport = httpx.HTTPTransport(verify=TLS, local_address=address)
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", transport=transport, timeout=120)

    def prepare(self, script: str) -> None:
        """Make an empty database and run the script in it."""
        self.directory.mkdir(parents=True)
        self.run("-m", "django", "migrate", "--verbosity", "0")
        self.run("-m", "django", "shell", "-c", script)

    def seed(self, names: Sequence[str]) -> str:
        """Make a database with the accounts, and return the key of a token of the first one's."""
        self.directory.mkdir(parents=True)
        return self.run("-m", "benchmarks.seeding", *names)

    def checked(self) -> int:
        """Return how many passwords were compared with an account's hash since the service was started."""
        file = self.directory / "checked"
        return file.stat().st_size if file.exists() else 0

    def __enter__(self) -> Self:
        """Start it, and wait until it answers."""
        self.start()
        try:
            self.wait()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away."""
        self.end()

    def start(self) -> None:
        """Start it."""
        with (self.directory / "server.log").open("ab") as log:
            # A session of its own: Ctrl-C reaches this script alone, and nothing outlives it.
            self.process = subprocess.Popen(  # noqa: S603 - the commands below
                self.serve_command(),
                cwd=ROOT, env=self.all_variables(), start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip

    def end(self) -> None:
        """Take it away, all its processes at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait(self) -> None:
        """Wait until it answers, with all its processes."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5, verify=TLS)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                time.sleep(BOOT_SECONDS)
                return
        raise TimeoutError(f"{self.directory.name} does not answer:\n{(self.directory / 'server.log').read_text()}")

    def run(self, *arguments: str) -> str:
        """Run a Python program in the project's environment, and return what it prints."""
        done = subprocess.run(  # noqa: S603 - Django's commands, and modules of ours
            [self.python, *arguments],
            cwd=ROOT, env=self.all_variables(), check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def all_variables(self) -> dict[str, str]:
        """Return the environment of its processes: nothing else of this script's, so that defaults are defaults."""
        common = {"PATH": os.defpath, "SECRET_KEY": SECRET_KEY, COUNT: str(self.directory / "checked")}
        return common | self.environment() | self.variables
