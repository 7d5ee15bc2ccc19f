"""How long a contender takes from its start to its first answer, and how much memory a worker has."""

import random
import time
from contextlib import ExitStack, suppress

import httpx
from tqdm import tqdm

from benchmarks import memory
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.service import Service
from benchmarks.suite.bench import Bench, Figures
from benchmarks.suite.over_http import answer

REQUESTS = 1000
LONGEST_SECONDS = 30


def measure(bench: Bench) -> Figures:
    """Start each anew in each round, with one worker."""
    figures: Figures = {contender.key: {"seconds": [], "MiB": []} for contender in CONTENDERS}
    turns = [one for _ in range(bench.effort.start_rounds) for one in random.sample(CONTENDERS, len(CONTENDERS))]
    for contender in tqdm(turns, desc="start and memory", leave=False, disable=None):
        found = figures[contender.key]
        with ExitStack() as stack:
            service, key = bench.prepared(contender, "sqlite", 1)
            found["seconds"].append(start(stack, service, contender, key))
            found["MiB"].append(grown(service, contender, key))
    return figures


def start(stack: ExitStack, service: Service, contender: Contender, key: str) -> float:
    """Start it, and return the seconds until it has answered with the account."""
    began = time.perf_counter()
    stack.callback(service.end)
    service.start()
    client = stack.enter_context(service.client())
    while time.perf_counter() - began < LONGEST_SECONDS:
        with suppress(httpx.TransportError):
            status, _ = answer(client, contender.with_token(key))
            if status == 200:
                return time.perf_counter() - began
        time.sleep(0.005)
    raise TimeoutError(f"{contender.title} does not answer")


def grown(service: Service, contender: Contender, key: str) -> float:
    """Return the MiB of its worker after many requests: what is its own, and its part of what is shared."""
    with service.client() as client:
        for _ in range(REQUESTS):
            answer(client, contender.with_token(key))
    if service.process is None:
        raise TypeError("not started")
    # Gunicorn's worker is its only child; uvicorn's, where there is one, is the process itself.
    workers = memory.workers_of(service.process.pid) or [service.process.pid]
    return sum(map(memory.pss, workers))
