"""Removing what counts for nothing any more. It costs the request path nothing, only room."""

from collections.abc import Iterator
from typing import Any

from django.db import models

from auth_api.models import AuthToken, Guess, KnownNetwork, Lockout, Session
from auth_api.models.credentials import Credential

BATCH = 1000  # rows looked at in one go
Prunable = type[AuthToken] | type[Session] | type[Guess] | type[Lockout] | type[KnownNetwork]
PRUNED: list[Prunable] = [AuthToken, Session, Guess, Lockout, KnownNetwork]


def prune(model: Prunable) -> Iterator[tuple[int, int]]:
    """Delete the dead ones, each batch in a transaction of its own; yield how many it looked at and deleted."""
    rows: models.QuerySet[Any] = model.objects.all()
    if issubclass(model, Credential):
        rows = rows.select_related("user")
    for batch in batches(rows):
        dead = [row.pk for row in batch if row.is_dead]
        yield len(batch), model.objects.filter(pk__in=dead).delete()[0]


def batches(queryset: "models.QuerySet[Any]") -> Iterator[list[Any]]:
    """Yield the rows by primary key. What is added or deleted meanwhile disturbs nothing."""
    batch = list(queryset.order_by("pk")[:BATCH])
    while batch:
        yield batch
        batch = list(queryset.filter(pk__gt=batch[-1].pk).order_by("pk")[:BATCH])
