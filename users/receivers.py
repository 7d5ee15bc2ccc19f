"""What accounts hear of logins. Connected in ``users.apps``."""

from typing import Any

from django.utils import timezone

from users.models import User
from users.statements import execute


def note_last_login(*, user: User, **kwargs: Any) -> None:
    """``user_logged_in``: in place of Django's own, which would build its SQL anew each time."""
    user.last_login = timezone.now()
    execute("UPDATE users_user SET last_login = %s WHERE id = %s", user.last_login, user.pk)
