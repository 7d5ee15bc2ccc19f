"""How long tokens live, in words. The settings are read at each call."""

import math
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from auth_api.models import AuthToken

DAYS = (7, 30, 90, 365)
MINUTE, HOUR, DAY = 60, 3600, 86_400  # seconds


def choices() -> list[tuple[str, str]]:
    """Return what a token may be given, in days, and first what it gets without being asked for."""
    usual = in_words(settings.TOKEN_LIFETIME) if settings.TOKEN_LIFETIME else _("without end")
    first = ("", _("As long as is usual here: %(duration)s") % {"duration": usual})
    return [first, *((str(days), in_words(timedelta(days=days))) for days in DAYS)]


def idle_rule() -> str:
    """Return what becomes of a token that nobody uses, if anything."""
    if not settings.TOKEN_IDLE_LIFETIME:
        return ""
    return _("It ends sooner if it is not used for %(duration)s.") % {
        "duration": in_words(settings.TOKEN_IDLE_LIFETIME)
    }


def idle_end(token: AuthToken) -> str:
    """Return how long without use ends the token; nothing where that would be after its end."""
    idle = settings.TOKEN_IDLE_LIFETIME
    if not idle or (token.expires_at is not None and token.expires_at <= token.last_used_at + idle):
        return ""
    return in_words(idle)


def in_words(duration: timedelta) -> str:
    """Return the duration in the largest unit that it is a whole number of."""
    seconds = math.ceil(duration.total_seconds())
    if seconds % DAY == 0:
        count = seconds // DAY
        text = ngettext("%(count)d day", "%(count)d days", count)
    elif seconds % HOUR == 0:
        count = seconds // HOUR
        text = ngettext("%(count)d hour", "%(count)d hours", count)
    elif seconds % MINUTE == 0:
        count = seconds // MINUTE
        text = ngettext("%(count)d minute", "%(count)d minutes", count)
    else:
        count = seconds
        text = ngettext("%(count)d second", "%(count)d seconds", count)
    return text % {"count": count}
