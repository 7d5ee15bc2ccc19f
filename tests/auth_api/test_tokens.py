"""auth/tokens/: one's own tokens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from audit.models import LoginLog
from auth_api.inputs import TokenChangeSerializer
from auth_api.models import AuthToken, Scope, Session
from tests.conftest import PASSWORD
from users.clients import Client
from users.models import User

TOKENS = "/api/v1/auth/tokens/"
ME = "/api/v1/users/me/"
LOGIN = "/api/v1/auth/login/"
AsUser = Callable[..., APIClient]


def move_back(token: AuthToken, **by: timedelta) -> None:
    """Let the times of the token lie further back."""
    for field, difference in by.items():
        setattr(token, field, getattr(token, field) - difference)
    token.save()


def test_tokens_are_listed_without_their_keys(bob: User, staff: User, as_user: AsUser) -> None:
    staff.auth_tokens.issue(name="not bob's")
    token, key = bob.auth_tokens.issue(name="phone", client=Client(ip_address="192.0.2.1", user_agent="app/1"))
    answer = as_user(bob).get(TOKENS)
    current, phone = answer.json()
    assert (current["is_current"], phone["is_current"]) == (True, False)
    assert phone == {
        "id": str(token.id),
        "name": "phone",
        "hint": f"lk_…{key[-4:]}",
        "scope": "write",
        "created_at": phone["created_at"],
        "expires_at": phone["expires_at"],
        "last_used_at": phone["last_used_at"],
        "last_used_ip": "192.0.2.1",
        "user_agent": "app/1",
        "is_current": False,
    }
    assert key not in answer.content.decode()
    assert key[3:46] not in answer.content.decode()


def test_token_is_read_renamed_and_ended(bob: User, as_user: AsUser, api: APIClient) -> None:
    token, key = bob.auth_tokens.issue(name="phone")
    client = as_user(bob)
    url = f"{TOKENS}{token.id}/"
    assert client.get(url).json()["name"] == "phone"
    assert client.patch(url, {"name": "old phone"}).json()["name"] == "old phone"
    assert client.delete(url).status_code == 204
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 401
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("field", ["scope", "expires_at", "user", "digest", "id", "is_current", "nonsense"])
def test_nothing_but_the_name_is_changed(bob: User, as_user: AsUser, field: str) -> None:
    token = bob.auth_tokens.issue(name="phone", scope=Scope.READ).token
    before = AuthToken.objects.values().get(pk=token.pk)
    answer = as_user(bob).patch(f"{TOKENS}{token.id}/", {"name": "script", field: "read"})
    assert (answer.status_code, set(answer.json())) == (400, {field, "code"})
    assert AuthToken.objects.values().get(pk=token.pk) == before


def test_nothing_is_changed_where_nothing_is_asked_for(bob: User, as_user: AsUser) -> None:
    token = bob.auth_tokens.issue(name="phone").token
    answer = as_user(bob).patch(f"{TOKENS}{token.id}/", {})
    assert (answer.status_code, answer.json()["name"]) == (200, "phone")


@pytest.mark.parametrize("name", ["x" * 101, "a\0b", {}, ["x"]])
def test_name_that_makes_no_sense_is_400(bob: User, as_user: AsUser, name: object) -> None:
    token = bob.auth_tokens.issue(name="phone").token
    assert set(as_user(bob).patch(f"{TOKENS}{token.id}/", {"name": name}).json()) == {"name", "code"}


def test_token_is_not_made_without_what_was_asked_for(bob: User, as_user: AsUser) -> None:
    client = as_user(bob)
    answer = client.post(TOKENS, {"name": "script", "password": PASSWORD, "scopes": "read"})
    assert (answer.status_code, set(answer.json())) == (400, {"scopes", "code"})
    assert (bob.auth_tokens.count(), LoginLog.objects.count()) == (1, 0)


def test_renaming_does_not_bring_back_what_was_ended_meanwhile(
    bob: User, as_user: AsUser, api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, key = bob.auth_tokens.issue(name="phone")
    client = as_user(bob)
    validate = TokenChangeSerializer.is_valid

    def end_and_validate(self: TokenChangeSerializer, **options: Any) -> bool:
        AuthToken.objects.filter(pk=token.pk).delete()
        return validate(self, **options)

    monkeypatch.setattr(TokenChangeSerializer, "is_valid", end_and_validate)
    assert client.patch(f"{TOKENS}{token.id}/", {"name": "old phone"}).status_code == 404
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 401


def test_renaming_writes_nothing_but_the_name(bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch) -> None:
    token = bob.auth_tokens.issue(name="phone").token
    client = as_user(bob)
    validate = TokenChangeSerializer.is_valid

    def restamp_and_validate(self: TokenChangeSerializer, **options: Any) -> bool:
        AuthToken.objects.filter(pk=token.pk).update(password_stamp="newer")
        return validate(self, **options)

    monkeypatch.setattr(TokenChangeSerializer, "is_valid", restamp_and_validate)
    assert client.patch(f"{TOKENS}{token.id}/", {"name": "old phone"}).status_code == 200
    assert AuthToken.objects.get(pk=token.pk).password_stamp == "newer"


def test_token_made_with_a_credential_that_was_ended_meanwhile_is_not_made(
    bob: User, as_user: AsUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_user(bob)
    check_password = User.check_password

    def check_and_log_out_everywhere(self: User, raw: str) -> bool:
        AuthToken.objects.all().delete()
        return check_password(self, raw)

    monkeypatch.setattr(User, "check_password", check_and_log_out_everywhere)
    assert client.post(TOKENS, {"name": "backup", "password": PASSWORD}).status_code == 401
    assert not AuthToken.objects.exists()


def test_note_that_cant_be_written_is_forgotten(bob: User, api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token, key = bob.auth_tokens.issue()
    move_back(token, last_used_at=timedelta(minutes=2))

    def refuse(*args: object, **options: object) -> None:
        raise OperationalError("database is locked")

    api.force_login(bob)
    Session.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    monkeypatch.setattr("auth_api.models.credentials.execute", refuse)
    assert api.get(ME).status_code == 200
    assert APIClient().get(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 200


def test_parallel_uses_are_noted_once(bob: User) -> None:
    token = bob.auth_tokens.issue().token
    move_back(token, last_used_at=timedelta(minutes=2))
    first, second = AuthToken.objects.get(pk=token.pk), AuthToken.objects.get(pk=token.pk)
    first.note_use(Client(ip_address="192.0.2.1", user_agent=""))
    second.note_use(Client(ip_address="192.0.2.2", user_agent=""))
    assert AuthToken.objects.get(pk=token.pk).last_used_ip == "192.0.2.1"


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_token_of_another_person_is_not_found(bob: User, staff: User, as_user: AsUser, method: str) -> None:
    others = bob.auth_tokens.issue(name="bob's").token
    answer = getattr(as_user(staff), method)(f"{TOKENS}{others.id}/", {"name": "mine"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert AuthToken.objects.get(pk=others.pk).name == "bob's"


@pytest.mark.parametrize("pk", ["1", "nonsense", "0" * 31, "%00", "../../"])
def test_id_that_is_no_uuid_is_not_found(bob: User, as_user: AsUser, pk: str) -> None:
    assert as_user(bob).delete(f"{TOKENS}{pk}/").status_code == 404


@pytest.mark.parametrize("name", ["x" * 10_000, "nul\0", ["list"], "", None])
def test_bad_name_changes_nothing(bob: User, as_user: AsUser, name: Any) -> None:
    token = bob.auth_tokens.issue(name="phone").token
    answer = as_user(bob).patch(f"{TOKENS}{token.id}/", {"name": name})
    expected = 400 if name else 200  # a token may go without a name
    assert answer.status_code == expected
    assert AuthToken.objects.get(pk=token.pk).name == ("phone" if name else "")


def test_token_for_a_script(bob: User, as_user: AsUser, api: APIClient) -> None:
    end = timezone.now() + timedelta(days=400)
    body = {"name": "backup", "password": PASSWORD, "scope": "read", "expires_at": end.isoformat()}
    answer = as_user(bob).post(TOKENS, body)

    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["scope"], made["user"]["username"]) == ("backup", "read", "bob")
    assert AuthToken.objects.get(pk=made["token_id"]).expires_at == end
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {made['token']}").status_code == 200
    row = LoginLog.objects.get()
    assert (row.is_success, row.entrance, str(row.token_id)) == (True, "api", made["token_id"])


def test_token_for_a_script_ends_as_usual_by_default(bob: User, as_user: AsUser, settings: Settings) -> None:
    made = as_user(bob).post(TOKENS, {"name": "backup", "password": PASSWORD}).json()
    token = AuthToken.objects.get(pk=made["token_id"])
    assert (token.scope, token.expires_at) == ("write", token.created_at + settings.TOKEN_LIFETIME)


def test_text_that_is_no_unicode_is_refused_before_an_answer_repeats_it(bob: User, as_user: AsUser) -> None:
    for scope in ('"\\ud800"', "1e999", "-1e999"):
        body = f'{{"name": "backup", "password": "x", "scope": {scope}}}'
        answer = as_user(bob).generic("POST", TOKENS, body, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_wrong_password_makes_no_token_and_leaves_a_row(bob: User, as_user: AsUser) -> None:
    answer = as_user(bob).post(TOKENS, {"name": "backup", "password": "wrong"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_credentials")
    assert not AuthToken.objects.filter(name="backup").exists()
    row = LoginLog.objects.get()
    assert (row.user, row.failure_reason, row.entrance) == (bob, "wrong_password", "api")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 10_000),
        ("password", ""),
        ("password", "x" * 1025),
        ("scope", "everything"),
        ("scope", ["read"]),
        ("expires_at", "2020-01-01T00:00:00Z"),
        ("expires_at", "soon"),
        ("expires_at", "0001-01-01T00:00:00+23:59"),
        ("expires_at", "9999-12-31T23:59:59-23:59"),
    ],
)
def test_bad_request_for_a_token_names_the_field(bob: User, as_user: AsUser, field: str, value: Any) -> None:
    answer = as_user(bob).post(TOKENS, {"name": "backup", "password": PASSWORD} | {field: value})
    assert answer.status_code == 400
    assert set(answer.json()) == {field, "code"}
    assert not AuthToken.objects.filter(name="backup").exists()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", [ME, TOKENS, "/api/v1/auth/logout/", "/api/v1/auth/logout-all/"])
def test_token_for_reading_changes_nothing(bob: User, api: APIClient, method: str, path: str) -> None:
    key = bob.auth_tokens.issue(scope=Scope.READ).key
    answer = getattr(api, method)(path, {}, HTTP_AUTHORIZATION=f"Token {key}")
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope")
    for safe in (api.get, api.head, api.options):
        assert safe(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 200


def test_use_is_noted_once_a_minute(
    bob: User, api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token, key = bob.auth_tokens.issue()
    api.credentials(HTTP_AUTHORIZATION=f"Token {key}", REMOTE_ADDR="2001:db8::9")
    with django_assert_num_queries(1):
        api.get(ME)

    move_back(token, last_used_at=timedelta(minutes=1))
    with django_assert_num_queries(2):
        api.get(ME)
    with django_assert_num_queries(1):
        api.get(ME)

    token.refresh_from_db()
    assert timezone.now() - token.last_used_at < timedelta(seconds=10)
    assert token.last_used_ip == "2001:db8::9"


def test_token_in_constant_use_is_never_idle(bob: User, api: APIClient, settings: Settings) -> None:
    settings.TOKEN_IDLE_LIFETIME = timedelta(seconds=30)
    token, key = bob.auth_tokens.issue()
    for _ in range(12):
        assert api.get(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 200
        token.refresh_from_db()
        move_back(token, last_used_at=timedelta(seconds=4))


def test_idle_token_ends(bob: User, api: APIClient, settings: Settings) -> None:
    token, key = bob.auth_tokens.issue()
    move_back(token, last_used_at=timedelta(days=14))
    answer = api.get(ME, HTTP_AUTHORIZATION=f"Token {key}")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert not AuthToken.objects.alive_for(bob).exists()

    settings.TOKEN_IDLE_LIFETIME = timedelta(0)
    assert AuthToken.objects.alive_for(bob).exists()
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 200


def test_dead_tokens_are_not_listed(bob: User, as_user: AsUser) -> None:
    move_back(bob.auth_tokens.issue().token, expires_at=timedelta(days=31))
    move_back(bob.auth_tokens.issue().token, last_used_at=timedelta(days=15))
    bob.auth_tokens.issue()
    AuthToken.objects.filter(pk=bob.auth_tokens.latest("created_at").pk).update(password_stamp="another")
    assert [token["is_current"] for token in as_user(bob).get(TOKENS).json()] == [True]


def test_login_over_the_limit_ends_the_least_recently_used(bob: User, api: APIClient, settings: Settings) -> None:
    settings.TOKENS_PER_USER = 2
    first, second = bob.auth_tokens.issue().token, bob.auth_tokens.issue().token
    move_back(second, last_used_at=timedelta(hours=1))

    third = api.post(LOGIN, {"username": "bob", "password": PASSWORD}).json()["token_id"]

    assert {str(pk) for pk in bob.auth_tokens.values_list("pk", flat=True)} == {str(first.pk), third}


def test_limit_counts_live_tokens_only_and_may_be_none(bob: User, settings: Settings) -> None:
    settings.TOKENS_PER_USER = 1
    move_back(bob.auth_tokens.issue().token, expires_at=timedelta(days=31))
    bob.auth_tokens.issue()
    assert bob.auth_tokens.count() == 2
    settings.TOKENS_PER_USER = 0
    for _ in range(3):
        bob.auth_tokens.issue()
    assert bob.auth_tokens.count() == 5


def test_limit_is_each_accounts_own(bob: User, staff: User, settings: Settings) -> None:
    settings.TOKENS_PER_USER = 1
    bob.auth_tokens.issue()
    staff.auth_tokens.issue()
    assert (bob.auth_tokens.count(), staff.auth_tokens.count()) == (1, 1)
