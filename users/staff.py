"""The verbs of staff: what can be done with the accounts of others."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from users.models import User
from users.passwords import check_new, hash_in_turn
from users.policy import (
    keeping_a_superuser,
    locked,
    locked_to_delete,
    refuse_own_email,
    refuse_own_password,
    refuse_privileges,
    refuse_unless_managed,
    still_staff,
)
from users.writing import write

logger = logging.getLogger("users")


@sensitive_variables("password")
def create_account(*, by: User, password: str | None = None, **columns: Any) -> User:
    """Make an account; without a password it is one that nobody logs in to until it is given one.

    Raises:
        PermissionDenied: it would have a privilege that is not theirs to grant.
        ValidationError: a value is not valid, or another account has it.
        Overloaded: there is no time to hash the password.
    """
    account = User()
    if password is None:
        account.set_unusable_password()
    else:
        check_new(password, User(**columns), field="password")
        account.password = hash_in_turn(password)
    store_account(by=by, account=account, columns=columns)
    return account


def store_account(*, by: User, account: User, columns: Mapping[str, Any]) -> None:
    """Write a new account, which has its hash already.

    Raises:
        PermissionDenied, ValidationError: see ``create_account``.
    """
    with keeping_a_superuser():
        refuse_privileges(still_staff(by), User(), columns)
        write(account, columns)
    note(by, account, "account created", columns)


def change_account(*, by: User, account: User, changes: Mapping[str, Any]) -> User:
    """Change an account, and return it. One that is deactivated loses its tokens and sessions.

    Raises:
        PermissionDenied: the account, or a privilege, is not theirs to change.
        ValidationError: a value is not valid, or another account has it.
        LastSuperuser: no active superuser would be left.
    """
    with keeping_a_superuser():
        by, account = still_staff(by), locked(account)
        refuse_unless_managed(by, account)
        refuse_privileges(by, account, changes)
        refuse_own_email(by, account, changes)
        write(account, changes)
    note(by, account, "account changed", changes)
    return account


def delete_accounts(*, by: User, accounts: Iterable[User]) -> None:
    """Delete the accounts, or none of them. Those that somebody else has deleted meanwhile are no matter.

    Raises:
        PermissionDenied: one of them is not theirs to change.
        LastSuperuser: no active superuser would be left.
    """
    with keeping_a_superuser():
        chosen = locked_to_delete(accounts)
        asking = still_staff(by)
        for account in chosen:
            refuse_unless_managed(asking, account)
        User.objects.filter(pk__in=[account.pk for account in chosen]).delete()
    for account in chosen:
        note(by, account, "account deleted", {})


@sensitive_variables("new_password")
def set_password(*, by: User, account: User, new_password: str) -> User:
    """Give another's account a new password, and return it.

    That ends its tokens and sessions, which are bound to the former one.

    Raises:
        PermissionDenied: the account is not theirs to change, or it is their own.
        ValidationError: the new password does not pass ``AUTH_PASSWORD_VALIDATORS``.
        Overloaded: there is no time to hash it.
    """
    refuse_own_password(by, account)
    refuse_unless_managed(by, account)
    check_new(new_password, account, field="new_password")
    account = store_password(by, account, hash_in_turn(new_password))
    password_validation.password_changed(new_password, account)
    note(by, account, "password set", {})
    return account


def remove_password(*, by: User, account: User) -> User:
    """Leave another's account without a password, and return it. Its tokens and sessions end likewise.

    Raises:
        PermissionDenied: see ``set_password``.
    """
    refuse_own_password(by, account)
    account = store_password(by, account, make_password(None))
    note(by, account, "password removed", {})
    return account


def store_password(by: User, account: User, hashed: str) -> User:
    """Write the hash, and nothing else, if the account is still theirs to change."""
    with transaction.atomic():
        account = locked(account)
        refuse_unless_managed(still_staff(by), account)
        account.password = hashed
        account.save(update_fields=["password"])
    return account


def note(by: User, account: User, event: str, columns: Mapping[str, Any]) -> None:
    """Write a line to the log: who did what to whom, and the names of the columns, not what they hold."""
    logger.info(event, extra={"account": account.username, "by": by.username, "columns": sorted(columns)})
