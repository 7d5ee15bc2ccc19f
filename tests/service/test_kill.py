"""What a SIGKILL leaves."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import UUID

import httpx
import pytest

from tests.service.log import all_rows
from tests.service.server import ADMIN_PASSWORD, WITHOUT_LIMITS, Server, token_of

ROUNDS = 3


def log_in_until(stopped: Event, server: Server) -> list[str]:
    """Log in again and again, and return the ids of the tokens that were answered."""
    answered = []
    with server.client() as client:
        while not stopped.is_set():
            try:
                answer = client.post("/auth/login/", json={"username": "admin", "password": ADMIN_PASSWORD})
            except httpx.TransportError:
                time.sleep(0.05)
                continue
            answered.append(answer.json()["token_id"])
    return answered


# Otherwise the guesses that the killed processes had taken would be missing for 30 seconds.
@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
def test_every_answered_login_survives_a_kill_with_its_row(server: Server) -> None:
    stopped = Event()
    with ThreadPoolExecutor(max_workers=8) as pool:
        clients = [pool.submit(log_in_until, stopped, server) for _ in range(8)]
        for _ in range(ROUNDS):
            time.sleep(1)
            server.kill()
            server.start()
        stopped.set()
        answered = [UUID(token) for client in clients for token in client.result()]

    with server.client() as client:
        key = token_of(client, "admin", ADMIN_PASSWORD)
    with server.client(Authorization=f"Token {key}") as client:
        logged = [UUID(row["token_id"]) for row in all_rows(client)]
    assert len(answered) > ROUNDS
    assert set(answered) <= set(logged)
    assert len(logged) == len(set(logged))
    assert set(logged) == tokens_in(server)


def tokens_in(server: Server) -> set[UUID]:
    """Return the ids of all tokens in the database."""
    program = "from auth_api.models import AuthToken; print(*AuthToken.objects.values_list('id', flat=True))"
    return {UUID(text) for text in server.manage("shell", "--verbosity", "0", "--command", program).stdout.split()}
