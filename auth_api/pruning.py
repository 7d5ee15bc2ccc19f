"""Removing credentials that open nothing any more. They cost the request path nothing, only room."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import models
from django.utils import timezone

from auth_api.models import AuthToken, Session

BATCH = 1000  # rows looked at in one go


def prune_tokens() -> Iterator[tuple[int, int]]:
    """Delete dead tokens, each batch in a transaction of its own; yield how many it looked at and deleted."""
    for batch in batches(AuthToken.objects.select_related("user")):
        dead = [token.pk for token in batch if token.has_expired or not token.is_bound]
        yield len(batch), AuthToken.objects.filter(pk__in=dead).delete()[0]


def prune_sessions() -> Iterator[tuple[int, int]]:
    """Delete sessions that are over, in the same way."""
    now = timezone.now()
    for batch in batches(Session.objects.all()):
        dead = [session.pk for session in batch if session.expires_at <= now]
        yield len(batch), Session.objects.filter(pk__in=dead).delete()[0]


def batches(queryset: "models.QuerySet[Any]") -> Iterator[list[Any]]:
    """Yield the rows by primary key. What is added or deleted meanwhile disturbs nothing."""
    last = UUID(int=0)
    while batch := list(queryset.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk
