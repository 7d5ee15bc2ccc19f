"""Which form an answer takes."""

from collections.abc import Iterable

from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from users.attempts import underlying


class NeverRefuse(DefaultContentNegotiation):
    """REST framework's choice; where it finds none, the first renderer instead of 406.

    A login refused for its ``Accept`` header would leave no row; RFC 9110, section 12.4.1, leaves it to the server.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return a renderer and its media type."""
        meta = underlying(request).META
        first = next(iter(renderers))
        is_plain = meta.get("HTTP_ACCEPT", "*/*") in {"*/*", first.media_type}
        if is_plain and not format_suffix and not meta.get("QUERY_STRING"):
            # What the comparison of all media types comes to, for less than a tenth of a request's time.
            return first, first.media_type
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, renderers, format_suffix)
        except (NotAcceptable, Http404):
            return first, first.media_type
        return chosen
