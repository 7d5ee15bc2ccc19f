"""What a login costs beyond the password's hash: token, log and limiter.

Run ``python -m benchmarks.login_cost [--database sqlite|postgresql]``. It prints a Markdown table; progress goes to
standard error. PostgreSQL is the one that DATABASE_URL names, or one that is made and thrown away.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks import environment
from benchmarks.databases import DATABASES, database, with_postgresql
from benchmarks.figures import table
from benchmarks.workspace import workspace

REPETITIONS, BATCH = 400, 10
LIMIT = 5  # of axes, for an address; Latchkey's default for an account and a network
LOGIN, LOGGED_LOGIN = "/api/v1/auth/login/", "/api/v1/auth/logged-login/"
KINDS = {"success": "right password", "failure": "wrong password", "refusal": "locked out"}
LATCHKEY, LOGGED, PLAIN = "Latchkey", "authtoken, axes, and the signal", "authtoken, axes"
PROJECTS = {LATCHKEY: LOGIN, LOGGED: LOGGED_LOGIN, PLAIN: LOGIN}
NOTES = f"""
Medians of {REPETITIONS} logins each, in turn in batches of {BATCH}, in one process for each project: the request
through all middleware to the rendered answer. CPU: of that process, without PostgreSQL's. The hasher is MD5 for all, a
few microseconds. All have the same database, SQLite with WAL, IMMEDIATE and FULL, or PostgreSQL as it comes, and a
connection that stays open. Statements: SELECT, INSERT, UPDATE and DELETE. Commits: of transactions, and of writes
outside of one.

- **authtoken, axes**: REST framework's `ObtainAuthToken` and django-axes with its database handler and log, at a limit
  of {LIMIT}. `ObtainAuthToken` sends no `user_logged_in`, so that no row is left by a success.
- **and the signal**: the same, and a view that sends it: every login leaves a row, as Latchkey's do. The ratios are to
  this.
- An account that logs in again gets its one token from authtoken, and a new token from Latchkey.
"""


@dataclass
class Worker:
    """A process that logs in when it is told to."""

    process: subprocess.Popen[str]
    times: dict[str, list[list[float]]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def tell(self, **order: Any) -> Any:
        """Give the order, and return the answer."""
        if self.process.stdin is None or self.process.stdout is None:
            raise TypeError("not a pipe")
        if order:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the process has ended: see its log")
        return json.loads(answer)


def main() -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    name: str = parser.parse_args().database
    with_postgresql(name, "benchmarks.login_cost")
    environment.install_peers()
    with workspace() as directory:
        workers = measure(name, directory, repetitions=REPETITIONS)
    head = ["", "project", "clock, ms", "ratio", "CPU, ms", "ratio", "statements", "commits"]
    rows = [row(kind, title, workers) for kind in KINDS for title in PROJECTS]
    sys.stdout.write(f"\n**{DATABASES[name]}**\n\n" + table(head, rows) + NOTES)


def measure(name: str, directory: Path, *, repetitions: int) -> dict[str, Worker]:
    """Measure all on the database, a batch each in turn."""
    with ExitStack() as stack:
        workers = {title: Worker(stack.enter_context(start(title, name, directory))) for title in PROJECTS}
        for title, worker in workers.items():
            stack.callback(worker.process.terminate)
            warm_up(worker, PROJECTS[title])
        for _ in tqdm(range(repetitions // BATCH), desc=f"logins, {name}", leave=False, disable=None):
            for kind, (title, worker) in product(KINDS, workers.items()):
                worker.times[kind] += worker.tell(order="measure", path=PROJECTS[title], kind=kind, count=BATCH)
    return workers


def warm_up(worker: Worker, path: str) -> None:
    """Wait for the worker, use up an address's guesses, let every account log in once, and count statements."""
    worker.tell()
    worker.tell(order="lock_out", path=path, guesses=LIMIT + 1)
    for kind in KINDS:
        worker.tell(order="measure", path=path, kind=kind, count=100)
        worker.counts[kind] = worker.tell(order="statements", path=path, kind=kind)


def start(title: str, name: str, directory: Path) -> subprocess.Popen[str]:
    """Start the project's process, on a database of its own."""
    place = directory / title.replace(", ", "-").replace(" ", "-")
    place.mkdir()
    variables = {"PATH": os.defpath, "SECRET_KEY": secrets.token_urlsafe(64), "DATABASE_URL": database(name, place)}
    python, settings = sys.executable, "benchmarks.cost_settings"
    if title != LATCHKEY:
        python, settings = str(environment.PYTHON), "benchmarks.peers.settings"
        variables |= {"PEER": "axes", "PEER_HASHER": "md5", "PEER_LIMIT": str(LIMIT), "PEER_DIRECTORY": str(place)}
    with (directory / f"{place.name}.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - a module of ours
            [python, "-m", "benchmarks.login_worker"],
            cwd=environment.BENCHMARKS.parent, env=variables | {"DJANGO_SETTINGS_MODULE": settings},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip


def row(kind: str, title: str, workers: dict[str, Worker]) -> list[str]:
    """Compare the project's logins with those of the peer that does as much."""
    cells = []
    for index in range(2):
        mine, other = (statistics.median(t[index] for t in workers[who].times[kind]) for who in (title, LOGGED))
        cells += [f"{mine:.2f}", f"{mine / other:.2f}"]
    counts = workers[title].counts[kind]
    return [KINDS[kind], title, *cells, str(counts.get("statements", 0)), str(counts.get("commits", 0))]


if __name__ == "__main__":
    main()
