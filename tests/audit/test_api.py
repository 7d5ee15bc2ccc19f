"""GET audit/login-logs/."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from audit.changelist import searched
from audit.models import LoginLog
from audit.recording import record
from users.attempts import Attempt
from users.models import User
from users.vocabulary import FailureReason

LOGS = "/api/v1/audit/login-logs/"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AsUser = Callable[[User], APIClient]


def write(**fields: Any) -> LoginLog:
    defaults = {"username": "bob", "is_success": True, "entrance": "api", "login_time": NOON, "ip_address": "192.0.2.1"}
    return LoginLog.objects.create(**(defaults | fields))


def cursor(text: str) -> str:
    """Return the cursor that leads on from a place, written as it should not be."""
    return "o" + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_staff_see_all_rows_and_others_their_own(bob: User, staff: User, as_user: AsUser) -> None:
    own, others, nobodys = write(user=bob), write(user=staff), write(user=None)

    assert [row["id"] for row in as_user(staff).get(LOGS).data["results"]] == [nobodys.id, others.id, own.id]
    client = as_user(bob)
    assert [row["id"] for row in client.get(LOGS).data["results"]] == [own.id]
    assert client.get(f"{LOGS}{own.id}/").status_code == 200
    assert client.get(f"{LOGS}{others.id}/").status_code == 404
    assert client.get(f"{LOGS}?user={staff.pk}").data["results"] == []


def test_row_shows_every_column(bob: User, as_user: AsUser) -> None:
    write(user=bob, user_agent="curl/8", request_id="r-1")
    assert as_user(bob).get(LOGS).json()["results"] == [
        {
            "id": LoginLog.objects.get().pk,
            "user": bob.pk,
            "username": "bob",
            "login_time": "2026-01-01T12:00:00Z",
            "ip_address": "192.0.2.1",
            "user_agent": "curl/8",
            "is_success": True,
            "failure_reason": "",
            "entrance": "api",
            "token_id": None,
            "session_id": None,
            "request_id": "r-1",
        }
    ]


def test_pages_repeat_none_and_skip_none_while_rows_arrive(bob: User, as_user: AsUser) -> None:
    ids = [write(user=bob).id for _ in range(10)]
    client = as_user(bob)
    seen: list[int] = []
    url = f"{LOGS}?page_size=3"
    while url:
        page = client.get(url).data
        assert set(page) == {"next", "previous", "results"}
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
        write(user=bob)
    assert seen == ids[::-1]


def test_pages_lead_back(bob: User, as_user: AsUser) -> None:
    for _ in range(6):
        write(user=bob)
    client = as_user(bob)
    first = client.get(f"{LOGS}?page_size=3").data
    second = client.get(first["next"]).data
    assert first["previous"] is None
    assert client.get(second["previous"]).data["results"] == first["results"]


def test_page_costs_one_query_beside_the_token(
    bob: User, as_user: AsUser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(bob)
    with django_assert_num_queries(2) as captured:
        client.get(LOGS)
    assert "COUNT" not in captured[1]["sql"]


@pytest.mark.parametrize(("asked", "given"), [("1", 1), ("200", 200), ("201", 200), ("99999", 200), ("", 50)])
def test_page_size_has_an_upper_limit(bob: User, as_user: AsUser, asked: str, given: int) -> None:
    LoginLog.objects.bulk_create(
        LoginLog(user=bob, username="bob", is_success=True, entrance="api") for _ in range(210)
    )
    assert len(as_user(bob).get(f"{LOGS}?page_size={asked}").data["results"]) == given


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("username=ANNA", ["anna"]),
        ("ip_address=2001:db8::1", ["anna"]),
        ("is_success=false", ["bob"]),
        ("is_success=True", ["anna", "carl"]),
        ("failure_reason=wrong_password", ["bob"]),
        ("entrance=admin", ["carl"]),
        ("login_time_after=2026-01-02T00:00:00Z", ["carl"]),
        ("login_time_before=2026-01-01T12:00:00Z", ["anna"]),
        ("login_time_after=2026-01-01T12:00:00%2B00:00&login_time_before=2026-01-01T12:00:01Z", ["bob"]),
        ("is_success=true&entrance=api", ["anna"]),
        ("is_success=", ["anna", "bob", "carl"]),
    ],
)
def test_filters_narrow_the_list(staff: User, as_user: AsUser, query: str, found: list[str]) -> None:
    write(username="anna", ip_address="2001:db8::1", login_time=NOON - timedelta(hours=1))
    write(username="bob", is_success=False, failure_reason="wrong_password")
    write(username="carl", entrance="admin", login_time=NOON + timedelta(days=1))
    names = [row["username"] for row in as_user(staff).get(f"{LOGS}?{query}").data["results"]]
    assert sorted(names) == found


@pytest.mark.parametrize("query", ["", "&entrance=api", "&username=bob", "&ip_address=192.0.2.0/24"])
def test_success_for_a_reason_is_not_looked_for(
    staff: User, as_user: AsUser, django_assert_num_queries: DjangoAssertNumQueries, query: str
) -> None:
    write(username="bob")
    write(username="bob", is_success=False, failure_reason="inactive")
    client, asked = as_user(staff), f"is_success=true&failure_reason=inactive{query}"
    with django_assert_num_queries(1):  # the token's
        assert client.get(f"{LOGS}?{asked}").json() == {"next": None, "previous": None, "results": []}
    assert b"".join(client.get(f"{LOGS}?format=ndjson&{asked}")) == b""
    totals = client.get(f"{LOGS}summary/?login_time_after=2026-01-01T00:00:00Z&{asked}").json()["totals"]
    assert totals == {"success": 0, "failure": 0}


@pytest.mark.parametrize("name", ["n" * 300, "\ufdfa" * 254, "N" * 253 + " n", "b\ud800", "n" * 2000, "Bob "])
def test_row_is_found_by_the_name_that_was_given_and_by_its_own(staff: User, as_user: AsUser, name: str) -> None:
    record(request=None, attempt=Attempt(username=name, user=None, failure_reason=FailureReason.UNKNOWN_USER))
    client, row = as_user(staff), LoginLog.objects.get()
    for given in (name, row.username):
        found = client.get(LOGS, {"username": given.encode("utf-8", "replace").decode()}).json()["results"]
        assert [each["id"] for each in found] == [row.pk]
    assert searched(name) == searched(row.username) == [("username", row.username)]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("cursor", "nonsense"),
        ("cursor", "\u00e9"),
        ("cursor", "%00"),
        ("cursor", "o"),
        ("cursor", "oMQ"),  # 1
        ("cursor", "oMS4x="),
        ("cursor", "oMS4xA"),  # what base64 does not look at
        ("cursor", "oA"),
        ("cursor", cursor("1.x")),
        ("cursor", cursor("x.1")),
        ("cursor", cursor("1.-1")),
        ("cursor", cursor(f"1.{2**63}")),
        ("cursor", cursor("01.1")),
        ("cursor", cursor("1.1 ")),
        ("cursor", cursor(f"{10**30}.1")),
        ("cursor", cursor(f"-{10**18}.1")),
        ("page_size", "0"),
        ("page_size", "-1"),
        ("page_size", "ten"),
        ("page_size", "\u0663"),
        ("user", "abc"),
        ("user", "0"),
        ("user", "9" * 30),
        ("user", "9" * 5000),
        ("user", "1.0"),
        ("user", "%2B1"),
        ("user", "-1"),
        ("user", "1_0"),
        ("user", "\u0663"),
        ("username", "a%00b"),
        ("ip_address", "localhost"),
        ("ip_address", "1.2.3.4.5"),
        ("is_success", "banana"),
        ("failure_reason", "bad mood"),
        ("entrance", "window"),
        ("login_time_after", "yesterday"),
        ("login_time_after", "2026-02-30"),
        ("login_time_after", "9999-12-31T23:59:59-23:59"),
        ("login_time_before", "0001-01-01T00:00:00%2B23:59"),
        ("login_time_before", "%00"),
        ("usrname", "bob"),
        ("username", "anna&username=bob"),
        ("format", "xml"),
    ],
)
def test_bad_parameter_is_named(staff: User, as_user: AsUser, parameter: str, value: str) -> None:
    answer = as_user(staff).get(f"{LOGS}?{parameter}={value}")
    assert answer.status_code == 400
    assert set(answer.json()) == {parameter, "code"}


@pytest.mark.parametrize("pk", ["0", "abc", "9" * 40, "-1", "%00", "1.5"])
def test_row_that_is_none_is_not_found(staff: User, as_user: AsUser, pk: str) -> None:
    assert as_user(staff).get(f"{LOGS}{pk}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_log_is_read_only(staff: User, as_user: AsUser, method: str) -> None:
    row = write()
    client = as_user(staff)
    for url in (LOGS, f"{LOGS}{row.id}/"):
        answer = getattr(client, method)(url, {})
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert LoginLog.objects.count() == 1


def test_cookie_of_a_login_reads_the_log(bob: User, api: APIClient) -> None:
    api.force_login(bob)
    assert api.get(LOGS).status_code == 200
