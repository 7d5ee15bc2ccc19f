"""New passwords: whether they are taken, why not, and their hashes."""

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError as PasswordInvalid
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import ErrorDetail, ValidationError

from users.backends import MAX_PASSWORD_LENGTH, is_malformed, password_checks, patience, turn
from users.models import User


class AcceptedAtLoginValidator:
    """Refuses what no login takes: whoever was given such a password could never use it."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError for a password that is too long, or is no text."""
        if is_malformed(password):
            is_long = len(password) > MAX_PASSWORD_LENGTH
            text = self.get_help_text() if is_long else _("Your password has a character that is not allowed.")
            raise PasswordInvalid(text, code="password_malformed")

    def get_help_text(self) -> str:
        """Return the rule in words, for forms."""
        text = _("Your password can have at most %(length)d characters.")
        return str(text % {"length": MAX_PASSWORD_LENGTH})


@sensitive_variables("password")
def check_new(password: str, user: User, *, field: str) -> None:
    """Ask ``AUTH_PASSWORD_VALIDATORS``.

    Raises:
        ValidationError: all that speaks against the password, under the name of the field, each with its code.
    """
    try:
        password_validation.validate_password(password, user)
    except PasswordInvalid as error:
        reasons = [ErrorDetail(reason.messages[0], reason.code or "invalid") for reason in error.error_list]
        raise ValidationError({field: reasons}) from None


@sensitive_variables("password")
def hash_in_turn(password: str) -> str:
    """Hash the password, when there is time for it. Not to be called in a transaction.

    Raises:
        Overloaded: there was none.
    """
    with turn(password_checks, deadline=patience()):
        return make_password(password)
