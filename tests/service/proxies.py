"""A real nginx or Caddy, on one of the files in examples/."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.parts import missing
from tests.service.server import ROOT

NGINX = ["nginx", "-e", "stderr", "-g", "daemon off; pid {folder}/pid; error_log stderr;", "-c", "{file}"]
CADDY = ["caddy", "run", "--adapter", "caddyfile", "--config", "{file}"]


@contextmanager
def proxy_on(example: str, folder: Path, *, instead_of: dict[str, str]) -> Iterator[None]:
    """Run a proxy on the example, but for what differs here from what it shows."""
    command = NGINX if "nginx" in example else CADDY
    if shutil.which(command[0]) is None:
        missing(command[0])
    text = (ROOT / "examples" / example).read_text()
    for shown, used in instead_of.items():
        assert shown in text
        text = text.replace(shown, used)
    file = folder / example
    file.write_text(text)
    process = subprocess.Popen(
        [part.format(folder=folder, file=file) for part in command],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder)},
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_for(client: httpx.Client) -> None:
    """Wait until the proxy answers it, whatever it says."""
    deadline = time.monotonic() + 15
    while True:
        try:
            client.get("/")
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the proxy does not answer"
            time.sleep(0.05)
        else:
            return
