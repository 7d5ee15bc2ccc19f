"""``manage.py prune_tokens``: to be run now and then, by cron for instance."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from auth_api.pruning import PRUNED, prune


class Command(BaseCommand):
    """Shows its progress on a terminal. May be interrupted at any time, and started again."""

    help = (
        "Delete tokens and sessions that open nothing any more (expired, idle, or from before a password change), "
        "and what the limiter need not remember."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prune each table, and say how much went."""
        for table in PRUNED:
            name = str(table._meta.verbose_name_plural)  # noqa: SLF001 - public by its documentation
            deleted = 0
            with tqdm(total=table.objects.count(), desc=name, unit="row", disable=None) as bar:
                for seen, gone in prune(table):
                    bar.update(seen)
                    deleted += gone
            self.stdout.write(f"{name}: {deleted} deleted")
