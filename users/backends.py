"""The one place where credentials are checked, for every entrance."""

from typing import Any

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from users.attempts import Attempt, FailureReason, note
from users.models import User
from users.names import is_storable
from users.signals import credentials_accepted

MAX_PASSWORD_LENGTH = 1024  # characters; longer ones are refused before anything is hashed


class AccountBackend(ModelBackend):
    """Checks a name or e-mail address and a password, and notes on the request what the attempt came to."""

    # ModelBackend has an asynchronous copy of its check. Ours has one check, which BaseBackend runs in a thread.
    aauthenticate = BaseBackend.aauthenticate  # type: ignore[assignment]  # takes the credentials as keywords alone

    @sensitive_variables("password")
    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """Return the account if the credentials are right, else None. Sends ``credentials_accepted``."""
        name = kwargs.get(User.USERNAME_FIELD) if username is None else username
        if name is None or password is None:
            return None
        user = User.objects.find_by_login(name)
        reason = reason_to_refuse(user, password)
        if request is not None:
            note(request, Attempt(username=name, user=user, failure_reason=reason))
        if reason is not None:
            return None
        credentials_accepted.send(sender=type(self), request=request, user=user)
        return user


@sensitive_variables("password")
def reason_to_refuse(user: User | None, password: str) -> FailureReason | None:
    """Return why these credentials open nothing, or None. Costs one hash, whatever is known of the account."""
    if len(password) > MAX_PASSWORD_LENGTH or not is_storable(password):
        return FailureReason.MALFORMED
    if user is None:
        make_password(password)
        return FailureReason.UNKNOWN_USER
    is_right = user.check_password(password)
    if not user.has_usable_password():
        return FailureReason.UNUSABLE_PASSWORD
    if not is_right:
        return FailureReason.WRONG_PASSWORD
    return None if user.is_active else FailureReason.INACTIVE
