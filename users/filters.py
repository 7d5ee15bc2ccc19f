"""Filters of lists: what all have in common, and those of the accounts."""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Protocol, cast

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from users.models import User
from users.names import LONGEST_LOGIN, normalise


class StrictBooleanField(forms.Field):
    """True or false, where Django's own fields take any other text for one of them."""

    def to_python(self, value: Any) -> bool | None:
        """Return None for a parameter that is empty or missing."""
        if value in self.empty_values:
            return None
        try:
            return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]
        except KeyError:
            raise FormError(_("Enter true or false."), code="invalid") from None


@extend_schema_field(OpenApiTypes.BOOL)
class StrictBooleanFilter(filters.Filter):
    """``true`` or ``false``."""

    field_class = StrictBooleanField


def refuse_unknown(query: QueryDict, known: Iterable[str], *, formats: Collection[str] = ()) -> None:
    """Raise ValidationError for parameters that there are not: a misspelt filter must not return everything.

    Args:
        query: the parameters.
        known: the names that there are.
        formats: the formats that there are beside JSON.
    """
    refused = {name: [_("There is no such parameter.")] for name in set(query) - set(known)}
    refused |= {name: [_("Given more than once.")] for name, values in query.lists() if len(values) > 1}
    if query.get("format", "json") not in {"json", *formats}:
        refused["format"] = [_("There is no such format.")]
    if refused:
        raise ValidationError(refused)


class Pages(Protocol):
    """Pages, and the parameters that ask for one."""

    parameters: ClassVar[Collection[str]]


class ListView(Protocol):
    """What the backend asks of a view."""

    filterset_class: type[filters.FilterSet]
    pagination_class: type[Pages]


class AccountOrdering(filters.OrderingFilter):
    """By one column or several, and by id where they are equal. Accounts that never logged in come last, or first."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """Return the accounts in order."""
        return qs.order_by(*[self.order(name) for name in value or ["username"]], "id")

    def order(self, name: str) -> Any:
        """Return the order of one column. The databases don't agree on where NULL belongs."""
        if name.lstrip("-") != "last_login":
            return name
        return F("last_login").desc(nulls_last=True) if name.startswith("-") else F("last_login").asc(nulls_first=True)


class AccountFilter(filters.FilterSet):
    """The filters of the accounts. One has to pass all that are given."""

    search = filters.CharFilter(
        method="matching",
        max_length=LONGEST_LOGIN,
        help_text=_("Parts of the username, the e-mail address, the first or the last name."),
    )
    is_active = StrictBooleanFilter()
    is_staff = StrictBooleanFilter()
    is_superuser = StrictBooleanFilter()
    ordering = AccountOrdering(fields=("username", "email", "date_joined", "last_login", "id"))

    class Meta:
        model = User
        fields: list[str] = []

    def matching(self, queryset: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Return the accounts that have each of the words somewhere."""
        for word in value.split():
            stored = normalise(word)  # as names and addresses are
            found = Q(username__contains=stored) | Q(email__contains=stored)
            queryset = queryset.filter(found | Q(first_name__icontains=word) | Q(last_name__icontains=word))
        return queryset


class ListFilterBackend(filters.DjangoFilterBackend):
    """Filters a list by the view's filters, and refuses parameters that are neither these nor of its pages."""

    def filter_queryset(self, request: HttpRequest, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """Return the rows, or raise ValidationError with the name of the parameter."""
        if getattr(view, "detail", False):
            return queryset
        list_view = cast(ListView, view)
        refuse_unknown(request.GET, {*list_view.filterset_class.base_filters, *list_view.pagination_class.parameters})
        filterset = list_view.filterset_class(request.GET, queryset, request=request)
        if not filterset.is_valid():
            raise ValidationError(filterset.errors)
        return filterset.qs
