"""How many logins a second each contender lets in, and how many refusals it sends to one who guesses."""

import random
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from tqdm import tqdm

from benchmarks import accounts, memory
from benchmarks.contenders import BY_KEY, CONTENDERS, Contender, Post
from benchmarks.guesses import WRONG
from benchmarks.projects import Peer
from benchmarks.service import Service, start_all
from benchmarks.suite import wrk
from benchmarks.suite.bench import CORES, PEOPLE, Bench, Figures

USERS, ATTACKERS = 2 * CORES, 16  # connections
SETTLE_SECONDS = 0.5  # in which what wrk has left in hand is ended
LIMIT = 5  # of the peers that have one; Latchkey's default for an account and a network
MEMORY = "memory of a worker afterwards, MiB"
EQUAL = "argon2id"  # with Latchkey's parameters
AXES = Contender("axes", "authtoken, django-axes", partial(Peer, peer="axes"), "at once")
ATTACKED = [*(BY_KEY[key] for key in ("latchkey", "authtoken", "knox", "simplejwt", "allauth")), AXES]


@dataclass
class Door:
    """Where one logs in at a contender."""

    contender: Contender
    service: Service
    posts: list[Post]
    connections: int

    def knock(self, seconds: int) -> wrk.Outcome:
        """Send the posts for so long."""
        place = self.service.directory
        outcome = wrk.post(self.service.port, self.posts, place, connections=self.connections, seconds=seconds)
        time.sleep(SETTLE_SECONDS)
        if outcome.broken:
            raise RuntimeError(f"{self.contender.title}: {outcome}")
        return outcome


def measure_logins(bench: Bench, *, hasher: str) -> Figures:
    """Log in with right passwords, at each project's default hasher or at equal ones."""
    contenders = [one for one in CONTENDERS if one.log_in and one.key != "simplejwt_stateless"]
    with ExitStack() as stack:
        doors = [door_of(bench, one, accounts.PASSWORD, PEOPLE, **hasher_of(one, hasher)) for one in contenders]
        open_all(stack, doors)
        figures: Figures = {door.contender.key: {"logins a second": [], MEMORY: []} for door in doors}
        for door in in_turn(doors, bench.effort.login_rounds, f"logins, {hasher}"):
            outcome = door.knock(bench.effort.login_seconds)
            if set(outcome.statuses) != {"200"}:
                raise RuntimeError(f"{door.contender.title}: {outcome}")
            figures[door.contender.key]["logins a second"].append(outcome.rate)
            figures[door.contender.key][MEMORY].append(memory_of(door.service))
    return figures


def measure_refusals(bench: Bench) -> Figures:
    """Guess at one account, of which the allowance is used up."""
    with ExitStack() as stack:
        limit = {one.key: {} if one.key == "latchkey" else {"limit": LIMIT} for one in ATTACKED}
        doors = [door_of(bench, one, WRONG, PEOPLE[:1], **limit[one.key]) for one in ATTACKED]
        open_all(stack, doors)
        figures: Figures = {door.contender.key: {} for door in doors}
        for door in in_turn(doors, bench.effort.login_rounds, "refusals"):
            checked = door.service.checked()
            outcome = door.knock(bench.effort.login_seconds)
            if "200" in outcome.statuses or "500" in outcome.statuses:
                raise RuntimeError(f"{door.contender.title}: {outcome}")
            found = figures[door.contender.key]
            found.setdefault("refusals a second", []).append(outcome.rate)
            found.setdefault("p99, ms", []).append(outcome.p99)
            found.setdefault("passwords checked", []).append(door.service.checked() - checked)
    return figures


def memory_of(service: Service) -> float:
    """Return the MiB of the worker that has most: its own, and its part of what is shared."""
    if service.process is None:
        raise TypeError("not started")
    return max(map(memory.pss, memory.workers_of(service.process.pid)))


def hasher_of(contender: Contender, hasher: str) -> dict[str, Any]:
    """Return the option that chooses the hasher. Latchkey's is what the others are made equal to."""
    if contender.key == "latchkey":
        return {}
    return {"hasher": contender.default_hasher if hasher == "default" else EQUAL}


def door_of(bench: Bench, contender: Contender, password: str, names: list[str], **options: Any) -> Door:
    """Return the contender's, and what is posted there."""
    service, _ = bench.prepared(contender, "sqlite", **options)
    if contender.log_in is None:
        raise TypeError(f"{contender.title} has no login")
    posts = [contender.log_in(name, password) for name in names]
    return Door(contender, service, posts, USERS if password == accounts.PASSWORD else ATTACKERS)


def open_all(stack: ExitStack, doors: list[Door]) -> None:
    """Start them, to end with the stack, and let them answer: the first answers take longer, and may use up a limit."""
    start_all(stack, [door.service for door in doors])
    with ThreadPoolExecutor(len(doors)) as pool:
        list(pool.map(lambda door: door.knock(3), doors))


def in_turn(doors: list[Door], rounds: int, title: str) -> Iterable[Door]:
    """Return the doors, each once in a round, in a random order."""
    turns = [door for _ in range(rounds) for door in random.sample(doors, len(doors))]
    return tqdm(turns, desc=title, leave=False, disable=None)
