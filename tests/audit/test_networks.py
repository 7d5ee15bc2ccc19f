"""Addresses in parts."""

import random
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest

from audit.conditions import conditions_of
from audit.models import LoginLog
from audit.networks import Address, Network, Parts, parse_network, parts_of, range_of
from users.clients import parse_address

EXTREMES = [
    "0.0.0.0",  # noqa: S104 - an address, not a binding
    "255.255.255.255",
    "::",
    "::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "7fff::",
    "8000::",
]
NETWORKS = [
    *(f"10.171.205.77/{length}" for length in range(33)),
    *(f"2001:db8:abcd:ef01:2345:6789:abcd:ef01/{length}" for length in range(0, 129, 4)),
    *("::/0", "0.0.0.0/0", "8000::/1", "::/1", "255.255.255.255/32", "ffff:ffff::/17"),
]


def holds(text: str, address: IPv4Address | IPv6Address) -> bool:
    """Whether the range that is searched has the address."""
    network = parse_network(text)
    assert network is not None
    place, parts = range_of(network), parts_of(address)
    is_equal = place.equal is None or getattr(parts, place.equal[0]) == place.equal[1]
    ranges = [bounds for bounds in (place.within, place.family) if bounds]
    return is_equal and all(low <= getattr(parts, part) <= high for part, low, high in ranges)


@pytest.mark.parametrize("text", NETWORKS)
def test_range_has_the_addresses_of_the_network_and_no_others(text: str) -> None:
    network = ip_network(text, strict=False)
    chance = random.Random(text)  # noqa: S311 - the same addresses in each run
    bits = network.max_prefixlen
    near = [int(network.network_address) + step for step in (-256, -1, 0, 1)]
    near += [int(network.broadcast_address) + step for step in (-1, 0, 1, 256)]
    near += [chance.randrange(int(network.network_address), int(network.broadcast_address) + 1) for _ in range(50)]
    near += [int(network.network_address) ^ (1 << bit) for bit in range(bits)]
    for number in near:
        if 0 <= number < 2**bits:
            address = type(network.network_address)(number)
            assert holds(text, address) == (address in network), address


def any_address(chance: random.Random) -> Address:
    """Return one of either family, more often than not where the two meet in numbers, or at an end."""
    if chance.random() < 0.5:
        return IPv4Address(chance.choice([0, 2**32 - 1, 127 << 24 | 1, chance.getrandbits(32)]))
    start = chance.choice([0, 2**128 - 1, 0xFFFF_FFFF_FF << 88, 1 << 127, 0xFFFF << 112, 0xFFFF << 32])
    return IPv6Address(start ^ chance.getrandbits(chance.choice([1, 8, 32, 64, 88, 128])))


def any_network(chance: random.Random) -> Network:
    """Return one that begins, ends or lies somewhere near such an address."""
    address = any_address(chance)
    return ip_network(f"{address}/{chance.randrange(address.max_prefixlen + 1)}", strict=False)


def ends_of(network: Network) -> list[Address]:
    """Return the first and the last address, and those beside them that are none of the network's."""
    first, last, top = int(network[0]), int(network[-1]), 2**network.max_prefixlen
    return [type(network[0])(number) for number in (first - 1, first, last, last + 1) if 0 <= number < top]


@pytest.mark.parametrize("seed", range(8))
def test_networks_of_either_family_have_their_own_addresses_alone(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - likewise
    networks = [any_network(chance) for _ in range(60)]
    addresses = [any_address(chance) for _ in range(40)]
    addresses += [address for network in networks for address in ends_of(network)]
    rows = [parse_address(str(address)) or address for address in addresses]  # IPv4 where one is mapped into IPv6
    for text in map(str, networks):
        network = parse_network(text)  # likewise
        assert network is not None
        assert [row for row in rows if holds(text, row)] == [row for row in rows if row in network], text


WIDE = ["ff00::/8", "f000::/4", "8000::/1", "ffff::/16", "ffff:ffff:ff00::/40", "::/0", "0.0.0.0/0", "127.0.0.0/24"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", [*WIDE, "128.0.0.0/1", "ffff:ffff:ff7f::/64", "ffff:ffff:ff7f:0:8000::/65", "::/1"])
def test_rows_of_a_network_are_of_its_family(text: str) -> None:
    addresses = ["127.0.0.1", "255.255.255.255", "::1", "ff02::1", "ffff:ffff:ff7f::1", "ffff:ffff:ff7f:0:8000::1"]
    for address in addresses:
        LoginLog.objects.create(ip_address=address, username="x", is_success=True, entrance="api")
    network = ip_network(text)
    found = LoginLog.objects.matching(conditions_of(network)).values_list("ip_address", flat=True)
    assert set(found) == {address for address in addresses if ip_address(address) in network}


@pytest.mark.parametrize("text", EXTREMES)
def test_parts_fit_into_a_signed_column(text: str) -> None:
    assert all(-(2**63) <= part < 2**63 for part in parts_of(ip_address(text)))


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.1.2.3", "10.1.2.3/32"),
        ("::ffff:10.1.2.3", "10.1.2.3/32"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("2001:DB8::/32", "2001:db8::/32"),
    ],
)
def test_network_is_read(text: str, network: str) -> None:
    assert str(parse_network(text)) == network


@pytest.mark.parametrize(
    "text", ["", "10.0.0.0/33", "10.0.0/8", "fe80::%eth0/64", "2001:db8::/129", "10.0.0.0/-1", "x"]
)
def test_text_that_is_no_network_is_none(text: str) -> None:
    assert parse_network(text) is None


@pytest.mark.django_db
def test_row_has_the_parts_of_its_address_however_it_is_written() -> None:
    fields = {"username": "x", "is_success": True, "entrance": "api"}
    LoginLog.objects.create(ip_address="10.1.2.3", **fields)
    LoginLog.objects.bulk_create([LoginLog(ip_address="2001:db8::1", **fields), LoginLog(**fields)])
    for row in LoginLog.objects.all():
        parts = [getattr(row, f"address_{part}") for part in Parts._fields]
        assert parts == (list(parts_of(ip_address(row.ip_address))) if row.ip_address else [None] * 4)
