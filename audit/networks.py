"""Addresses as numbers that an index can find networks by.

An address is kept in four parts, each a signed 64-bit number. Three of them are networks that hold it: the rows of any
network are found under one value of one part and, where the network lies between two sizes, in a range of another.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import NamedTuple

from users.clients import parse_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
SIGN = 2**63  # what a signed number of 64 bits is off an unsigned one
# IPv4 is kept apart from IPv6 by negative numbers. In ``fine`` those are IPv6's as well, and IPv4 is under a prefix
# that nobody has: networks that reach there are told apart by ``coarse``.
IPV4_FINE = SIGN - 2**24
COARSE = {4: (-(2**8), -1), 6: (0, 2**32 - 1)}


class Parts(NamedTuple):
    """The sizes are those of IPv4 and of IPv6. ``fine`` and ``host`` keep the order of addresses."""

    coarse: int  # /8, /32
    medium: int  # /16, /48
    fine: int  # /24, /64
    host: int  # the rest


def parts_of(address: Address) -> Parts:
    """Return the address in parts."""
    number = int(address)
    if isinstance(address, IPv4Address):
        return Parts(-1 - (number >> 24), -1 - (number >> 16), IPV4_FINE + (number >> 8), number & 0xFF)
    return Parts(number >> 96, number >> 80, (number >> 64) - SIGN, (number & (2**64 - 1)) - SIGN)


@lru_cache(maxsize=1024)  # a row asks for each of its four
def parts_of_text(text: str | None) -> Parts | None:
    """Return the address in parts, or None for any other text."""
    address = parse_address(text or "")
    return parts_of(address) if address else None


def parse_network(text: str) -> Network | None:
    """Return the network, or the address as a network of one, or None for any other text."""
    address = parse_address(text)
    if address is not None:
        return ip_network(address)
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    if "%" in text:  # a scope, which no row has
        return None
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is not None and network.prefixlen >= 96:
        return IPv4Network((mapped, network.prefixlen - 96))
    return network


@dataclass(frozen=True, slots=True)
class Range:
    """The rows of a network: one value of a part, unless it is wider than all of them, and a range of another.

    Where these may be addresses of the other family too, ``family`` is the range of a third.
    """

    equal: tuple[str, int] | None
    within: tuple[str, int, int] | None
    family: tuple[str, int, int] | None


def range_of(network: Network) -> Range:
    """Return where the network's rows are."""
    sizes = (8, 16, 24) if isinstance(network, IPv4Network) else (32, 48, 64)
    first, last = parts_of(network.network_address), parts_of(network.broadcast_address)
    held = [(size, part) for size, part in zip(sizes, Parts._fields, strict=False) if size <= network.prefixlen]
    size, part = held[-1] if held else (0, "")
    other = "host" if part == "fine" else "fine"
    is_shared = part not in {"coarse", "medium"} and last.fine >= IPV4_FINE
    return Range(
        equal=(part, getattr(first, part)) if part else None,
        within=(other, getattr(first, other), getattr(last, other)) if network.prefixlen > size or not part else None,
        family=("coarse", *COARSE[network.version]) if is_shared else None,
    )
