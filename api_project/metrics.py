"""``/metrics``: what an operator watches, in the text format of Prometheus.

No request pays for it. What the database knows is asked for at each reading, and is the same at every process; what a
process knows is of the one that answers, and bears its number. The library is imported at the first reading: it takes
0.1 s and 4 MB, which a process that is never asked goes without.
"""

import os
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from api_project.middleware import forwarded_address
from api_project.postgresql.base import shared
from audit.keyset import EPOCH
from audit.models import LoginLog, QuarterHour
from auth_api.models import AuthToken, Lockout, Session
from auth_api.models.tokens import times_of_life
from users import backends
from users.clients import is_in, is_trusted

STARTED_AT = time.time()


class Figure(NamedTuple):
    """A name, what it means, and its values by the values of a label."""

    name: str
    meaning: str
    label: str
    values: Mapping[str, float]
    is_counter: bool = False


def may_read_metrics(request: HttpRequest) -> bool:
    """Whether the address is one of METRICS_NETWORKS. Forwarded by somebody who is not in TRUSTED_PROXIES, none is."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if not is_trusted(peer) and "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    return is_in(forwarded_address(request) if is_trusted(peer) else peer, settings.METRICS_NETWORKS)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a reading: 503 with ``Retry-After`` where the database does not answer, with what the process knows."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"], headers={"Cache-Control": "no-store"})
    figures = list(of_the_process(str(os.getpid())))
    try:
        figures += of_the_database()
        status = 200
    except Error:
        status = 503
    return exposition(figures, status=status)


def exposition(figures: list[Figure], *, status: int) -> HttpResponse:
    """Write the figures down."""
    from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, Metric, generate_latest  # noqa: PLC0415
    from prometheus_client.registry import Collector  # noqa: PLC0415 - both: see above

    class Known(Collector):
        def collect(self) -> Iterator[Metric]:
            for figure in figures:
                metric = Metric(figure.name, figure.meaning, "counter" if figure.is_counter else "gauge")
                for value, number in figure.values.items():
                    name = f"{figure.name}_total" if figure.is_counter else figure.name
                    metric.add_sample(name, {figure.label: value} if figure.label else {}, number)
                yield metric

    registry = CollectorRegistry()
    registry.register(Known())
    headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
    headers |= {"Retry-After": "2"} if status == 503 else {}  # as of the probes
    return HttpResponse(generate_latest(registry), status=status, headers=headers)


def of_the_process(pid: str) -> Iterator[Figure]:
    """Yield what this process knows of itself."""
    checks, lookups = backends.password_checks, backends.lookups
    yield Figure("latchkey_password_checks_running", "Passwords being checked.", "pid", {pid: checks.inside})
    waiting = {pid: checks.waiting + lookups.waiting}
    yield Figure("latchkey_password_checks_waiting", "Attempts that wait for their turn.", "pid", waiting)
    in_use, idle = sum(each.in_use for each in shared.values()), sum(each.idle for each in shared.values())
    yield Figure("latchkey_database_connections_in_use", "Connections to PostgreSQL at work.", "pid", {pid: in_use})
    yield Figure("latchkey_database_connections_idle", "Connections to PostgreSQL at rest.", "pid", {pid: idle})
    yield Figure("latchkey_process_start_time_seconds", "When the process began.", "pid", {pid: STARTED_AT})
    yield Figure("latchkey_process_resident_memory_bytes", "Memory in use.", "pid", {pid: resident_bytes()})


def resident_bytes() -> float:
    """Return how much of this process is in memory, or NaN where there is no /proc."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return float("nan")


def of_the_database() -> Iterator[Figure]:
    """Yield what all processes know together. Raises DatabaseError."""
    yield attempts_of_the_week()
    newest = LoginLog.objects.aggregate(newest=Max("login_time"))["newest"]
    newest_at = {"": newest.timestamp()} if newest else {}
    yield Figure("latchkey_login_log_newest_timestamp_seconds", "When the newest row was written.", "", newest_at)
    yield Figure("latchkey_tokens_live", "Tokens whose time is not over.", "", {"": live_tokens()})
    sessions = Session.objects.filter(user__isnull=False, expires_at__gt=timezone.now()).count()
    yield Figure("latchkey_sessions_live", "Cookie sessions whose time is not over.", "", {"": sessions})
    lockouts = dict(Lockout.objects.on().order_by().values_list("allowance").annotate(Count("id")))
    yield Figure("latchkey_lockouts", "Lockouts that are on.", "allowance", lockouts)


def live_tokens() -> int:
    """Count them: all are looked at, in the order in which they lie, which the settings keep PostgreSQL from."""
    tokens = AuthToken.objects.lasting(**times_of_life())
    if connection.vendor != "postgresql":
        return tokens.count()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = on")
        return tokens.count()


def attempts_of_the_week() -> Figure:
    """Return the attempts since Monday, as the log's triggers count them.

    Not all that the log has: those become fewer when old rows are removed, and Prometheus would take it for a restart.
    """
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    week = QuarterHour.objects.filter(quarter__gte=(monday - EPOCH) // timedelta(seconds=QuarterHour.SECONDS))
    sums = week.aggregate(success=Sum("successes", default=0), failure=Sum("failures", default=0))
    return Figure("latchkey_login_attempts", "Login attempts since Monday, UTC.", "outcome", sums, is_counter=True)
