"""What happens to credentials around a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from auth_api.sessions import SessionStore
from users.clients import Client

GetResponse = Callable[[HttpRequest], HttpResponse]


class NoteSessionUse:
    """Writes when and from where a session was last used, at most once a minute."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, then note the use."""
        response = self.get_response(request)
        session = request.session
        if isinstance(session, SessionStore) and session.row is not None and session.row.has_stale_use:
            session.row.note_use(Client.of(request))
        return response
