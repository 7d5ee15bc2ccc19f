"""POST auth/login/ and auth/logout/."""

import contextlib
import json
from collections.abc import Callable, Iterator
from unittest.mock import patch

import pytest
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import OperationalError, connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.serializers import Serializer
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import AuthToken
from auth_api.serializers import IssuedNamedTokenSerializer, IssuedTokenSerializer
from tests.conftest import PASSWORD
from users.models import User

LOGIN = "/api/v1/auth/login/"
LOGOUT = "/api/v1/auth/logout/"
ME = "/api/v1/users/me/"
RIGHT = {"username": "bob", "password": PASSWORD}


@pytest.mark.parametrize("body_format", ["json", "multipart"])
def test_right_credentials_give_a_token_that_works(bob: User, api: APIClient, body_format: str) -> None:
    answer = api.post(LOGIN, RIGHT | {"device_name": "phone"}, format=body_format)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert set(answer.json()) == {"token", "token_id", "expires_at", "user"}
    assert answer.json()["user"] == {"id": bob.pk, "username": "bob", "email": "bob@example.org"}
    token = AuthToken.objects.get()
    assert (str(token.id), token.name, token.user) == (answer.json()["token_id"], "phone", bob)
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {answer.json()['token']}").json()["username"] == "bob"


def test_device_without_a_name_may_be_called_null(bob: User, api: APIClient) -> None:
    assert api.post(LOGIN, RIGHT | {"device_name": None}).status_code == 200
    assert AuthToken.objects.get().name == ""


def test_form_is_taken(bob: User, api: APIClient) -> None:
    body = f"username=BOB&password={PASSWORD.replace(' ', '+')}"
    assert api.post(LOGIN, body, content_type="application/x-www-form-urlencoded").status_code == 200


def test_device_and_address_are_kept_with_the_token(bob: User, api: APIClient) -> None:
    api.post(LOGIN, RIGHT, REMOTE_ADDR="192.0.2.7", HTTP_USER_AGENT="curl/8")
    token = AuthToken.objects.get()
    assert (token.last_used_ip, token.user_agent) == ("192.0.2.7", "curl/8")


def test_login_leaves_one_row_with_its_token(bob: User, api: APIClient) -> None:
    token_id = api.post(LOGIN, RIGHT | {"username": " Bob "}).json()["token_id"]
    row = LoginLog.objects.get()
    assert (row.user, row.username, row.is_success, row.failure_reason) == (bob, "bob", True, "")
    assert (row.entrance, str(row.token_id)) == ("api", token_id)


def test_each_login_makes_a_token_of_its_own(bob: User, api: APIClient) -> None:
    assert len({api.post(LOGIN, RIGHT).json()["token"] for _ in range(3)}) == 3
    assert bob.auth_tokens.count() == 3


def test_user_logged_in_is_sent_once(bob: User, api: APIClient) -> None:
    heard = []

    def listen(**kwargs: object) -> None:
        heard.append(kwargs["user"])

    user_logged_in.connect(listen)
    try:
        api.post(LOGIN, RIGHT)
    finally:
        user_logged_in.disconnect(listen)
    assert heard == [bob]


def test_refusals_are_alike_to_the_byte(make_user: Callable[..., User], bob: User, api: APIClient) -> None:
    make_user("carol", is_active=False)
    User.objects.create_user("dora")  # without a password
    attempts = [("bob", "wrong"), ("nobody", PASSWORD), ("carol", PASSWORD), ("dora", PASSWORD), ("no@body", PASSWORD)]
    answers = [
        api.post(LOGIN, {"username": name, "password": word}, HTTP_X_REQUEST_ID="the-same-one")
        for name, word in attempts
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert answers[0].json() == {
        "non_field_errors": ["Unable to log in with the given credentials."],
        "code": "invalid_credentials",
    }
    assert [row.failure_reason for row in LoginLog.objects.order_by("id")] == [
        "wrong_password", "unknown_user", "inactive", "unusable_password", "unknown_user",
    ]  # fmt: skip


def test_failure_on_a_known_account_carries_the_account(bob: User, api: APIClient) -> None:
    api.post(LOGIN, {"username": "BOB@example.org", "password": "wrong"})
    row = LoginLog.objects.get()
    assert (row.user, row.username) == (bob, "bob@example.org")


@pytest.mark.parametrize("failing", ["audit.recording.insert", "auth_api.models.tokens.insert"])
@pytest.mark.django_db(transaction=True)
def test_no_key_without_its_row_and_no_row_without_its_key(api: APIClient, failing: str) -> None:
    User.objects.create_user("bob", password=PASSWORD)
    with patch(failing, side_effect=OperationalError("disk full")):
        answer = api.post(LOGIN, RIGHT)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer["Retry-After"]) > 0
    assert (AuthToken.objects.count(), LoginLog.objects.count()) == (0, 0)


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
@pytest.mark.django_db(transaction=True)
def test_log_that_refuses_its_row_is_a_failure_of_the_database(api: APIClient, password: str) -> None:
    User.objects.create_user("bob", password=PASSWORD)
    with a_log_that_takes_nothing():
        answer = api.post(LOGIN, RIGHT | {"password": password})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer["Retry-After"]) > 0
    assert not AuthToken.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_table_that_is_not_there_is_one_too(api: APIClient) -> None:
    with as_script("ALTER TABLE audit_loginlog RENAME TO moved", "ALTER TABLE moved RENAME TO audit_loginlog"):
        assert api.post(LOGIN, RIGHT).status_code == 503


@contextlib.contextmanager
def as_script(before: str, after: str) -> Iterator[None]:
    """Run one statement before the block, and one after it."""
    with connection.cursor() as cursor:
        cursor.execute(before)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(after)


def a_log_that_takes_nothing() -> contextlib.AbstractContextManager[None]:
    """Return the block in which the database refuses rows of the log, as an operator's mistake would have it."""
    if connection.vendor == "postgresql":
        add = "ALTER TABLE audit_loginlog ADD CONSTRAINT takes_nothing CHECK (id < 0) NOT VALID"
        return as_script(add, "ALTER TABLE audit_loginlog DROP CONSTRAINT takes_nothing")
    trigger = "CREATE TRIGGER takes_nothing BEFORE INSERT ON audit_loginlog BEGIN SELECT RAISE(ABORT, 'no'); END"
    return as_script(trigger, "DROP TRIGGER takes_nothing")


def test_failure_that_cant_be_logged_is_unavailable_too(bob: User, api: APIClient) -> None:
    with patch("audit.recording.insert", side_effect=OperationalError("read-only")):
        assert api.post(LOGIN, RIGHT | {"password": "wrong"}).status_code == 503


@pytest.mark.parametrize(
    "change",
    [
        lambda user: User.objects.filter(pk=user.pk).delete(),
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user: User.objects.filter(pk=user.pk).update(password="another"),
    ],
    ids=["deleted", "deactivated", "other password"],
)
@pytest.mark.parametrize("path", [LOGIN, "/api/v1/auth/session/"])
def test_account_that_changes_while_its_password_is_hashed_is_refused(
    bob: User, api: APIClient, monkeypatch: pytest.MonkeyPatch, change: Callable[[User], object], path: str
) -> None:
    check_password = User.check_password

    def check_and_change(self: User, raw: str) -> bool:
        is_right = check_password(self, raw)
        change(self)
        return is_right

    monkeypatch.setattr(User, "check_password", check_and_change)
    answer = api.post(path, RIGHT)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_credentials")
    assert not AuthToken.objects.exists()
    assert [(row.username, row.is_success, row.failure_reason) for row in LoginLog.objects.all()] == [
        ("bob", False, "other")
    ]


def test_logout_is_signalled(bob: User, api: APIClient) -> None:
    heard: list[object] = []

    def listen(**kwargs: object) -> None:
        heard.append(kwargs["user"])

    user_logged_out.connect(listen)
    try:
        for path in (LOGOUT, "/api/v1/auth/logout-all/"):
            key = bob.auth_tokens.issue().key
            assert api.post(path, HTTP_AUTHORIZATION=f"Token {key}").status_code == 204
    finally:
        user_logged_out.disconnect(listen)
    assert heard == [bob, bob]


def test_full_width_at_sign_is_an_at_sign(bob: User, api: APIClient) -> None:
    assert api.post(LOGIN, RIGHT | {"username": "bob\uff20example.org"}).status_code == 200


def test_no_transaction_is_open_while_the_password_is_hashed(
    transactional_db: None, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user("bob", password=PASSWORD)
    seen = []
    check_password = User.check_password

    def spy(self: User, raw: str) -> bool:
        seen.append(connection.in_atomic_block)
        return check_password(self, raw)

    monkeypatch.setattr(User, "check_password", spy)
    api.post(LOGIN, RIGHT)
    assert seen == [False]


def test_login_costs_twelve_statements(
    bob: User, api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The account and the lockouts; the lockouts, the guesses and the guess; the account's lock, its live tokens,
    # the token, the account's last_login, the row, the end of the guess and the known network; and savepoints for the
    # two transactions, since the test is one already.
    # PostgreSQL has a lock more, by which guesses on one account or from one network queue up.
    with django_assert_num_queries(2 + 3 + 7 + 4 + (1 if connection.vendor == "postgresql" else 0)):
        api.post(LOGIN, RIGHT)


def test_logout_ends_this_token_and_no_other(bob: User, api: APIClient) -> None:
    first, second = (api.post(LOGIN, RIGHT).json()["token"] for _ in range(2))

    answer = api.post(LOGOUT, HTTP_AUTHORIZATION=f"Token {first}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {first}").status_code == 401
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {second}").status_code == 200
    assert api.post(LOGOUT, HTTP_AUTHORIZATION=f"Token {first}").status_code == 401


def test_logout_needs_a_token_and_not_a_cookie(bob: User, api: APIClient) -> None:
    api.force_login(bob)
    assert api.post(LOGOUT).status_code == 401


def test_wrong_password_is_in_no_log_line(bob: User, api: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        api.post(LOGIN, {"username": "bob", "password": "hunter2-hunter2"})
        key = api.post(LOGIN, RIGHT).json()["token"]
    lines = json.dumps([{k: str(v) for k, v in vars(record).items()} for record in caplog.records])
    assert "hunter2" not in lines
    assert key not in lines
    assert key[3:46] not in lines


def test_answer_is_what_its_serializer_would_write_field_by_field(bob: User) -> None:
    for issued in (bob.auth_tokens.issue(name="x"), bob.auth_tokens.issue(expires_at=None)):
        for serializer in (IssuedTokenSerializer(issued), IssuedNamedTokenSerializer(issued)):
            assert serializer.data == Serializer.to_representation(serializer, issued)


def test_last_login_is_the_time_of_the_login(bob: User, api: APIClient) -> None:
    before = timezone.now()
    api.post(LOGIN, RIGHT)
    bob.refresh_from_db()
    assert bob.last_login is not None
    assert before <= bob.last_login <= timezone.now()
