"""What rows of the log are found by, and what they are looked at by."""

from collections.abc import Collection
from typing import Any

from django.db import models

from audit.networks import Network, range_of

Condition = tuple[str, Any]  # a column, and its value or its range as a pair
# Whose index is used, if there are several conditions: the one that leaves the fewest rows, as logs go. The
# databases would have to guess, and SQLite takes the index made last.
LEADS = (
    "ip_address",
    "user_id",
    "username",
    "address_fine",
    "address_medium",
    "address_coarse",
    "address_host",
    "failure_reason",
    "entrance",
    "is_success",
)


class LookedAt(models.Func):
    """A column that rows are looked at by, and not found by: its index has them in an order of its own."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the column with the sign that rules its index out: https://www.sqlite.org/optoverview.html."""
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def lead(column: str, value: Any) -> models.Q:
    """Return the condition in the words that let both databases use its index."""
    if column == "is_success":
        return models.Q(is_success__in=[value])  # Django writes others without a comparison
    if column == "failure_reason":
        return models.Q(is_success=False, failure_reason=value)  # the first is the index's own
    return models.Q(**{column: value})


def conditions_of(network: Network) -> list[Condition]:
    """Return the conditions of the rows of a network, or of an address as a network of one."""
    if network.num_addresses == 1:
        return [("ip_address", str(network.network_address))]
    place = range_of(network)
    equal = [(f"address_{place.equal[0]}", place.equal[1])] if place.equal else []
    ranges = [(f"address_{part}", (low, high)) for part, low, high in filter(None, (place.within, place.family))]
    return equal + ranges


def contradict(conditions: Collection[Condition]) -> bool:
    """Return whether no row can meet them all: a success has no reason. To find none, all rows would be looked at."""
    return ("is_success", True) in conditions and any(column == "failure_reason" for column, _ in conditions)
