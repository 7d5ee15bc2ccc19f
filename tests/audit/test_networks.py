"""Addresses in parts."""

import random
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest

from audit.models import LoginLog
from audit.networks import Parts, parse_network, parts_of, range_of

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
    return is_equal and (place.within is None or place.within[1] <= getattr(parts, place.within[0]) <= place.within[2])


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


def test_ipv4_and_ipv6_do_not_meet() -> None:
    for number in range(0, 256, 5):
        address = IPv4Address(f"{number}.0.0.{number}")
        assert not holds("2000::/3", address)
        assert not holds("fe80::/10", address)
        assert not holds("::/8", address)
    assert not holds("0.0.0.0/0", ip_address("2001:db8::1"))
    assert not holds("10.0.0.0/8", ip_address("2001:db8::a00:1"))


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
