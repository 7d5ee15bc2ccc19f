"""What a process keeps of the memory that passwords take."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.service.server import ADMIN_PASSWORD, WITHOUT_LIMITS, Server

CLIENTS, LOGINS = 48, 150
MOST_BYTES = 300 * 1024 * 1024


def resident_bytes(server: Server) -> float:
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("latchkey_process_resident_memory_bytes{"))


@pytest.mark.parametrize("server", [WITHOUT_LIMITS | {"WORKERS": "1"}], indirect=True)
def test_logins_from_many_threads_do_not_fill_the_memory(server: Server) -> None:
    credentials = {"username": "admin", "password": ADMIN_PASSWORD}

    def log_in(_: int) -> int:
        return httpx.post(f"{server.url}/api/v1/auth/login/", json=credentials, timeout=60).status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = list(pool.map(log_in, range(LOGINS)))
    assert statuses.count(200) > CLIENTS
    assert resident_bytes(server) < MOST_BYTES
