"""Two servers over one database share nothing else."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.service.load import under_load
from tests.service.log import all_rows
from tests.service.server import ADMIN_PASSWORD, WITHOUT_LIMITS, Server, token_of

CREDENTIALS = {"username": "admin", "password": ADMIN_PASSWORD}
# Rows of an hour, many of them at the same moment.
FILL = """
from datetime import timedelta
from django.utils import timezone
from audit.models import LoginLog
hour = timezone.now() - timedelta(hours=1)
LoginLog.objects.bulk_create(
    LoginLog(username="nobody", login_time=hour + timedelta(minutes=number // 9), is_success=False, entrance="api")
    for number in range(450)
)
"""


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


def test_session_of_one_is_read_and_ended_at_the_other(server: Server, other: Server) -> None:
    with server.client() as here, other.client() as there:
        for end in (end_over_json, end_on_the_dashboard):
            open_session(here)
            there.cookies = here.cookies  # as a browser sends them, to any port of the host
            assert there.get("/auth/session/").json()["user"]["username"] == "admin"
            end(there)
            assert here.get("/auth/session/").status_code == 401
            assert here.get(on(here, "/dashboard/")).status_code == 302  # to the login


def on(browser: httpx.Client, path: str) -> httpx.URL:
    """Return the address of a page."""
    return browser.base_url.copy_with(path=path)


def open_session(browser: httpx.Client) -> None:
    token = browser.get("/auth/session/").headers["X-CSRFToken"]
    assert browser.post("/auth/session/", json=CREDENTIALS, headers={"X-CSRFToken": token}).status_code == 200


def end_over_json(browser: httpx.Client) -> None:
    token = browser.get("/auth/session/").headers["X-CSRFToken"]
    assert browser.delete("/auth/session/", headers={"X-CSRFToken": token}).status_code == 204


def end_on_the_dashboard(browser: httpx.Client) -> None:
    page = browser.get(on(browser, "/dashboard/")).text
    ends = re.findall(r'action="(/dashboard/sessions/[^"]+/end/)"', page)
    assert len(ends) == 1
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    assert browser.post(on(browser, ends[0]), data={"csrfmiddlewaretoken": token[1]}).status_code == 302


@pytest.mark.parametrize("server", [WITHOUT_LIMITS], indirect=True)
def test_pages_across_both_repeat_and_skip_nothing_while_rows_arrive_at_both(
    server: Server, other: Server, admin: httpx.Client
) -> None:
    server.manage("shell", "--verbosity", "0", "--command", FILL)
    with ExitStack() as stack:
        there = stack.enter_context(other.client(Authorization=admin.headers["Authorization"]))
        loads = [stack.enter_context(under_load(server)), stack.enter_context(under_load(other))]
        before = {row["id"] for row in all_rows(admin)}
        found = pages_in_turn([admin, there], before)
    assert len({row["id"] for row in found}) == len(found)
    assert [place(row) for row in found] == sorted(map(place, found), reverse=True)
    assert before <= {row["id"] for row in found}
    with other.client(Authorization=admin.headers["Authorization"]) as there:
        rows = all_rows(there)
    assert rows == all_rows(admin)
    answered = {request_id for load in loads for request_id in load.statuses}
    assert len(answered) > 20
    assert answered <= {row["request_id"] for row in rows}


def pages_in_turn(clients: list[httpx.Client], before: set[int]) -> list[dict[str, Any]]:
    """Read the log from the newest row, each page at another server, while it grows."""
    rows: list[dict[str, Any]] = []
    query = "page_size=10"
    for client in cycle(clients):
        page = client.get(f"/audit/login-logs/?{query}").json()
        rows += page["results"]
        if page["next"] is None:
            newest = client.get("/audit/login-logs/?page_size=1").json()["results"][0]
            assert newest["id"] not in before | {row["id"] for row in rows}, "no row arrived meanwhile"
            break
        query = urlsplit(page["next"]).query
    return rows


def place(row: dict[str, Any]) -> tuple[str, int]:
    """Return what pages are ordered by."""
    return row["login_time"], row["id"]
