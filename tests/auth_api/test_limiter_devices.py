"""The allowance of a device that shows a token or a session of the account, wherever it is."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import Allowance, AuthToken, Guess, KnownNetwork, Lockout, Scope, Session
from tests.auth_api.conftest import WRONG, Clock, LogIn
from tests.conftest import PASSWORD
from users.models import User

AWAY = "203.0.113.99"  # from which nobody has logged in
NEW_PASSWORD = "another long passphrase"
LOGIN = "/api/v1/auth/login/"
Enter = Callable[[APIClient, str], Any]  # an attempt with a password


def over_the_api(client: APIClient, password: str) -> Any:
    return client.post(LOGIN, {"username": "bob@example.org", "password": password})


def with_a_session(client: APIClient, password: str) -> Any:
    return client.post("/api/v1/auth/session/", {"username": "BOB", "password": password})


def by_making_a_token(client: APIClient, password: str) -> Any:
    return client.post("/api/v1/auth/tokens/", {"name": "script", "password": password})


def by_changing_the_password(client: APIClient, password: str) -> Any:
    return client.post("/api/v1/users/me/password/", {"current_password": password, "new_password": NEW_PASSWORD})


def on_the_page(client: APIClient, password: str) -> Any:
    return client.post("/login/", {"username": "bob", "password": password}, format="multipart")


def on_the_page_for_passwords(client: APIClient, password: str) -> Any:
    form = {"current_password": password, "new_password": NEW_PASSWORD, "again": NEW_PASSWORD}
    return client.post("/dashboard/password/", form, format="multipart")


WITH_TOKEN = [over_the_api, with_a_session, by_making_a_token, by_changing_the_password, on_the_page]
WITH_COOKIE = [*WITH_TOKEN, on_the_page_for_passwords]


def device_with_token(user: User, scheme: str = "Token", **options: Any) -> APIClient:
    issued = user.auth_tokens.issue(**options)
    return APIClient(REMOTE_ADDR=AWAY, HTTP_AUTHORIZATION=f"{scheme} {issued.key}")


def device_with_cookie(user: User) -> APIClient:
    client = APIClient(REMOTE_ADDR=AWAY)
    client.force_login(user)
    return client


@pytest.fixture
def besieged(bob: User, log_in: LogIn) -> User:
    """Return an account that guesses from everywhere have locked out."""
    an_hour = timezone.now() + timedelta(hours=1)
    Lockout.objects.create(allowance=Allowance.ACCOUNT, account="bob", locked_until=an_hour)
    assert log_in(password=PASSWORD, address=AWAY).status_code == 429
    return bob


def test_device_outlasts_a_flood_from_everywhere(bob: User, log_in: LogIn) -> None:
    device = device_with_token(bob)
    flood = [log_in(address=f"198.51.100.{number}").status_code for number in range(31)]
    assert flood == [400] * 30 + [429]
    assert over_the_api(device, PASSWORD).status_code == 200


@pytest.mark.parametrize("enter", WITH_TOKEN)
@pytest.mark.parametrize("scheme", ["Token", "bearer"])
def test_owner_with_a_token_gets_in_while_others_guess(besieged: User, enter: Enter, scheme: str) -> None:
    answer = enter(device_with_token(besieged, scheme), PASSWORD)
    assert answer.status_code in {200, 201, 204, 302}
    assert LoginLog.objects.latest("id").is_success


@pytest.mark.parametrize("enter", WITH_COOKIE)
def test_owner_with_a_session_gets_in_while_others_guess(besieged: User, enter: Enter) -> None:
    answer = enter(device_with_cookie(besieged), PASSWORD)
    assert answer.status_code in {200, 201, 204, 302}
    assert LoginLog.objects.latest("id").is_success


@pytest.mark.parametrize("device", [device_with_token, device_with_cookie])
def test_device_of_another_account_is_not_known(
    besieged: User, staff: User, device: Callable[[User], APIClient]
) -> None:
    assert over_the_api(device(staff), PASSWORD).status_code == 429


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"last_used_at": timezone.now() - timedelta(days=15)},
        {"password_stamp": "of another password"},
        {"digest": "0" * 64},
    ],
)
def test_token_that_is_over_makes_no_device_known(besieged: User, settings: Settings, changes: dict[str, Any]) -> None:
    settings.TOKEN_IDLE_LIFETIME = timedelta(days=14)
    device = device_with_token(besieged)
    AuthToken.objects.update(**changes)
    assert over_the_api(device, PASSWORD).status_code == 429


@pytest.mark.parametrize(
    "changes",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"auth_hash": "of another password"},
        {"digest": "0" * 64},
        {"user": None},
    ],
)
def test_session_that_is_over_makes_no_device_known(besieged: User, changes: dict[str, Any]) -> None:
    device = device_with_cookie(besieged)
    Session.objects.update(**changes)
    assert over_the_api(device, PASSWORD).status_code == 429


@pytest.mark.parametrize("device", [device_with_token, device_with_cookie])
def test_inactive_account_has_no_known_device(besieged: User, device: Callable[[User], APIClient]) -> None:
    client = device(besieged)
    User.objects.filter(pk=besieged.pk).update(is_active=False)
    assert over_the_api(client, PASSWORD).status_code == 429


@pytest.mark.parametrize(
    "header", ["Token", "Token ", "Token \xff", "Token a b", "Token lk_x", "Basic Ym9iOng=", "Bearer " + "x" * 5000]
)
def test_header_that_is_no_token_changes_nothing(bob: User, header: str) -> None:
    client = APIClient(REMOTE_ADDR=AWAY, HTTP_AUTHORIZATION=header)
    client.cookies["sessionid"] = "\x00 \xff of nobody"
    answer = over_the_api(client, WRONG)
    assert answer.status_code == 400
    assert not answer.cookies
    assert "Cookie" not in answer.headers["Vary"]
    assert (Guess.objects.get().network, Guess.objects.get().device) == (AWAY, "")
    assert over_the_api(client, PASSWORD).status_code == 200


@pytest.mark.parametrize("enter", WITH_TOKEN)
def test_device_with_a_token_is_held_to_the_limits_of_its_network(besieged: User, enter: Enter) -> None:
    device = device_with_token(besieged)
    assert [over_the_api(device, WRONG).status_code for _ in range(6)] == [400] * 5 + [429]
    refused = enter(device, PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 890


@pytest.mark.parametrize("enter", WITH_COOKIE)
def test_device_with_a_session_is_held_to_them_too(besieged: User, enter: Enter) -> None:
    device = device_with_cookie(besieged)
    assert [over_the_api(device, WRONG).status_code for _ in range(6)] == [400] * 5 + [429]
    assert enter(device, PASSWORD).status_code == 429


def test_device_takes_its_allowance_along_to_every_network(besieged: User, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = 5
    device = device_with_token(besieged)
    attempts = [
        device.post(LOGIN, {"username": "bob", "password": WRONG}, REMOTE_ADDR=f"203.0.113.{number}")
        for number in range(6)
    ]
    assert [answer.status_code for answer in attempts] == [400] * 5 + [429]


def test_known_devices_and_others_in_a_network_have_one_allowance(bob: User, log_in: LogIn) -> None:
    devices = [device_with_token(bob), device_with_token(bob), device_with_cookie(bob), APIClient(REMOTE_ADDR=AWAY)]
    statuses = [over_the_api(device, WRONG).status_code for _ in range(2) for device in devices]
    assert statuses == [400] * 5 + [429] * 3


def test_each_device_has_its_own_allowance_beside_the_accounts(besieged: User, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK = 0
    settings.LOGIN_FAILURES_PER_ACCOUNT = 3
    for device in (device_with_token(besieged), device_with_token(besieged), device_with_cookie(besieged)):
        assert [over_the_api(device, WRONG).status_code for _ in range(4)] == [400] * 3 + [429]


def test_guesses_on_devices_count_for_the_account_from_everywhere(bob: User, log_in: LogIn, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = 6
    device = device_with_token(bob)
    for address in (AWAY, "203.0.113.98"):
        device.defaults["REMOTE_ADDR"] = address
        assert [over_the_api(device, WRONG).status_code for _ in range(3)] == [400] * 3
    assert log_in().status_code == 429


def test_limit_of_the_account_alone_holds_on_a_device(besieged: User, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK = 0
    settings.LOGIN_FAILURES_PER_ACCOUNT = 3
    device = device_with_token(besieged)
    assert [over_the_api(device, WRONG).status_code for _ in range(4)] == [400] * 3 + [429]


def test_guesses_that_are_being_checked_leave_no_room_on_the_device(bob: User, settings: Settings) -> None:
    settings.PASSWORD_CHECK_WAIT = timedelta(milliseconds=100)
    settings.LOGIN_FAILURES_PER_ACCOUNT = 5
    first, second = device_with_token(bob), device_with_token(bob)
    busy = bob.auth_tokens.earliest("created_at").pk
    for number in range(5):
        Guess.objects.create(account="bob", network=f"198.51.100.{number}", device=f"token {busy}")
    assert over_the_api(first, PASSWORD).status_code == 503
    assert over_the_api(second, PASSWORD).status_code == 200


def test_lockout_of_the_network_reaches_known_devices_in_it(bob: User, log_in: LogIn, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_NETWORK = 8
    for number in range(9):
        log_in(f"victim-{number}", address=AWAY)
    assert over_the_api(device_with_token(bob), PASSWORD).status_code == 429


def test_own_token_is_of_no_use_against_others(bob: User, staff: User, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_NETWORK = 8
    device = device_with_token(bob)
    guesses = [device.post(LOGIN, {"username": f"victim-{number}", "password": WRONG}) for number in range(9)]
    assert [answer.status_code for answer in guesses] == [400] * 8 + [429]


def test_success_on_a_device_makes_its_network_known_and_clears_what_the_device_owed(bob: User, clock: Clock) -> None:
    device = device_with_token(bob)
    for _ in range(3):
        assert [over_the_api(device, WRONG).status_code for _ in range(4)] == [400] * 4
        assert over_the_api(device, PASSWORD).status_code == 200
    assert [known.network for known in KnownNetwork.objects.all()] == [AWAY]


def test_network_is_home_after_a_login_on_a_device(besieged: User, log_in: LogIn) -> None:
    assert over_the_api(device_with_token(besieged), PASSWORD).status_code == 200
    assert log_in(password=PASSWORD, address=AWAY).status_code == 200


def test_token_for_reading_makes_a_device_known_as_well(besieged: User) -> None:
    assert over_the_api(device_with_token(besieged, scope=Scope.READ), PASSWORD).status_code == 200


def test_token_that_opens_nothing_does_not_hide_the_session(besieged: User) -> None:
    device = device_with_cookie(besieged)
    device.credentials(HTTP_AUTHORIZATION="Token lk_nonsense")
    assert over_the_api(device, PASSWORD).status_code == 200


@pytest.mark.parametrize("device", [device_with_token, device_with_cookie])
def test_showing_a_credential_tells_nothing_of_other_names(
    bob: User, staff: User, device: Callable[[User], APIClient]
) -> None:
    client, seen = device(staff), []
    for name in ("bob", "nobody"):
        with CaptureQueriesContext(connection) as queries:
            answers = [client.post(LOGIN, {"username": name, "password": WRONG}) for _ in range(7)]
        headers = [{key: text for key, text in answer.headers.items() if key != "X-Request-ID"} for answer in answers]
        seen.append(([(answer.status_code, answer.json()) for answer in answers], headers, len(queries)))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("device", [device_with_token, device_with_cookie])
def test_answer_is_the_same_on_a_known_device(bob: User, staff: User, device: Callable[[User], APIClient]) -> None:
    seen = []
    for client in (device(bob), device(staff)):
        answer = over_the_api(client, WRONG)
        headers = {key: text for key, text in answer.headers.items() if key != "X-Request-ID"}
        seen.append((answer.status_code, answer.json(), headers, len(answer.cookies)))
    assert seen[0] == seen[1]


def test_each_credential_that_is_shown_costs_one_query(bob: User) -> None:
    counts = []
    for client in (APIClient(REMOTE_ADDR=AWAY), device_with_token(bob), device_with_cookie(bob)):
        with CaptureQueriesContext(connection) as queries:
            over_the_api(client, WRONG)
        credentials = re.compile('FROM "auth_api_(authtoken|session)"')
        counts.append(sum(bool(credentials.search(query["sql"])) for query in queries))
    assert counts == [0, 1, 1]


@pytest.mark.parametrize(("device", "kind"), [(device_with_token, "token"), (device_with_cookie, "session")])
def test_staff_see_which_device_is_locked_out(
    besieged: User, staff: User, settings: Settings, device: Callable[[User], APIClient], kind: str
) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = 3
    client = device(besieged)
    for _ in range(3):
        over_the_api(client, WRONG)
    public_id = (AuthToken if kind == "token" else Session).objects.get().pk

    watcher = device_with_cookie(staff)
    rows = watcher.get("/api/v1/auth/lockouts/").json()["results"]

    assert {(row["account"], row["network"]) for row in rows} == {("bob", ""), ("bob", f"{kind} {public_id}")}
    for address in ("/dashboard/", "/admin/auth_api/lockout/"):
        assert f"{kind} {public_id}" in watcher.get(address).content.decode()
    own = Lockout.objects.get(network=f"{kind} {public_id}")
    assert watcher.delete(f"/api/v1/auth/lockouts/{own.pk}/").status_code == 204
    assert over_the_api(client, PASSWORD).status_code == 200


def test_success_clears_what_the_device_owed_from_other_networks(besieged: User, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = 3
    device = device_with_token(besieged)
    for _ in range(3):
        device.defaults["REMOTE_ADDR"] = "203.0.113.98"
        assert [over_the_api(device, WRONG).status_code for _ in range(2)] == [400] * 2
        device.defaults["REMOTE_ADDR"] = AWAY
        assert over_the_api(device, PASSWORD).status_code == 200
