"""Somebody who is logged in already, and asks for an account of his own again and again."""

import http.client
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import accounts
from benchmarks.accounts import READER
from benchmarks.crowd import Crowd, crowd
from benchmarks.figures import percentile
from benchmarks.service import Service

SAMPLES = 200  # requests of a round, in each of the two states
PACE_SECONDS = 0.005  # from one request to the next, if the answer is there by then
CROWD = [f"person{number:02}" for number in range(64)]


@dataclass
class Round:
    """Milliseconds of the requests in both states, and what became of the crowd."""

    idle: list[float]
    flooded: list[float]
    crowd: Crowd

    @property
    def ratio(self) -> float:
        """How much longer the slowest in a hundred requests takes in the flood."""
        return percentile(self.flooded, 99) / percentile(self.idle, 99)


@dataclass
class Reader:
    """A client with a token."""

    service: Service
    token: str
    seconds: int  # at most, of a round in one state, whether it has all its samples by then or not
    statuses: Counter[int] = field(default_factory=Counter)
    rounds: list[Round] = field(default_factory=list)

    def measure_round(self) -> None:
        """Measure alone, then in the flood."""
        idle = self.read()
        with crowd(self.service, CROWD) as people:
            flooded = self.read()
        self.rounds.append(Round(idle, flooded, people))

    def read(self) -> list[float]:
        """Return how many milliseconds each request took, on one connection."""
        # httpx alone would take as long as the answer does.
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        connection.connect()
        times: list[float] = []
        deadline = time.perf_counter() + self.seconds
        while len(times) < SAMPLES and (began := time.perf_counter()) < deadline:
            connection.request("GET", "/api/v1/users/me/", headers={"Authorization": f"Token {self.token}"})
            answer = connection.getresponse()
            answer.read()
            seconds = time.perf_counter() - began
            times.append(seconds * 1000)
            self.statuses[answer.status] += 1
            time.sleep(max(0, PACE_SECONDS - seconds))
        connection.close()
        return times


@contextmanager
def reader(make: Callable[..., Service], directory: Path, seconds: int) -> Iterator[Reader]:
    """Start the service with its accounts, and log the reader in."""
    service = make(directory=directory)
    service.prepare(accounts.script([READER, *CROWD]))
    with service, service.client() as client:
        answer = service.entrances[0](client, READER, accounts.PASSWORD).raise_for_status()
        one = Reader(service, answer.json()["token"], seconds)
        one.read()  # warms it up
        yield one
