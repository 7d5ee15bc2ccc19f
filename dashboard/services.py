"""The verbs of the pages that the API has not."""

from django.db import transaction
from django.http import HttpRequest

from audit.models import LoginLog
from auth_api.homes import forget_network
from auth_api.services import close_session
from auth_api.sessions import SessionStore
from users.models import User


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
