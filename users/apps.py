"""Accounts: who may log in, by which name, with which password."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    """The accounts."""

    name = "users"
    verbose_name = _("Accounts")
