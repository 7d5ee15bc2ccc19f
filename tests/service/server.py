"""A real server over a real database, as an operator would start it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
ADMIN_PASSWORD = "the admin of a test run"
START_SECONDS = 30
WITHOUT_LIMITS = {
    "LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK": "0",
    "LOGIN_FAILURES_PER_ACCOUNT": "0",
    "LOGIN_FAILURES_PER_NETWORK": "0",
}


def free_port() -> int:
    """Return a port that nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@dataclass
class Server:
    """The service in processes of its own."""

    database_url: str
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    log: Path | None = None
    folder: Path = ROOT  # that it is started in
    limit: str = ""  # of its processes, as options of ulimit

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, **headers: str) -> httpx.Client:
        """Return a client for the API."""
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of manage.py, and fail if it does."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.variables(), check=True, capture_output=True, text=True,
        )  # fmt: skip

    def start(self) -> None:
        """Start it in a process group of its own and wait until it answers."""
        limit = f"ulimit {self.limit} && " if self.limit else ""
        with (self.log or Path(os.devnull)).open("ab") as log:
            self.process = subprocess.Popen(
                ["sh", "-c", f'{limit}exec "$@"', "sh", sys.executable, str(ROOT / "manage.py"), "serve"],
                cwd=self.folder, env=self.variables(), start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/healthz", timeout=1)
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        self.kill()
        raise TimeoutError(f"the server does not answer after {START_SECONDS} seconds")

    def kill(self) -> None:
        """Take it away, all processes at once, without a word."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def variables(self) -> dict[str, str]:
        """Return the environment of its processes."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "api_project.settings",
            "SECRET_KEY": os.environ["SECRET_KEY"],
            "ADMIN_PASSWORD": ADMIN_PASSWORD,
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "WORKERS": "2",
            "TOKENS_PER_USER": "0",  # tests log in often
            **self.environment,
        }


def token_of(client: httpx.Client, username: str, password: str) -> str:
    """Log in and return the key."""
    answer = client.post("/auth/login/", json={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    key: str = answer.json()["token"]
    return key
