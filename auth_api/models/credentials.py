"""What tokens and cookie sessions have in common."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import Error, connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users.clients import USER_AGENT_LENGTH, Client
from users.statements import execute

A_MINUTE = timedelta(minutes=1)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # before all credentials, and all guesses at them


def noted_every() -> timedelta:
    """Return how long a use that was noted stands for those after it: less than it takes to be idle."""
    return min(A_MINUTE, settings.TOKEN_IDLE_LIFETIME / 10) if settings.TOKEN_IDLE_LIFETIME else A_MINUTE


class Credential(models.Model):
    """What tokens and sessions have in common."""

    objects: ClassVar[models.Manager[Any]]
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), default=timezone.now, editable=False)
    last_used_ip = models.GenericIPAddressField(_("last used from"), null=True, editable=False)
    user_agent = models.CharField(_("user agent"), max_length=USER_AGENT_LENGTH, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def has_stale_use(self) -> bool:
        """Whether the last use that was noted is so long ago that this one is worth a note."""
        return timezone.now() - self.last_used_at >= noted_every()

    def note_use(self, client: Client) -> None:
        """Write time and address of this use.

        A note is not worth a request: if the database can't take it at once, it is forgotten. A read would otherwise
        take as long as somebody else's transaction.
        """
        now, table = timezone.now(), self._meta.db_table
        with contextlib.suppress(Error), connection.without_waiting() as end:  # type: ignore[attr-defined]  # of our own backends
            # Asked once more in the database, since parallel requests have all seen the old time.
            stale = f"SELECT id FROM {table} WHERE id = %s AND last_used_at <= %s{end}"  # noqa: S608 - names of ours
            statement = f"UPDATE {table} SET last_used_at = %s, last_used_ip = %s WHERE id = ({stale})"  # noqa: S608
            execute(statement, now, client.ip_address, self.pk, now - noted_every())
