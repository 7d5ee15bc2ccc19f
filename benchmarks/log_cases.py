"""Which pages of Latchkey's log are read, and how."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network
from typing import Any

from django.contrib import admin
from django.http import QueryDict
from django.template.response import SimpleTemplateResponse
from django.test import RequestFactory
from rest_framework.test import APIRequestFactory, force_authenticate

from audit.filters import LoginLogFilter
from audit.keyset import DOWN, Position, oldest, position_of, read_page
from audit.models import LoginLog
from audit.serializers import COLUMNS, as_json
from audit.views import LoginLogViewSet
from benchmarks.log_rows import ACCOUNTS, END, START, accounts
from benchmarks.sampling import Sample
from users.models import User


def between(after: datetime, before: datetime) -> str:
    """Return the query string of the days from one to before the other."""
    return f"login_time_after={after:%Y-%m-%d}T00:00:00Z&login_time_before={before:%Y-%m-%d}T00:00:00Z"


SIZE = 50  # rows of a page
FIRST, DEEP, LAST = "first", "deep", "last"
QUERY, VIEW, SUMMARY, ADMIN = "query and serialization", "through the view", "summary", "admin"
MIDDLE = START + (END - START) / 2
MONTH = between(MIDDLE - timedelta(days=15), MIDDLE + timedelta(days=15))
HOST = "127.0.0.1"  # one of ALLOWED_HOSTS
factory = APIRequestFactory(SERVER_NAME=HOST)
read = LoginLogViewSet.as_view({"get": "list"})
count = LoginLogViewSet.as_view({"get": "summary"}, detail=False)


def filters() -> dict[str, str]:
    """Return the query strings of what is filtered by. The account is the most active one, with 0.7 % of the rows."""
    ipv4, ipv6 = (account.homes[0].address for account in accounts()[:2])
    networks = {f"ip_address, /{size}": ip_network(f"{ipv4}/{size}", strict=False) for size in (8, 12, 16, 20, 24, 28)}
    networks |= {f"ip_address, IPv6 /{size}": ip_network(f"{ipv6}/{size}", strict=False) for size in (32, 40, 48, 64)}
    name = accounts()[0].name
    return {
        "none": "",
        "user": "user=1",
        "username": f"username={name}",
        "ip_address": f"ip_address={ipv4}",
        **{title: f"ip_address={network}" for title, network in networks.items()},
        "is_success=true": "is_success=true",
        "is_success=false": "is_success=false",
        "failure_reason=wrong_password": "failure_reason=wrong_password",
        "failure_reason=malformed": "failure_reason=malformed",
        "entrance=api": "entrance=api",
        "entrance=admin": "entrance=admin",
        "a month": MONTH,
        "username, is_success=false": f"username={name}&is_success=false",
        "user, a month": f"user=1&{MONTH}",
        "ip_address, is_success=false": f"ip_address={ipv4}&is_success=false",
        "ip_address, /16, is_success=false": f"ip_address={networks['ip_address, /16']}&is_success=false",
        "is_success=false, entrance=admin": "is_success=false&entrance=admin",
        "failure_reason=malformed, entrance=admin": "failure_reason=malformed&entrance=admin",
        # Which no row is: whatever the first finds is looked at.
        "ip_address, an attack's /24, is_success=true": "ip_address=203.0.113.0/24&is_success=true",
        "is_success=true, failure_reason=wrong_password": "is_success=true&failure_reason=wrong_password",
        "username, ip_address": f"username={name}&ip_address={ipv4}",
        # One condition that a few rows meet, beside one that most rows do: which index is read?
        "a rare username, entrance=api": f"username={accounts()[-1].name}&entrance=api",
        "a rare username, failure_reason": f"username={accounts()[-1].name}&failure_reason=wrong_password",
        "a rare user, entrance=api": f"user={ACCOUNTS}&entrance=api",
        "a username that nobody has, entrance=api": "username=nobody&entrance=api",
    }


def samples(user: User) -> Iterator[Sample]:
    """Yield everything of Latchkey's."""
    for title, query in filters().items():
        for place, cursor in cursors(query).items():
            yield Sample(QUERY, title, place, query_of(query, cursor))
            yield Sample(VIEW, title, place, partial(ask, read, user, f"{query}&cursor={cursor}"))
    year = between(START, END)
    for title, query in {"": "", ", user": "&user=1", ", is_success=false": "&is_success=false"}.items():
        yield Sample(SUMMARY, f"a year by day{title}", "", partial(ask, count, user, f"bucket=day&{year}{query}"))
        yield Sample(SUMMARY, f"a month by hour{title}", "", partial(ask, count, user, f"bucket=hour&{MONTH}{query}"))
    for title, query in searches().items():
        yield Sample(ADMIN, f"Latchkey's log, {title}", "", partial(browse, user, query))


def searches() -> dict[str, str]:
    """Return the query strings of the admin's pages."""
    none = cursors("")
    return {
        "first page": "",
        "deep page": f"p={none[DEEP]}",
        "last page": f"p={none[LAST]}",
        "failures": "is_success__exact=0",
        "a reason": "failure_reason=malformed",
        "an entrance": "entrance__exact=admin",
        "search for a name": f"q={accounts()[0].name}",
        "search for a name that nobody has": "q=nobody",
        "search for a network": f"q={ip_network(accounts()[0].homes[0].address + '/16', strict=False)}",
    }


def asked(query: str) -> LoginLogFilter:
    """Return the filters, checked."""
    filterset = LoginLogFilter(QueryDict(query), LoginLog.objects.all())
    if not filterset.is_valid():
        raise ValueError(filterset.errors)
    return filterset


def cursors(query: str) -> dict[str, str]:
    """Return what leads to each of the pages. The last one is full, if the first one is."""
    filterset = asked(query)
    last = oldest(filterset.qs.values(*COLUMNS), filterset.span, size=SIZE + 1).rows
    return {
        FIRST: "",
        DEEP: DOWN + Position(MIDDLE, 1).encode(),
        LAST: DOWN + position_of(last[0]).encode() if len(last) > SIZE else "",
    }


def query_of(query: str, cursor: str) -> Callable[[], object]:
    """Return what reads the page's rows and makes JSON's values of them."""
    filterset = asked(query)
    rows, span = filterset.qs.values(*COLUMNS), filterset.span
    return lambda: [as_json(row) for row in read_page(rows, span, cursor, size=SIZE).rows]


def ask(view: Callable[..., Any], user: User, query: str) -> None:
    """Ask the view, and have its answer rendered."""
    request = factory.get(f"/api/v1/audit/login-logs/?{query}")
    force_authenticate(request, user=user)
    response = view(request).render()
    if response.status_code != 200:
        raise RuntimeError(response.content)


def browse(user: User, query: str) -> None:
    """Open the admin's list."""
    request = RequestFactory(SERVER_NAME=HOST).get(f"/admin/audit/loginlog/?{query}")
    request.user = user
    response = admin.site.get_model_admin(LoginLog).changelist_view(request)
    if not isinstance(response, SimpleTemplateResponse):
        raise TypeError(f"{query}: {response.status_code}")
    response.render()
