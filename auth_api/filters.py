"""What lockouts are looked for by, in the spelling that their rows have."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from auth_api.guesser import as_counted
from auth_api.models import Lockout
from users.clients import network_of, parse_address
from users.models import User
from users.names import LONGEST_LOGIN

# Where no address is known, and what devices are called.
OTHER_PLACES = re.compile(r"unknown|(token|session) [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def of_account(lockouts: QuerySet[Lockout], login: str) -> QuerySet[Lockout]:
    """Return those of the account; they are under its name, also if its e-mail address was given.

    The first condition is the index's own.
    """
    user = User.objects.find_by_login(login)
    return lockouts.filter(id__gt=0, account=user.username if user else as_counted(login))


def of_place(lockouts: QuerySet[Lockout], place: str) -> QuerySet[Lockout]:
    """Return those of the network or device, likewise."""
    return lockouts.filter(id__gt=0, network=place)


def place_of(text: str) -> str | None:
    """Return the network of an address or of a /64, or the device, or None for what no lockout has."""
    address = text.removesuffix("/64") if ":" in text else text
    if parse_address(address):
        return network_of(address)
    return text if OTHER_PLACES.fullmatch(text) else None


def searched(lockouts: QuerySet[Lockout], term: str) -> QuerySet[Lockout]:
    """Return those of the address, the network or the device, if the term is one, or else of the account."""
    place = place_of(term)
    return of_place(lockouts, place) if place else of_account(lockouts, term)


class PlaceField(forms.CharField):
    """A network or a device."""

    def clean(self, value: Any) -> str:
        """Return it as rows have it."""
        text: str = super().clean(value)
        place = place_of(text) if text else ""
        if place is None:
            raise FormError(
                _("Enter an address, a /64 such as 2001:db8::/64, or a device such as session <id>."), code="invalid"
            )
        return place


class PlaceFilter(filters.Filter):
    """An address, a /64, or a device."""

    field_class = PlaceField


class LockoutFilter(filters.FilterSet):
    """The filters of the lockouts. One has to pass all that are given."""

    account = filters.CharFilter(
        method="named", max_length=LONGEST_LOGIN, help_text=_("A whole username or e-mail address.")
    )
    network = PlaceFilter(
        method="placed",
        max_length=LONGEST_LOGIN,
        help_text=_("An address, a /64 such as 2001:db8::/64, or a device such as `session <id>`."),
    )

    class Meta:
        model = Lockout
        fields: list[str] = []

    def named(self, queryset: QuerySet[Lockout], name: str, value: str) -> QuerySet[Lockout]:
        """Return those of the account."""
        return of_account(queryset, value)

    def placed(self, queryset: QuerySet[Lockout], name: str, value: str) -> QuerySet[Lockout]:
        """Return those of the network or device."""
        return of_place(queryset, value)
