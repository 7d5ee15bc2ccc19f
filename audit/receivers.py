"""What the login log hears. Connected in ``audit.apps``."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from audit.recording import record
from users.attempts import Attempt, is_login, latest, noted
from users.models import User
from users.vocabulary import FailureReason


def record_login(*, request: HttpRequest | None, user: User, token_id: UUID | None = None, **kwargs: Any) -> None:
    """``user_logged_in``: a success, unless ``record_bare_check`` has written it already."""
    successes = [attempt for attempt in noted(request) if attempt.user == user and attempt.failure_reason is None]
    # Of nobody who has none was the password checked: single sign-on, for instance.
    attempt = successes[-1] if successes else Attempt(username=user.get_username(), user=user)
    if not attempt.is_recorded:
        session_id = session_of(request) if token_id is None else None
        record(request=request, attempt=attempt, token_id=token_id, session_id=session_id)


def session_of(request: HttpRequest | None) -> UUID | None:
    """Return what the session that opens is called, if its engine has a name for it that may be written down."""
    return getattr(getattr(request, "session", None), "public_id", None)


def record_failure(*, credentials: Mapping[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """``user_login_failed``: a failure, for the reason that was noted on the request."""
    attempt = latest(request)
    if attempt is None or attempt.is_recorded or attempt.failure_reason is None:
        # A backend that notes nothing refused, or one of ours was asked without a request.
        name = str(credentials.get("username") or "")
        attempt = Attempt(username=name, user=User.objects.find_by_login(name), failure_reason=FailureReason.OTHER)
    record(request=request, attempt=attempt)


def record_bare_check(*, request: HttpRequest | None, **kwargs: Any) -> None:
    """``credentials_accepted``: a success where nothing says that a login follows, as in HTTP Basic authentication."""
    attempt = latest(request)
    if attempt and not is_login(request):
        record(request=request, attempt=attempt)
