"""The whole log as a stream: rows a second and memory, of a hundred thousand rows and of a million.

Run ``python -m benchmarks.export [--rows 100000 1000000] [--rounds 3]``. It prints a Markdown table; progress goes to
standard error.
"""

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from itertools import product
from pathlib import Path

from tqdm import tqdm

from benchmarks import accounts
from benchmarks.figures import table
from benchmarks.memory import peak, rss, workers_of
from benchmarks.projects import Latchkey
from benchmarks.workspace import workspace

READER = "reader"
PATH = "/api/v1/audit/login-logs/"
CHUNK = 65_536  # bytes
# Run by `manage.py shell -c`, after the account is there.
LOAD = """
User.objects.update(is_staff=True)
from benchmarks.log_loading import load
load({rows})
"""
NOTES = """
`manage.py serve` with one process, on SQLite; a client on the same machine that reads and counts lines. Medians of
{rounds} rounds. Memory: resident in the process that serves, before and at the peak. Pages: the same rows by `next`,
200 at a time, on one connection.
"""


@dataclass
class Reader:
    """A client with a token, and what it has measured."""

    rows: int
    connection: HTTPConnection
    headers: dict[str, str]
    worker: int  # the process that serves
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    before: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # MiB
    peaks: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # MiB

    def measure(self, way: str) -> None:
        """Read everything, that way."""
        self.before[way].append(rss(self.worker))
        with peak(self.worker) as found:
            began = time.perf_counter()
            count = WAYS[way](self)
            self.seconds[way].append(time.perf_counter() - began)
        self.peaks[way].append(found.mib)
        if count < self.rows:  # the reader's own login is there as well
            raise RuntimeError(f"{way}: {count} rows of {self.rows}")

    def get(self, path: str) -> HTTPResponse:
        """Ask for it."""
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return answer

    def read_csv(self) -> int:
        """Return how many rows there are below the header."""
        return lines(self.get(f"{PATH}?format=csv")) - 1

    def read_ndjson(self) -> int:
        """Return how many rows there are."""
        return lines(self.get(f"{PATH}?format=ndjson"))

    def read_pages(self) -> int:
        """Return how many rows all pages have."""
        count, url = 0, f"{PATH}?page_size=200"
        while url:
            page = json.loads(self.get(url).read())
            count, url = count + len(page["results"]), page["next"]
        return count


WAYS: dict[str, Callable[[Reader], int]] = {
    "CSV": Reader.read_csv,
    "NDJSON": Reader.read_ndjson,
    "pages of 200": Reader.read_pages,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with workspace() as directory, ExitStack() as stack:
        readers = [
            stack.enter_context(reader(directory / str(rows), rows))
            for rows in tqdm(options.rows, desc="loading", disable=None)
        ]
        for way, one in tqdm([*product(WAYS, readers)] * options.rounds, desc="reading", disable=None):
            one.measure(way)
    head = ["", "rows", "seconds", "rows a second", "memory before, MiB", "peak, MiB"]
    sys.stdout.write(
        table(head, [row(way, one) for way in WAYS for one in readers]) + NOTES.format(rounds=options.rounds)
    )


@contextmanager
def reader(directory: Path, rows: int) -> Iterator[Reader]:
    """Start the service on a log of so many rows, and log in."""
    service = Latchkey(directory=directory, variables={"WORKERS": "1"})
    service.prepare(accounts.script([READER]) + LOAD.format(rows=rows))
    with service, service.client() as client:
        answer = service.entrances[0](client, READER, accounts.PASSWORD).raise_for_status()
        headers = {"Authorization": f"Token {answer.json()['token']}"}
        connection = HTTPConnection("127.0.0.1", service.port, timeout=120)
        if service.process is None:
            raise RuntimeError("it does not run")
        one = Reader(rows, connection, headers, workers_of(service.process.pid)[0])
        one.get(f"{PATH}?page_size=200").read()  # warms it up
        yield one


def lines(answer: HTTPResponse) -> int:
    """Count the lines, as they come."""
    return sum(chunk.count(b"\n") for chunk in iter(lambda: answer.read1(CHUNK), b""))


def row(way: str, one: Reader) -> list[str]:
    """Show the medians."""
    seconds = statistics.median(one.seconds[way])
    memory = (f"{statistics.median(values[way]):.1f}" for values in (one.before, one.peaks))
    return [way, f"{one.rows:,}", f"{seconds:.2f}", f"{one.rows / seconds:,.0f}", *memory]


if __name__ == "__main__":
    main()
