"""What happens to credentials around a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from auth_api.sessions import SessionStore
from users.clients import Client

GetResponse = Callable[[HttpRequest], HttpResponse]


def note_session_use(get_response: GetResponse) -> GetResponse:
    """Write when and from where a session was last used, at most once a minute."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        session = request.session
        if isinstance(session, SessionStore) and session.row is not None:
            session.row.note_use(Client.of(request))
        return response

    return middleware
