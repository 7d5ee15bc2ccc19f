"""A login log as a service with 20,000 accounts has it: a year of it, the same each time it is made."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

from audit.networks import Address, Parts, parts_of

ACCOUNTS = 20_000
START = datetime(2025, 1, 1, tzinfo=UTC)
END = START + timedelta(days=365)
SUCCESSES = 0.74  # of those who are no attackers; with the bursts, 70 % of all rows
REASONS = {
    "wrong_password": 70,
    "unknown_user": 18,
    "locked_out": 7,
    "inactive": 3,
    "unusable_password": 1,
    "malformed": 1,
}
ENTRANCES = {"api": 90, "session": 6, "page": 3, "admin": 1}
# An attack is a stretch of the log in which most rows are guesses from one network.
STRETCH, EVERY, SHARE = 5000, 16, 0.8
IPV4_NETWORKS = [f"{first}.{second}" for first in (31, 78, 84, 91, 93, 109, 178, 217) for second in range(0, 256, 8)]
AGENT = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
SYSTEMS = ("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64")
AGENTS = [AGENT.format(system, version) for system in SYSTEMS for version in range(128, 134)]
ATTACKERS_AGENT = "python-requests/2.32.3"


class Place(NamedTuple):
    """An address as a row has it, and its parts."""

    address: str
    parts: Parts


class Account(NamedTuple):
    """Whose row it is: a number, or None for a name that nobody has."""

    number: int | None
    name: str
    homes: tuple[Place, ...]
    agent: str


class Row(NamedTuple):
    """One row: the columns of the table, in their order here."""

    id: int
    user_id: int | None
    username: str
    login_time: datetime
    ip_address: str
    user_agent: str
    is_success: bool
    failure_reason: str
    entrance: str
    token_id: str | None  # 32 hexadecimal digits
    request_id: str
    peer: str
    forwarded_for: None
    address_coarse: int
    address_medium: int
    address_fine: int
    address_host: int


def place(address: Address) -> Place:
    """Return the address with its parts."""
    return Place(str(address), parts_of(address))


def home(chance: random.Random, number: int) -> Place:
    """Return an address: two in three are IPv4; the first account has one of those, the second one of IPv6."""
    if number == 0 or (number > 1 and chance.random() < 0.67):
        return place(IPv4Address(f"{chance.choice(IPV4_NETWORKS)}.{chance.randrange(16)}.{chance.randrange(1, 255)}"))
    prefix = f"2001:db8:{chance.randrange(400):x}:{chance.randrange(65536):x}"
    return place(IPv6Address(f"{prefix}:{chance.getrandbits(16):x}:{chance.getrandbits(16):x}::1"))


@cache
def accounts() -> list[Account]:
    """Return who logs in, the most active first: each at home, and at work or on the road."""
    chance = random.Random(0)  # noqa: S311 - the same each time
    return [
        Account(number + 1, f"person{number:05}", (home(chance, number),) * 2 + (home(chance, number),), agent)
        for number, agent in enumerate(chance.choices(AGENTS, k=ACCOUNTS))
    ]


@cache
def attackers() -> list[list[Place]]:
    """Return the addresses of each attack: a /24, a /16 and a /48."""
    chance = random.Random(1)  # noqa: S311 - likewise
    return [
        [place(IPv4Address(f"203.0.113.{last}")) for last in range(1, 255)],
        [place(IPv4Address(f"198.51.{chance.randrange(256)}.{chance.randrange(256)}")) for _ in range(2000)],
        [place(IPv6Address(f"2001:db8:bad:{chance.randrange(65536):x}::1")) for _ in range(2000)],
    ]


def block(first: int, last: int, rows: int) -> Iterator[Row]:
    """Yield the rows from ``first`` to before ``last`` of a log that has so many. Ids count from 1."""
    chance = random.Random(f"{first} of {rows}")  # noqa: S311 - likewise
    step = (END - START) / rows
    entrances = chance.choices(list(ENTRANCES), list(ENTRANCES.values()), k=last - first)
    for number, entrance in enumerate(entrances, start=first):
        account = accounts()[int(ACCOUNTS * chance.random() ** 2)]
        where, agent, success = account.homes[number % 3], account.agent, chance.random() < SUCCESSES
        stretch = number // STRETCH
        if stretch % EVERY == EVERY // 2 and chance.random() < SHARE:
            where, agent, success = chance.choice(attackers()[stretch % 3]), ATTACKERS_AGENT, False
        reason = "" if success else chance.choices(list(REASONS), list(REASONS.values()))[0]
        unknown = reason == "unknown_user"
        yield Row(
            number + 1,
            None if unknown else account.number,
            f"{account.name}x" if unknown else account.name,
            START + (number + chance.random()) * step,
            where.address,
            agent,
            success,
            reason,
            entrance,
            f"{chance.getrandbits(128):032x}" if success and entrance == "api" else None,
            f"{chance.getrandbits(128):032x}",
            where.address,
            None,
            *where.parts,
        )
