"""``manage.py create_first_admin``: someone has to be able to log in."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from users.backends import MAX_PASSWORD_LENGTH, is_malformed
from users.models import User


class Command(BaseCommand):
    """Creates the superuser ``admin`` when there is no account at all, and prints its password once."""

    help = "Create the superuser 'admin' on an empty database, with ADMIN_PASSWORD or a random password printed once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do nothing if any account exists."""
        if User.objects.exists():
            return
        if is_malformed(settings.ADMIN_PASSWORD):  # no login would take it
            raise CommandError(
                f"The environment variable ADMIN_PASSWORD must hold text of at most {MAX_PASSWORD_LENGTH} characters."
            )
        password = settings.ADMIN_PASSWORD or secrets.token_urlsafe(18)
        try:
            with transaction.atomic():
                User.objects.create_superuser("admin", password=password)
        except IntegrityError:  # another server, started at the same time, was faster
            return
        if settings.ADMIN_PASSWORD:
            self.stdout.write("Created the account admin with the password from ADMIN_PASSWORD.")
        else:
            self.stdout.write(f"Created the account admin. Its password, shown only this once: {password}")
