"""How much memory a process has, as Linux says."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass
class Peak:
    """The most that was resident, in MiB. Known in the end."""

    mib: float = 0.0


def workers_of(process: int) -> list[int]:
    """Return the ids of the process's children."""
    return [int(number) for number in (PROC / f"{process}/task/{process}/children").read_text().split()]


def rss(process: int) -> float:
    """Return what is resident, in MiB."""
    return status(process, "VmRSS")


def pss(process: int) -> float:
    """Return what is its own, and its part of what it shares, in MiB."""
    lines = (PROC / f"{process}/smaps_rollup").read_text()
    return value_of(lines, "Pss")


@contextmanager
def peak(process: int) -> Iterator[Peak]:
    """Measure during the block."""
    found = Peak()
    (PROC / f"{process}/clear_refs").write_text("5")  # the peak begins anew: proc(5)
    yield found
    found.mib = status(process, "VmHWM")


def status(process: int, name: str) -> float:
    """Return a line of the process's status in MiB."""
    return value_of((PROC / f"{process}/status").read_text(), name)


def value_of(text: str, name: str) -> float:
    """Return the line's value in MiB."""
    match = re.search(rf"^{name}:\s+(\d+) kB$", text, re.MULTILINE)
    if match is None:
        raise ValueError(text)
    return int(match[1]) / 1024
