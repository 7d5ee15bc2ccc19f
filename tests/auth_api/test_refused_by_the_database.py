"""A database that no longer takes what a login writes: 503 at every entrance, and nothing half-done."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.models import AuthToken, Session
from tests.conftest import PASSWORD
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = {"username": "sue", "password": PASSWORD}
# What refuses, as a trigger: at the COMMIT of SQLite it is a foreign key, which is looked at then.
SQLITE = {
    "the row, at once": "BEFORE INSERT ON audit_loginlog BEGIN SELECT RAISE(ABORT, 'no'); END",
    "the row, at the commit": "AFTER INSERT ON audit_loginlog BEGIN "
    "INSERT INTO users_user_groups (user_id, group_id) VALUES (-1, -1); END",
    "last_login": "BEFORE UPDATE OF last_login ON users_user BEGIN SELECT RAISE(ABORT, 'no'); END",
    "the guess": "BEFORE INSERT ON auth_api_guess BEGIN SELECT RAISE(ABORT, 'no'); END",
}
POSTGRESQL = {
    "the row, at once": "TRIGGER refusing BEFORE INSERT ON audit_loginlog",
    "the row, at the commit": "CONSTRAINT TRIGGER refusing AFTER INSERT ON audit_loginlog INITIALLY DEFERRED",
    "last_login": "TRIGGER refusing BEFORE UPDATE OF last_login ON users_user",
    "the guess": "TRIGGER refusing BEFORE INSERT ON auth_api_guess",
}
FUNCTION = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$"""
OF_A_LOGIN = ["the row, at once", "the row, at the commit", "last_login", "the guess"]
OF_ANY_ATTEMPT = [what for what in OF_A_LOGIN if what != "last_login"]


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def staff() -> User:
    """Return an account that may enter everywhere."""
    return User.objects.create_user("sue", password=PASSWORD, is_staff=True)


@pytest.fixture
def key(staff: User) -> str:
    """Return the key of a token that was made before."""
    return staff.auth_tokens.issue().key


@pytest.fixture
def refused(key: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """Have the database refuse it."""
    if connection.vendor == "postgresql":
        table = POSTGRESQL[request.param].partition(" ON ")[2].split()[0]
        each = f"CREATE {POSTGRESQL[request.param]} FOR EACH ROW EXECUTE FUNCTION refuse()"
        run(FUNCTION, each)
        yield
        run(f"DROP TRIGGER refusing ON {table}", "DROP FUNCTION refuse")
    else:
        run(f"CREATE TRIGGER refusing {SQLITE[request.param]}")
        yield
        run("DROP TRIGGER refusing")


def at_the_api(body: dict[str, str], key: str) -> Any:
    return APIClient().post("/api/v1/auth/login/", body)


def with_a_session(body: dict[str, str], key: str) -> Any:
    return APIClient().post("/api/v1/auth/session/", body)


def on_the_page(body: dict[str, str], key: str) -> Any:
    return Client(raise_request_exception=False).post("/login/", body)


def in_the_admin(body: dict[str, str], key: str) -> Any:
    return Client(raise_request_exception=False).post("/admin/login/", body)


def for_a_script(body: dict[str, str], key: str) -> Any:
    asked = {"name": "script", "password": body["password"]}
    return APIClient().post("/api/v1/auth/tokens/", asked, HTTP_AUTHORIZATION=f"Token {key}")


def to_change_the_password(body: dict[str, str], key: str) -> Any:
    asked = {"current_password": body["password"], "new_password": "another good passphrase"}
    return APIClient().post("/api/v1/users/me/password/", asked, HTTP_AUTHORIZATION=f"Token {key}")


def assert_unavailable(answer: Any) -> None:
    """Check that it is said, and that nothing was done."""
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert (LoginLog.objects.count(), AuthToken.objects.count(), Session.objects.count()) == (0, 1, 0)
    user = User.objects.get()
    assert user.last_login is None
    assert user.check_password(PASSWORD)


LOGINS = [at_the_api, with_a_session, on_the_page, in_the_admin, for_a_script]


@pytest.mark.parametrize("refused", OF_A_LOGIN, indirect=True)
@pytest.mark.parametrize("enter", LOGINS)
def test_login_that_the_database_refuses_is_a_503(refused: None, key: str, enter: Callable[..., Any]) -> None:
    assert_unavailable(enter(RIGHT, key))


@pytest.mark.parametrize("refused", OF_ANY_ATTEMPT, indirect=True)
@pytest.mark.parametrize("enter", [*LOGINS, to_change_the_password])
def test_failure_that_the_database_refuses_is_a_503(refused: None, key: str, enter: Callable[..., Any]) -> None:
    assert_unavailable(enter(RIGHT | {"password": "wrong"}, key))


@pytest.mark.parametrize("refused", ["the row, at once", "the row, at the commit"], indirect=True)
@pytest.mark.parametrize("enter", [at_the_api, with_a_session, on_the_page, in_the_admin])
def test_row_by_itself_that_the_database_refuses_is_a_503(refused: None, key: str, enter: Callable[..., Any]) -> None:
    assert_unavailable(enter(RIGHT | {"password": "too long" * 1000}, key))


@pytest.mark.parametrize("refused", OF_ANY_ATTEMPT, indirect=True)
def test_confirmation_that_the_database_refuses_is_a_503(refused: None, key: str) -> None:
    assert_unavailable(to_change_the_password(RIGHT, key))
