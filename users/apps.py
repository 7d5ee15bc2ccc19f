"""Accounts: who may log in, by which name, with which password."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    """The accounts."""

    name = "users"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Take the place of Django's receiver, which its own app has connected before."""
        from users.receivers import note_last_login  # noqa: PLC0415 - needs the app registry

        user_logged_in.disconnect(dispatch_uid="update_last_login")
        user_logged_in.connect(note_last_login, dispatch_uid="users.note_last_login")
