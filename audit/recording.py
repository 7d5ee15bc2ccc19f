"""The one writer of the login log."""

import logging
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.http import HttpRequest

from audit.models import REQUEST_ID_LENGTH, LoginLog
from audit.names import as_attempted
from audit.signals import attempt_recorded
from users.attempts import Attempt, entrance_of, is_awaited
from users.clients import Client, storable
from users.insertion import insert, unsaved
from users.soundness import writing_sound_values

logger = logging.getLogger("audit")


def record(
    *, request: HttpRequest | None, attempt: Attempt, token_id: UUID | None = None, session_id: UUID | None = None
) -> LoginLog:
    """Write the attempt's row, in the transaction that is open if there is one, and its line in the log after commit.

    Raises:
        DatabaseError: the row can't be written, never an IntegrityError. Whoever asked must not be let in.
    """
    client = Client.of(request) if request else Client(ip_address=None, user_agent="")
    row = unsaved(
        LoginLog,
        user_id=attempt.user.pk if attempt.user else None,
        username=as_attempted(attempt.username),
        ip_address=client.ip_address,
        user_agent=client.user_agent,
        is_success=attempt.failure_reason is None,
        failure_reason=attempt.failure_reason.value if attempt.failure_reason else "",
        entrance=entrance_of(request).value,
        token_id=token_id,
        session_id=session_id,
        request_id=storable(request.META.get("HTTP_X_REQUEST_ID", ""), length=REQUEST_ID_LENGTH) if request else "",
        peer=client.peer,
        forwarded_for=client.forwarded_for,
    )
    wrapper = connections[DEFAULT_DB_ALIAS]
    with writing_sound_values():
        if is_awaited(request) or wrapper.in_atomic_block:
            with transaction.atomic(savepoint=False):
                write(row, request=request, attempt=attempt)
        else:  # a row by itself, as of those who are locked out, needs no more than its statement
            write(row, request=request, attempt=attempt)
    attempt.is_recorded = True
    wrapper.on_commit(lambda: logger.info("login", extra=as_line(row)))
    return row


def write(row: LoginLog, *, request: HttpRequest | None, attempt: Attempt) -> None:
    """Write the row, and what is to be written with it. Sends ``attempt_recorded``."""
    insert(row)
    attempt_recorded.send(sender=LoginLog, request=request, attempt=attempt)


def as_line(row: LoginLog) -> dict[str, Any]:
    """Return what the log line says: the row, which holds no secret."""
    return {
        "login_id": row.pk,
        "user_id": row.user_id,
        "username": row.username,
        "ip_address": row.ip_address,
        "user_agent": row.user_agent,
        "is_success": row.is_success,
        "failure_reason": row.failure_reason,
        "entrance": row.entrance,
        "token_id": str(row.token_id) if row.token_id else None,
        "session_id": str(row.session_id) if row.session_id else None,
        "request_id": row.request_id,
    }
