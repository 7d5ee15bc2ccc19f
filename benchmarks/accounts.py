"""The accounts that a benchmark needs, made at once: one hash serves them all."""

from collections.abc import Sequence
from typing import Any

PASSWORD = "the password of every account"  # noqa: S105 - it opens nothing but a database that is thrown away
# What everybody is to say of the first account, whose name is READER's.
READER = "reader"
SOME_DAY = "2026-01-02T03:04:05.678901Z"
FIRST: dict[str, Any] = {
    "id": 1,
    "username": READER,
    "email": f"{READER}@example.org",
    "first_name": "",
    "last_name": "",
    "is_staff": False,
    "date_joined": SOME_DAY,
    "last_login": SOME_DAY,
}

# Run by `manage.py shell -c`, in the environment of the project.
SCRIPT = """
from datetime import datetime
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

User = get_user_model()
right = make_password({password!r})
some_day = datetime.fromisoformat({some_day!r})
User.objects.bulk_create(
    User(
        username=name,
        email=name + "@example.org",
        password=make_password(None) if name in {unusable!r} else right,
        is_active=name not in {inactive!r},
        date_joined=some_day,
        last_login=some_day,
    )
    for name in {names!r}
)
"""


def script(names: Sequence[str], *, inactive: Sequence[str] = (), unusable: Sequence[str] = ()) -> str:
    """Return the lines that create the accounts. ``inactive`` and ``unusable`` are some of the names."""
    return SCRIPT.format(
        password=PASSWORD, some_day=SOME_DAY, names=list(names), inactive=set(inactive), unusable=set(unusable)
    )
