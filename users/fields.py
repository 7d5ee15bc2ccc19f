"""Columns that hold one spelling only, whichever way a value gets there: form, API, shell or query."""

from typing import Any

from django.db import models

from users.names import normalise


class NormalisedMixin(models.Field):
    """Normalises on the way into the database and into exact lookups, and on the instance when it is saved."""

    def to_python(self, value: Any) -> Any:
        """Normalise what forms and ``full_clean()`` validate."""
        cleaned = super().to_python(value)
        return normalise(cleaned) if isinstance(cleaned, str) else cleaned

    def get_prep_value(self, value: Any) -> Any:
        """Normalise what is stored or looked up."""
        return self.to_python(super().get_prep_value(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Leave the instance with the value that its row gets."""
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class NormalisedCharField(NormalisedMixin, models.CharField):
    """A name."""


class NormalisedEmailField(NormalisedMixin, models.EmailField):
    """An e-mail address."""
