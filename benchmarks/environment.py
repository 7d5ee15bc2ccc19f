"""The environment that the peers are installed into, by ``python -m benchmarks.environment`` or when they are needed.

The product never installs them.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent
VENV = BENCHMARKS / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = BENCHMARKS / "requirements.txt"
STAMP = VENV / ".requirements"  # the hash of what was installed, written when it is


def install_peers() -> None:
    """Make the environment, unless it is there and has what requirements.txt asks for."""
    if is_installed():
        return
    sys.stderr.write(f"Installing {REQUIREMENTS} into {VENV}\n")
    run(sys.executable, "-m", "venv", "--clear", str(VENV))
    run(str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--requirement", str(REQUIREMENTS))
    STAMP.write_text(wanted())


def is_installed() -> bool:
    """Whether the environment is there and has what requirements.txt asks for."""
    return STAMP.exists() and STAMP.read_text() == wanted()


def wanted() -> str:
    """Return the hash of what is to be installed."""
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def run(*command: str) -> None:
    """Run it, and keep what it says away from the table on standard output."""
    subprocess.run(command, check=True, stdout=sys.stderr)  # noqa: S603 - the two commands above


if __name__ == "__main__":
    install_peers()
