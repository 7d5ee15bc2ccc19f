"""The login log."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core import checks
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Connects the log to the signals that feed it: here, and nowhere else."""

    name = "audit"
    verbose_name = _("Login log")

    def ready(self) -> None:
        """Connect the receivers and register the checks."""
        from audit import receivers  # noqa: PLC0415 - needs the app registry
        from audit.checks import check_atomic_requests  # noqa: PLC0415 - likewise
        from users.signals import credentials_accepted  # noqa: PLC0415 - likewise

        user_logged_in.connect(receivers.record_login, dispatch_uid="audit.record_login")
        user_login_failed.connect(receivers.record_failure, dispatch_uid="audit.record_failure")
        credentials_accepted.connect(receivers.record_bare_check, dispatch_uid="audit.record_bare_check")
        checks.register(check_atomic_requests)
