"""The limit is the limit: in any number of processes, at any entrance, in any spelling."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.service.log import all_rows
from tests.service.server import ADMIN_PASSWORD, Server

LIMIT = 5
LEASE_SECONDS = 30
GUESSES = 64
WRONG = "not the password"
CHECKED = {"wrong_password", "unknown_user"}
FULL_WIDTH = {chr(code): chr(code + 0xFEE0) for code in range(ord("a"), ord("z") + 1)}
Guess = Callable[[httpx.Client], httpx.Response]


def at_the_api(client: httpx.Client, name: str, password: str = WRONG) -> httpx.Response:
    return client.post("/auth/login/", json={"username": name, "password": password})


def with_a_session(client: httpx.Client, name: str, password: str = WRONG) -> httpx.Response:
    token = client.get("/auth/session/").headers["X-CSRFToken"]
    body = {"username": name, "password": password}
    return client.post("/auth/session/", json=body, headers={"X-CSRFToken": token})


def in_the_admin(client: httpx.Client, name: str, password: str = WRONG) -> httpx.Response:
    address = client.base_url.copy_with(path="/admin/login/")
    shown = client.get(address)
    assert shown.status_code == 200, shown.text
    form = {"username": name, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
    return client.post(address, data=form)


def guess_in_parallel(servers: list[Server], guesses: Sequence[Guess]) -> Counter[int]:
    """Send each guess from a client of its own, on the servers in turn, and count the statuses."""

    def send(number: int) -> int:
        with servers[number % len(servers)].client() as client:
            return guesses[number](client).status_code

    with ThreadPoolExecutor(len(guesses)) as pool:
        return Counter(pool.map(send, range(len(guesses))))


def reasons(reader: httpx.Client) -> Counter[str]:
    return Counter(row["failure_reason"] for row in all_rows(reader) if not row["is_success"])


# Many at once in each process: with one, guesses would hardly meet.
@pytest.mark.parametrize("server", [{"PASSWORD_CHECKS_AT_ONCE": "8"}], indirect=True)
@pytest.mark.parametrize("name", ["admin", "nobody"])
def test_of_64_parallel_guesses_at_two_servers_five_are_checked(
    server: Server, other: Server, admin: httpx.Client, name: str
) -> None:
    statuses = guess_in_parallel([server, other], [lambda client: at_the_api(client, name)] * GUESSES)

    assert statuses == {400: LIMIT, 429: GUESSES - LIMIT}
    found = reasons(admin)
    assert sum(found[reason] for reason in CHECKED) == LIMIT
    assert found["locked_out"] == GUESSES - LIMIT


@pytest.mark.parametrize("server", [{"PASSWORD_CHECKS_AT_ONCE": "8"}], indirect=True)
def test_of_64_parallel_guesses_with_and_without_a_token_five_are_checked(
    server: Server, other: Server, admin: httpx.Client
) -> None:
    token = {"Authorization": admin.headers["Authorization"]}

    def guess(client: httpx.Client) -> httpx.Response:
        return client.post("/auth/login/", json={"username": "admin", "password": WRONG}, headers=token)

    def guess_as_anybody(client: httpx.Client) -> httpx.Response:
        return client.post("/auth/login/", json={"username": "admin", "password": WRONG})

    statuses = guess_in_parallel([server, other], [guess, guess_as_anybody] * (GUESSES // 2))

    assert statuses == {400: LIMIT, 429: GUESSES - LIMIT}
    assert reasons(admin)["wrong_password"] == LIMIT


# The limiter's other two limits, each by itself. The peers are proxies, so that each guess may come from elsewhere.
OF_A_NETWORK = {"LOGIN_FAILURES_PER_NETWORK": str(LIMIT)}
OF_AN_ACCOUNT = {"LOGIN_FAILURES_PER_NETWORK": "0", "LOGIN_FAILURES_PER_ACCOUNT": str(LIMIT)}
MANY_AT_ONCE = {"PASSWORD_CHECKS_AT_ONCE": "32", "TRUSTED_PROXIES": "127.0.0.1"}


@pytest.mark.parametrize("server", [MANY_AT_ONCE | OF_A_NETWORK], indirect=True)
def test_of_64_parallel_guesses_on_as_many_names_from_one_network_five_are_checked(
    server: Server, other: Server, admin: httpx.Client
) -> None:
    guesses = [lambda client, number=number: at_the_api(client, f"nobody-{number}") for number in range(GUESSES)]

    statuses = guess_in_parallel([server, other], guesses)

    assert statuses == {400: LIMIT, 429: GUESSES - LIMIT}
    assert reasons(admin) == {"unknown_user": LIMIT, "locked_out": GUESSES - LIMIT}


@pytest.mark.parametrize("server", [MANY_AT_ONCE | OF_AN_ACCOUNT], indirect=True)
@pytest.mark.parametrize("name", ["admin", "nobody"])
def test_of_64_parallel_guesses_on_one_account_from_as_many_networks_five_are_checked(
    server: Server, other: Server, admin: httpx.Client, name: str
) -> None:
    def guess_from(address: str) -> Guess:
        def guess(client: httpx.Client) -> httpx.Response:
            client.headers["X-Forwarded-For"] = address
            return at_the_api(client, name)

        return guess

    statuses = guess_in_parallel([server, other], [guess_from(f"203.0.113.{number}") for number in range(GUESSES)])

    assert statuses == {400: LIMIT, 429: GUESSES - LIMIT}
    found = reasons(admin)
    assert sum(found[reason] for reason in CHECKED) == LIMIT
    assert found["locked_out"] == GUESSES - LIMIT


def test_entrances_and_spellings_share_one_allowance(server: Server, other: Server, admin: httpx.Client) -> None:
    spellings = [
        "admin",
        "ADMIN",
        " admin ",
        "".join(chr(ord(letter) + 0xFEE0) for letter in "admin"),
    ]  # the last one full-width
    entrances = [at_the_api, with_a_session, in_the_admin]
    guesses = [
        lambda client, number=number: entrances[number % 3](client, spellings[number % 4]) for number in range(GUESSES)
    ]

    statuses = guess_in_parallel([server, other], guesses)

    found = reasons(admin)
    assert sum(found[reason] for reason in CHECKED) == LIMIT
    assert found["locked_out"] == GUESSES - LIMIT == statuses[429]
    assert statuses[200] + statuses[400] == LIMIT  # the admin shows its form again


def test_right_password_among_the_refused_does_not_get_in(server: Server, admin: httpx.Client) -> None:
    guess_in_parallel([server], [lambda client: at_the_api(client, "admin")] * GUESSES)

    with server.client() as client:
        answer = at_the_api(client, "admin", ADMIN_PASSWORD)

    assert answer.status_code == 429
    assert answer.json()["code"] == "locked_out"
    assert 880 < int(answer.headers["Retry-After"]) <= 900


def test_sixteen_right_passwords_at_once_all_get_in(server: Server, other: Server, admin: httpx.Client) -> None:
    statuses = guess_in_parallel([server, other], [lambda client: at_the_api(client, "admin", ADMIN_PASSWORD)] * 16)

    assert statuses == {200: 16}
    assert len([row for row in all_rows(admin) if row["is_success"]]) == 17


def test_guesses_of_a_killed_server_are_given_back_within_30_seconds(server: Server) -> None:
    stop = threading.Event()

    def guess(_: int) -> None:
        with server.client() as client, contextlib.suppress(httpx.TransportError):
            while not stop.is_set():
                at_the_api(client, "admin", ADMIN_PASSWORD)

    with ThreadPoolExecutor(32) as pool:
        pool.map(guess, range(32))
        time.sleep(1)
        server.kill()
        stop.set()
    killed_at = time.monotonic()
    taken = "from auth_api.models import Guess; print(Guess.objects.filter(failed_at=None).count())"
    assert int(server.manage("shell", "--verbosity", "0", "--command", taken).stdout) > 0

    server.start()
    sixteen = [lambda client: at_the_api(client, "admin", ADMIN_PASSWORD)] * 16
    while (statuses := guess_in_parallel([server], sixteen)) != {200: 16}:
        assert set(statuses) <= {200, 503}  # nobody is locked out by guesses that were never settled
        assert time.monotonic() - killed_at < LEASE_SECONDS
