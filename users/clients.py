"""Who is at the other end of a request, in a form that any database column takes."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from django.http import HttpRequest

USER_AGENT_LENGTH = 400  # characters; the longest that browsers send are about 300


def storable(text: str, *, length: int) -> str:
    """Return the text cut to ``length`` characters, without NUL, and with a question mark for each lone surrogate."""
    return text[:length].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address, an IPv4 one if it is mapped into IPv6, or None for any other text."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))  # the number alone: no scope such as %eth0
    return address


@dataclass(frozen=True, slots=True)
class Client:
    """The address and the program that a request came from."""

    ip_address: str | None
    user_agent: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Client":
        """Read the client off the request; ``REMOTE_ADDR`` is trusted, since middleware has set it right."""
        address = parse_address(request.META.get("REMOTE_ADDR", ""))
        # WSGI hands over headers as Latin-1 (PEP 3333); what is not ASCII was UTF-8.
        agent = request.META.get("HTTP_USER_AGENT", "").encode("latin-1", "replace").decode("utf-8", "replace")
        return cls(ip_address=str(address) if address else None, user_agent=storable(agent, length=USER_AGENT_LENGTH))
