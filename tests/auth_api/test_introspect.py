"""POST auth/introspect/ (RFC 7662) and POST auth/revoke/ (RFC 7009)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from auth_api.keys import generate
from auth_api.models import AuthToken, Scope
from users.models import User

INTROSPECT = "/api/v1/auth/introspect/"
REVOKE = "/api/v1/auth/revoke/"
ME = "/api/v1/users/me/"


@pytest.fixture
def service(make_user: Callable[..., User], as_user: Callable[[User], APIClient]) -> APIClient:
    """Return a client of a service account that may introspect."""
    account = make_user("service")
    account.user_permissions.add(Permission.objects.get(codename="introspect"))
    return as_user(account)


def test_live_token_is_described(bob: User, service: APIClient) -> None:
    token, key = bob.auth_tokens.issue(scope=Scope.READ)
    answer = service.post(INTROSPECT, {"token": key})
    assert answer.status_code == 200
    assert token.expires_at is not None
    assert answer.json() == {
        "active": True,
        "scope": "read",
        "username": "bob",
        "sub": str(bob.pk),
        "jti": str(token.pk),
        "token_type": "Token",
        "iat": int(token.created_at.timestamp()),
        "exp": int(token.expires_at.timestamp()),
    }


def test_form_of_the_rfc_is_taken(bob: User, service: APIClient) -> None:
    key = bob.auth_tokens.issue().key
    body = f"token={key}&token_type_hint=access_token"
    answer = service.post(INTROSPECT, body, content_type="application/x-www-form-urlencoded")
    assert answer.json()["active"] is True


def test_token_without_an_end_has_no_exp(bob: User, service: APIClient, settings: Settings) -> None:
    settings.TOKEN_LIFETIME = timedelta(0)
    assert "exp" not in service.post(INTROSPECT, {"token": bob.auth_tokens.issue().key}).json()


def test_dead_or_unknown_token_is_inactive_and_nothing_else(bob: User, service: APIClient) -> None:
    expired, idle, unbound, revoked, alive = (bob.auth_tokens.issue() for _ in range(5))
    AuthToken.objects.filter(pk=expired.token.pk).update(expires_at=timezone.now())
    AuthToken.objects.filter(pk=idle.token.pk).update(last_used_at=timezone.now() - timedelta(days=15))
    AuthToken.objects.filter(pk=unbound.token.pk).update(password_stamp="another")
    revoked.token.delete()
    for key in (expired.key, idle.key, unbound.key, revoked.key, generate("lk"), "nonsense", "x" * 10_000):
        answer = service.post(INTROSPECT, {"token": key})
        assert (answer.status_code, answer.json()) == (200, {"active": False})
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert service.post(INTROSPECT, {"token": alive.key}).json() == {"active": False}


def test_permission_is_needed(bob: User, as_user: Callable[[User], APIClient], api: APIClient) -> None:
    key = bob.auth_tokens.issue().key
    assert as_user(bob).post(INTROSPECT, {"token": key}).status_code == 403
    assert api.post(INTROSPECT, {"token": key}).status_code == 401


def test_question_is_no_use_of_the_token(bob: User, service: APIClient) -> None:
    token, key = bob.auth_tokens.issue()
    AuthToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now() - timedelta(hours=1))
    service.post(INTROSPECT, {"token": key})
    assert timezone.now() - AuthToken.objects.get(pk=token.pk).last_used_at > timedelta(minutes=59)


def test_get_is_refused(service: APIClient) -> None:
    assert service.get(INTROSPECT).status_code == 405


@pytest.mark.parametrize("body", ["{}", "[]", '"x"', "null", "5"])
def test_question_without_a_token_is_400(service: APIClient, body: str) -> None:
    for url in (INTROSPECT, REVOKE):
        answer = service.generic("POST", url, body, "application/json")
        assert (answer.status_code, set(answer.json())) == (400, {"token", "code"})


@pytest.mark.parametrize("value", ["", None, True, 5, ["x"], "nul\0", "x" * 15_000])
def test_whatever_is_sent_as_a_token_is_one_or_none(service: APIClient, value: object) -> None:
    assert service.post(INTROSPECT, {"token": value}).json() == {"active": False}
    assert service.post(REVOKE, {"token": value}).status_code == 200


def test_token_of_an_inactive_account_is_ended_too(bob: User, api: APIClient) -> None:
    token, key = bob.auth_tokens.issue()
    User.objects.filter(pk=bob.pk).update(is_active=False)
    api.post(REVOKE, {"token": key})
    assert not AuthToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize("body_format", ["json", "multipart"])
def test_whoever_has_a_key_ends_its_token(bob: User, api: APIClient, body_format: str) -> None:
    (_, leaked), (_, other) = bob.auth_tokens.issue(), bob.auth_tokens.issue()
    answer = api.post(REVOKE, {"token": leaked}, format=body_format)
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {leaked}").status_code == 401
    assert api.get(ME, HTTP_AUTHORIZATION=f"Token {other}").status_code == 200


def test_revoking_anything_else_is_200_too(
    db: None, api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert api.post(REVOKE, {"token": generate("lk")}).status_code == 200
    with django_assert_num_queries(0):
        assert api.post(REVOKE, {"token": "nonsense"}).status_code == 200
