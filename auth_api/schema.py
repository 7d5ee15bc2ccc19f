"""How our authentication looks in OpenAPI. drf-spectacular registers the classes when this module is imported."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

OR_FORM = " The same fields are taken as a form, `application/x-www-form-urlencoded` or `multipart/form-data`."


def json_only(serializer: type[Any]) -> dict[str, type[Any]]:
    """Return the body for OpenAPI as JSON alone.

    Forms are taken as well, but clients generated from several content types of one schema don't run.
    """
    return {"application/json": serializer}


class TokenScheme(OpenApiAuthenticationExtension):
    """``Authorization: Token <key>``. OpenAPI knows no such HTTP scheme, hence the whole header."""

    target_class = "auth_api.authentication.TokenAuthentication"
    name = "Token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the header."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "The word `Token`, a space and the key: `Token lk_…`",
        }


class BearerScheme(OpenApiAuthenticationExtension):
    """``Authorization: Bearer <key>``."""

    target_class = "auth_api.authentication.BearerAuthentication"
    name = "Bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the scheme."""
        return {"type": "http", "scheme": "bearer", "description": "The key alone: `lk_…`"}


class CookieScheme(OpenApiAuthenticationExtension):
    """The session cookie of people who logged in on a page."""

    target_class = "auth_api.authentication.CookieAuthentication"
    name = "Cookie"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Describe the cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The cookie of a login in this browser. Unsafe methods need the header `X-CSRFToken` too.",
        }
