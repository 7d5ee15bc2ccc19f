"""The verbs of the pages that the API has not."""

from uuid import UUID

from django.contrib.sessions.backends.base import UpdateError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, NotAuthenticated

from audit.models import LoginLog
from auth_api.homes import forget_network
from auth_api.services import close_session
from auth_api.sessions import SessionStore
from users.models import User

SENT = "sent_forms"  # in the session
SENT_KEPT = 50  # the newest


class SentBefore(APIException):
    """409: the form has been used."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _(
        "This form has been sent before, and makes no second token. If you want one, send it with your password again."
    )
    default_code = "sent_before"


@transaction.atomic
def use_up(*, request: HttpRequest, user: User, form: UUID) -> None:
    """Note in the session that the form is sent.

    Raises:
        SentBefore: it was, as when the page that followed it is reloaded.
        NotAuthenticated: the session has been ended meanwhile.
    """
    User.objects.lock(user)
    sent = SessionStore(request.session.session_key).get(SENT, [])  # as they are now: it may be sent twice at once
    if str(form) in sent:
        raise SentBefore
    request.session[SENT] = [*sent, str(form)][-SENT_KEPT:]
    try:
        request.session.save()
    except UpdateError:
        raise NotAuthenticated from None
    request.session.modified = False  # there is nothing left to write when the answer goes out


@transaction.atomic
def disown(*, request: HttpRequest, user: User, login: LoginLog) -> bool:
    """End the token or the session that the login opened, if it is still there, and being at home where it was made.

    Return whether the request was made with it.
    """
    User.objects.lock(user)
    forget_network(user=user, address=login.ip_address)
    if login.token_id is not None:
        user.auth_tokens.filter(pk=login.token_id).delete()
    if login.session_id is None:
        return False
    is_current = login.session_id == current_session(request)
    if is_current:
        close_session(request=request)
    user.sessions.filter(pk=login.session_id).delete()
    return is_current


def current_session(request: HttpRequest) -> object:
    """Return what the session is called that the request is made with."""
    return request.session.public_id if isinstance(request.session, SessionStore) else None
