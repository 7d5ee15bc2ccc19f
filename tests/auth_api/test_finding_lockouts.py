"""One lockout among many: at the API, and in the admin."""

import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from auth_api.filters import of_account, of_place
from auth_api.ledger import lockouts_of
from auth_api.models import Lockout
from users.models import User

AsUser = Callable[[User], APIClient]
LOCKOUTS, LIST = "/api/v1/auth/lockouts/", "/admin/auth_api/lockout/"
DEVICE = "token 4c7cb4a8-4d7f-4ed9-a0c5-8d3ab3a1c0f0"
LOCKED = [
    ("account_and_network", "bob", "192.0.2.1"),
    ("account", "bob", ""),
    ("account_at_home", "bob", DEVICE),
    ("account_and_network", "bobby", "192.0.2.10"),
    ("account_and_network", "who@example.org", "2001:db8:1:2::/64"),
    ("network", "", "2001:db8:1:2::/64"),
    ("account_and_network", "carol", "unknown"),
]
FOUND = [
    ("account", "bob", [0, 1, 2]),
    ("account", " BOB ", [0, 1, 2]),
    ("account", "Bob@Example.org", [0, 1, 2]),
    ("account", "bobby", [3]),
    ("account", "WHO@example.org", [4]),
    ("account", "bo", []),
    ("network", "192.0.2.1", [0]),
    ("network", "::ffff:192.0.2.1", [0]),
    ("network", "2001:DB8:1:2:3::4", [4, 5]),
    ("network", "2001:db8:1:2::/64", [4, 5]),
    ("network", "192.0.2.99", []),
    ("network", DEVICE, [2]),
    ("network", "unknown", [6]),
]


@pytest.fixture
def lockouts(bob: User) -> list[Lockout]:
    until = timezone.now() + timedelta(hours=1)
    return [
        Lockout.objects.create(allowance=allowance, account=account, network=network, locked_until=until)
        for allowance, account, network in LOCKED
    ]


@pytest.mark.parametrize(("name", "value", "places"), FOUND)
def test_filter_of_the_api_finds_it(
    staff: User, as_user: AsUser, lockouts: list[Lockout], name: str, value: str, places: list[int]
) -> None:
    found = as_user(staff).get(LOCKOUTS, {name: value}).json()["results"]
    assert [row["id"] for row in found] == [lockouts[place].pk for place in reversed(places)]


@pytest.mark.parametrize(("name", "value", "places"), FOUND)
def test_search_of_the_admin_finds_it(
    staff: User, client: Client, lockouts: list[Lockout], name: str, value: str, places: list[int]
) -> None:
    client.force_login(staff)
    found = client.get(LIST, {"q": value}).context["cl"].result_list
    assert [row.pk for row in found] == [lockouts[place].pk for place in reversed(places)]


def test_filters_go_together(staff: User, as_user: AsUser, lockouts: list[Lockout]) -> None:
    client = as_user(staff)
    (row,) = client.get(LOCKOUTS, {"account": "bob", "network": "192.0.2.1"}).json()["results"]
    assert row["id"] == lockouts[0].pk
    assert client.get(LOCKOUTS, {"account": "bobby", "network": "192.0.2.1"}).json()["results"] == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("acount=bob", "acount"),
        ("page=2", "page"),
        ("account=bob&account=eve", "account"),
        ("account=%00", "account"),
        (f"account={'x' * 255}", "account"),
        ("network=192.0.2.0/24", "network"),
        ("network=2001:db8::/32", "network"),
        ("network=192.0.2.1/64", "network"),
        ("network=bob", "network"),
        ("network=token", "network"),
        ("network=%00", "network"),
    ],
)
def test_parameter_that_is_unknown_or_wrong_is_refused(
    staff: User, as_user: AsUser, query: str, parameter: str
) -> None:
    answer = as_user(staff).get(f"{LOCKOUTS}?{query}")
    assert answer.status_code == 400
    assert set(answer.json()) == {parameter, "code"}


def test_pages_keep_the_filter(staff: User, as_user: AsUser) -> None:
    until = timezone.now() + timedelta(hours=1)
    Lockout.objects.bulk_create(Lockout(account=name, locked_until=until) for _ in range(60) for name in ("bob", "eve"))
    client = as_user(staff)
    first = client.get(LOCKOUTS, {"account": "eve"}).json()
    second = client.get(first["next"]).json()
    assert [row["account"] for row in first["results"] + second["results"]] == ["eve"] * 60


def test_admin_says_which_limit_it_was(staff: User, client: Client, lockouts: list[Lockout]) -> None:
    client.force_login(staff)
    page = client.get(LIST, {"q": "bob"}).content.decode()
    for limit in ("account and network", "account, from everywhere", "account, where its owner has logged in before"):
        assert f'<td class="field-allowance">{limit}</td>' in page
    assert "By limit" in page
    assert "Nach Grenze" in client.get(LIST, headers={"Accept-Language": "de"}).content.decode()


@pytest.fixture
def many_lockouts(db: None) -> None:
    until = timezone.now() + timedelta(hours=1)
    Lockout.objects.bulk_create(
        Lockout(account=secrets.token_hex(2), network=secrets.token_hex(2), locked_until=until) for _ in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.mark.usefixtures("many_lockouts")
def test_each_is_found_by_an_index_in_the_order_of_the_page() -> None:
    for found, index in (
        (of_account(Lockout.objects.all(), "bob"), "auth_api_lockout_account"),
        (of_place(Lockout.objects.all(), "192.0.2.1"), "auth_api_lockout_network"),
    ):
        plan = found.order_by("-id")[:100].explain()
        assert index in plan, plan
        assert "SORT" not in plan.upper(), plan
        assert "TEMP B-TREE" not in plan, plan


@pytest.mark.usefixtures("many_lockouts")
def test_login_finds_its_own_by_account_and_network() -> None:
    asked = {"account": "bob", "network": "192.0.2.1", "home": "192.0.2.1", "since": timezone.now()}
    assert "auth_api_lockout_whom" in lockouts_of.build(**asked).explain()
