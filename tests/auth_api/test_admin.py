"""Tokens, sessions and lockouts in the admin."""

import secrets
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from auth_api import pruning
from auth_api.admin import credentials
from auth_api.models import AuthToken, Session
from tests.conftest import PASSWORD
from users.listing import MAX_COUNT
from users.models import User

ME = "/api/v1/users/me/"
TOKENS, SESSIONS = "/admin/auth_api/authtoken/", "/admin/auth_api/session/"
LISTS = [TOKENS, SESSIONS, "/admin/auth_api/lockout/", "/admin/users/user/", "/admin/auth/group/"]
AsUser = Callable[[User], APIClient]


@pytest.fixture
def admin(make_user: Callable[..., User], client: Client) -> Client:
    """Return the browser of a superuser."""
    make_user("root", is_staff=True, is_superuser=True)
    client.login(username="root", password=PASSWORD)
    return client


def end(client: Client, address: str, pk: object) -> str:
    answer = client.post(address, {"action": "end_selected", "_selected_action": [str(pk)]}, follow=True)
    return answer.content.decode()


def test_token_is_shown_by_its_hint_and_ended(admin: Client, bob: User, as_user: AsUser) -> None:
    owner = as_user(bob)
    token = AuthToken.objects.get(user=bob)
    assert token.hint in admin.get(TOKENS).content.decode()
    assert owner.get(ME).status_code == 200

    assert "1 was ended." in end(admin, TOKENS, token.pk)

    assert owner.get(ME).status_code == 401
    assert list(LogEntry.objects.values_list("object_repr", flat=True)) == [token.hint]


def test_session_is_shown_with_its_device_and_ended(admin: Client, bob: User) -> None:
    browser = Client(HTTP_USER_AGENT="Firefox of Bob", REMOTE_ADDR="192.0.2.9")
    form = {"username": "sue", "password": PASSWORD}
    User.objects.create_user("sue", password=PASSWORD, is_staff=True)
    browser.post("/admin/login/", form)
    session = Session.objects.get(user__username="sue")
    page = admin.get(SESSIONS).content.decode()
    assert "Firefox of Bob" in page
    assert "192.0.2.9" in page

    assert "1 was ended." in end(admin, SESSIONS, session.pk)

    assert browser.get("/admin/").status_code == 302


def test_page_of_a_token_has_its_times_to_the_second(admin: Client, bob: User) -> None:
    token = bob.auth_tokens.issue(expires_at=timezone.now() + timedelta(hours=1)).token
    page = admin.get(f"{TOKENS}{token.pk}/change/").content.decode()
    for time in (token.created_at, token.expires_at, token.last_used_at):
        assert f"{time:%Y-%m-%d %H:%M:%S} UTC" in page


def test_nothing_can_be_made_or_changed(admin: Client, bob: User) -> None:
    token = bob.auth_tokens.issue().token
    Client().force_login(bob)
    for address, pk in ((TOKENS, token.pk), (SESSIONS, Session.objects.get(user=bob).pk)):
        assert admin.get(f"{address}add/").status_code == 403
        assert admin.get(f"{address}{pk}/change/").status_code == 200
        assert admin.post(f"{address}{pk}/change/", {"name": "x", "user": bob.pk}).status_code == 403


def test_search_takes_a_whole_name_or_address(admin: Client, bob: User, staff: User) -> None:
    hints = [user.auth_tokens.issue(name="x").token.hint for user in (bob, staff)]
    for term, found in (("BOB", [True, False]), ("Bob@example.org", [True, False]), ("bo", [False, False])):
        page = admin.get(TOKENS, {"q": term}).content.decode()
        assert [hint in page for hint in hints] == found


def test_whoever_is_no_superuser_ends_nothing_of_staff(client: Client, staff: User, bob: User) -> None:
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    client.force_login(clerk)
    theirs, bobs = staff.auth_tokens.issue().token, bob.auth_tokens.issue().token
    assert "0 were ended." in end(client, TOKENS, theirs.pk)
    assert client.post(f"{TOKENS}{theirs.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "1 was ended." in end(client, TOKENS, bobs.pk)
    assert list(AuthToken.objects.all()) == [theirs]


def end_all(client: Client, address: str) -> str:
    """End what all pages of the list have, and return what is said."""
    form = {"action": "end_selected", "select_across": "1", "_selected_action": [str(uuid.uuid4())]}
    return client.post(address, form, follow=True).content.decode()


@pytest.mark.parametrize("accounts", [5, 50])
def test_to_end_many_costs_as_many_queries_as_ever(
    client: Client, make_user: Callable[..., User], django_assert_num_queries: DjangoAssertNumQueries, accounts: int
) -> None:
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    client.force_login(clerk)
    first, *others = (make_user(f"user-{number}", is_staff=not number) for number in range(accounts))
    AuthToken.objects.bulk_create(issue(user) for user in (first, *others) for _ in range(100 // accounts))
    ContentType.objects.get_for_model(AuthToken)  # which Django remembers

    with django_assert_num_queries(19):  # with those of the list that is shown after it
        end_all(client, TOKENS)

    assert {token.user for token in AuthToken.objects.all()} == {first}


def test_one_request_ends_no_more_than_it_has_the_time_for(
    admin: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 3)
    monkeypatch.setattr(credentials, "BATCHES_AT_ONCE", 2)
    AuthToken.objects.bulk_create(issue(bob) for _ in range(8))

    said = end_all(admin, TOKENS)
    assert "6 were ended." in said
    assert "More are left." in said

    said = end_all(admin, TOKENS)
    assert "2 were ended." in said
    assert "More are left." not in said
    assert LogEntry.objects.count() == 8


def test_whoever_may_only_look_ends_nothing(client: Client, bob: User) -> None:
    reader = User.objects.create_user("reader", is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__startswith="view"))
    client.force_login(reader)
    token = bob.auth_tokens.issue().token
    assert token.hint in client.get(TOKENS).content.decode()
    end(client, TOKENS, token.pk)
    assert AuthToken.objects.filter(pk=token.pk).exists()


@pytest.mark.parametrize("address", [TOKENS, SESSIONS])
def test_list_costs_as_many_queries_as_ever(admin: Client, make_user: Callable[..., User], address: str) -> None:
    counts = []
    for number in range(2):
        for place in range(20):
            user = make_user(f"user-{number}-{place}")
            user.auth_tokens.issue()
            Client().force_login(user)
        with CaptureQueriesContext(connection) as queries:
            assert "user-0-0" in admin.get(address).content.decode()
        counts.append(len(queries))
        of_rows = [query["sql"] for query in queries if 'last_used_at" DESC' in query["sql"]]
        assert len(of_rows) == 1
        assert all("LIMIT" in query["sql"] for query in queries if "COUNT(" in query["sql"])
    assert counts[0] == counts[1] <= 6


def issue(user: User, **columns: Any) -> AuthToken:
    return AuthToken(user=user, digest=secrets.token_hex(32), **columns)


@pytest.mark.parametrize("query", ["", "o=-4", "o=3.-5"])
def test_tokens_of_an_account_come_by_their_last_use_whatever_is_asked_for(
    admin: Client, bob: User, staff: User, query: str
) -> None:
    now = timezone.now()
    for number in (3, 1, 4, 0, 2):
        for user in (staff, bob):
            issue(user, name=f"token-{number}", last_used_at=now - number * timedelta(hours=1)).save()
    tokens = admin.get(f"{TOKENS}?{query}").context["cl"].result_list
    shown = [(token.user.username, token.name) for token in tokens]
    assert shown == [(name, f"token-{number}") for name in ("bob", "sue") for number in range(5)]


@pytest.mark.parametrize("address", [TOKENS, SESSIONS])
def test_list_is_not_sorted_as_a_whole(admin: Client, address: str) -> None:
    people = User.objects.bulk_create(User(username=f"user-{number}") for number in range(1000))
    rows = [user for _ in range(10) for user in people]
    AuthToken.objects.bulk_create(issue(user) for user in rows)
    Session.objects.bulk_create(
        Session(user=user, digest=secrets.token_hex(32), expires_at=timezone.now()) for user in rows
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # without which the planners take the tables for small ones
    plan = admin.get(address).context["cl"].queryset[:100].explain()
    assert "USE TEMP B-TREE FOR ORDER BY" not in plan, plan
    assert connection.vendor == "sqlite" or "Incremental Sort" in plan, plan


def test_counting_ends_somewhere(admin: Client, bob: User) -> None:
    token = bob.auth_tokens.issue().token
    rows = (AuthToken(user=bob, digest=str(number), last_used_at=token.created_at) for number in range(MAX_COUNT + 20))
    AuthToken.objects.bulk_create(rows)
    assert f"{MAX_COUNT} tokens" in admin.get(TOKENS).content.decode()
    assert admin.get(f"{TOKENS}?p=100").status_code == 200


@pytest.mark.parametrize("address", [TOKENS, SESSIONS, "/admin/users/user/", "/admin/auth/group/"])
def test_all_are_offered_where_some_are_left_out(admin: Client, address: str) -> None:
    assert "Show all" not in admin.get(address).content.decode()
    assert "Show all" in admin.get(address, {"q": "root"}).content.decode()
    assert "Show all" in admin.get("/admin/users/user/", {"is_staff__exact": 1}).content.decode()


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=a%00b", "p=%00", "p=x", "p=-1", "o=%00", "o=99", "e=1", "_facets=%00", "all=%00", "q=%F0%9F%A7%80"],
)
def test_address_that_makes_no_sense_is_no_error(admin: Client, bob: User, address: str, query: str) -> None:
    bob.auth_tokens.issue()
    assert admin.get(f"{address}?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("value", ["%00", "x", "9" * 30, "a%00"])
def test_filter_that_makes_no_sense_is_no_error(admin: Client, address: str, value: str) -> None:
    for column in ("scope", "allowance", "is_staff", "groups__id", "user__id", "id"):
        for name in (column, f"{column}__exact", f"{column}__isnull", f"{column}__regex"):
            assert admin.get(f"{address}?{name}={value}", follow=True).status_code in {200, 400}, name


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("number", ["%00", "x", "9" * 30, "1%00", "_00"])
def test_row_that_is_not_there_is_no_error(admin: Client, address: str, number: str) -> None:
    assert admin.get(f"{address}{number}/change/", follow=True).status_code in {200, 404}
    assert admin.get(f"{address}{number}/history/", follow=True).status_code in {200, 404}
    assert admin.get(f"{address}{number}/delete/", follow=True).status_code in {200, 403, 404}
    for action in ("end_selected", "delete_selected", "lift_selected", "nonsense", ""):
        form = {"action": action, "_selected_action": [number.replace("%00", "\0")]}
        assert admin.post(address, form, follow=True).status_code in {200, 400}


@pytest.mark.parametrize(
    "question",
    [
        "digest__startswith=a",
        "password_stamp__startswith=a",
        "data__contains=a",
        "auth_hash__gt=a",
        "user__password__startswith=argon2",
        "lifted_by__password__startswith=a",
    ],
)
@pytest.mark.parametrize("address", LISTS[:3])
def test_no_secret_can_be_asked_about(admin: Client, address: str, question: str) -> None:
    assert admin.get(f"{address}?{question}").status_code == 400
