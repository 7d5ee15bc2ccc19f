"""Times and devices in templates."""

from datetime import UTC, datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.devices import in_words

register = template.Library()
register.filter("device", in_words)


@register.simple_tag
def moment(when: datetime) -> SafeString:
    """Return the time in UTC, with what a script needs to show it by the reader's clock."""
    utc = when.astimezone(UTC)
    return format_html('<time datetime="{}">{} UTC</time>', f"{utc:%Y-%m-%dT%H:%M:%SZ}", date_format(utc, "j M Y, H:i"))
