"""Two servers over one database share nothing else."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.service.log import all_rows
from tests.service.server import ADMIN_PASSWORD, Server, token_of

CREDENTIALS = {"username": "admin", "password": ADMIN_PASSWORD}
# Prints every value of every table that holds more than a few characters.
DUMP = """
from django.db import connection
with connection.cursor() as cursor:
    for table in connection.introspection.table_names(cursor):
        cursor.execute(f'SELECT * FROM "{table}"')
        for row in cursor.fetchall():
            for value in row:
                if isinstance(value, str) and len(value) >= 8:
                    print(value.encode("unicode_escape").decode())
"""


@pytest.fixture
def other(server: Server) -> Iterator[Server]:
    """Return a second server on the same database."""
    other = Server(server.database_url, environment=server.environment)
    other.start()
    yield other
    other.kill()


def test_end_of_a_token_on_one_is_seen_by_the_next_request_on_the_other(
    server: Server, other: Server, admin: httpx.Client
) -> None:
    with other.client() as there:
        for way in ("/auth/logout/", "/auth/logout-all/"):
            with server.client() as here:
                header = {"Authorization": f"Token {token_of(here, 'admin', ADMIN_PASSWORD)}"}
            assert there.get("/users/me/", headers=header).status_code == 200
            with server.client(**header) as here:
                assert here.post(way).status_code == 204
            assert there.get("/users/me/", headers=header).status_code == 401


def test_sixteen_parallel_logins_at_a_limit_of_one_leave_one_token(database_url: str, static_files: None) -> None:
    servers = [Server(database_url, environment={"TOKENS_PER_USER": "1"}) for _ in range(2)]
    servers[0].manage("migrate", "--verbosity", "0")
    servers[0].manage("create_first_admin")
    try:
        for server in servers:
            server.start()
        with servers[0].client() as first, servers[1].client() as second, ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda c: c.post("/auth/login/", json=CREDENTIALS), [first, second] * 8))
            assert {answer.status_code for answer in answers} == {200}
            keys = [answer.json()["token"] for answer in answers]
            alive = [key for key in keys if opens(first, key)]
            assert len(alive) == 1
            first.headers["Authorization"] = f"Token {alive[0]}"
            assert len(first.get("/auth/tokens/").json()) == 1
            assert len(all_rows(first)) == 16
    finally:
        for server in servers:
            server.kill()


def opens(client: httpx.Client, key: str) -> bool:
    return client.get("/users/me/", headers={"Authorization": f"Token {key}"}).status_code == 200


def test_nothing_in_a_copy_of_the_database_opens_anything(server: Server, admin: httpx.Client) -> None:
    with server.client() as browser:
        browser.get("/auth/session/")
        browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
        assert browser.post("/auth/session/", json=CREDENTIALS).status_code == 200
        assert browser.get("/users/me/").status_code == 200

    values = server.manage("shell", "--verbosity", "0", "--command", DUMP).stdout.splitlines()
    key = admin.headers["Authorization"].split()[1]
    assert len(values) > 50
    assert not any(key in value or key[3:46] in value for value in values)
    parts = {part for value in values for part in re.split(r"[:$\"\s]", value) if len(part) >= 8}
    with server.client() as thief:
        for value in parts | set(values):
            if value.isascii() and value.isprintable():
                assert not opens(thief, value.strip()), value
                cookie = {"Cookie": f"sessionid={value.replace(';', '')}"}
                assert thief.get("/users/me/", headers=cookie).status_code == 401, value
