"""The pages people see in a browser."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardConfig(AppConfig):
    """Pages, and nothing that they don't share with the API."""

    name = "dashboard"
    verbose_name = _("Pages")
