"""What the login log can be filtered by."""

from datetime import UTC, datetime
from typing import Any, Protocol, cast

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from audit.keyset import Span
from audit.models import LoginLog, LoginLogQuerySet
from audit.networks import Network, parse_network
from users.attempts import Entrance, FailureReason
from users.names import normalise

MAX_ID = 2**63 - 1
LONGEST_MOMENT = len("2026-01-01T00:00:00.000000+00:00")


class MomentField(IsoDateTimeField):
    """A date and time that is one in UTC as well: 9999-12-31T23:59-05:00 is not."""

    def clean(self, value: Any) -> datetime | None:
        """Return the moment in UTC."""
        if value and len(str(value)) > LONGEST_MOMENT:  # Django's parser ignores digits past the microseconds
            raise FormError(self.error_messages["invalid"], code="invalid")
        moment: datetime | None = super().clean(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            raise FormError(self.error_messages["invalid"], code="invalid") from None


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


class MomentFilter(filters.IsoDateTimeFilter):
    """ISO 8601; UTC where it names no offset."""

    field_class = MomentField


@extend_schema_field(OpenApiTypes.BOOL)
class StrictBooleanFilter(filters.Filter):
    """``true`` or ``false``."""

    field_class = StrictBooleanField


@extend_schema_field(OpenApiTypes.INT64)
class IdFilter(filters.Filter):
    """A number that can be an id."""

    field_class = forms.IntegerField


class NetworkField(forms.Field):
    """An address or a network."""

    def to_python(self, value: Any) -> Network | None:
        """Return the network; an address is a network of one."""
        if value in self.empty_values:
            return None
        network = parse_network(str(value).strip())
        if network is None:
            raise FormError(_("Enter an IPv4 or IPv6 address, or a network such as 10.0.0.0/8."), code="invalid")
        return network


class NetworkFilter(filters.Filter):
    """An IPv4 or IPv6 address, or a network."""

    field_class = NetworkField


class LoginLogFilter(filters.FilterSet):
    """The filters of the log. A row has to pass all that are given."""

    user = IdFilter(min_value=1, max_value=MAX_ID)
    username = filters.CharFilter(method="filter_username")
    ip_address = NetworkFilter(
        method="filter_ip_address", help_text=_("An address, or a network such as 10.0.0.0/8 or 2001:db8::/32.")
    )
    is_success = StrictBooleanFilter()
    failure_reason = filters.ChoiceFilter(choices=FailureReason.choices, method="filter_failure_reason")
    entrance = filters.ChoiceFilter(choices=Entrance.choices)
    login_time_after = MomentFilter(method="leave", help_text=_("This time or later."))
    login_time_before = MomentFilter(method="leave", help_text=_("Before this time."))

    class Meta:
        model = LoginLog
        fields: list[str] = []

    @property
    def span(self) -> Span:
        """Return the times asked for. The span of a page follows from them and its cursor."""
        times = self.form.cleaned_data
        return Span.of_times(times["login_time_after"], times["login_time_before"])

    def leave(self, queryset: QuerySet[LoginLog], name: str, value: datetime) -> QuerySet[LoginLog]:
        """Leave the times to whoever reads the span."""
        return queryset

    def filter_ip_address(self, queryset: LoginLogQuerySet, name: str, value: Network) -> LoginLogQuerySet:
        """Compare addresses in the form that the log stores, and networks by their parts."""
        return queryset.of_network(value)

    def filter_failure_reason(self, queryset: QuerySet[LoginLog], name: str, value: str) -> QuerySet[LoginLog]:
        """Compare, in words that let the databases use the index of failures."""
        return queryset.filter(is_success=False, failure_reason=value)

    def filter_username(self, queryset: QuerySet[LoginLog], name: str, value: str) -> QuerySet[LoginLog]:
        """Compare in the spelling that the log stores."""
        return queryset.filter(username=normalise(value))


class LogView(Protocol):
    """What the backend asks of a view, and tells it."""

    span: Span

    @property
    def parameters(self) -> frozenset[str]:
        """Which query parameters there are beside the filters."""

    @property
    def formats(self) -> frozenset[str]:
        """Which formats there are beside JSON."""


class StrictFilterBackend(filters.DjangoFilterBackend):
    """Refuses parameters that it does not know: a misspelt filter must not return everything."""

    def filter_queryset(self, request: HttpRequest, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        """Filter a list, or raise ValidationError with the name of the parameter."""
        if getattr(view, "detail", False):
            return queryset
        log_view = cast(LogView, view)
        known = {*LoginLogFilter.base_filters, *log_view.parameters}
        refused = {name: [_("There is no such parameter.")] for name in set(request.GET) - known}
        refused |= {name: [_("Given more than once.")] for name, values in request.GET.lists() if len(values) > 1}
        if request.GET.get("format", "json") not in {"json", *log_view.formats}:
            refused["format"] = [_("There is no such format.")]
        if refused:
            raise ValidationError(refused)
        filterset = LoginLogFilter(request.GET, queryset, request=request)
        if not filterset.is_valid():
            raise ValidationError(filterset.errors)
        log_view.span = filterset.span
        filtered: QuerySet[Any] = filterset.qs
        return filtered
