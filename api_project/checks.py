"""System checks of the service as a whole."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import Error

HINT = "Such as sqlite:////srv/latchkey.sqlite3, in a folder that exists."


def check_sqlite_file(**kwargs: Any) -> Sequence[Error]:
    """Refuse an SQLite database that is in memory, where it ends with each command, or in a folder that is missing."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "api_project.sqlite3":
        return []
    if database["NAME"] == ":memory:":
        return [Error("The environment variable DATABASE_URL must name a file.", hint=HINT, id="api_project.E001")]
    if not Path(database["NAME"]).parent.is_dir():
        message = "The environment variable DATABASE_URL must name a file in a folder that exists."
        return [Error(message, hint=HINT, id="api_project.E002")]
    return []
