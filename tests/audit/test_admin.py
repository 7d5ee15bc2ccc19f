"""The login log in the admin."""

import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import LoginLog
from users.models import User

LIST = "/admin/audit/loginlog/"
ADD_USER = "/admin/users/user/add/"
PASSWORDS = {"usable_password": "true", "password1": "a fine passphrase", "password2": "a fine passphrase"}


@pytest.fixture
def row(db: None) -> LoginLog:
    return LoginLog.objects.create(username="bob", is_success=True, entrance="api")


def test_log_is_shown_newest_first(admin_client: Client, row: LoginLog) -> None:
    LoginLog.objects.create(username="zoe", is_success=False, entrance="api")
    page = admin_client.get(LIST).content.decode()
    assert 0 < page.index("zoe") < page.index("bob")


def test_row_can_be_read_and_not_touched(admin_client: Client, row: LoginLog) -> None:
    url = f"{LIST}{row.pk}/change/"
    assert admin_client.get(url).status_code == 200
    assert admin_client.post(url, {"username": "other"}).status_code == 403
    assert admin_client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin_client.get(f"{LIST}add/").status_code == 403
    row.refresh_from_db()
    assert row.username == "bob"


def test_staff_reads_the_whole_log_without_permissions_and_touches_nothing(
    client: Client, staff: User, row: LoginLog
) -> None:
    client.force_login(staff)
    assert f'href="{LIST}"' in client.get("/admin/").content.decode()
    assert "bob" in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{row.pk}/change/").status_code == 200
    for path in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
        assert client.post(f"{LIST}{path}", {"username": "other", "post": "yes"}).status_code == 403
    assert client.get("/admin/users/user/").status_code == 403
    User.objects.filter(pk=staff.pk).update(is_staff=False)
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize("language", ["en", "de", "de-AT", "fr"])
def test_page_of_a_row_has_its_time_to_the_second(admin_client: Client, row: LoginLog, language: str) -> None:
    page = admin_client.get(f"{LIST}{row.pk}/change/", headers={"Accept-Language": language}).content.decode()
    assert f"{row.login_time:%Y-%m-%d %H:%M:%S} UTC" in page


def test_no_action_deletes(admin_client: Client, row: LoginLog) -> None:
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert LoginLog.objects.filter(pk=row.pk).exists()


def test_row_of_an_account_that_is_gone_can_be_read(admin_client: Client, row: LoginLog, bob: User) -> None:
    orphan = LoginLog.objects.create(user=bob, username="bob", is_success=True, entrance="api")
    bob.delete()
    assert admin_client.get(LIST).status_code == 200
    assert admin_client.get(f"{LIST}{orphan.pk}/change/").status_code == 200


def test_accounts_are_managed_with_djangos_user_admin(admin_client: Client, bob: User) -> None:
    assert "bob@example.org" in admin_client.get("/admin/users/user/").content.decode()
    assert admin_client.get(f"/admin/users/user/{bob.pk}/change/").status_code == 200
    assert admin_client.post(ADD_USER, {"username": "Eve"} | PASSWORDS).status_code == 302
    assert User.objects.filter(username="eve").exists()


def test_second_spelling_is_refused_in_words(admin_client: Client, bob: User) -> None:
    answer = admin_client.post(ADD_USER, {"username": "BOB"} | PASSWORDS)
    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()


def write(count: int, **fields: Any) -> None:
    columns = {"username": "bob", "is_success": True, "entrance": "api", "ip_address": "10.1.2.3"} | fields
    LoginLog.objects.bulk_create(LoginLog(**columns) for _ in range(count))


def ids_of(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"/admin/audit/loginlog/(\d+)/change/", page)]


def test_pages_of_the_list_lead_to_every_row_and_back(admin_client: Client) -> None:
    write(120)
    expected = list(LoginLog.objects.values_list("pk", flat=True))
    found, address, first = [], LIST, None
    while address:
        page = admin_client.get(address).content.decode()
        first = first or page
        found += ids_of(page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        newer = re.search(r'href="([^"]+)" rel="prev"', page)
        address = LIST + html.unescape(older[1]) if older else ""
    assert found == expected
    assert newer
    assert ids_of(admin_client.get(LIST + html.unescape(newer[1])).content.decode()) == expected[50:100]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 8),
        ("is_success=0", 3),
        ("failure_reason=inactive", 2),
        ("entrance=admin", 1),
        ("is_success=0&failure_reason=inactive", 2),
        ("entrance=admin&is_success=1&q=bob", 1),
        ("entrance=api&failure_reason=inactive&q=10.9.0.0/20", 2),
        ("q=Carol", 2),
        ("q=10.9.0.0/16", 2),
        ("q=10.9.9.9", 2),
        ("q=nobody", 0),
        ("user=4711", 1),
        ("login_time__gte=2026-01-01+00:00:00%2B00:00", 8),
        ("o=1.2", 8),
        ("all=", 8),
        ("_facets=True", 8),
    ],
)
def test_list_is_one_query_and_counts_nothing(admin_client: Client, query: str, count: int) -> None:
    write(2, username="carol", is_success=False, failure_reason="inactive", ip_address="10.9.9.9")
    write(1, is_success=False, failure_reason="wrong_password")
    write(1, entrance="admin")
    write(1, user_id=4711)
    write(3 - LoginLog.objects.filter(username="admin").count())
    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(f"{LIST}?{query}").content.decode()
    assert len(ids_of(page)) == count
    of_the_log = [query["sql"] for query in queries if "audit_loginlog" in query["sql"]]
    assert len(of_the_log) == 1
    assert "COUNT" not in of_the_log[0]
    assert 'login_time" DESC' in of_the_log[0]


def test_list_of_successes_for_a_reason_is_empty_and_reads_nothing(admin_client: Client) -> None:
    write(1, is_success=False, failure_reason="inactive")
    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(f"{LIST}?is_success=1&failure_reason=inactive").content.decode()
    assert ids_of(page) == []
    assert not [query["sql"] for query in queries if "audit_loginlog" in query["sql"]]


@pytest.mark.parametrize(
    "query",
    [
        *("p=2", "p=x", "p=o", "p=oMTIz", "q=%00", "entrance__exact=%00", "user=x", "nonsense=1"),
        *("user=9223372036854775808", "is_success=2", "is_success=%00", "is_success=true", "entrance=%00"),
        *("pk__in=9223372036854775808", "login_time__year=99999999999999999999", "login_time__gte=x"),
        *("username__regex=[", "username__contains=b", "user__password__startswith=a"),
    ],
)
def test_address_of_the_list_that_makes_no_sense_is_no_error(admin_client: Client, query: str) -> None:
    write(1)
    answer = admin_client.get(f"{LIST}?{query}", follow=True)
    assert answer.status_code == 200
