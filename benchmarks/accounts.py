"""The accounts that a benchmark needs, made at once: one hash serves them all."""

from collections.abc import Sequence

PASSWORD = "the password of every account"  # noqa: S105 - it opens nothing but a database that is thrown away

# Run by `manage.py shell -c`, in the environment of the project.
SCRIPT = """
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

User = get_user_model()
right = make_password({password!r})
User.objects.bulk_create(
    User(
        username=name,
        email=name + "@example.org",
        password=make_password(None) if name in {unusable!r} else right,
        is_active=name not in {inactive!r},
    )
    for name in {names!r}
)
"""


def script(names: Sequence[str], *, inactive: Sequence[str] = (), unusable: Sequence[str] = ()) -> str:
    """Return the lines that create the accounts. ``inactive`` and ``unusable`` are some of the names."""
    return SCRIPT.format(password=PASSWORD, names=list(names), inactive=set(inactive), unusable=set(unusable))
