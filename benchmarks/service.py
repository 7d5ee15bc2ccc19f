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


@dataclass(kw_only=True)
class Service(ABC):
    """A project as it would be served. Its directory holds the database, the count of checked passwords and the log."""

    directory: Path
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

    @abstractmethod
    def manage_command(self) -> list[str]:
        """Return how its management commands begin."""

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
        self._manage("migrate", "--verbosity", "0")
        self._manage("shell", "-c", script)

    def checked(self) -> int:
        """Return how many passwords were compared with an account's hash since the service was started."""
        file = self.directory / "checked"
        return file.stat().st_size if file.exists() else 0

    def __enter__(self) -> Self:
        """Start it, and wait until it answers."""
        with (self.directory / "server.log").open("ab") as log:
            # A session of its own: Ctrl-C reaches this script alone, and nothing outlives it.
            self.process = subprocess.Popen(  # noqa: S603 - the commands below
                self.serve_command(),
                cwd=ROOT, env=self._all_variables(), start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Take it away, all its processes at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _wait(self) -> None:
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

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - a command of Django's
            [*self.manage_command(), *arguments],
            cwd=ROOT, env=self._all_variables(), check=False, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)

    def _all_variables(self) -> dict[str, str]:
        # Nothing else of this script's environment: defaults shall be defaults.
        common = {"PATH": os.defpath, "SECRET_KEY": SECRET_KEY, COUNT: str(self.directory / "checked")}
        return common | self.environment() | self.variables
