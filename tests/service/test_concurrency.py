"""Many logins at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.service.log import all_rows
from tests.service.server import ADMIN_PASSWORD, WITHOUT_LIMITS, Server


@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
def test_three_hundred_parallel_logins_leave_three_hundred_rows(server: Server, admin: httpx.Client) -> None:
    passwords = [ADMIN_PASSWORD if number % 3 else "wrong" for number in range(300)]

    with server.client() as client, ThreadPoolExecutor(max_workers=50) as pool:
        answers = list(
            pool.map(lambda word: client.post("/auth/login/", json={"username": "admin", "password": word}), passwords)
        )

    statuses = Counter(answer.status_code for answer in answers)
    rows = all_rows(admin)[:-1]  # without the login of the fixture
    assert statuses == {200: 200, 400: 100}
    assert Counter(row["is_success"] for row in rows) == {True: 200, False: 100}
    issued = {answer.json()["token_id"] for answer in answers if answer.status_code == 200}
    assert {row["token_id"] for row in rows if row["is_success"]} == issued
