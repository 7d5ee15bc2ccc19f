"""A copy of the database lets nobody in."""

import re

import httpx

from tests.service.server import ADMIN_PASSWORD, Server

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
