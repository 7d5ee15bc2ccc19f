"""The session in README.md, line by line."""

import re
import subprocess
from pathlib import Path

from tests.service.server import ADMIN_PASSWORD, ROOT, Server

# What differs from run to run, and what stands for it.
VOLATILE = (
    (r"lk_[0-9A-Za-z…]+", "<key>"),  # cut in the README, lest scanners take it for a leak
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<uuid>"),
    (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<time>"),
    (r"\b[0-9a-f]{32}\b", "<request>"),
    (r"curl/[\d.]+", "<curl>"),
)
MARK = "--- next command ---"


def session() -> list[tuple[str, str]]:
    """Return the commands of the console blocks, each with the output shown below it."""
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    parts = re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks), re.MULTILINE)
    return [(command, output.strip()) for command, output in parts]


def masked(text: str) -> str:
    for pattern, name in VOLATILE:
        text = re.sub(pattern, name, text)
    return text.strip()


def test_session_with_curl_goes_as_it_is_shown(server: Server, tmp_path: Path) -> None:
    shown = session()
    assert len(shown) >= 8
    script = f"\necho; echo '{MARK}'\n".join(command for command, _ in shown)
    ran = subprocess.run(
        ["bash", "-c", script.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")],
        env={"PATH": "/usr/bin:/bin", "PASSWORD": ADMIN_PASSWORD},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    answered = [masked(output.replace("\r", "")) for output in ran.stdout.split(MARK)]
    assert answered == [masked(output) for _, output in shown]
