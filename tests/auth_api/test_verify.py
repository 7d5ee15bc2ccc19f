"""GET auth/verify/: who is calling?"""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import DataError, OperationalError
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.serializers import ModelSerializer
from rest_framework.test import APIClient

from api_project import identity
from audit.models import LoginLog
from auth_api.keys import generate
from auth_api.models import Scope
from auth_api.serializers import VerifiedSerializer
from users.models import User
from users.serializers import UserSerializer

VERIFY = "/api/v1/auth/verify/"
IDENTITY = ("X-Auth-User-Id", "X-Auth-Username", "X-Auth-Token-Id")


def test_caller_is_named_in_headers_and_json(
    bob: User, api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token, key = bob.auth_tokens.issue(name="phone")
    with django_assert_num_queries(1):
        answer = api.get(VERIFY, HTTP_AUTHORIZATION=f"Bearer {key}")
    assert answer.status_code == 200
    assert [answer[header] for header in IDENTITY] == [str(bob.pk), "bob", str(token.pk)]
    assert answer.json()["message"] == "Authenticated"
    assert answer.json()["user"] == {"id": bob.pk, "username": "bob", "email": "bob@example.org"}
    assert (answer.json()["token"]["id"], answer.json()["token"]["name"]) == (str(token.pk), "phone")
    assert not LoginLog.objects.exists()


def test_cookie_is_verified_too(bob: User, api: APIClient) -> None:
    api.force_login(bob)
    answer = api.get(VERIFY)
    assert (answer.status_code, answer.json()["token"]) == (200, None)
    assert [answer[header] for header in IDENTITY] == [str(bob.pk), "bob", ""]


@pytest.mark.parametrize("header", [None, "Token nonsense", "Token \xff", "Basic Ym9iOnB3"])
def test_refusal_carries_the_identity_headers_empty(db: None, api: APIClient, header: str | None) -> None:
    sent = {} if header is None else {"HTTP_AUTHORIZATION": header}
    answer = api.get(VERIFY, HTTP_X_AUTH_USERNAME="admin", HTTP_X_AUTH_USER_ID="1", **sent)  # type: ignore[arg-type]
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert [answer[header] for header in IDENTITY] == ["", "", ""]


def test_other_methods_are_refused_with_the_headers_empty(bob: User, as_user: Callable[[User], APIClient]) -> None:
    answer = as_user(bob).post(VERIFY)
    assert (answer.status_code, answer["X-Auth-Username"]) == (405, "")


@pytest.mark.parametrize("cookie", ["", "sessionid=x"])
def test_unknown_host_is_refused_with_the_headers_empty(db: None, api: APIClient, cookie: str) -> None:
    answer = api.get(VERIFY, HTTP_HOST="evil.example", HTTP_COOKIE=cookie)
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_host")
    assert [answer[header] for header in IDENTITY] == ["", "", ""]


@pytest.mark.parametrize("origin", ["https://app.example.org", "https://evil.example"])
def test_preflight_is_answered_with_the_headers_empty(
    db: None, api: APIClient, settings: Settings, origin: str
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example.org"]
    answer = api.options(VERIFY, HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET")
    assert answer.status_code == 200
    assert [answer[header] for header in IDENTITY] == ["", "", ""]


@pytest.mark.parametrize(("failure", "status"), [(OperationalError, 503), (DataError, 500)])
def test_fault_before_the_view_is_answered_with_the_headers_empty(
    db: None, api: APIClient, failure: type[Exception], status: int
) -> None:
    api.raise_request_exception = False
    with patch("django.contrib.sessions.middleware.SessionMiddleware.process_request", side_effect=failure):
        answer = api.get(VERIFY, HTTP_COOKIE="sessionid=x")
    assert answer.status_code == status
    assert [answer[header] for header in IDENTITY] == ["", "", ""]


def test_fault_of_the_view_is_answered_with_the_headers_empty(db: None, api: APIClient) -> None:
    api.raise_request_exception = False
    with patch("auth_api.models.tokens.AuthTokenManager.find", side_effect=DataError):
        answer = api.get(VERIFY, HTTP_AUTHORIZATION=f"Token {generate('lk')}")
    assert answer.status_code == 500
    assert [answer[header] for header in IDENTITY] == ["", "", ""]


def test_headers_are_on_no_other_answer(db: None, api: APIClient) -> None:
    for path in ("/api/v1/users/me/", "/api/v1/nope/", "/admin/"):
        for answer in (
            api.get(path),
            api.get(path, HTTP_HOST="evil.example"),
            api.options(path, HTTP_ORIGIN="https://evil.example", HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET"),
        ):
            assert not set(IDENTITY) & set(answer.headers)


def test_endpoint_is_where_those_who_answer_in_its_place_take_it_to_be() -> None:
    assert reverse("auth-verify") == VERIFY == identity.VERIFY


def test_name_beyond_ascii_is_percent_encoded(
    make_user: Callable[..., User], as_user: Callable[[User], APIClient]
) -> None:
    assert as_user(make_user("zoë+1")).get(VERIFY)["X-Auth-Username"] == "zo%C3%AB+1"


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 403), ("delete", 403), ("get", 200), ("odd", 403)]
)
def test_token_for_reading_passes_with_safe_methods_alone(bob: User, api: APIClient, method: str, status: int) -> None:
    key = bob.auth_tokens.issue(scope=Scope.READ).key
    answer = api.get(VERIFY, HTTP_AUTHORIZATION=f"Token {key}", HTTP_X_FORWARDED_METHOD=method)
    assert answer.status_code == status
    assert bool(answer["X-Auth-Username"]) == (status == 200)


def test_plain_http_is_not_redirected(bob: User, as_user: Callable[[User], APIClient], settings: Settings) -> None:
    client = as_user(bob)
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(VERIFY).status_code == 200
    assert client.get("/admin/login/").status_code == 301


@pytest.mark.parametrize("lifetime", [timedelta(days=1, microseconds=1), None])
@pytest.mark.parametrize("has_token", [True, False])
def test_answer_is_what_its_serializer_would_write_field_by_field(
    bob: User, settings: Settings, lifetime: timedelta | None, has_token: bool
) -> None:
    settings.TOKEN_LIFETIME = lifetime
    token = bob.auth_tokens.issue(name="phone").token if has_token else None
    at_once = VerifiedSerializer.represent(bob, token)
    assert at_once == VerifiedSerializer({"message": "Authenticated", "user": bob, "token": token}).data
    with patch.object(UserSerializer, "to_representation", ModelSerializer.to_representation):
        assert at_once["user"] == UserSerializer(bob).data
