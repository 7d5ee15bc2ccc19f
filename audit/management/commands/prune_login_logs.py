"""``manage.py prune_login_logs --older-than 365d``: how long the login log is kept is the operator's decision."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from environs import ValidationError
from environs.fields import TimeDelta
from tqdm import tqdm

from audit.retention import prune, rows_before

SHORTEST, LONGEST = timedelta(days=1), timedelta(days=36_500)


def age(text: str) -> timedelta:
    """Return the duration, such as 365d. Without a unit it would be seconds, which is next to the whole log."""
    try:
        parsed: timedelta = TimeDelta().deserialize(text)
    except (ValidationError, OverflowError):
        raise ArgumentTypeError(f"{text!r} is no duration such as 365d") from None
    if not text.strip()[-1].isalpha():
        raise ArgumentTypeError(f"{text!r} has no unit; write 365d for days, 52w for weeks")
    if not SHORTEST <= parsed <= LONGEST:
        raise ArgumentTypeError(f"{text!r} is not between 1d and {LONGEST.days}d")
    return parsed


class Command(BaseCommand):
    """Shows its progress on a terminal. May be interrupted at any time, and started again."""

    help = "Delete rows of the login log that are older than a given age, the oldest first, in small batches."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the age."""
        parser.add_argument(
            "--older-than", type=age, required=True, metavar="AGE", help="from 1d to 36500d, such as 365d"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prune, and say how much went."""
        before = timezone.now() - options["older_than"]
        deleted = 0
        with tqdm(total=rows_before(before), unit="row", disable=None) as bar:
            for gone in prune(before):
                bar.update(gone)
                deleted += gone
        self.stdout.write(f"{deleted} rows deleted, older than {before:%Y-%m-%d %H:%M} UTC")
