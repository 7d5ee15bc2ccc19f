"""TokenAuthentication, on the paths that REST framework's own tests take."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import rest_framework.authentication
from django.test import RequestFactory, override_settings
from django.urls import path
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from auth_api.authentication import TokenAuthentication
from auth_api.keys import generate
from auth_api.models import AuthToken
from users.models import User

ME = "/api/v1/users/me/"


class CustomKeywordAuthentication(TokenAuthentication):
    """A subclass as an integrator would write it."""

    keyword = "Key"


class View(APIView):
    """Answers whoever is authenticated."""

    authentication_classes = [CustomKeywordAuthentication]
    permission_classes = [IsAuthenticated]

    def post(self, request: Request) -> Response:
        """Return the name."""
        return Response(request.user.get_username())


urlpatterns = [path("custom/", View.as_view())]


@pytest.mark.parametrize("scheme", ["Token", "token", "TOKEN", "Bearer", "bearer"])
def test_key_opens_under_either_scheme(bob: User, api: APIClient, scheme: str) -> None:
    key = bob.auth_tokens.issue().key
    assert api.get(ME, HTTP_AUTHORIZATION=f"{scheme} {key}").status_code == 200


def test_one_query_for_an_authenticated_request(
    bob: User, as_user: Callable[[User], APIClient], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(bob)
    with django_assert_num_queries(1) as captured:
        assert client.get(ME).status_code == 200
    assert '"auth_api_authtoken"."digest" = ' in captured[0]["sql"]


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token ",
        "Token  two words",
        "Token abcd1234",
        "Token \xbdabcd1234",
        "Token \xff\xfe",
        "Token \x00",
        "Token lk_" + "0" * 49,
        "Token " + "x" * 100_000,
        "Bearer",
        "Bearer null",
        "Basic dXNlcjpwYXNz",
        "\xff",
        " ",
        "Digest username=bob",
    ],
)
def test_other_header_is_refused_without_a_query(
    db: None, api: APIClient, django_assert_num_queries: DjangoAssertNumQueries, header: str
) -> None:
    with django_assert_num_queries(0):
        answer = api.get(ME, HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert set(answer.json()) == {"detail", "code"}


def test_well_formed_key_that_nobody_has_is_refused(db: None, api: APIClient) -> None:
    answer = api.get(ME, HTTP_AUTHORIZATION=f"Token {generate('lk')}")
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_inactive_account_is_refused_at_the_next_request(bob: User, as_user: Callable[[User], APIClient]) -> None:
    client = as_user(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert client.get(ME).status_code == 401


def test_expired_token_is_refused(bob: User, as_user: Callable[[User], APIClient]) -> None:
    client = as_user(bob)
    AuthToken.objects.update(expires_at=timezone.now())
    answer = client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")


def test_token_lives_as_long_as_the_setting_says(bob: User, settings: Settings) -> None:
    settings.TOKEN_LIFETIME = timedelta(hours=1)
    token = bob.auth_tokens.issue().token
    assert token.expires_at == token.created_at + timedelta(hours=1)

    settings.TOKEN_LIFETIME = timedelta(0)
    assert bob.auth_tokens.issue().token.expires_at is None


def test_prefix_is_the_setting_at_the_time_of_issue(bob: User, api: APIClient, settings: Settings) -> None:
    earlier = bob.auth_tokens.issue().key
    settings.TOKEN_PREFIX = "acme"
    later = bob.auth_tokens.issue().key
    assert (earlier[:3], later[:5]) == ("lk_", "acme_")
    for key in (earlier, later):
        assert api.get(ME, HTTP_AUTHORIZATION=f"Token {key}").status_code == 200


def test_no_column_of_the_token_holds_its_key(bob: User) -> None:
    token, key = bob.auth_tokens.issue()
    token.refresh_from_db()
    values = [str(value) for name, value in vars(token).items() if not name.startswith("_")]
    random = key[3:-6]
    assert not any(random in value or key in value for value in values)


@override_settings(ROOT_URLCONF="tests.auth_api.test_authentication")
@pytest.mark.parametrize("body", [{"example": "form"}, "json"])
def test_subclass_with_another_keyword_works_and_is_free_of_csrf(bob: User, body: object) -> None:
    client = APIClient(enforce_csrf_checks=True)
    key = bob.auth_tokens.issue().key
    assert client.post("/custom/", body, HTTP_AUTHORIZATION=f"Key {key}").status_code == 200
    assert client.post("/custom/", body, HTTP_AUTHORIZATION=f"Token {key}").status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Token",
        "Token ",
        "Token abc",
        "token abc",
        "TOKEN abc_123",
        "Token  abc",
        " Token abc ",
        "Token\tabc",
        "Token abc def",
        "Token a-b",
        "Token \xe4",
        "Token \xff",
        "T\xf6ken abc",
        "Token\xa0abc",
        "Bearer abc",
        "Tokens abc",
        "Basic Ym9iOnNlY3JldA==",
        "abc",
        "Token abc\n",
        "Token abc\x00",
    ],
)
def test_header_is_read_as_rest_framework_reads_it(rf: RequestFactory, header: str | None) -> None:
    request = Request(rf.get("/", **({} if header is None else {"HTTP_AUTHORIZATION": header})))  # type: ignore[arg-type]
    outcomes: list[object] = []
    for read in (TokenAuthentication.read_header, rest_framework.authentication.TokenAuthentication.authenticate):
        authentication = TokenAuthentication()
        authentication.authenticate_credentials = lambda key: key  # type: ignore[method-assign, assignment, return-value]
        try:
            outcomes.append(read(authentication, request))
        except AuthenticationFailed as refusal:
            outcomes.append(refusal.detail)
    assert outcomes[0] == outcomes[1]
