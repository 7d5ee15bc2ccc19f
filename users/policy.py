"""Who may do what with which account."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, PermissionDenied

from users.models import User
from users.names import normalise

PRIVILEGES = ("is_staff", "is_superuser")


class LastSuperuser(APIException):
    """409: nobody would be left who can grant anything."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("This is the last active superuser. Make another account a superuser first.")
    default_code = "last_superuser"


@contextmanager
def keeping_a_superuser() -> Iterator[None]:
    """Change accounts in a transaction that is undone if no active superuser of staff is left after it.

    Others can't use what they may do: accounts are for staff, at the API and in the admin.

    The superusers are locked until the transaction ends: of two requests that demote one another's, the second one
    finds what the first has left.

    Raises:
        LastSuperuser: none would be left.
    """
    superusers = User.objects.filter(is_superuser=True, is_staff=True, is_active=True)
    with transaction.atomic():
        had_one = bool(superusers.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        yield
        if had_one and not superusers.exists():
            raise LastSuperuser


def locked(account: User) -> User:
    """Return the account as it is now, and as it stays until the transaction ends, or raise NotFound."""
    found = User.objects.select_for_update(no_key=True).filter(pk=account.pk).first()
    if found is None:
        raise NotFound
    return found


def locked_to_delete(accounts: Iterable[User]) -> list[User]:
    """Return those that are still there, locked until the transaction ends: before the tokens that go with them."""
    chosen = User.objects.select_for_update().filter(pk__in=[account.pk for account in accounts])
    return list(chosen.order_by("pk"))


def still_staff(by: User) -> User:
    """Return whoever asks as they are now, or raise PermissionDenied: they may have been demoted meanwhile."""
    found = User.objects.filter(pk=by.pk, is_staff=True, is_active=True).first()
    if found is None:
        raise PermissionDenied
    return found


def may_manage(by: User, account: User) -> bool:
    """Whether someone of staff may change it: a superuser any, others their own and those without privileges."""
    return not closed_to(by).filter(pk=account.pk).exists()


def closed_to(by: User) -> QuerySet[User]:
    """Return the accounts that are not theirs to change.

    Those may do more than their owners' own things, so that whoever sets their passwords gains by it.
    """
    if by.is_superuser:
        return User.objects.none()
    permitted = User.user_permissions.through.objects.filter(user=OuterRef("pk"))
    in_group = User.groups.through.objects.filter(user=OuterRef("pk"), group__permissions__isnull=False)
    is_privileged = Q(is_staff=True) | Q(is_superuser=True) | Exists(permitted) | Exists(in_group)
    return User.objects.exclude(pk=by.pk).filter(is_privileged)


def refuse_unless_managed(by: User, account: User) -> None:
    """Raise PermissionDenied if the account is not theirs to change."""
    if not may_manage(by, account):
        raise PermissionDenied(_("Only a superuser may change an account of staff, or one that holds permissions."))


def refuse_privileges(by: User, account: User, changes: Mapping[str, Any]) -> None:
    """Raise PermissionDenied if someone who is no superuser would grant or take a privilege."""
    for name in PRIVILEGES:
        if not by.is_superuser and changes.get(name, getattr(account, name)) != getattr(account, name):
            raise PermissionDenied(_("Only a superuser may change %(field)s.") % {"field": name})


def refuse_own_email(by: User, account: User, changes: Mapping[str, Any]) -> None:
    """Raise PermissionDenied if people would change here what asks for their password at users/me/."""
    is_moving = "email" in changes and normalise(changes["email"]) != account.email
    if by.pk == account.pk and is_moving:
        raise PermissionDenied(_("Your own e-mail address is changed at users/me/, with your password."))


def refuse_own_password(by: User, account: User) -> None:
    """Raise PermissionDenied if people would change here what asks for the current one at users/me/password/."""
    if by.pk == account.pk:
        raise PermissionDenied(_("Your own password is changed at users/me/password/, with the current one."))
