"""What happens to the connection to the database around a request."""

from typing import Any

from django.conf import settings
from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections, reset_queries


def mind_the_one_connection() -> None:
    """Put one receiver in the place of four of Django's.

    Theirs look for all connections and caches that the thread may have, before and after the request. Here is one
    database and no cache, and the search would take a tenth of a request.
    """
    if settings.DEBUG:  # when queries are collected, and somebody has to throw them away
        return
    request_started.disconnect(reset_queries)
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    request_finished.disconnect(close_caches)
    request_finished.connect(leave_connection, dispatch_uid="api_project.leave_connection")


def leave_connection(**kwargs: Any) -> None:
    """``request_finished``: give up the connection if it is broken, or leave it to others if it is shared."""
    connections[DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete()
