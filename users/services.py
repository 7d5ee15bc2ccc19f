"""The verbs: what can be done with accounts."""

from django.contrib.auth import authenticate, password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError as PasswordInvalid
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import ValidationError

from users.attempts import turned_away
from users.backends import password_checks, patience, turn
from users.models import User
from users.signals import password_changed


class InvalidPassword(ValidationError):
    """400: the current password is not this one."""

    default_detail = {"current_password": [_("The password is not right.")]}
    default_code = "invalid_credentials"


@sensitive_variables("current_password", "new_password")
def change_password(*, request: HttpRequest, user: User, current_password: str, new_password: str) -> None:
    """Change the password of one's own account. Sends ``password_changed``.

    Raises:
        InvalidPassword: after ``user_login_failed`` was sent; the check is an attempt like any other.
        TurnedAway: likewise, and the password was not looked at; or there is no time to hash the new one.
        ValidationError: the new password does not pass ``AUTH_PASSWORD_VALIDATORS``.
    """
    try:
        password_validation.validate_password(new_password, user)
    except PasswordInvalid as error:
        raise ValidationError({"new_password": error.messages}) from None
    checked = authenticate(request, username=user.username, password=current_password)
    if not isinstance(checked, User) or checked != user:
        raise turned_away(request) or InvalidPassword
    with turn(password_checks, deadline=patience()):
        hashed = make_password(new_password)
    with transaction.atomic():
        # Of two changes at once, the later one no longer knows the current password.
        if not User.objects.lock(checked):
            raise InvalidPassword
        user.password = hashed
        user.save(update_fields=["password"])
        password_changed.send(sender=User, request=request, user=user)
    password_validation.password_changed(new_password, user)
