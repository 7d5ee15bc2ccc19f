"""A crowd: many people who log in without pause, from a process of their own, so that who measures is not held up."""

import multiprocessing
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

import httpx

from benchmarks import accounts
from benchmarks.entrances import Entrance
from benchmarks.service import TLS, Service

SETTLE_SECONDS = 1.0  # until everybody has a password being checked, or waiting for it
PROCESSES = multiprocessing.get_context("spawn")


@dataclass
class Crowd:
    """What became of it. Empty until it has gone home."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0


@contextmanager
def crowd(service: Service, names: Sequence[str]) -> Iterator[Crowd]:
    """Have everybody log in with the right password, over and over, for as long as the ``with`` lasts."""
    outcome = Crowd()
    stop = PROCESSES.Event()
    here, there = PROCESSES.Pipe()
    url = f"http://127.0.0.1:{service.port}"
    process = PROCESSES.Process(target=log_in, args=(url, service.entrances[0], names, stop, there), daemon=True)
    process.start()
    there.close()
    try:
        here.recv()
        time.sleep(SETTLE_SECONDS)
        yield outcome
        stop.set()
        outcome.statuses, outcome.seconds = here.recv()
        process.join()
    finally:
        process.terminate()


def log_in(url: str, entrance: Entrance, names: Sequence[str], stop: Event, there: Connection) -> None:
    """Say when it begins, log in until told to stop, and send the statuses and the seconds that it took."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends this process
    with ThreadPoolExecutor(len(names)) as pool:
        there.send("here we come")
        began = time.monotonic()
        statuses = sum(pool.map(lambda name: log_in_again(url, entrance, name, stop), names), Counter[int]())
        there.send((statuses, time.monotonic() - began))


def log_in_again(url: str, entrance: Entrance, name: str, stop: Event) -> Counter[int]:
    """Log in without pause, over a new connection each time, as different people would. Count the statuses."""
    statuses: Counter[int] = Counter()
    unkept = httpx.Limits(max_keepalive_connections=0)
    with httpx.Client(base_url=url, limits=unkept, verify=TLS, timeout=120) as client:
        while not stop.is_set():
            statuses[entrance(client, name, accounts.PASSWORD).status_code] += 1
    return statuses
