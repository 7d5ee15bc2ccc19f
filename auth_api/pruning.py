"""Removing what counts for nothing any more. It costs the request path nothing, only room."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models, transaction

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
        dead = dead_of(batch)
        yield len(batch), delete_dead(rows, dead) if dead else 0


@transaction.atomic
def delete_dead(rows: "models.QuerySet[Any]", dead: list[Any]) -> int:
    """Delete those that are still dead: a network may have been logged in from meanwhile. Return how many there were.

    Rows that somebody is changing are left to the next run: who ends all credentials of an account locks them in
    another order, and each could wait for the other.
    """
    free = rows.model.objects.select_for_update(skip_locked=True).filter(pk__in=dead)
    held = list(free.values_list("pk", flat=True))
    # Read by another statement, which sees the accounts as well as they are once the rows are locked.
    deleted: int = rows.model.objects.filter(pk__in=dead_of(rows.filter(pk__in=held))).delete()[0]
    return deleted


def dead_of(rows: Iterable[Any]) -> list[Any]:
    """Return the keys of those that count for nothing."""
    return [row.pk for row in rows if row.is_dead]


def batches(queryset: "models.QuerySet[Any]") -> Iterator[list[Any]]:
    """Yield the rows by primary key. What is added or deleted meanwhile disturbs nothing."""
    batch = list(queryset.order_by("pk")[:BATCH])
    while batch:
        yield batch
        batch = list(queryset.filter(pk__gt=batch[-1].pk).order_by("pk")[:BATCH])
