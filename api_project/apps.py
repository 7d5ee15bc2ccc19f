"""The project as an app of its own (management commands), and the admin site it puts in place of Django's."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ApiProjectConfig(AppConfig):
    """Holds the ``serve`` command."""

    name = "api_project"


class LatchkeyAdminConfig(AdminConfig):
    """Django's admin, entered through our login form."""

    default_site = "api_project.admin.LatchkeyAdminSite"
