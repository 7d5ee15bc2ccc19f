"""A session engine of Django's, over a table that knows only digests of session keys."""

import uuid
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.utils import timezone

from auth_api.keys import digest
from auth_api.models import Session
from users.clients import Client


class SessionStore(SessionBase):
    """One session. ``row`` is where it is stored, ``client`` where it was opened, if that was in this request."""

    row: Session | None = None
    client: Client | None = None
    _new_id: uuid.UUID | None = None

    @property
    def public_id(self) -> uuid.UUID:
        """What the session is called where its key must not stand: the id of the row that it has or will get."""
        if self.row is not None:
            return self.row.pk
        self._new_id = self._new_id or uuid.uuid4()
        return self._new_id

    def load(self) -> dict[str, Any]:
        """Return the data of the session, or none if it is over."""
        found = Session.objects.filter(digest=digest(self.session_key or ""), expires_at__gt=timezone.now())
        self.row = found.first()
        if self.row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(self.row.data)
        return data

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of that key."""
        return Session.objects.filter(digest=digest(session_key)).exists()

    def create(self) -> None:
        """Give the session a key and a row. One that has a row already goes on as another session."""
        if self.row is not None:
            self.row = self._new_id = None
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # missing in the stubs
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:  # noqa: FBT002 - as Django declares it
        """Write the session.

        Raises:
            UpdateError: it was ended by another request in the meantime.
            DatabaseError: it can't be written; Django's own engine would take this for the former.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # likewise
        columns = {
            "data": self.encode(data),
            "expires_at": self.get_expiry_date(),
            "user_id": data.get(SESSION_KEY),
            "auth_hash": data.get(HASH_SESSION_KEY, ""),
        }
        if self.client is not None:
            columns |= {"last_used_ip": self.client.ip_address, "user_agent": self.client.user_agent}
        if must_create:
            self.row = Session.objects.create(id=self.public_id, digest=digest(self.session_key), **columns)
        elif not Session.objects.filter(digest=digest(self.session_key)).update(**columns):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        """End the session of that key, or this one, whatever key another request has given it meanwhile."""
        key = self.session_key if session_key is None else session_key
        if session_key is None and self.row is not None:
            Session.objects.filter(pk=self.row.pk).delete()
        elif key is not None:
            Session.objects.filter(digest=digest(key)).delete()

    def flush(self) -> None:
        """End this session. What follows is another one."""
        super().flush()
        self.row = self._new_id = None

    def cycle_key(self) -> None:
        """Go on under another key. What the session is called, and where it was opened, stays as it is.

        Raises:
            UpdateError: it is somebody's, and was ended by another request in the meantime.
        """
        data = self._get_session()  # type: ignore[attr-defined]  # loads the row
        key = self._get_new_session_key()  # type: ignore[attr-defined]  # missing in the stubs
        if self.row is not None and Session.objects.filter(pk=self.row.pk).update(digest=digest(key)):
            self._session_key, self.modified = key, True
            return
        if self.row is not None and SESSION_KEY in data:
            raise UpdateError
        super().cycle_key()
