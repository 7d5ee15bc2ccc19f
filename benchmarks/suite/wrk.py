"""wrk, the client that takes least from the machine that it shares with what it measures."""

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contenders import ME, Post

REPORT = Path(__file__).with_name("report.lua")
PROGRAM = "wrk"


@dataclass(frozen=True)
class Outcome:
    """What came of a run. ``p50`` and ``p99`` are milliseconds; ``statuses`` are counted of posts alone."""

    requests: int
    seconds: float
    p50: float
    p99: float
    broken: int  # connections that could not be made, read or written in time
    refused: int  # answers from 400 on
    statuses: Mapping[str, int]

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def is_installed() -> bool:
    """Whether there is wrk."""
    return shutil.which(PROGRAM) is not None


def get(port: int, headers: Mapping[str, str], *, connections: int, seconds: int) -> Outcome:
    """Ask for the account as fast as it is answered."""
    return run(port, connections, seconds, *(part for pair in headers.items() for part in ("-H", ": ".join(pair))))


def post(port: int, posts: Sequence[Post], place: Path, *, connections: int, seconds: int) -> Outcome:
    """Send the posts in turn, again and again. ``place`` is a directory for what wrk reads."""
    file = place / "posts.lua"
    file.write_text(f"return {{\n{''.join(map(as_lua, posts))}}}\n")
    return run(port, connections, seconds, after=["--", str(file)])


def as_lua(one: Post) -> str:
    """Return the post as a line of a table. JSON's texts are Lua's as well, as long as they are plain."""
    headers = ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in one.headers.items())
    return f"  {{path = {json.dumps(one.path)}, headers = {{{headers}}}, body = {json.dumps(one.body)}}},\n"


def run(port: int, connections: int, seconds: int, *arguments: str, after: Sequence[str] = ()) -> Outcome:
    """Run it, in one thread, which is busy for a small part of its time."""
    done = subprocess.run(  # noqa: S603 - wrk, with what is written above
        [
            *(PROGRAM, "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"),
            *("--timeout", "30s", "--script", str(REPORT), *arguments, f"http://127.0.0.1:{port}{ME}", *after),
        ],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))
