"""Removing credentials that open nothing any more. They cost the request path nothing, only room."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import models

from auth_api.models import AuthToken, Session

BATCH = 1000  # rows looked at in one go


def prune(model: type[AuthToken] | type[Session]) -> Iterator[tuple[int, int]]:
    """Delete the dead ones, each batch in a transaction of its own; yield how many it looked at and deleted."""
    for batch in batches(model.objects.select_related("user")):
        dead = [credential.pk for credential in batch if credential.is_dead]
        yield len(batch), model.objects.filter(pk__in=dead).delete()[0]


def batches(queryset: "models.QuerySet[Any]") -> Iterator[list[Any]]:
    """Yield the rows by primary key. What is added or deleted meanwhile disturbs nothing."""
    last = UUID(int=0)
    while batch := list(queryset.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk
