"""Guesses, sent one after the other or all at once."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from threading import Barrier

import httpx
from tqdm import tqdm

from benchmarks.entrances import Entrance
from benchmarks.service import Service

WRONG = "a guess"


@dataclass(frozen=True)
class Guess:
    """A wrong password for an account. ``entrance`` is its number in the service's list."""

    name: str
    entrance: int = 0
    address: str = "127.0.0.1"
    forwarded_for: str = ""

    def send(self, entrances: Sequence[Entrance], client: httpx.Client) -> int:
        """Send it and return the status."""
        if self.forwarded_for:
            client.headers["X-Forwarded-For"] = self.forwarded_for
        return entrances[self.entrance % len(entrances)](client, self.name, WRONG).status_code


def send_in_turn(service: Service, guesses: Sequence[Guess]) -> Counter[int]:
    """Send each when the one before is answered, from a client of its own. Count the statuses."""
    statuses: Counter[int] = Counter()
    for guess in tqdm(guesses, desc="one after the other", leave=False, disable=None):
        with service.client(guess.address) as client:
            statuses[guess.send(service.entrances, client)] += 1
    return statuses


def send_at_once(service: Service, guesses: Sequence[Guess]) -> Counter[int]:
    """Send them at the same moment, each from a client of its own. Count the statuses."""
    start = Barrier(len(guesses), timeout=30)  # seconds; at Ctrl-C some may never come
    with ExitStack() as clients, ThreadPoolExecutor(len(guesses)) as pool:

        def send(guess: Guess, client: httpx.Client) -> int:
            start.wait()
            return guess.send(service.entrances, client)

        openings = [clients.enter_context(service.client(guess.address)) for guess in guesses]
        return Counter(pool.map(send, guesses, openings))
