"""The store of cookie sessions, as Django and other code use it, and requests that meet on one session."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.contrib.auth import SESSION_KEY, login, update_session_auth_hash
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client, RequestFactory
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import Session
from auth_api.sessions import SessionStore
from tests.conftest import PASSWORD
from users.models import User

CHANGE = "/api/v1/users/me/password/"
NEW = "another good passphrase"
PATIENCE = 30  # seconds, which no test uses up
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time anyway")


@pytest.fixture
def store(bob: User) -> SessionStore:
    """Return a session of bob's, as a request has loaded it."""
    client = APIClient()
    client.force_login(bob)
    store = SessionStore(client.cookies["sessionid"].value)
    assert store[SESSION_KEY] == str(bob.pk)
    return store


def test_session_that_was_ended_gets_no_other_key(store: SessionStore) -> None:
    Session.objects.all().delete()
    with pytest.raises(UpdateError):
        store.cycle_key()
    assert not Session.objects.exists()
    assert not store.modified


def test_session_of_nobody_that_was_ended_goes_on_as_another_one(db: None) -> None:
    anonymous = SessionStore()
    anonymous["basket"] = 1
    anonymous.save()
    loaded = SessionStore(anonymous.session_key)
    assert loaded["basket"] == 1
    Session.objects.all().delete()
    loaded.cycle_key()
    assert SessionStore(loaded.session_key)["basket"] == 1


def test_logout_ends_a_session_that_another_request_has_given_another_key(store: SessionStore) -> None:
    SessionStore(store.session_key).cycle_key()
    store.flush()
    assert not Session.objects.exists()


@pytest.mark.parametrize("begin", [SessionStore.save, SessionStore.create])
def test_session_gets_another_key_in_the_request_that_made_it(db: None, begin: Callable[[SessionStore], None]) -> None:
    store = SessionStore()
    store["basket"] = 1
    begin(store)
    called, key = store.public_id, store.session_key
    store.cycle_key()
    assert store.session_key != key
    assert store.public_id == Session.objects.get().pk == called
    assert SessionStore(store.session_key)["basket"] == 1


def test_session_that_is_created_anew_is_another_one(db: None) -> None:
    store = SessionStore()
    store.create()
    called = store.public_id
    store.create()
    assert store.public_id != called
    assert Session.objects.count() == 2


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    """Return a request of nobody's, with a new session."""
    request = rf.post("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    return request


def test_login_takes_over_a_session_saved_in_the_same_request(bob: User, request_: HttpRequest) -> None:
    request_.session["basket"] = 1
    request_.session.save()
    planted = request_.session.session_key
    login(request_, bob)
    request_.session.save()
    assert request_.session.session_key != planted
    session = Session.objects.get()
    assert (session.user, SessionStore(request_.session.session_key)["basket"]) == (bob, 1)
    assert LoginLog.objects.get().session_id == session.pk


def test_password_that_is_changed_in_the_request_of_the_login_leaves_its_session(
    bob: User, request_: HttpRequest
) -> None:
    login(request_, bob)
    bob.set_password(NEW)
    bob.save()
    update_session_auth_hash(request_, bob)
    request_.session.save()
    assert Session.objects.alive_for(bob).get().pk == LoginLog.objects.get().session_id


def end_sessions_once_somebody_waits(ended: Event) -> None:
    """Delete all sessions in a transaction that lasts until another one waits for it."""
    deadline = time.monotonic() + PATIENCE
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            Session.objects.all().delete()
            ended.set()
            waiting = 0
            while not waiting and time.monotonic() < deadline:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                waiting = cursor.fetchone()[0]
                time.sleep(0.01)
    finally:
        connection.close()


def by_json(client: Client) -> tuple[int, str]:
    answer = client.post(CHANGE, {"current_password": PASSWORD, "new_password": NEW}, "application/json")
    return answer.status_code, answer.json()["code"]


def on_the_page(client: Client) -> tuple[int, str]:
    form = {"current_password": PASSWORD, "new_password": NEW, "again": NEW}
    answer = client.post("/dashboard/password/", form)
    return answer.status_code, answer.headers["Location"]


def in_the_admin(client: Client) -> tuple[int, str]:
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    answer = client.post("/admin/password_change/", form)
    return answer.status_code, answer.headers["Location"]


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (by_json, (401, "not_authenticated")),
        (on_the_page, (302, "/login/?next=/dashboard/")),
        (in_the_admin, (302, "/admin/login/?next=/admin/password_change/")),
    ],
)
def test_session_that_is_being_ended_does_not_come_back_with_a_password_change(
    staff: User, change: Callable[[Client], tuple[int, str]], refusal: tuple[int, str]
) -> None:
    client, ended = Client(), Event()
    client.force_login(staff)
    rows = LoginLog.objects.count()
    with ThreadPoolExecutor(1) as other:
        ending = other.submit(end_sessions_once_somebody_waits, ended)
        assert ended.wait(PATIENCE)
        found = change(client)
        ending.result()

    assert found == refusal
    assert not Session.objects.exists()
    assert User.objects.get().check_password(PASSWORD)
    assert LoginLog.objects.count() == rows + 1
