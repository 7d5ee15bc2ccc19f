"""Who is at the other end of a request, in a form that any database column takes."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest

as_network = lru_cache(ip_network)  # for who sets a setting to text, as the environment does
USER_AGENT_LENGTH = 400  # characters; the longest that browsers send are about 300
FORWARDED_FOR_LENGTH = 200  # characters: the last four hops or more, which decide
NETWORK_LENGTH = 43  # characters: an IPv6 address and its prefix length

# Where the request's META keeps what it was before middleware decided whom to believe.
PEER = "latchkey.peer"
FORWARDED_FOR = "latchkey.forwarded_for"


def storable(text: str, *, length: int) -> str:
    """Return the text cut to ``length`` characters, without NUL, and with a question mark for each lone surrogate."""
    text = text[:length].replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=1024)  # a login asks for the same addresses a dozen times
def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address, an IPv4 one if it is mapped into IPv6, or None for any other text."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))  # the number alone: no scope such as %eth0
    return address


@lru_cache(maxsize=1024)  # likewise
def canonical(text: str) -> str | None:
    """Return the address as the log has it, or None for any other text."""
    address = parse_address(text)
    return str(address) if address else None


def is_in(address: str, networks: Iterable[IPv4Network | IPv6Network | str]) -> bool:
    """Whether the address is in one of the networks; text that is no address never is."""
    parsed = parse_address(address)
    return parsed is not None and any(
        parsed in (as_network(listed) if isinstance(listed, str) else listed) for listed in networks
    )


def is_trusted(address: str) -> bool:
    """Whether the address is one of a listed proxy."""
    return bool(settings.TRUSTED_PROXIES) and is_in(address, settings.TRUSTED_PROXIES)


def network_of(address: str | None) -> str:
    """Return whose guesses count as one: an IPv4 address, or the /64 that an IPv6 subscriber has to himself."""
    parsed = parse_address(address or "")
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((int(parsed), 64), strict=False))
    return str(parsed) if parsed else "unknown"


class Client(NamedTuple):
    """The address and the program that a request came from, and the way it took.

    ``peer`` is who opened the connection, ``forwarded_for`` what the header said if there was one, believed or not.
    """

    ip_address: str | None
    user_agent: str
    peer: str | None = None
    forwarded_for: str | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> "Client":
        """Read the client off the request; ``REMOTE_ADDR`` is trusted, since middleware has set it right."""
        meta = request.META
        agent, forwarded_for = meta.get("HTTP_USER_AGENT", ""), meta.get(FORWARDED_FOR)
        if not agent.isascii():  # WSGI hands over headers as Latin-1 (PEP 3333); what is not ASCII was UTF-8
            agent = agent.encode("latin-1", "replace").decode("utf-8", "replace")
        return cls(
            ip_address=canonical(meta.get("REMOTE_ADDR", "")),
            user_agent=storable(agent, length=USER_AGENT_LENGTH),
            peer=canonical(meta.get(PEER, "")),
            forwarded_for=None
            if forwarded_for is None
            else storable(forwarded_for[-FORWARDED_FOR_LENGTH:], length=FORWARDED_FOR_LENGTH),
        )
