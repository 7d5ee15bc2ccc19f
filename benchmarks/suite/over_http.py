"""How many authenticated GETs a second each contender answers over HTTP, and how long the slowest take."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
from tqdm import tqdm

from benchmarks.contenders import CONTENDERS, ME, Contender
from benchmarks.service import Service, start_all
from benchmarks.suite import agreement, wrk
from benchmarks.suite.bench import Bench, Figures

CONNECTIONS = (1, 16)


@dataclass
class Served:
    """A contender that answers."""

    contender: Contender
    service: Service
    key: str

    def check(self) -> None:
        """See that it does what the others do."""
        with self.service.client() as client:
            agreement.check(self.contender, lambda headers: answer(client, headers), self.key)

    def measure(self, connections: int, seconds: int) -> wrk.Outcome:
        """Ask for the account."""
        headers = self.contender.with_token(self.key)
        outcome = wrk.get(self.service.port, headers, connections=connections, seconds=seconds)
        if outcome.refused or outcome.broken:
            raise RuntimeError(f"{self.contender.title}: {outcome}")
        return outcome


def measure(bench: Bench, database: str, *, processes: int) -> Figures:
    """Measure all, in turn, in a random order each round."""
    with ExitStack() as stack:
        all_served = [Served(one, *bench.prepared(one, database, processes)) for one in CONTENDERS]
        start_all(stack, [served.service for served in all_served])
        for served in all_served:
            served.check()
        with ThreadPoolExecutor(len(all_served)) as pool:
            list(pool.map(lambda served: served.measure(max(CONNECTIONS), 3), all_served))  # warms them up
        figures: Figures = {contender.key: {} for contender in CONTENDERS}
        turns = [(served, connections) for served in all_served for connections in CONNECTIONS]
        rounds = [turn for _ in range(bench.effort.http_rounds) for turn in random.sample(turns, len(turns))]
        for served, connections in tqdm(rounds, desc=f"HTTP, {database}, {processes}", leave=False, disable=None):
            outcome = served.measure(connections, bench.effort.http_seconds)
            found = figures[served.contender.key]
            found.setdefault(f"{connections}: requests a second", []).append(outcome.rate)
            found.setdefault(f"{connections}: p99, ms", []).append(outcome.p99)
    return figures


def answer(client: httpx.Client, headers: dict[str, str]) -> tuple[int, str]:
    """Ask for the account once."""
    found = client.get(ME, headers=headers)
    return found.status_code, found.text
