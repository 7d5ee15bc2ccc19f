"""``manage.py flush``, which Django's own test cases call as well, to empty the database after a test that commits."""

from typing import Any

from django.core import mail
from django.core.management.commands import flush

from audit.retention import delete_up_to

LAST = 2**63 - 1  # the greatest id that there can be


class Command(flush.Command):
    """Django's. The login log refuses to be emptied by it, but in the database of a test run."""

    def handle(self, **options: Any) -> None:
        """Empty the tables."""
        if hasattr(mail, "outbox"):  # from setup_test_environment()
            delete_up_to(LAST, using=options["database"])
        super().handle(**options)
