"""Tokens: making them, taking them, ending them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuthApiConfig(AppConfig):
    """The token API."""

    name = "auth_api"
    verbose_name = _("Credentials")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell drf-spectacular how our authentication looks in OpenAPI: importing the extension registers it."""
        from auth_api import schema  # noqa: F401, PLC0415 - needs the app registry
