"""The verbs: what people can do with their own account. What staff can do with those of others: ``users.staff``."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth import authenticate, password_validation
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import NotAuthenticated, ValidationError
from rest_framework.request import Request

from users.attempts import enter, turned_away
from users.models import User
from users.names import normalise
from users.passwords import check_new, hash_in_turn
from users.signals import password_changed
from users.vocabulary import Entrance
from users.writing import write


class InvalidPassword(ValidationError):
    """400: the current password is not this one."""

    default_detail = {"current_password": [_("The password is not right.")]}
    default_code = "invalid_credentials"


@sensitive_variables("current_password", "new_password")
def change_password(
    *,
    request: HttpRequest,
    user: User,
    current_password: str,
    new_password: str,
    entrance: Entrance = Entrance.API,
) -> None:
    """Change the password of one's own account. Sends ``password_changed``.

    Raises:
        InvalidPassword: after ``user_login_failed`` was sent; the check is an attempt like any other.
        TurnedAway: likewise, and the password was not looked at; or there is no time to hash the new one.
        ValidationError: the new password does not pass ``AUTH_PASSWORD_VALIDATORS``.
    """
    check_new(new_password, user, field="new_password")
    checked = confirmed(request, user, current_password, entrance=entrance)
    hashed = hash_in_turn(new_password)
    with transaction.atomic():
        # Of two changes at once, the later one no longer knows the current password.
        if not User.objects.lock(checked):
            raise InvalidPassword
        user.password = hashed
        user.save(update_fields=["password"])
        password_changed.send(sender=User, request=request, user=user)
    password_validation.password_changed(new_password, user)


@sensitive_variables("current_password")
def change_own_account(
    *, request: Request, user: User, changes: Mapping[str, Any], current_password: str | None = None
) -> None:
    """Change what people may change themselves.

    The e-mail address is a name to log in with, and where a new password would be sent: whoever finds a screen that was
    left open shall not take the account with it. Its change asks for the password, as an attempt like any other.

    Raises:
        InvalidPassword, TurnedAway: see ``change_password``.
        ValidationError: a value is not valid, or the password is missing.
        NotAuthenticated: the account has been deactivated meanwhile, or has another password.
    """
    checked = user
    if "email" in changes and normalise(changes["email"]) != user.email:
        if current_password is None:
            raise ValidationError({"current_password": [_("Needed to change the e-mail address.")]})
        checked = confirmed(request, user, current_password, entrance=Entrance.API)
    with transaction.atomic():
        if not User.objects.lock(checked):
            raise NotAuthenticated
        write(user, changes)


@sensitive_variables("password")
def confirmed(request: HttpRequest, user: User, password: str, *, entrance: Entrance) -> User:
    """Return the account as it was when its password was checked.

    Raises:
        InvalidPassword, TurnedAway: see ``change_password``.
    """
    enter(request, entrance, login_follows=False)
    checked = authenticate(request, username=user.username, password=password)
    if not isinstance(checked, User) or checked != user:
        raise turned_away(request) or InvalidPassword
    return checked
