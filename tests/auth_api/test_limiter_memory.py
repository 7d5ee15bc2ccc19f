"""What the limiter remembers, what it forgets, and who else is held to it."""

import gc
from collections.abc import Callable, Sized
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from audit.models import LoginLog
from audit.signals import attempt_recorded
from auth_api import limiter
from auth_api.models import Guess, KnownNetwork, Lockout
from tests.auth_api.conftest import Clock, LogIn
from tests.conftest import PASSWORD
from users import attempts
from users.models import User
from users.names import normalise
from users.signals import credentials_accepted

AsUser = Callable[[User], APIClient]
MakeUser = Callable[..., User]
NoTurn = Callable[[], AbstractContextManager[None]]


def test_every_login_makes_the_network_known_anew(bob: User, log_in: LogIn, clock: Clock, settings: Settings) -> None:
    for limit in (5, 0):
        settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK = settings.LOGIN_FAILURES_PER_NETWORK = limit
        settings.LOGIN_FAILURES_PER_ACCOUNT = 6 * limit
        assert log_in(password=PASSWORD, address="203.0.113.7").status_code == 200
        clock.move(days=29)
    settings.LOGIN_FAILURES_PER_ACCOUNT = 30
    for number in range(30):
        log_in(address=f"198.51.100.{number}")
    assert log_in(password=PASSWORD, address="203.0.113.7").status_code == 200


def test_what_a_success_cleared_still_counts_for_the_network(bob: User, log_in: LogIn, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_NETWORK = 8
    for _ in range(2):
        assert [log_in().status_code for _ in range(4)] == [400] * 4
        last = log_in(password=PASSWORD).status_code
    assert last == 429


def test_what_a_success_cleared_no_longer_counts_for_the_account(bob: User, log_in: LogIn, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = 6
    for _ in range(3):
        assert [log_in().status_code for _ in range(4)] == [400] * 4
        assert log_in(password=PASSWORD).status_code == 200


def test_success_right_after_a_lockout_clears_its_repetition(bob: User, log_in: LogIn, clock: Clock) -> None:
    for _ in range(5):
        log_in()
    clock.move(minutes=16)
    assert log_in(password=PASSWORD).status_code == 200
    for _ in range(5):
        log_in()
    assert Lockout.objects.latest("id").repetition == 0


def test_success_leaves_guesses_that_are_being_checked(bob: User, log_in: LogIn) -> None:
    log_in()
    pending = Guess.objects.create(account="bob", network="192.0.2.1")
    assert log_in(password=PASSWORD).status_code == 200
    pending.refresh_from_db()
    assert not pending.is_cleared


def test_unknown_names_are_counted_in_every_spelling(log_in: LogIn) -> None:
    names = ["nobody", "NOBODY", " nobody ", "Nobody", "n\uff4fbody", "noBody"]
    assert [log_in(name).status_code for name in names] == [400] * 5 + [429]


def test_account_that_is_full_elsewhere_is_open_at_home_and_no_wider(
    bob: User, log_in: LogIn, settings: Settings
) -> None:
    settings.PASSWORD_CHECK_WAIT = timedelta(milliseconds=100)
    settings.LOGIN_FAILURES_PER_ACCOUNT = 3
    log_in(password=PASSWORD, address="203.0.113.7")
    for number in range(3):
        Guess.objects.create(account="bob", network=f"198.51.100.{number}")
    assert log_in(password=PASSWORD, address="198.51.100.9").status_code == 503
    assert log_in(password=PASSWORD, address="203.0.113.7").status_code == 200
    for _ in range(5):
        Guess.objects.create(account="bob", network="203.0.113.7")
    assert log_in(password=PASSWORD, address="203.0.113.7").status_code == 503


def test_longest_of_two_lockouts_is_announced(bob: User, log_in: LogIn, settings: Settings, clock: Clock) -> None:
    settings.LOGIN_FAILURES_PER_NETWORK = 10
    for _ in range(5):
        log_in()
    clock.move(minutes=15, seconds=1)
    for number in range(5):
        log_in()
        log_in(f"victim-{number}")
    lengths = Lockout.objects.values_list("allowance", "repetition")
    assert set(lengths) == {("account_and_network", 0), ("account_and_network", 1), ("network", 0)}
    assert int(log_in().headers["Retry-After"]) > 3500


def test_lease_is_30_seconds_whatever_the_window(bob: User, log_in: LogIn, clock: Clock, settings: Settings) -> None:
    settings.PASSWORD_CHECK_WAIT = timedelta(milliseconds=100)
    settings.LOGIN_WINDOW = timedelta(seconds=10)
    for _ in range(5):
        Guess.objects.create(account="bob", network="192.0.2.1", taken_at=clock())
    clock.move(seconds=28)
    assert log_in(password=PASSWORD).status_code == 503
    clock.move(seconds=2)
    assert [log_in().status_code for _ in range(4)] == [400] * 4
    clock.move(seconds=11)
    assert [log_in().status_code for _ in range(4)] == [400] * 4


def test_repetition_is_remembered_for_a_day_after_the_end(bob: User, log_in: LogIn, clock: Clock) -> None:
    for minutes in (15, 60):
        for _ in range(5):
            log_in()
        assert round(int(log_in().headers["Retry-After"]) / 60) == minutes
        clock.move(hours=23)


def test_failures_that_a_lockout_answered_are_not_counted_twice(
    bob: User, log_in: LogIn, clock: Clock, settings: Settings
) -> None:
    settings.LOGIN_WINDOW = timedelta(days=2)
    for _ in range(5):
        log_in()
    clock.move(hours=26)
    assert log_in().status_code == 400


def test_lockout_in_words_is_in_minutes_and_then_in_hours(bob: User, log_in: LogIn, clock: Clock) -> None:
    Lockout.objects.create(
        allowance="account", account="bob", locked_until=clock() + timedelta(hours=23, minutes=30), repetition=2
    )
    assert log_in().json()["detail"] == "Too many failed logins. Try again in 24 hours."
    clock.move(hours=23, minutes=28, seconds=50)
    assert log_in().json()["detail"] == "Too many failed logins. Try again in 2 minutes."


def test_no_other_backend_is_asked_about_who_is_locked_out(bob: User, log_in: LogIn, settings: Settings) -> None:
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "django.contrib.auth.backends.ModelBackend"]
    for _ in range(5):
        log_in("sue")
        log_in()
    assert log_in(password=PASSWORD).status_code == 429


def test_full_queue_is_a_503_with_its_row_and_takes_no_guess(bob: User, log_in: LogIn, no_turn: NoTurn) -> None:
    with no_turn():
        answer = log_in(password=PASSWORD)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "overloaded", "2")
    assert LoginLog.objects.get().failure_reason == "overloaded"
    assert not Guess.objects.exists()


def test_refused_requests_are_forgotten(bob: User, log_in: LogIn) -> None:
    remembered: list[Sized] = [attempts._attempts, attempts._entrances, attempts._awaited, limiter._taken]

    def numbers_after_guesses_and_lockouts(name: str) -> list[int]:
        for _ in range(20):
            log_in(name)
        gc.collect()
        return [len(requests) for requests in remembered]

    # The last request of all may still be in somebody's hands: it is of the same kind both times.
    assert numbers_after_guesses_and_lockouts("bob") == numbers_after_guesses_and_lockouts("nobody")


def test_credential_that_ends_during_the_check_leaves_a_row_and_no_guess(
    bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(bob)

    def end_everything(**kwargs: object) -> None:
        bob.auth_tokens.all().delete()

    credentials_accepted.connect(end_everything)
    try:
        answer = client.post("/api/v1/auth/tokens/", {"name": "x", "password": PASSWORD})
    finally:
        credentials_accepted.disconnect(end_everything)

    assert answer.status_code == 401
    assert LoginLog.objects.get().failure_reason == "other"
    assert not Guess.objects.filter(failed_at=None).exists()


def test_admins_password_change_is_limited_and_recorded(staff: User, client: Client) -> None:
    client.force_login(staff)
    form = {"old_password": "wrong", "new_password1": "another passphrase", "new_password2": "another passphrase"}
    assert [client.post("/admin/password_change/", form).status_code for _ in range(5)] == [200] * 5

    refused = client.post("/admin/password_change/", form | {"old_password": PASSWORD})

    assert refused.status_code == 429
    assert "Try again in 15 minutes" in refused.content.decode()
    assert LoginLog.objects.filter(is_success=False).count() == 6
    Lockout.objects.update(lifted_at=timezone.now())
    assert client.post("/admin/password_change/", form | {"old_password": PASSWORD}).status_code == 302
    staff.refresh_from_db()
    assert staff.check_password("another passphrase")


@pytest.mark.parametrize("accents", ["\u0301", "\u0301\u0316"])
def test_name_of_many_accents_costs_no_time(bob: User, log_in: LogIn, accents: str) -> None:
    assert len(normalise("a" + accents * 100_000)) <= 1000


def test_account_can_be_deleted_with_its_networks_left_to_pruning(bob: User, log_in: LogIn, clock: Clock) -> None:
    log_in(password=PASSWORD)
    bob.delete()
    clock.move(days=31)
    call_command("prune_tokens")
    assert not KnownNetwork.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_only_the_taking_of_a_guess_is_not_flushed(bob: User, log_in: LogIn) -> None:
    def durability() -> str:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit")
            return str(cursor.fetchone()[0])

    seen: list[str] = []

    def look(**kwargs: object) -> None:
        seen.append(durability())

    full = "2" if connection.vendor == "sqlite" else "on"
    attempt_recorded.connect(look)
    try:
        log_in(password=PASSWORD)
        for _ in range(7):
            log_in()
            assert durability() == full
    finally:
        attempt_recorded.disconnect(look)
    assert seen == [full] * 8  # in the transaction of each row, refused ones too
