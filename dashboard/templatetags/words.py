"""Times, addresses and devices in templates."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django import template
from django.contrib.messages.storage.base import Message
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from dashboard.devices import in_words
from dashboard.lifetimes import idle_end

register = template.Library()
register.filter("device", in_words)
register.filter(idle_end)
MAY_BREAK = SafeString(":<wbr>")


@register.filter
def address(text: str) -> SafeString:
    """Return the address so that it is broken, where it has to be, between the groups of IPv6."""
    return format_html_join(MAY_BREAK, "{}", ((group,) for group in text.split(":")))


@register.simple_tag
def moment(when: datetime) -> SafeString:
    """Return the time in UTC, with what a script needs to show it by the reader's clock."""
    utc = when.astimezone(UTC)
    # Translators: a time, in the letters of Django's date filter.
    shown = date_format(utc, _("j M Y, H:i"))
    return format_html('<time datetime="{}">{} UTC</time>', f"{utc:%Y-%m-%dT%H:%M:%SZ}", shown)


@register.filter
def about(messages: Iterable[Message], part: str) -> list[Message]:
    """Return the messages that are to be shown in that part of the page."""
    return [message for message in messages if (message.extra_tags or "") == part]
