"""What a user agent is called by people: ``Firefox on Windows``."""

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from ua_parser import parse_os, parse_user_agent

LONGEST = 40  # characters of a name that a client has made up
# What people call otherwise than the parser does.
SPOKEN = {
    "Mac OS X": "macOS",
    "Chrome Mobile": "Chrome",
    "Firefox Mobile": "Firefox",
    "Mobile Safari": "Safari",
    "HeadlessChrome": "Chrome",
}
SCRIPTS = {"Python Requests", "Python-urllib", "Python aiohttp"}


def in_words(user_agent: str) -> str:
    """Return the program and the system that the header names, or what it begins with where it names none."""
    found = parse_user_agent(user_agent)
    if found is None:
        return shortened(user_agent.partition("/")[0]) or _("unknown device")
    if found.family in SCRIPTS:
        return _("Python script")
    system = parse_os(user_agent)
    words = {"program": spoken(found.family), "system": spoken(system.family) if system else ""}
    return _("%(program)s on %(system)s") % words if system else words["program"]


def spoken(name: str) -> str:
    """Return the name as people say it."""
    return SPOKEN.get(name, shortened(name))


def shortened(text: str) -> str:
    """Return as much of the text as fits into a line."""
    return Truncator(text.strip()).chars(LONGEST)
