"""The project as an app of its own (management commands), and the admin site it puts in place of Django's."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks

from api_project.checks import check_sqlite_file
from api_project.connections import mind_the_one_connection


class ApiProjectConfig(AppConfig):
    """Holds the ``serve`` command, and joins the apps that don't know one another."""

    name = "api_project"

    def ready(self) -> None:
        """Let the limiter hear of rows in the login log, and the database of the end of a request; register a check."""
        from audit.signals import attempt_recorded  # noqa: PLC0415 - needs the app registry
        from auth_api.receivers import settle_guess  # noqa: PLC0415 - likewise

        attempt_recorded.connect(settle_guess, dispatch_uid="auth_api.settle_guess")
        mind_the_one_connection()
        checks.register(check_sqlite_file)


class LatchkeyAdminConfig(AdminConfig):
    """Django's admin, entered through our login form."""

    default_site = "api_project.admin.LatchkeyAdminSite"
