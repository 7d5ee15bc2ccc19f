"""What staff see of everybody's logins, and may do."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.models import LoginLog
from auth_api.models import Lockout
from dashboard import watch
from dashboard.watch import newest_failures
from tests.conftest import PASSWORD
from tests.dashboard.conftest import DASHBOARD, LOGIN, csrf_token, text_of
from users import listing
from users.models import User

HOUR = timedelta(hours=1)


@pytest.fixture
def keeper(staff: User, client: Client) -> Client:
    """Return a browser in which staff has logged in."""
    assert client.post(LOGIN, {"username": "sue", "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def lockout(db: None) -> Lockout:
    return Lockout.objects.create(
        allowance="account_and_network", account="bob", network="192.0.2.1", locked_until=timezone.now() + HOUR
    )


def fail(count: int, name: str, address: str = "192.0.2.1", *, ago: timedelta = HOUR, user: User | None = None) -> None:
    """Write that many failures."""
    LoginLog.objects.bulk_create(
        LoginLog(
            username=name,
            user=user,
            ip_address=address,
            is_success=False,
            failure_reason="wrong_password",
            entrance="api",
            login_time=timezone.now() - ago,
        )
        for _ in range(count)
    )


def rows_of(page: str, caption: str) -> list[str]:
    """Return the rows of the table as text."""
    table = page.partition(f"<caption>{caption}</caption>")[2].partition("</table>")[0].partition("</thead>")[2]
    texts = [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr>(.*?)</tr>", table)]
    return [" ".join(text.split()) for text in texts]


def test_others_see_their_own_only(browser: Client, lockout: Lockout) -> None:
    page = text_of(browser.get(DASHBOARD))
    assert "Everybody" not in page
    assert "Locked out" not in page
    assert "admin" not in page.lower()


@pytest.mark.parametrize("bucket", ["hour", "day"])
def test_chart_is_drawn_by_hour_and_by_day(keeper: Client, bucket: str) -> None:
    fail(3, "carol", ago=timedelta(0))
    page = text_of(keeper.get(DASHBOARD, {"by": bucket}))
    assert f"Login attempts by {bucket}" in page
    assert "1 succeeded" in page
    assert "3 failed" in page
    assert f'<a href="?by={bucket}#everybody" aria-current="true">' in page


def test_names_and_networks_that_fail_most_come_first(keeper: Client, bob: User) -> None:
    fail(3, "bob", "198.51.100.1", user=bob)
    fail(2, "root", "2001:db8:1:2::1")
    fail(2, "root", "2001:db8:1:2:ffff::9")
    fail(9, "old", ago=25 * HOUR)
    page = text_of(keeper.get(DASHBOARD))
    assert rows_of(page, "Names") == ["root no such account 4", "bob 3"]
    assert rows_of(page, "Networks") == ["2001:db8:1:2::/64 4", "198.51.100.1 3"]
    assert "Of the last 24 hours." in page


def test_no_more_than_the_newest_failures_are_counted(keeper: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "FAILURES_COUNTED", 3)
    fail(5, "early", ago=2 * HOUR)
    fail(2, "late")
    page = text_of(keeper.get(DASHBOARD))
    assert rows_of(page, "Names") == ["late no such account 2", "early no such account 1"]
    assert "Of the newest 3 failures of the last 24 hours." in page


def test_quiet_service_says_so(keeper: Client) -> None:
    page = text_of(keeper.get(DASHBOARD))
    assert "Nobody failed to log in." in page
    assert "Nobody is locked out." in page


def test_lockout_is_lifted(keeper: Client, staff: User, lockout: Lockout) -> None:
    page = keeper.get(DASHBOARD)
    assert "<h4>bob 192.0.2.1</h4>" in text_of(page)
    done = keeper.post(f"/dashboard/lockouts/{lockout.pk}/lift/", follow=True)
    assert "The lockout of bob 192.0.2.1 is lifted." in text_of(done)
    lockout.refresh_from_db()
    assert lockout.lifted_by == staff
    assert keeper.post(f"/dashboard/lockouts/{lockout.pk}/lift/").status_code == 404


def test_newest_lockouts_are_shown_and_how_many_there_are(keeper: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = timezone.now() - HOUR
    for number in range(25):  # those that began first last longest
        locked = {"locked_at": begun + timedelta(minutes=number), "locked_until": begun + HOUR * (100 - number)}
        Lockout.objects.create(allowance="account", account=f"name{number}", **locked)
    page = text_of(keeper.get(DASHBOARD))
    assert re.findall(r"<h4>name(\d+)</h4>", page) == [str(number) for number in range(24, 4, -1)]
    assert "The newest 20 of 25 are shown." in page
    assert 'href="/admin/auth_api/lockout/"' in page
    monkeypatch.setattr(listing, "MAX_COUNT", 22)
    assert "The newest 20 of 22+ are shown." in text_of(keeper.get(DASHBOARD))


def test_lifting_leads_back_to_the_lockouts_as_they_were_shown(keeper: Client, lockout: Lockout) -> None:
    page = text_of(keeper.get(DASHBOARD, {"by": "hour", "tokens": "1"}))
    assert "newest 20" not in page
    action = f"/dashboard/lockouts/{lockout.pk}/lift/?by=hour&tokens=1"
    assert f'action="{action.replace("&", "&amp;")}"' in page
    assert keeper.post(action)["Location"] == "/dashboard/?by=hour&tokens=1#lockouts"
    after = text_of(keeper.get(DASHBOARD)).partition('id="lockouts"')[2]
    assert "The lockout of bob 192.0.2.1 is lifted." in after  # where the browser is led to


def test_whatever_the_dashboard_leads_to_is_open_to_staff_without_permissions(keeper: Client) -> None:
    links = set(re.findall(r'href="(/[^"#]*)"', text_of(keeper.get(DASHBOARD))))
    assert {"/admin/", "/admin/audit/loginlog/", "/admin/auth_api/lockout/"} <= links
    pages = {link: keeper.get(link).status_code for link in links if not link.startswith("/static/")}
    assert set(pages.values()) == {200}, pages


def test_only_staff_lifts(browser: Client, lockout: Lockout) -> None:
    assert browser.post(f"/dashboard/lockouts/{lockout.pk}/lift/").status_code == 403
    assert Client().post(f"/dashboard/lockouts/{lockout.pk}/lift/")["Location"] == "/login/?next=/dashboard/"
    lockout.refresh_from_db()
    assert lockout.lifted_at is None


def test_lifting_takes_post_and_the_csrf_token(staff: User, lockout: Lockout) -> None:
    strict, address = Client(enforce_csrf_checks=True), f"/dashboard/lockouts/{lockout.pk}/lift/"
    form = {"username": "sue", "password": PASSWORD, "csrfmiddlewaretoken": csrf_token(strict.get(LOGIN))}
    strict.post(LOGIN, form)
    assert strict.get(address).status_code == 405
    assert strict.post(address).status_code == 403
    lockout.refresh_from_db()
    assert lockout.lifted_at is None


@pytest.mark.parametrize("number", ["0", "9" * 30])
def test_number_that_nothing_has_is_404(keeper: Client, number: str) -> None:
    assert keeper.post(f"/dashboard/lockouts/{number}/lift/").status_code == 404
    assert keeper.post(f"/dashboard/logins/{number}/disown/").status_code == 404


def test_newest_attempts_of_everybody_are_shown(keeper: Client, bob: User) -> None:
    Client().post(LOGIN, {"username": "bob", "password": "wrong"})
    Client().post(LOGIN, {"username": "nobody", "password": "wrong"})
    newest = text_of(keeper.get(DASHBOARD)).partition("Newest attempts</h3>")[2]
    assert re.findall(r'<td class="name">(\w+)</td>', newest) == ["nobody", "bob", "sue"]


@pytest.mark.parametrize("count", [1, 60])
def test_staff_takes_eleven_queries_however_much_there_is(
    keeper: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        fail(2, f"name{number}", f"192.0.2.{number}")
        Lockout.objects.create(allowance="account", account=f"n{number}", locked_until=timezone.now() + HOUR)
    with django_assert_num_queries(11):  # six for one's own, without tokens; chart, failures, lockouts twice, attempts
        assert keeper.get(DASHBOARD).status_code == 200


@pytest.fixture
def long_log(db: None) -> Iterator[None]:
    """Fill the log, so that the planner has a choice."""
    chance, now = random.Random(1), timezone.now()  # noqa: S311 - the same log in each run
    with transaction.atomic():
        LoginLog.objects.bulk_create(
            LoginLog(username="x", is_success=chance.random() < 0.5, entrance="api", login_time=now - n * HOUR / 100)
            for n in range(10_000)
        )
        if connection.vendor == "postgresql":  # whose planner would take the table for an empty one
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        yield


def test_failures_are_read_by_an_index_in_its_order(long_log: None) -> None:
    rows: Any = newest_failures()
    plan = rows.explain()
    assert "audit_log_success" in plan or connection.vendor == "postgresql", plan
    assert "Index Scan" in plan or "USING INDEX" in plan, plan
    for sign in ("SORT", "TEMP B-TREE", "SEQ SCAN", "BITMAP"):
        assert sign not in plan.upper(), plan


def test_account_that_is_gone_and_names_that_nobody_has_are_shown(
    keeper: Client, make_user: Callable[..., User]
) -> None:
    gone = make_user("gone")
    fail(1, "gone", user=gone)
    fail(1, "")
    gone.delete()
    assert keeper.get(DASHBOARD).status_code == 200
