"""``manage.py check_proxies``: is TRUSTED_PROXIES right? Shows where recent logins seem to come from, and why."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from audit.models import LoginLog
from users.clients import is_trusted

FEW = 10  # attempts, of which nothing can be told


class Command(BaseCommand):
    """Reads the login log alone."""

    help = "Show peer, hops and the address that was chosen for recent login attempts, and warn of a forgotten proxy."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of attempts to look at."""
        parser.add_argument("--last", type=int, default=100, metavar="N", help="attempts to look at (default: 100)")
        parser.add_argument("--show", type=int, default=20, metavar="N", help="attempts to show (default: 20)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show and warn."""
        rows = list(LoginLog.objects.order_by("-id")[: max(1, options["last"])])
        networks = ", ".join(str(network) for network in settings.TRUSTED_PROXIES) or "none"
        self.stdout.write(f"TRUSTED_PROXIES: {networks}\n\n")
        self.stdout.write(f"{'time (UTC)':<20}{'peer':<24}{'chosen':<24}X-Forwarded-For")
        for row in rows[: max(0, options["show"])]:
            peer = f"{row.peer or '-'}{' (trusted)' if is_trusted(row.peer or '') else ''}"
            # The client's own words, which may hold what a terminal obeys.
            hops = "-" if row.forwarded_for is None else row.forwarded_for.encode("unicode_escape").decode()
            self.stdout.write(f"{row.login_time:%Y-%m-%d %H:%M:%S} {peer:<24}{row.ip_address or '-':<24}{hops}")
        self.stdout.write("")
        for warning in warnings(rows):
            self.stdout.write(self.style.WARNING(f"Warning: {warning}"))


def warnings(rows: Sequence[LoginLog]) -> list[str]:
    """Return what looks wrong, in sentences."""
    found = []
    addresses = Counter(row.ip_address for row in rows if row.ip_address)
    address, count = addresses.most_common(1)[0] if addresses else ("", 0)
    if len(rows) >= FEW and count > len(rows) / 2 and not is_trusted(address):
        found.append(
            f"{count} of the last {len(rows)} attempts share the address {address}. If that is a proxy, add it to "
            "TRUSTED_PROXIES: until then all who come through it share one allowance of failures."
        )
    unlisted = Counter(row.peer for row in rows if row.forwarded_for is not None and not is_trusted(row.peer or ""))
    found += [
        f"{peer} sent X-Forwarded-For {count} times and is not in TRUSTED_PROXIES. If it is yours, list it; if not, "
        "somebody tries to hide an address, and does not succeed."
        for peer, count in unlisted.most_common(5)
    ]
    found += [
        f"{count} attempts came from {address}, a trusted proxy itself: it does not say for whom, or TRUSTED_PROXIES "
        "is too wide."
        for address, count in addresses.most_common(5)
        if is_trusted(address)
    ]
    return found
