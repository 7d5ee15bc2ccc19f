"""Writing an account's columns: what is wrong with a value is said under the name of its field."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelInvalid
from django.db import IntegrityError, transaction
from rest_framework.exceptions import ErrorDetail, ValidationError

from users.models import User


def write(user: User, changes: Mapping[str, Any]) -> None:
    """Set the columns, and save them; all of an account that is new.

    Raises:
        ValidationError: a value is not valid, or another account has it.
    """
    for name, value in changes.items():
        setattr(user, name, value)
    is_new = user.pk is None
    names = {field.name for field in User._meta.concrete_fields} if is_new else set(changes)  # noqa: SLF001 - public by its documentation
    validate(user, names)
    try:
        with transaction.atomic():
            user.save(update_fields=None if is_new else names)
    except IntegrityError:
        validate(user, names)  # which another request has just taken
        raise


def validate(user: User, names: set[str]) -> None:
    """Raise ValidationError if a value of these columns can't be."""
    others = {field.name for field in User._meta.concrete_fields} - names  # noqa: SLF001 - likewise
    errors: dict[str, list[ModelInvalid]] = {}
    for check in (user.clean_fields, user.validate_unique, user.validate_constraints):
        try:
            check(exclude=others)
        except ModelInvalid as error:
            error.update_error_dict(errors)
    if errors:
        # The constraint on e-mail addresses is the one that names no field.
        named = {"email" if name == NON_FIELD_ERRORS else name: found for name, found in errors.items()}
        raise ValidationError({name: details(found) for name, found in named.items()})


def details(errors: list[ModelInvalid]) -> list[ErrorDetail]:
    """Return the errors as REST framework writes them, with their codes."""
    return [ErrorDetail(message, error.code or "invalid") for error in errors for message in error.messages]
