"""Why ``manage.py serve`` starts the server that it starts: Latchkey on gunicorn and on Granian, beside one another.

Run ``python -m benchmarks.serving``. It prints a Markdown table; progress goes to standard error.
"""

import random
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from tqdm import tqdm

from api_project.management.commands import serve
from benchmarks import environment
from benchmarks.accounts import READER
from benchmarks.contenders import LATCHKEY
from benchmarks.crowd import crowd
from benchmarks.figures import percentile, table
from benchmarks.projects import Latchkey, threads
from benchmarks.reader import CROWD, Reader
from benchmarks.service import start_all
from benchmarks.suite import wrk
from benchmarks.suite.bench import CORES
from benchmarks.workspace import workspace

ROUNDS, SECONDS = 4, 2  # of each figure
CONNECTIONS = 16
PEOPLE = CROWD[:2]  # who log in without pause meanwhile
NOTES = """
GETs of one's own account, with a token, on SQLite. GETs a second and their p99: wrk with {connections} connections.
Beside logins: the p99 of one client, on one connection, a GET every 5 ms, while two others log in without pause: their
passwords' hashes are being computed all the time. Medians of {rounds} interleaved rounds, with the least and the most.
`serve` starts gunicorn with {threads} threads: those beyond {served} are for people who wait for their password's turn.
"""


@dataclass(kw_only=True)
class Gunicorn(Latchkey):
    """As ``manage.py serve`` has it, with any number of threads."""

    threads: int

    @property
    def python(self) -> str:
        """Use the environment in which there is Granian as well."""
        return str(environment.PYTHON)

    def serve_command(self) -> list[str]:
        """Start gunicorn."""
        return [
            *(self.python, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", str(self.processes)),
            *("--worker-class", "api_project.worker.Worker", "--threads", str(self.threads)),
            *("--keep-alive", str(serve.KEEP_ALIVE_SECONDS), "--log-level", "error", "--no-control-socket"),
            "api_project.wsgi:application",
        ]


@dataclass(kw_only=True)
class Granian(Gunicorn):
    """The server in Rust, whose threads run the WSGI application."""

    def serve_command(self) -> list[str]:
        """Start Granian."""
        return [
            *(self.python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
            *("--workers", str(self.processes), "--blocking-threads", str(self.threads), "--no-ws"),
            *("--log-level", "error", "api_project.wsgi:application"),
        ]


@dataclass
class Choice:
    """A server with its rounds."""

    reader: Reader
    rates: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)  # milliseconds: the p99s
    beside_logins: list[float] = field(default_factory=list)  # likewise

    def measure(self) -> None:
        """Measure a round."""
        port, headers = self.reader.service.port, LATCHKEY.with_token(self.reader.token)
        outcome = wrk.get(port, headers, connections=CONNECTIONS, seconds=SECONDS)
        if outcome.refused or outcome.broken:
            raise RuntimeError(f"{outcome}")
        with crowd(self.reader.service, PEOPLE):
            times = self.reader.read()
        self.rates.append(outcome.rate)
        self.slowest.append(outcome.p99)
        self.beside_logins.append(percentile(times, 99))


def choices() -> dict[str, Callable[..., Gunicorn]]:
    """Return the servers, workers and threads."""
    as_served = threads()
    numbers = [(1, as_served), (CORES, 1), (CORES, 4), (CORES, 16), (CORES, as_served), (2 * CORES, as_served)]
    servers: dict[str, type[Gunicorn]] = {"gunicorn": Gunicorn, "Granian": Granian}
    return {
        f"{title}, {processes} x {count}": partial(server, processes=processes, threads=count)
        for title, server in servers.items()
        for processes, count in numbers
        if title == "gunicorn" or count in {1, 16, as_served}
    }


def main() -> None:
    """Print the table, and what is to be said of it."""
    environment.install_peers()
    with workspace() as directory, ExitStack() as stack:
        services = {title: make(directory=directory / title) for title, make in choices().items()}
        keys = [service.seed([READER, *PEOPLE]) for service in services.values()]
        start_all(stack, list(services.values()))
        found = [Choice(Reader(service, key, SECONDS)) for service, key in zip(services.values(), keys, strict=True)]
        turns = [one for _ in range(ROUNDS) for one in random.sample(found, len(found))]
        for one in tqdm(found + turns, desc="rounds, the first to warm up", disable=None):
            one.measure()
    head = ["server, workers x threads", "GETs a second", "p99, ms", "p99 beside logins, ms"]
    sys.stdout.write(table(head, [row(title, one) for title, one in zip(services, found, strict=True)]))
    sys.stdout.write(NOTES.format(connections=CONNECTIONS, rounds=ROUNDS, threads=threads(), served=serve.THREADS))


def row(title: str, one: Choice) -> list[str]:
    """Show the rounds, but for the first."""
    return [title, cell(one.rates[1:], 0), cell(one.slowest[1:], 1), cell(one.beside_logins[1:], 1)]


def cell(values: list[float], digits: int) -> str:
    """Show the median, the least and the most."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


if __name__ == "__main__":
    main()
