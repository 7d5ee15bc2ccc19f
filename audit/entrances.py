"""Which URL is which entrance."""

from django.http import HttpRequest

from users.attempts import Entrance

ENTRANCES = {
    "auth-login": Entrance.API,
    "auth-token-list": Entrance.API,
    "auth-session": Entrance.SESSION,
    "admin:login": Entrance.ADMIN,
}


def entrance_of(request: HttpRequest | None) -> Entrance:
    """Return the entrance by the name of the URL. The known ones turn right credentials into a login themselves."""
    match = getattr(request, "resolver_match", None)
    return ENTRANCES.get(match.view_name, Entrance.OTHER) if match else Entrance.OTHER
