"""Columns that follow from another column."""

from typing import Any

from django.db import models

from audit.networks import parts_of_text


class AddressPartField(models.BigIntegerField):
    """One part of the row's ``ip_address``, set whenever the row is written."""

    def __init__(self, *args: Any, part: str = "", **kwargs: Any) -> None:
        self.part = part
        super().__init__(*args, **kwargs | {"null": True, "editable": False})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Return what migrations need to make the field again."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"part": self.part}

    def pre_save(self, model_instance: models.Model, add: bool) -> int | None:
        """Return the part, also for rows that are written in bulk."""
        parts = parts_of_text(model_instance.ip_address)  # type: ignore[attr-defined]  # the column that it follows from
        value: int | None = getattr(parts, self.part) if parts else None
        setattr(model_instance, self.attname, value)
        return value
