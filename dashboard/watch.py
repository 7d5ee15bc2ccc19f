"""What staff see of everybody's logins. Each part costs the same however long the log is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from django.core.paginator import Page
from django.utils import timezone

from audit.buckets import Bucket
from audit.chart import Chart, draw
from audit.keyset import Span, newest
from audit.models import LoginLog
from audit.summary import recently
from auth_api.models import Lockout
from dashboard.listing import Listing
from users.clients import network_of

ATTEMPTS_SHOWN, LOCKOUTS_SHOWN, WORST_SHOWN = 12, 20, 5
FAILURES_SINCE = timedelta(hours=24)
FAILURES_COUNTED = 2000  # at most: the newest, which an index has in their order


class Failures(NamedTuple):
    """How many failures a name or a network has. ``is_account``: whether somebody is called so."""

    whose: str
    failures: int
    is_account: bool = False


@dataclass(frozen=True, slots=True)
class Worst:
    """Who failed most among the newest failures. ``is_cut`` if there were more in that time than are counted."""

    accounts: list[Failures]
    networks: list[Failures]
    count: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """All of it."""

    chart: Chart
    worst: Worst
    lockouts: Page[Lockout]
    attempts: list[LoginLog]


def watch(*, bucket: Bucket) -> Watch:
    """Read it: one query for the chart, two for the lockouts, one for each other part."""
    return Watch(
        chart=draw(recently(LoginLog.objects.all(), bucket=bucket)),
        worst=worst(),
        # Those that are on are found by an index, and sorted: the fresh ones are news, and they end first.
        lockouts=Listing(Lockout.objects.on().order_by("-locked_at", "-id"), LOCKOUTS_SHOWN).page(1),
        attempts=newest(LoginLog.objects.all(), Span(), size=ATTEMPTS_SHOWN).rows,
    )


def worst() -> Worst:
    """Count the newest failures by the name that was given and by the network that they came from."""
    rows = list(newest_failures())
    known = {name for name, user_id, _ in rows if user_id is not None}
    names = Counter(name for name, _, _ in rows)
    networks: Counter[str] = Counter()
    for address, count in Counter(address for _, _, address in rows).items():
        networks[network_of(address)] += count
    return Worst(
        accounts=[Failures(name, count, name in known) for name, count in names.most_common(WORST_SHOWN)],
        networks=[Failures(network, count) for network, count in networks.most_common(WORST_SHOWN)],
        count=len(rows),
        is_cut=len(rows) == FAILURES_COUNTED,
    )


def newest_failures() -> Iterable[tuple[str, int | None, str | None]]:
    """Return name, account and address of each, as one index has them."""
    since = Span.of_times(timezone.now() - FAILURES_SINCE, None)
    failures = since.filter(LoginLog.objects.matching([("is_success", False)]))
    columns = failures.order_by("-login_time", "-id").values_list("username", "user_id", "ip_address")
    return columns[:FAILURES_COUNTED]
