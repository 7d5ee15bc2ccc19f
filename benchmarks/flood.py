"""The flood: what 64 people who log in without pause do to somebody who is logged in already.

Run ``python -m benchmarks.flood``. It prints a Markdown table; progress goes to standard error.
"""

import random
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tqdm import tqdm

from benchmarks.environment import install_peers
from benchmarks.figures import percentile, table
from benchmarks.projects import PROCESSES, Latchkey, Peer, threads
from benchmarks.reader import Reader, reader
from benchmarks.service import Service
from benchmarks.workspace import workspace

ROUNDS = 3
SECONDS = 10

PROJECTS: dict[str, Callable[..., Service]] = {
    "Latchkey": Latchkey,
    "authtoken, Argon2id": partial(Peer, peer="authtoken"),
    "knox, Argon2id": partial(Peer, peer="knox"),
    "authtoken, PBKDF2": partial(Peer, peer="authtoken", hasher="pbkdf2"),
    "knox, PBKDF2": partial(Peer, peer="knox", hasher="pbkdf2"),
}
HEAD = [
    "project",
    *("idle: p50, ms", "p99, ms", "requests"),
    *("flood: p50, ms", "p99, ms", "requests"),
    *("ratio of the p99s", "logins a second", "requests not 200", "logins not 200"),
]
NOTES = """
One client asks for its own account, with a token, on one connection, a request every 5 ms or as soon as the last one
is answered: alone, and while 64 others log in without pause, with right passwords, each on a new connection. The ratio
is the median of {rounds} rounds, with the least and the most; the percentiles are over all rounds. All projects have
gunicorn with {threads} threads in each of {processes} processes, and SQLite (WAL, IMMEDIATE, FULL). The clients run on
the same machine and take their part of it. Latchkey is as it comes: Argon2id, its limits and its log; each of its
logins makes a token. So do knox's; authtoken's find the one that is there. The peers have no limit and no log. Their
default is PBKDF2; their Argon2id has Latchkey's parameters. Where there are fewer requests, the round's time was over.
"""


def main() -> None:
    """Print the table, and what is to be said of it."""
    install_peers()
    with workspace() as directory:
        readers = measure(directory, rounds=ROUNDS, seconds=SECONDS)
    sys.stdout.write(table(HEAD, [row(name, one) for name, one in readers.items()]))
    sys.stdout.write(NOTES.format(rounds=ROUNDS, threads=threads(), processes=PROCESSES))


def measure(directory: Path, *, rounds: int, seconds: int) -> dict[str, Reader]:
    """Measure all, in a random order each round. A reader reads for so many seconds at most in one state."""
    with ExitStack() as stack:
        readers = {
            name: stack.enter_context(reader(make, directory / name, seconds)) for name, make in PROJECTS.items()
        }
        turns = [one for _ in range(rounds) for one in random.sample(list(readers.values()), len(readers))]
        for one in tqdm(turns, desc="flood", leave=False, disable=None):
            one.measure_round()
    return readers


def row(name: str, one: Reader) -> list[str]:
    """Put the rounds together."""
    ratios = sorted(each.ratio for each in one.rounds)
    logins = sum((each.crowd.statuses for each in one.rounds), Counter[int]())
    return [
        name,
        *latencies([each.idle for each in one.rounds]),
        *latencies([each.flooded for each in one.rounds]),
        f"{statistics.median(ratios):.1f} ({ratios[0]:.1f} to {ratios[-1]:.1f})",
        f"{logins[200] / sum(each.crowd.seconds for each in one.rounds):.0f}",
        others(one.statuses),
        others(logins),
    ]


def latencies(rounds: Sequence[Sequence[float]]) -> list[str]:
    """Return the 50th and the 99th percentile, and of how many."""
    times = [milliseconds for one in rounds for milliseconds in one]
    return [f"{percentile(times, 50):.1f}", f"{percentile(times, 99):.1f}", str(len(times))]


def others(statuses: Counter[int]) -> str:
    """Return the statuses that are not 200, and how many there were of each."""
    return ", ".join(f"{count} of {status}" for status, count in sorted(statuses.items()) if status != 200) or "none"


if __name__ == "__main__":
    main()
