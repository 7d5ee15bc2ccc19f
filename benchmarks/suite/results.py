"""What was measured, kept in a file as soon as it is: a run that is stopped goes on where it was."""

import hashlib
import json
import os
import platform
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, Self

from benchmarks.environment import BENCHMARKS, REQUIREMENTS
from benchmarks.service import ROOT
from benchmarks.suite.bench import CORES, Figures

CODE = ["*.py", "*requirements.txt", ":!tests"]
VAR = BENCHMARKS / "var"


@dataclass
class Results:
    """The file. ``about`` says of what, and on what, the figures are; others make it begin anew."""

    file: Path
    about: dict[str, Any]
    figures: dict[str, Figures] = field(default_factory=dict)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)  # when each was measured, and how busy it was

    @classmethod
    def load(cls, file: Path, about: dict[str, Any]) -> Self:
        """Read the file, if it is there and about the same."""
        if file.exists():
            kept = json.loads(file.read_text())
            if kept["about"] == about:
                return cls(file, about, kept["figures"], kept["taken"])
        return cls(file, about)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the file, whatever it is about."""
        kept = json.loads(file.read_text())
        return cls(file, kept["about"], kept["figures"], kept["taken"])

    def keep(self, key: str, figures: Figures, *, seconds: float) -> None:
        """Add a measurement, and write the file in one step."""
        self.figures[key] = figures
        self.taken[key] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(seconds, 1),
            "load": round(os.getloadavg()[0], 1),
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.file.with_suffix(".new")
        kept = {"about": self.about, "taken": self.taken, "figures": self.figures}
        fresh.write_text(json.dumps(kept, indent=1) + "\n")
        fresh.replace(self.file)


def about(effort: str) -> dict[str, Any]:
    """Return what a figure depends on."""
    names = ["django", "djangorestframework", "gunicorn"]
    return {
        "effort": effort,
        "code": state_of_the_code(),
        "python": platform.python_version(),
        "cores": CORES,
        "versions": {name: metadata.version(name) for name in names} | peers(),
    }


def peers() -> dict[str, str]:
    """Return the versions of the peers."""
    wanted = {
        "django-allauth",
        "django-axes",
        "django-rest-knox",
        "djangorestframework-simplejwt",
        "fastapi",
        "uvicorn",
    }
    lines = (line.split()[0].split("==") for line in REQUIREMENTS.read_text().splitlines() if "==" in line)
    return {name: version for name, version in lines if name in wanted}


def state_of_the_code() -> str:
    """Return the last commit that touched it, and whether it was changed since."""
    commit = git("log", "-1", "--format=%h", "--", *CODE)
    changes = git("diff", "HEAD", "--", *CODE)
    return f"{commit} with changes {hashlib.sha256(changes.encode()).hexdigest()[:7]}" if changes else commit


def git(*arguments: str) -> str:
    """Ask git; where there is none, all is one."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S603, S607
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
