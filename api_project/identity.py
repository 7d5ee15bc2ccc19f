"""The headers of ``auth/verify/`` on answers that its view does not give: to other hosts, preflights, and of faults."""

from corsheaders.middleware import CorsMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from auth_api.views.verify import IDENTITY_HEADERS

VERIFY = "/api/v1/auth/verify/"


def name_nobody(request: HttpRequest, response: HttpResponseBase) -> None:
    """Set the headers, empty: a proxy that copies them overwrites what the client sent."""
    if request.path_info == VERIFY:
        for header in IDENTITY_HEADERS:
            response.headers[header] = ""


class Cors(CorsMiddleware):
    """Answers preflights, as the original does."""

    def check_preflight(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return the answer to a preflight, None to any other request."""
        response = super().check_preflight(request)
        if response is not None:
            name_nobody(request, response)
        return response
