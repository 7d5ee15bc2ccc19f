"""The verbs: what can be done with tokens."""

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from auth_api.models import AuthToken, IssuedToken
from users.clients import Client
from users.models import User


class InvalidCredentials(ValidationError):
    """400: the name and the password don't open an account. Which of them is wrong, or why, is nobody's business."""

    default_detail = {"non_field_errors": [_("Unable to log in with the given credentials.")]}
    default_code = "invalid_credentials"


@sensitive_variables("password")
def log_in(*, request: Request, username: str, password: str, device_name: str = "") -> IssuedToken:
    """Check the credentials and issue a token.

    Sends ``user_logged_in`` with the additional argument ``token_id``, in the transaction that makes the token: what a
    receiver writes is committed with it, and when a receiver fails there is no token.

    Raises:
        InvalidCredentials: after ``user_login_failed`` was sent.
    """
    # Outside of any transaction: none may be open while a password is hashed.
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise InvalidCredentials
    with transaction.atomic():
        issued = user.auth_tokens.issue(name=device_name, client=Client.of(request))
        user_logged_in.send(sender=User, request=request, user=user, token_id=issued.token.id)
    return issued


def log_out(*, request: Request, token: AuthToken) -> None:
    """End the token. Sends ``user_logged_out``."""
    token.delete()
    user_logged_out.send(sender=User, request=request, user=token.user)
