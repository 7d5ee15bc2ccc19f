"""Logins of every kind, one after the other, from many clients at once."""

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from threading import Event, Lock

import httpx

from tests.service.server import ADMIN_PASSWORD, Server

CLIENTS = 8
KINDS = ["api", "unknown", "session", "wrong"]


@dataclass
class Load:
    """What was answered: the status of each attempt by its request id, and the tokens."""

    server: Server
    statuses: dict[str, int] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    unlike: list[str] = field(default_factory=list)  # answers of 5xx that are not the designed ones
    answered_at: dict[int, float] = field(default_factory=dict)  # the last time of each status, time.monotonic()
    unanswered: Counter[bool] = field(default_factory=Counter)  # whether they found nobody to connect to
    lock: Lock = field(default_factory=Lock)

    def send(self, client: httpx.Client, kind: str) -> None:
        """Make one attempt."""
        request_id = uuid.uuid4().hex
        headers = {"X-Request-ID": request_id}
        password = ADMIN_PASSWORD if kind in {"api", "session"} else "wrong"
        body = {"username": f"nobody-{request_id[:8]}" if kind == "unknown" else "admin", "password": password}
        path = "/auth/session/" if kind == "session" else "/auth/login/"
        try:
            if kind == "session":
                headers["X-CSRFToken"] = client.get(path).headers["X-CSRFToken"]
            answer = client.post(path, json=body, headers=headers)
        except (httpx.TransportError, KeyError) as error:
            if isinstance(error, httpx.TransportError):
                self.unanswered[isinstance(error, httpx.ConnectError)] += 1
            time.sleep(0.02)
            return
        with self.lock:
            self.note(request_id, answer)

    def note(self, request_id: str, answer: httpx.Response) -> None:
        """Keep what came back."""
        self.statuses[request_id] = answer.status_code
        self.answered_at[answer.status_code] = time.monotonic()
        if answer.status_code >= 500 and not (
            answer.status_code == 503 and answer.json()["code"] == "unavailable" and answer.headers["Retry-After"]
        ):
            self.unlike.append(answer.text)
        if answer.status_code == 200 and "token_id" in answer.json():
            self.tokens.append(answer.json()["token_id"])

    def count(self) -> Counter[int]:
        """Return how many attempts got each status."""
        with self.lock:
            return Counter(self.statuses.values())


@contextmanager
def under_load(server: Server) -> Iterator[Load]:
    """Have clients log in, rightly and wrongly, for as long as the block lasts."""
    load, stopped = Load(server), Event()

    def attempt(first: int) -> None:
        kinds = cycle(KINDS[first % 4 :] + KINDS[: first % 4])
        while not stopped.is_set():
            with server.client() as client:
                load.send(client, next(kinds))

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients: list[Future[None]] = [pool.submit(attempt, number) for number in range(CLIENTS)]
        try:
            yield load
        finally:
            stopped.set()
    for client in clients:
        client.result()
