"""What the login log can be filtered by."""

from datetime import UTC, datetime
from typing import Any, Protocol, cast

from django import forms
from django.core.exceptions import ValidationError as FormError
from django.core.validators import EMPTY_VALUES
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from audit.conditions import Condition, conditions_of
from audit.keyset import Span
from audit.models import LoginLog, LoginLogQuerySet
from audit.names import as_attempted
from audit.networks import Network, parse_network
from users.filters import StrictBooleanFilter, refuse_unknown
from users.vocabulary import Entrance, FailureReason

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


class MomentFilter(filters.IsoDateTimeFilter):
    """ISO 8601; UTC where it names no offset."""

    field_class = MomentField


class IdField(forms.IntegerField):
    """A whole number in digits: Django's takes 1.0 and +1 as well."""

    def to_python(self, value: Any) -> int | None:
        """Return the number."""
        text = str(value or "").strip()
        if text and not (text.isascii() and text.isdigit()):
            raise FormError(self.error_messages["invalid"], code="invalid")
        number: int | None = super().to_python(text)
        return number


@extend_schema_field(OpenApiTypes.INT64)
class IdFilter(filters.Filter):
    """A number that can be an id."""

    field_class = IdField


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
    username = filters.CharFilter()
    ip_address = NetworkFilter(help_text=_("An address, or a network such as 10.0.0.0/8 or 2001:db8::/32."))
    is_success = StrictBooleanFilter()
    failure_reason = filters.ChoiceFilter(choices=FailureReason.choices)
    entrance = filters.ChoiceFilter(choices=Entrance.choices)
    login_time_after = MomentFilter(help_text=_("This time or later."))
    login_time_before = MomentFilter(help_text=_("Before this time."))

    class Meta:
        model = LoginLog
        fields: list[str] = []

    @property
    def span(self) -> Span:
        """Return the times asked for. The span of a page follows from them and its cursor."""
        times = self.form.cleaned_data
        return Span.of_times(times["login_time_after"], times["login_time_before"])

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return what was asked for, but for the times, in the form that the log stores."""
        asked = {name: value for name, value in self.form.cleaned_data.items() if value not in EMPTY_VALUES}
        network = asked.pop("ip_address", None)
        columns = {"user": "user_id", "username": "username"}
        columns |= {name: name for name in ("is_success", "failure_reason", "entrance")}
        if "username" in asked:
            asked["username"] = as_attempted(asked["username"])
        found = [(columns[name], value) for name, value in asked.items() if name in columns]
        return (*found, *(conditions_of(network) if network else []))

    def filter_queryset(self, queryset: QuerySet[Any, Any]) -> LoginLogQuerySet:
        """Return the rows of any time. A queryset that has conditions already has those of the reader's own rows."""
        rows = cast(LoginLogQuerySet, queryset)
        return rows.matching(self.conditions, is_led=bool(rows.query.has_filters()))


class LogView(Protocol):
    """What the backend asks of a view, and tells it."""

    span: Span
    conditions: tuple[Condition, ...]

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
        refuse_unknown(request.GET, known, formats=log_view.formats)
        if not LoginLogFilter.base_filters.keys() & request.GET.keys():
            # A form that has nothing to check would take longer to build than the rest of the page.
            log_view.span, log_view.conditions = Span.of_times(None, None), ()
            return queryset
        filterset = LoginLogFilter(request.GET, queryset, request=request)
        if not filterset.is_valid():
            raise ValidationError(filterset.errors)
        log_view.span, log_view.conditions = filterset.span, filterset.conditions
        filtered: QuerySet[Any] = filterset.qs
        return filtered
