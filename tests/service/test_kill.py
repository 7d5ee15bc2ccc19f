"""What a SIGKILL leaves."""

import time
from collections import Counter

import pytest

from tests.service.load import under_load
from tests.service.log import all_rows
from tests.service.server import ADMIN_PASSWORD, WITHOUT_LIMITS, Server, token_of

ROUNDS = 3


# Otherwise the guesses that the killed processes had taken would be missing for 30 seconds.
@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
def test_every_answered_attempt_survives_a_kill_with_its_row(server: Server) -> None:
    with under_load(server) as load:
        for _ in range(ROUNDS):
            time.sleep(1)
            server.kill()
            server.start()
        time.sleep(0.5)

    with server.client() as client:
        key = token_of(client, "admin", ADMIN_PASSWORD)
    with server.client(Authorization=f"Token {key}") as client:
        rows = all_rows(client)
    answered = load.count()
    assert set(answered) == {200, 400}
    assert min(answered.values()) > ROUNDS
    logged = Counter(row["request_id"] for row in rows)
    assert max(logged.values()) == 1
    assert set(load.statuses) <= set(logged)
    by_request = {row["request_id"]: row for row in rows}
    for request_id, status in load.statuses.items():
        assert by_request[request_id]["is_success"] == (status == 200)
    given = [row["token_id"] for row in rows if row["token_id"]]
    assert set(load.tokens) <= set(given)
    assert sorted(given) == sorted(tokens_in(server))  # each live token has its row, each row its token, none twice


def tokens_in(server: Server) -> list[str]:
    """Return the ids of all tokens in the database."""
    program = "from auth_api.models import AuthToken; print(*AuthToken.objects.values_list('id', flat=True))"
    return server.manage("shell", "--verbosity", "0", "--command", program).stdout.split()
