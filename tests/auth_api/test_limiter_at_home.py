"""The allowance of an account where its owner has logged in before: as large as anywhere, and nobody else's."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import Allowance, Guess, KnownNetwork, Lockout
from tests.auth_api.conftest import Clock, LogIn
from tests.conftest import PASSWORD
from users.models import User

HOME = "203.0.113.7"
THIEF = "203.0.113.66"


@pytest.fixture(autouse=True)
def limit_of_the_account_alone(settings: Settings) -> None:
    """Allow three failures for an account, and leave it at that."""
    settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK = settings.LOGIN_FAILURES_PER_NETWORK = 0
    settings.LOGIN_FAILURES_PER_ACCOUNT = 3
    settings.PASSWORD_CHECK_WAIT = timedelta(milliseconds=100)


@pytest.fixture
def bob(bob: User, log_in: LogIn) -> User:
    """Return the account after a login at home."""
    assert log_in(password=PASSWORD, address=HOME).status_code == 200
    return bob


def from_elsewhere(log_in: LogIn, guesses: int) -> list[int]:
    return [log_in(address=f"198.51.100.{number}").status_code for number in range(guesses)]


@pytest.mark.parametrize("pair", [0, 2, 3, 5])
@pytest.mark.parametrize("window", [15, 60])
def test_account_tells_nothing_of_itself_at_home(
    bob: User, log_in: LogIn, settings: Settings, clock: Clock, pair: int, window: int
) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK, settings.LOGIN_WINDOW = pair, timedelta(minutes=window)
    for _ in range(3):
        for _ in range(5):
            known, unknown = log_in(address=HOME), log_in("nobody", address=HOME)
            assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
        clock.move(minutes=20)


def test_of_many_guesses_at_home_as_many_are_checked_as_the_limit_says(bob: User, log_in: LogIn) -> None:
    assert [log_in(address=HOME).status_code for _ in range(30)] == [400] * 3 + [429] * 27
    assert log_in(password=PASSWORD, address=HOME).status_code == 429


def test_guesses_that_are_being_checked_at_home_leave_no_room(bob: User, log_in: LogIn) -> None:
    log_in(address=HOME)
    for _ in range(2):
        Guess.objects.create(account="bob", network=HOME)
    assert log_in(password=PASSWORD, address=HOME).status_code == 503


def test_guesses_elsewhere_leave_the_allowance_at_home_whole(bob: User, log_in: LogIn) -> None:
    assert from_elsewhere(log_in, 4) == [400] * 3 + [429]
    assert [log_in(address=HOME).status_code for _ in range(4)] == [400] * 3 + [429]


def test_guesses_at_home_count_elsewhere_as_well(bob: User, log_in: LogIn) -> None:
    log_in(address=HOME)
    assert from_elsewhere(log_in, 3) == [400] * 2 + [429]


def test_one_home_is_not_the_other(bob: User, log_in: LogIn) -> None:
    second = "203.0.113.8"
    assert log_in(password=PASSWORD, address=second).status_code == 200
    for _ in range(3):
        log_in(address=HOME)
    assert log_in(password=PASSWORD, address=HOME).status_code == 429
    assert log_in(password=PASSWORD, address=second).status_code == 200


def test_lockout_at_home_is_one_of_the_account_and_that_network(bob: User, log_in: LogIn) -> None:
    for _ in range(4):
        log_in(address=HOME)
    found = set(Lockout.objects.values_list("allowance", "account", "network"))
    assert found == {(Allowance.ACCOUNT, "bob", ""), (Allowance.ACCOUNT_AT_HOME, "bob", HOME)}


def test_network_that_is_no_home_begins_no_lockout_of_one(bob: User, log_in: LogIn) -> None:
    for _ in range(4):
        log_in()
    assert Lockout.objects.get().allowance == Allowance.ACCOUNT


def test_lockout_at_home_goes_when_the_network_is_home_no_more(bob: User, log_in: LogIn, clock: Clock) -> None:
    for _ in range(3):
        log_in(address=HOME)
    Lockout.objects.filter(allowance=Allowance.ACCOUNT).update(lifted_at=clock())
    assert log_in(address=HOME).status_code == 429
    KnownNetwork.objects.all().delete()
    assert log_in(address=HOME).status_code == 400


def test_success_at_home_clears_what_was_owed_there(bob: User, log_in: LogIn, clock: Clock) -> None:
    for _ in range(3):
        log_in(address=HOME)
    clock.move(minutes=16)
    for _ in range(3):
        assert [log_in(address=HOME).status_code for _ in range(2)] == [400] * 2
        assert log_in(password=PASSWORD, address=HOME).status_code == 200
    for _ in range(3):
        log_in(address=HOME)
    assert round(int(log_in(address=HOME).headers["Retry-After"]) / 60) == 15  # the repetition is cleared as well


def test_lockouts_at_home_lengthen_with_repetition(bob: User, log_in: LogIn, clock: Clock) -> None:
    lengths = []
    for _ in range(3):
        assert [log_in(address=HOME).status_code for _ in range(3)] == [400] * 3
        wait = int(log_in(address=HOME).headers["Retry-After"])
        lengths.append(round(wait / 60))
        clock.move(seconds=wait)
    assert lengths == [15, 60, 24 * 60]


def test_zero_switches_the_limit_off_at_home_too(bob: User, log_in: LogIn, settings: Settings) -> None:
    for _ in range(3):
        log_in(address=HOME)
    settings.LOGIN_FAILURES_PER_ACCOUNT, settings.LOGIN_FAILURES_PER_NETWORK = 0, 100
    assert {log_in(address=HOME).status_code for _ in range(6)} == {400}


def test_limit_of_account_and_network_holds_beside_it(bob: User, log_in: LogIn, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK, settings.LOGIN_FAILURES_PER_ACCOUNT = 5, 30
    assert from_elsewhere(log_in, 31) == [400] * 30 + [429]
    assert [log_in(address=HOME).status_code for _ in range(6)] == [400] * 5 + [429]
    assert set(Lockout.objects.values_list("allowance", flat=True)) == {"account", "account_and_network"}


def homes_of(user: User) -> set[str]:
    return set(user.known_networks.values_list("network", flat=True))


def test_password_change_leaves_a_home_only_where_it_is_made(
    bob: User, log_in: LogIn, as_user: Callable[[User], APIClient]
) -> None:
    log_in(password=PASSWORD, address=THIEF)
    form = {"current_password": PASSWORD, "new_password": "another good passphrase"}
    assert as_user(bob).post("/api/v1/users/me/password/", form, REMOTE_ADDR=HOME).status_code == 204
    assert homes_of(bob) == {HOME}
    from_elsewhere(log_in, 3)
    assert log_in(address=THIEF).status_code == 429
    assert log_in(address=HOME).status_code == 400


def test_disowned_login_leaves_no_home(bob: User, log_in: LogIn, client: Client) -> None:
    log_in(password=PASSWORD, address=THIEF)
    login = LoginLog.objects.get(ip_address=THIEF)
    client.force_login(bob)
    client.post(f"/dashboard/logins/{login.pk}/disown/")
    assert homes_of(bob) == {HOME}
    from_elsewhere(log_in, 3)
    assert log_in(address=THIEF).status_code == 429
    assert log_in(address=HOME).status_code == 400
