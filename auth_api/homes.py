"""The networks that accounts are at home in: when they become so, and when that is over before its time."""

from django.utils import timezone

from auth_api.guesser import Guesser
from users.clients import network_of
from users.models import User
from users.statements import execute


def note_home(guesser: Guesser) -> None:
    """Remember that the account is at home in the network, also when it is a known device that is there."""
    execute(
        "INSERT INTO auth_api_knownnetwork (user_id, network, last_login_at) VALUES (%s, %s, %s)"
        " ON CONFLICT (user_id, network) DO UPDATE SET last_login_at = excluded.last_login_at",
        guesser.user_id,
        guesser.network,
        timezone.now(),
    )


def forget_network(*, user: User, address: str | None) -> None:
    """Let the account not be at home where that address is: it was not its owner who logged in there."""
    user.known_networks.filter(network=network_of(address)).delete()


def forget_other_networks(*, user: User, address: str | None) -> None:
    """Let the account be at home only where that address is, if it is so there: whoever knew its password knew others.

    The owner's other networks are known again with the next login from each.
    """
    user.known_networks.exclude(network=network_of(address)).delete()
