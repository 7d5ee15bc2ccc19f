"""System checks of the login log."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import Error


def check_atomic_requests(**kwargs: Any) -> Sequence[Error]:
    """Refuse ``ATOMIC_REQUESTS``: REST framework rolls back on a 400, and the row of the failed attempt with it."""
    return [
        Error(
            f"ATOMIC_REQUESTS is on for the database '{alias}'.",
            hint="Remove it: a refused login would take its row in the login log with it.",
            id="audit.E001",
        )
        for alias, database in settings.DATABASES.items()
        if database.get("ATOMIC_REQUESTS")
    ]
