"""Whose the credentials are that somebody sends, and whether they still are when something is made with them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException, NotAuthenticated, ValidationError
from rest_framework.request import Request

from auth_api.models import AuthToken
from users.attempts import refuse, turned_away, underlying
from users.models import User
from users.soundness import writing_sound_values
from users.vocabulary import FailureReason


class InvalidCredentials(ValidationError):
    """400: the name and the password don't open an account. Which of them is wrong, or why, is nobody's business."""

    default_detail = {"non_field_errors": [_("Unable to log in with the given credentials.")]}
    default_code = "invalid_credentials"


@sensitive_variables("password")
def authenticated(*, request: HttpRequest, username: str, password: str) -> User:
    """Check the credentials, and return whose they are. The password is hashed: not to be called in a transaction.

    Raises:
        InvalidCredentials: after ``user_login_failed`` was sent.
        TurnedAway: likewise, and the password was not looked at.
    """
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise turned_away(request) or InvalidCredentials
    return user


@contextmanager
def confirmed(*, request: HttpRequest, user: User, username: str) -> Iterator[None]:
    """Open the transaction in which a credential is made for an account whose password has been checked.

    Inside, the account is locked, and looked at once more: it may have been deleted, deactivated or given another
    password meanwhile.

    Raises:
        InvalidCredentials: that is so; after ``user_login_failed`` was sent.
        NotAuthenticated: likewise; the request was made with a credential that has been ended meanwhile.
        DatabaseError: what the login writes can't be written, never an IntegrityError. None of it is.
    """
    refusal: APIException
    with writing_sound_values(), transaction.atomic():
        if not User.objects.lock(user):
            refusal = InvalidCredentials()
        elif has_lost_credential(request):
            refusal = NotAuthenticated()
        else:
            yield
            return
    refuse(request, username=username, reason=FailureReason.OTHER)
    raise refusal


def has_lost_credential(request: HttpRequest) -> bool:
    """Whether the request was made with a credential that has been ended since.

    To be called with the account locked, as those who end credentials do.
    """
    token = getattr(request, "auth", None)
    if isinstance(token, AuthToken):
        return not AuthToken.objects.filter(pk=token.pk).exists()
    if is_made_by_cookie(request):
        session = underlying(request).session
        return not session.exists(session.session_key or "")
    return False


def is_made_by_cookie(request: HttpRequest) -> bool:
    """Whether it was the session that said who asks: to REST framework, or on a page to Django."""
    if not hasattr(underlying(request), "session"):
        return False
    if isinstance(request, Request):
        # Others say so as well, such as force_authenticate() of REST framework's test client.
        return isinstance(request.successful_authenticator, SessionAuthentication)
    return request.user.is_authenticated
