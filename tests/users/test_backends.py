"""Checking credentials."""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import argon2
import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate, authenticate
from django.contrib.auth.hashers import PBKDF2PasswordHasher, identify_hasher
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from tests.conftest import PASSWORD
from users import backends
from users.attempts import latest
from users.models import User
from users.vocabulary import FailureReason

MakeUser = Callable[..., User]


@pytest.mark.parametrize("login", ["bob", "BOB ", "bob@example.org"])
def test_right_credentials_give_the_account(bob: User, login: str) -> None:
    assert authenticate(username=login, password=PASSWORD) == bob


@pytest.mark.parametrize(
    ("login", "password", "reason"),
    [
        ("nobody", PASSWORD, FailureReason.UNKNOWN_USER),
        ("bob", "wrong", FailureReason.WRONG_PASSWORD),
        ("bob", "", FailureReason.WRONG_PASSWORD),
        ("bob", "x" * (backends.MAX_PASSWORD_LENGTH + 1), FailureReason.MALFORMED),
        ("bob", "lone \ud800", FailureReason.MALFORMED),
    ],
)
def test_refusal_is_noted_with_its_reason(
    bob: User, rf: RequestFactory, login: str, password: str, reason: FailureReason
) -> None:
    request = rf.post("/")
    assert authenticate(request, username=login, password=password) is None
    attempt = latest(request)
    assert attempt is not None
    assert attempt.failure_reason == reason
    assert attempt.user == (bob if login == "bob" else None)


@pytest.mark.parametrize("login", [5, ["bob"], b"bob", {"bob": 1}, True])
def test_name_that_is_no_text_is_nobodys(bob: User, rf: RequestFactory, login: object) -> None:
    request = rf.post("/")
    assert authenticate(request, username=login, password=PASSWORD) is None
    assert latest(request).failure_reason == FailureReason.UNKNOWN_USER  # type: ignore[union-attr]


@pytest.mark.parametrize("password", [5, [PASSWORD], PASSWORD.encode(), {}, False])
def test_password_that_is_no_text_is_malformed(bob: User, rf: RequestFactory, password: object) -> None:
    request = rf.post("/")
    assert authenticate(request, username="bob", password=password) is None
    assert latest(request).failure_reason == FailureReason.MALFORMED  # type: ignore[union-attr]


def test_inactive_account_and_unusable_password_are_refused(bob: User, rf: RequestFactory) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    request = rf.post("/")
    assert authenticate(request, username="bob", password=PASSWORD) is None
    assert latest(request).failure_reason == FailureReason.INACTIVE  # type: ignore[union-attr]

    bob.set_unusable_password()
    bob.save()
    request = rf.post("/")
    assert authenticate(request, username="bob", password=PASSWORD) is None
    assert latest(request).failure_reason == FailureReason.UNUSABLE_PASSWORD  # type: ignore[union-attr]


def counted(function: Callable[..., object], calls: list[str]) -> Callable[..., object]:
    """Return the function, which then notes each call."""

    def wrapper(*args: object, **options: object) -> object:
        calls.append(function.__name__)
        return function(*args, **options)

    return wrapper


@pytest.mark.parametrize("login", ["nobody", "bob", "carol", "dora"])
def test_each_check_costs_exactly_one_hash(make_user: MakeUser, monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    make_user("bob")
    make_user("carol", is_active=False)
    User.objects.create_user("dora")  # without a password
    computed: list[str] = []
    for place, name in ((argon2.low_level, "hash_secret"), (argon2.PasswordHasher, "verify")):
        monkeypatch.setattr(place, name, counted(getattr(place, name), computed))

    assert authenticate(username=login, password="wrong") is None

    assert len(computed) == 1


def test_password_is_hashed_with_argon2id(bob: User) -> None:
    assert bob.password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_pbkdf2_is_read_and_upgraded(bob: User) -> None:
    hasher = PBKDF2PasswordHasher()
    User.objects.filter(pk=bob.pk).update(password=hasher.encode(PASSWORD, hasher.salt(), iterations=1000))

    assert authenticate(username="bob", password=PASSWORD) == bob

    bob.refresh_from_db()
    assert identify_hasher(bob.password).algorithm == "argon2"


def test_account_is_found_with_one_query(bob: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        authenticate(username="bob", password=PASSWORD)


def test_asynchronous_code_passes_the_same_check(bob: User, rf: RequestFactory) -> None:
    request = rf.post("/")
    assert async_to_sync(aauthenticate)(request, username="bob", password="wrong") is None
    assert latest(request).failure_reason == FailureReason.WRONG_PASSWORD  # type: ignore[union-attr]


def test_two_at_a_time_are_looked_up_and_others_wait_for_their_turn(
    bob: User, rf: RequestFactory, settings: Settings
) -> None:
    settings.PASSWORD_CHECK_WAIT = timedelta(milliseconds=50)
    request, deadline = rf.post("/"), time.monotonic() + 1
    with backends.turn(backends.lookups, deadline=deadline):
        assert authenticate(request, username="bob", password=PASSWORD) == bob
        with backends.turn(backends.lookups, deadline=deadline):
            assert authenticate(request, username="bob", password=PASSWORD) is None
    assert latest(request).failure_reason == FailureReason.OVERLOADED  # type: ignore[union-attr]


@pytest.mark.parametrize("path", ["/api/v1/auth/login/", "/api/v1/auth/session/", "/login/", "/admin/login/"])
def test_no_report_of_an_error_at_the_check_has_the_password(client: Client, api: APIClient, path: str) -> None:
    reports: list[str] = []

    def report(sender: object, request: HttpRequest, **kwargs: object) -> None:
        reports.append(ExceptionReporter(request, *sys.exc_info()).get_traceback_html())

    got_request_exception.connect(report)
    try:
        with patch.object(User.objects, "find_by_login", fail):
            client.raise_request_exception = api.raise_request_exception = False
            body = {"username": "bob", "password": PASSWORD}
            answer = (api if path.startswith("/api/") else client).post(path, body)
    finally:
        got_request_exception.disconnect(report)
    assert answer.status_code == 500
    assert PASSWORD not in reports[0]


def fail(*args: object) -> None:
    """Go wrong in a way that nobody foresaw."""
    raise ZeroDivisionError
