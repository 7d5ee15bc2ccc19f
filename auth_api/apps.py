"""Credentials: making them, taking them, ending them."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class AuthApiConfig(AppConfig):
    """Connects the credentials to what happens to accounts: here, and nowhere else."""

    name = "auth_api"
    verbose_name = _("Credentials")

    def ready(self) -> None:
        """Connect the receivers, and tell drf-spectacular how our authentication looks in OpenAPI."""
        from auth_api import receivers, schema  # noqa: F401, PLC0415 - need the app registry; importing registers schema
        from users.models import User  # noqa: PLC0415 - likewise
        from users.signals import password_changed, password_rehashed  # noqa: PLC0415 - likewise

        user_logged_in.connect(receivers.note_client, dispatch_uid="auth_api.note_client")
        password_rehashed.connect(receivers.keep_credentials, dispatch_uid="auth_api.keep_credentials")
        password_changed.connect(receivers.end_other_credentials, dispatch_uid="auth_api.end_other_credentials")
        post_save.connect(receivers.end_all_credentials, sender=User, dispatch_uid="auth_api.end_all_credentials")
