"""Reading one environment variable: typed, or refused with a sentence that names it and says what it should hold."""

import re
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

T = TypeVar("T")
# What django.http.request takes for a host, without its port and the dot at its end.
HOST = re.compile(r"\*|\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[a-f0-9]*:[a-f0-9.:]+\]", re.IGNORECASE | re.ASCII)
MAPPED = IPv6Network("::ffff:0:0/96")


def read(parse: Callable[..., T], name: str, expected: str, **options: Any) -> T:
    """Return the variable ``name`` as ``parse``, a parser of environs, reads it.

    The value itself is never repeated in the error: it may be a secret.

    Raises:
        ImproperlyConfigured: the variable is missing and has no default, or does not hold what is expected.
    """
    try:
        return parse(name, **options)
    except (EnvError, ValueError, OverflowError):
        raise ImproperlyConfigured(f"The environment variable {name} must hold {expected}.") from None


def read_list(
    parse: Callable[..., str], name: str, expected: str, *, item: Callable[[str], T], default: str = "", least: int = 0
) -> list[T]:
    """Return what stands between the commas of the variable ``name``, ``least`` or more, each as ``item`` reads it.

    Spaces around an item and empty items don't count. Raises ImproperlyConfigured as ``read`` does.
    """

    def parse_items(name: str) -> list[T]:
        items = [item(text.strip()) for text in parse(name, default=default).split(",") if text.strip()]
        if len(items) < least:
            raise ValueError
        return items

    return read(parse_items, name, expected)


def host(text: str) -> str:
    """Return the text, which Django compares with the name of the host that a request is for.

    Raises:
        ValueError: no such name is like it.
    """
    if not HOST.fullmatch(text):
        raise ValueError
    return text


def network(text: str) -> IPv4Network | IPv6Network:
    """Return the network, an IPv4 one if it is mapped into IPv6: addresses are compared in that form.

    Raises:
        ValueError: the text is no network.
    """
    parsed = ip_network(text)
    if isinstance(parsed, IPv6Network) and parsed.subnet_of(MAPPED):
        mapped = int(parsed.network_address) - int(MAPPED.network_address)
        return IPv4Network((mapped, parsed.prefixlen - MAPPED.prefixlen))
    return parsed
