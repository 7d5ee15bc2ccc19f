"""Attempted names as rows have them, for who writes rows and for who looks for them."""

from users.clients import storable
from users.names import LONGEST_LOGIN, normalise


def as_attempted(name: str) -> str:
    """Return the name in the spelling of accounts, cut to its column. What comes out comes out again."""
    return storable(normalise(name), length=LONGEST_LOGIN).strip()
