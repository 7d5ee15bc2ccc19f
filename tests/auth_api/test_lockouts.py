"""Lockouts as staff see and lift them, at the API and in the admin."""

import base64
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from auth_api.lockouts import lift
from auth_api.models import Lockout
from tests.auth_api.conftest import Clock, LogIn
from tests.conftest import PASSWORD
from users.models import User

AsUser = Callable[[User], APIClient]
LOCKOUTS = "/api/v1/auth/lockouts/"


@pytest.fixture
def lockout(bob: User, log_in: LogIn) -> Lockout:
    """Return the lockout of bob from one address."""
    for _ in range(5):
        log_in()
    return Lockout.objects.get()


def test_staff_see_who_is_locked_out(staff: User, as_user: AsUser, lockout: Lockout) -> None:
    answer = as_user(staff).get(LOCKOUTS)

    assert answer.status_code == 200
    (row,) = answer.json()["results"]
    assert row["id"] == lockout.pk
    assert (row["allowance"], row["account"], row["network"]) == ("account_and_network", "bob", "192.0.2.1")
    assert row["locked_at"] < row["locked_until"]
    assert as_user(staff).get(f"{LOCKOUTS}{lockout.pk}/").json() == row


def test_lifting_lets_in_and_is_recorded(
    staff: User, as_user: AsUser, lockout: Lockout, log_in: LogIn, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "auth_api"):
        assert as_user(staff).delete(f"{LOCKOUTS}{lockout.pk}/").status_code == 204

    assert log_in(password=PASSWORD).status_code == 200
    lockout.refresh_from_db()
    assert lockout.lifted_by == staff
    assert lockout.lifted_at is not None
    assert [(record.message, record.__dict__["lifted_by"]) for record in caplog.records] == [("lockout lifted", "sue")]
    assert as_user(staff).get(LOCKOUTS).json()["results"] == []
    assert as_user(staff).delete(f"{LOCKOUTS}{lockout.pk}/").status_code == 404


def test_after_lifting_the_count_begins_anew(staff: User, as_user: AsUser, lockout: Lockout, log_in: LogIn) -> None:
    as_user(staff).delete(f"{LOCKOUTS}{lockout.pk}/")
    assert [log_in().status_code for _ in range(6)] == [400] * 5 + [429]
    assert Lockout.objects.latest("id").repetition == 0


def test_lockout_that_is_over_can_not_be_lifted(staff: User, as_user: AsUser, lockout: Lockout, clock: Clock) -> None:
    clock.move(minutes=16)
    client = as_user(staff)
    assert client.get(LOCKOUTS).json()["results"] == []
    assert client.delete(f"{LOCKOUTS}{lockout.pk}/").status_code == 404


def test_others_neither_see_nor_lift(bob: User, as_user: AsUser, api: APIClient, lockout: Lockout) -> None:
    for client, status in ((as_user(bob), 403), (api, 401)):
        assert client.get(LOCKOUTS).status_code == status
        assert client.delete(f"{LOCKOUTS}{lockout.pk}/").status_code == status
    lockout.refresh_from_db()
    assert lockout.lifted_at is None


def test_beginning_is_a_line_in_the_log(
    bob: User,
    log_in: LogIn,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        for _ in range(5):
            log_in()
    (record,) = [record for record in caplog.records if record.name == "auth_api"]
    assert (record.message, record.__dict__["account"], record.__dict__["network"]) == (
        "locked out",
        "bob",
        "192.0.2.1",
    )


def test_admin_lifts(staff: User, client: Client, lockout: Lockout, log_in: LogIn) -> None:
    client.force_login(staff)
    address = "/admin/auth_api/lockout/"

    shown = client.get(address)
    assert "192.0.2.1" in shown.content.decode()
    done = client.post(address, {"action": "lift_selected", "_selected_action": [lockout.pk]}, follow=True)

    assert "1 lockout was lifted." in done.content.decode()
    assert log_in(password=PASSWORD).status_code == 200
    assert client.get(f"{address}add/").status_code == client.post(f"{address}{lockout.pk}/delete/").status_code == 403


def test_admin_login_says_for_how_long_in_words(bob: User, client: Client) -> None:
    form = {"username": "bob", "password": "wrong"}
    for _ in range(5):
        assert client.post("/admin/login/", form).status_code == 200

    answer = client.post("/admin/login/", form | {"password": PASSWORD})

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 890
    assert "Too many failed logins. Try again in 15 minutes." in answer.content.decode()
    german = client.post("/admin/login/", form, headers={"Accept-Language": "de"})
    assert "15 Minuten" in german.content.decode()


def test_second_lifting_changes_nothing(staff: User, lockout: Lockout, client: Client) -> None:
    client.force_login(staff)
    for text in ("1 lockout was lifted.", "0 lockouts were lifted."):
        form = {"action": "lift_selected", "_selected_action": [lockout.pk]}
        assert text in client.post("/admin/auth_api/lockout/", form, follow=True).content.decode()


def at_the_api(user: User, lockout: Lockout) -> Any:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Token {user.auth_tokens.issue().key}")
    return client.delete(f"{LOCKOUTS}{lockout.pk}/")


def on_the_page(user: User, lockout: Lockout) -> Any:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client.post(f"/dashboard/lockouts/{lockout.pk}/lift/")


def in_the_admin(user: User, lockout: Lockout) -> Any:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    form = {"action": "lift_selected", "_selected_action": [lockout.pk]}
    return client.post("/admin/auth_api/lockout/", form)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda user: User.objects.get(pk=user.pk).delete(),
        lambda user: User.objects.filter(pk=user.pk).update(is_staff=False),
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    ],
    ids=["deleted", "demoted", "deactivated"],
)
@pytest.mark.parametrize(
    ("ask", "place"),
    [
        (at_the_api, "auth_api.views.lockouts.lift"),
        (on_the_page, "dashboard.views.staff.lift"),
        (in_the_admin, "auth_api.admin.lockouts.lift"),
    ],
)
def test_who_is_no_staff_any_more_lifts_nothing(
    staff: User,
    lockout: Lockout,
    ask: Callable[[User, Lockout], Any],
    place: str,
    meanwhile: Callable[[User], object],
) -> None:
    def lift_after_that(lockout: Lockout, *, by: User) -> bool:
        meanwhile(by)
        return lift(lockout, by=by)

    with patch(place, lift_after_that):
        assert ask(staff, lockout).status_code == 403
    lockout.refresh_from_db()
    assert (lockout.lifted_at, lockout.lifted_by) == (None, None)


def test_lockout_that_was_lifted_can_be_read(staff: User, as_user: AsUser, lockout: Lockout) -> None:
    client = as_user(staff)
    client.delete(f"{LOCKOUTS}{lockout.pk}/")
    assert client.get(f"{LOCKOUTS}{lockout.pk}/").json()["lifted_by"] == staff.pk


def test_failures_at_home_before_the_lifting_are_forgotten(
    bob: User, staff: User, as_user: AsUser, log_in: LogIn, settings: Settings
) -> None:
    settings.LOGIN_FAILURES_PER_ACCOUNT = 3
    log_in(password=PASSWORD)
    for number in range(3):
        log_in(address=f"198.51.100.{number}")
    for _ in range(2):
        log_in()
    as_user(staff).delete(f"{LOCKOUTS}{Lockout.objects.get().pk}/")
    assert log_in(address="198.51.100.9").status_code == 400
    assert log_in(address="198.51.100.9").status_code == 400


@pytest.mark.parametrize("position", ["abc", "\0", "-1", "9" * 40, "2026-02-31 00:00Z", "2026-01-01 00:00"])
@pytest.mark.parametrize("prefix", ["p=", "r=1&p=", "o=5&p="])
def test_cursor_that_no_list_gave_out_is_a_400(staff: User, as_user: AsUser, position: str, prefix: str) -> None:
    cursor = base64.b64encode(f"{prefix}{position}".encode()).decode()
    assert as_user(staff).get(LOCKOUTS, {"cursor": cursor}).status_code == 400
    assert as_user(staff).get(LOCKOUTS, {"cursor": "x" + cursor}).status_code == 400


@pytest.mark.parametrize("apart", [0, 1])
def test_pages_lead_to_every_lockout(staff: User, as_user: AsUser, clock: Clock, apart: int) -> None:
    until = clock() + timedelta(hours=1)
    for number in range(120):
        last = until + timedelta(seconds=number * apart)
        Lockout.objects.create(allowance="account", account=str(number), locked_until=last)
    client, url, found = as_user(staff), LOCKOUTS, []
    while url:
        page = client.get(url).json()
        found += [row["account"] for row in page["results"]]
        url = page["next"]
    assert found == [str(number) for number in reversed(range(120))]


def test_admin_shows_the_state_and_filters_by_it(
    staff: User, client: Client, lockout: Lockout, log_in: LogIn, clock: Clock
) -> None:
    client.force_login(staff)
    address = "/admin/auth_api/lockout/"
    client.post(address, {"action": "lift_selected", "_selected_action": [lockout.pk]})
    clock.move(minutes=1)
    for _ in range(5):
        log_in("carol")

    on, over = (client.get(f"{address}?state={state}").content.decode() for state in ("on", "over"))

    assert "carol" in on
    assert ">bob<" not in on
    assert "lifted by sue" in over
    assert "carol" not in over
    assert "carol" in client.get(f"{address}?state=nonsense").content.decode()
    german = client.get(address, headers={"Accept-Language": "de"}).content.decode()
    assert ["aufgehoben von sue" in german, ">besteht<" in german] == [True, True]
