"""How many passwords may be checked, for whom and from where."""

from collections.abc import Callable
from datetime import timedelta

import argon2
import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from audit.models import LoginLog
from audit.signals import attempt_recorded
from auth_api.models import Allowance, Guess, KnownNetwork, Lockout
from tests.auth_api.conftest import Clock, LogIn
from tests.conftest import PASSWORD
from users.models import User

AsUser = Callable[[User], APIClient]
MakeUser = Callable[..., User]


@pytest.mark.parametrize("name", ["bob", "nobody"])
def test_sixth_guess_is_locked_out_whether_the_account_exists_or_not(bob: User, log_in: LogIn, name: str) -> None:
    assert [log_in(name).status_code for _ in range(6)] == [400] * 5 + [429]

    answer = log_in(name, PASSWORD)

    assert answer.status_code == 429
    assert answer.json() == {"detail": "Too many failed logins. Try again in 15 minutes.", "code": "locked_out"}
    assert answer.headers["Retry-After"] in {"899", "900"}
    reasons = list(LoginLog.objects.order_by("id").values_list("failure_reason", flat=True))
    assert reasons == [reasons[0]] * 5 + ["locked_out"] * 2
    assert reasons[0] in {"wrong_password", "unknown_user"}


def test_retry_after_is_true(bob: User, log_in: LogIn, clock: Clock) -> None:
    for _ in range(5):
        log_in()
    wait = int(log_in().headers["Retry-After"])

    clock.move(seconds=wait - 2)
    assert log_in(password=PASSWORD).status_code == 429
    clock.move(seconds=2)
    assert log_in(password=PASSWORD).status_code == 200


def test_lockouts_lengthen_with_repetition(bob: User, log_in: LogIn, clock: Clock) -> None:
    lengths = []
    for _ in range(4):
        assert [log_in().status_code for _ in range(5)] == [400] * 5
        wait = int(log_in().headers["Retry-After"])
        lengths.append(round(wait / 60))
        clock.move(seconds=wait)

    assert lengths == [15, 60, 24 * 60, 24 * 60]


def test_lockout_that_is_long_ago_does_not_lengthen_the_next(bob: User, log_in: LogIn, clock: Clock) -> None:
    for _ in range(2):
        for _ in range(5):
            log_in()
        assert round(int(log_in().headers["Retry-After"]) / 60) == 15
        clock.move(hours=25)


def test_failures_are_forgotten_after_the_window(bob: User, log_in: LogIn, clock: Clock) -> None:
    for _ in range(3):
        assert [log_in().status_code for _ in range(4)] == [400] * 4
        clock.move(minutes=15, seconds=1)
    assert log_in(password=PASSWORD).status_code == 200


def test_success_clears_what_account_and_network_owed(bob: User, log_in: LogIn, clock: Clock) -> None:
    for _ in range(5):
        log_in()
    clock.move(minutes=16)
    for _ in range(3):
        assert [log_in().status_code for _ in range(4)] == [400] * 4
        assert log_in(password=PASSWORD).status_code == 200
    for _ in range(5):
        log_in()
    assert round(int(log_in().headers["Retry-After"]) / 60) == 15  # the repetition is cleared as well


def test_success_does_not_clear_the_total_of_the_network(bob: User, log_in: LogIn, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_NETWORK = 8
    for number in range(8):
        assert log_in(f"victim-{number}").status_code == 400
        if number < 7:
            assert log_in(password=PASSWORD).status_code == 200

    assert log_in(password=PASSWORD).status_code == 429
    assert log_in(password=PASSWORD, address="192.0.2.2").status_code == 200
    assert Lockout.objects.get().allowance == Allowance.NETWORK


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("no address", "", True),
    ],
)
def test_network_is_an_address_or_a_64(bob: User, log_in: LogIn, first: str, second: str, is_one: bool) -> None:
    for _ in range(5):
        log_in(address=first)
    assert log_in(address=second).status_code == (429 if is_one else 400)


def test_spellings_and_the_email_address_share_one_allowance(bob: User, log_in: LogIn) -> None:
    names = ["bob", "BOB", " bob ", "\uff42\uff4f\uff42", "bob@example.org", "BOB@EXAMPLE.ORG"]
    assert [log_in(name).status_code for name in names] == [400] * 5 + [429]


def test_account_is_limited_from_everywhere(bob: User, log_in: LogIn) -> None:
    answers = [log_in(address=f"198.51.100.{number}").status_code for number in range(40)]
    assert answers == [400] * 30 + [429] * 10
    assert log_in("sue", address="198.51.100.1").status_code == 400


def test_owner_gets_in_while_200_addresses_guess(bob: User, log_in: LogIn, clock: Clock) -> None:
    home = "203.0.113.7"
    assert log_in(password=PASSWORD, address=home).status_code == 200
    clock.move(days=29)

    for number in range(200):
        log_in(address=f"198.51.{number // 100}.{number % 100}")

    assert log_in(password=PASSWORD, address="198.51.2.1").status_code == 429
    assert log_in(password=PASSWORD, address=home).status_code == 200
    assert [log_in(address=home).status_code for _ in range(6)] == [400] * 5 + [429]  # an allowance, not a free pass


def test_network_is_known_for_30_days(bob: User, log_in: LogIn, clock: Clock) -> None:
    log_in(password=PASSWORD, address="203.0.113.7")
    clock.move(days=30, seconds=1)
    for number in range(30):
        log_in(address=f"198.51.100.{number}")
    assert log_in(password=PASSWORD, address="203.0.113.7").status_code == 429


def test_network_known_to_one_account_is_not_known_to_another(bob: User, staff: User, log_in: LogIn) -> None:
    log_in(staff.username, PASSWORD, address="203.0.113.7")
    for number in range(30):
        log_in(address=f"198.51.100.{number}")
    assert log_in(password=PASSWORD, address="203.0.113.7").status_code == 429


def test_zero_switches_a_limit_off(bob: User, log_in: LogIn, settings: Settings) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK = 0
    settings.LOGIN_FAILURES_PER_ACCOUNT = 8
    assert [log_in().status_code for _ in range(9)] == [400] * 8 + [429]
    settings.LOGIN_FAILURES_PER_ACCOUNT = 0
    assert log_in().status_code == 400
    settings.LOGIN_FAILURES_PER_NETWORK = 0
    assert {log_in().status_code for _ in range(20)} == {400}
    assert not Guess.objects.filter(failed_at=None).exists()


def test_limit_that_was_lowered_holds_at_once(bob: User, log_in: LogIn, settings: Settings) -> None:
    for _ in range(4):
        log_in()
    settings.LOGIN_FAILURES_PER_ACCOUNT_AND_NETWORK = 3
    assert log_in(password=PASSWORD).status_code == 429


def test_refused_attempt_costs_no_hash_and_three_statements(
    bob: User, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        log_in()
    for place, name in ((argon2.low_level, "hash_secret"), (argon2.PasswordHasher, "verify")):
        monkeypatch.setattr(place, name, None)  # which can't be called

    with CaptureQueriesContext(connection) as queries:
        assert log_in().status_code == 429

    # The account, its lockouts, and the row.
    assert len(queries) == 3


@pytest.mark.parametrize("kind", ["unknown", "inactive", "unusable"])
def test_refusals_differ_in_nothing(make_user: MakeUser, log_in: LogIn, kind: str) -> None:
    make_user("wrong")
    make_user("inactive", is_active=False)
    User.objects.create_user("unusable")
    seen = []
    for name in ("wrong", kind):
        with CaptureQueriesContext(connection) as queries:
            answers = [log_in(name) for _ in range(7)]
        seen.append(
            (
                [(answer.status_code, answer.json()) for answer in answers],
                [{key: value for key, value in answer.headers.items() if key != "X-Request-ID"} for answer in answers],
                len(queries),
            )
        )
    assert seen[0] == seen[1]


def test_guess_that_is_only_taken_is_no_failure(bob: User, log_in: LogIn) -> None:
    for _ in range(4):
        Guess.objects.create(account="bob", network="192.0.2.1")
    assert log_in(password=PASSWORD).status_code == 200


def test_guesses_of_a_killed_process_hold_others_up_for_30_seconds(
    bob: User, log_in: LogIn, clock: Clock, settings: Settings
) -> None:
    settings.PASSWORD_CHECK_WAIT = timedelta(milliseconds=100)
    for _ in range(5):
        Guess.objects.create(account="bob", network="192.0.2.1", taken_at=clock())

    answer = log_in(password=PASSWORD)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "overloaded", "2")
    assert LoginLog.objects.get().failure_reason == "overloaded"
    clock.move(seconds=30)
    assert log_in(password=PASSWORD).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_guess_is_settled_with_its_row_or_not_at_all(bob: User, log_in: LogIn) -> None:
    def fail(**kwargs: object) -> None:
        raise RuntimeError("after the row was written and the guess settled")

    attempt_recorded.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            log_in()
    finally:
        attempt_recorded.disconnect(fail)

    assert not LoginLog.objects.exists()
    assert Guess.objects.get().failed_at is None


@pytest.mark.django_db(transaction=True)
def test_refusals_row_is_a_transaction_by_itself(bob: User, log_in: LogIn) -> None:
    for _ in range(5):
        log_in()
    with CaptureQueriesContext(connection) as captured:
        assert log_in().status_code == 429
    statements = [query["sql"].split()[0] for query in captured]
    assert statements.count("INSERT") == 1
    assert not {"BEGIN", "COMMIT"} & set(statements)


def test_attempt_that_can_not_be_read_is_no_guess(bob: User, log_in: LogIn) -> None:
    for _ in range(10):
        assert log_in(password="x" * 2000).status_code == 400
    assert not Guess.objects.exists()
    assert log_in(password=PASSWORD).status_code == 200


def test_any_code_that_authenticates_with_a_request_is_limited(bob: User, rf: RequestFactory) -> None:
    for _ in range(5):
        assert authenticate(rf.get("/"), username="bob", password="wrong") is None
    assert authenticate(rf.get("/"), username="bob", password=PASSWORD) is None
    assert authenticate(username="bob", password=PASSWORD) == bob  # without one, it is the operator's own code
    assert LoginLog.objects.filter(failure_reason="locked_out").count() == 1


def test_password_change_and_token_creation_are_guesses_too(bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    change = {"current_password": "wrong", "new_password": "another long passphrase"}
    for _ in range(3):
        assert client.post("/api/v1/users/me/password/", change).status_code == 400
    for _ in range(2):
        assert client.post("/api/v1/auth/tokens/", {"name": "x", "password": "wrong"}).status_code == 400

    for answer in (
        client.post("/api/v1/users/me/password/", change | {"current_password": PASSWORD}),
        client.post("/api/v1/auth/tokens/", {"name": "x", "password": PASSWORD}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (429, "locked_out")
        assert int(answer.headers["Retry-After"]) > 0
    assert client.get("/api/v1/users/me/").status_code == 200  # those already in stay in


def test_right_credentials_at_the_wrong_entrance_are_a_failure(bob: User, log_in: LogIn) -> None:
    for _ in range(5):
        APIClient(REMOTE_ADDR="192.0.2.1").post(
            "/admin/login/", {"username": "bob", "password": PASSWORD}, format="multipart"
        )
    assert log_in(password=PASSWORD).status_code == 429


def test_login_gives_its_guess_back_and_makes_its_network_known(bob: User, log_in: LogIn) -> None:
    assert log_in(password=PASSWORD).status_code == 200
    assert not Guess.objects.exists()
    known = KnownNetwork.objects.get()
    assert (known.user, known.network) == (bob, "192.0.2.1")
    assert timezone.now() - known.last_login_at < timedelta(minutes=1)
