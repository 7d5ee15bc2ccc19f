"""What a refusal tells: whether its time or its text says that there is an account, and in what state.

Run ``python -m benchmarks.refusals``. It prints a Markdown table; progress goes to standard error.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
from tqdm import tqdm

from benchmarks import accounts
from benchmarks.entrances import Entrance
from benchmarks.environment import install_peers
from benchmarks.figures import auc, table
from benchmarks.projects import Latchkey, Peer
from benchmarks.service import Service
from benchmarks.workspace import workspace

SAMPLES = 200  # of each class
WARM_UP = 8  # requests
WRONG, UNKNOWN, INACTIVE, UNUSABLE = "wrong password", "unknown name", "inactive account", "unusable password"
CLASSES = [WRONG, UNKNOWN, INACTIVE, UNUSABLE]

PROJECTS: dict[str, Callable[..., Service]] = {
    "authtoken": partial(Peer, peer="authtoken"),
    "authtoken, django-axes": partial(Peer, peer="axes"),
    "knox": partial(Peer, peer="knox"),
    # All names come from one address, and a refusal by the limiter is not what is measured.
    "Latchkey": partial(Latchkey, variables={"LOGIN_FAILURES_PER_NETWORK": "0"}),
}
NOTES = f"""
{SAMPLES} logins of each class, each with a name of its own, in random order over classes and projects, on one
connection for each project. An inactive account gets its right password. AUC: how likely a refusal of the class takes
longer than one for a wrong password; 0.5 says that nothing can be told, and chance alone leaves 0.44 to 0.56 once in
twenty times. Answers: how many different ones, by status and body, the class got; "differs" if a wrong password did not
get one of them. All have SQLite (WAL, IMMEDIATE, FULL), Latchkey's Argon2id, and no limit that stops them.
"""


@dataclass
class Refusals:
    """What one class was answered: milliseconds, and the texts."""

    times: list[float] = field(default_factory=list)
    answers: set[tuple[int, str]] = field(default_factory=set)


@dataclass
class Listener:
    """Tries a project's login on one connection, and listens."""

    entrance: Entrance
    client: httpx.Client
    heard: Mapping[str, Refusals] = field(default_factory=lambda: {kind: Refusals() for kind in CLASSES})

    def warm_up(self) -> None:
        """Let the project import what it imports at its first requests."""
        for number in range(WARM_UP):
            self.entrance(self.client, f"nobody{number}", "a guess")

    def listen(self, kind: str, number: int) -> None:
        """Try one account of the class."""
        password = accounts.PASSWORD if kind == INACTIVE else "a guess"
        began = time.perf_counter()
        answer = self.entrance(self.client, name_of(kind, number), password)
        heard = self.heard[kind]
        heard.times.append((time.perf_counter() - began) * 1000)
        heard.answers.add((answer.status_code, answer.text))


def main() -> None:
    """Print the table, and what is to be said of it."""
    install_peers()
    with workspace() as directory, ExitStack() as stack:
        listeners = {name: stack.enter_context(listener(make, directory / name)) for name, make in PROJECTS.items()}
        tries = [(name, kind, number) for name in listeners for kind in CLASSES for number in range(SAMPLES)]
        random.shuffle(tries)
        for name, kind, number in tqdm(tries, desc="logins", disable=None):
            listeners[name].listen(kind, number)
    rows = [row(name, kind, one.heard) for name, one in listeners.items() for kind in CLASSES]
    head = ["project", "login with", "median, ms", "difference, ms", "AUC", "answers"]
    sys.stdout.write(table(head, rows) + NOTES)


@contextmanager
def listener(make: Callable[..., Service], directory: Path) -> Iterator[Listener]:
    """Start the service with its accounts, and connect to it."""
    service = make(directory=directory)
    names = {kind: [name_of(kind, number) for number in range(SAMPLES)] for kind in CLASSES}
    everybody = [*names[WRONG], *names[INACTIVE], *names[UNUSABLE]]
    service.prepare(accounts.script(everybody, inactive=names[INACTIVE], unusable=names[UNUSABLE]))
    with service, service.client() as client:
        one = Listener(service.entrances[0], client)
        one.warm_up()
        yield one


def name_of(kind: str, number: int) -> str:
    """Return the name of an account of the class. They are of the same length, lest the length tell."""
    return f"person{CLASSES.index(kind)}{number:04}"


def row(project: str, kind: str, heard: Mapping[str, Refusals]) -> list[str]:
    """Compare the class with a wrong password."""
    these, wrong = heard[kind], heard[WRONG]
    median = statistics.median(these.times)
    difference = median - statistics.median(wrong.times)
    answers = f"{len(these.answers)}{' (differs)' if these.answers - wrong.answers else ''}"
    compared = ["", ""] if kind == WRONG else [f"{difference:+.2f}", f"{auc(these.times, wrong.times):.3f}"]
    return [project, kind, f"{median:.2f}", *compared, answers]


if __name__ == "__main__":
    main()
