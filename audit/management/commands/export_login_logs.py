"""``manage.py export_login_logs FILE``: what ``GET audit/login-logs/?format=csv`` streams, to a file."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Sum
from django.http import QueryDict
from tqdm import tqdm

from audit.export import FORMATS, Row, batches_of
from audit.filters import LoginLogFilter
from audit.models import LoginLog, QuarterHour


class Command(BaseCommand):
    """Shows its progress on a terminal. The file appears when it is whole; an interrupted export is begun anew."""

    help = "Write the login log, or what passes the filters, to a file, the newest first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, the format, and the filters of the API."""
        parser.add_argument("file", help="where to; - for standard output")
        parser.add_argument("--format", choices=list(FORMATS), default="csv")
        for name in LoginLogFilter.base_filters:
            parser.add_argument(option_of(name), metavar="VALUE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export."""
        query = QueryDict(mutable=True)
        query.update({name: options[name] for name in LoginLogFilter.base_filters if options[name] is not None})
        filterset = LoginLogFilter(query, LoginLog.objects.all())
        if not filterset.is_valid():
            errors = filterset.errors.items()
            raise CommandError("\n".join(f"{option_of(name)}: {' '.join(texts)}" for name, texts in errors))
        _, write = FORMATS[options["format"]]
        total = None if query else QuarterHour.objects.aggregate(rows=Sum("successes") + Sum("failures"))["rows"]
        with destination(options["file"]) as file, tqdm(total=total, unit="row", disable=None) as bar:
            for text in write(watched(batches_of(filterset.qs, filterset.span), bar)):
                file.write(text)


def option_of(name: str) -> str:
    """Return what the filter is called on a command line."""
    return f"--{name.replace('_', '-')}"


def watched(batches: Iterator[list[Row]], bar: "tqdm[Any]") -> Iterator[list[Row]]:
    """Pass the batches on, and move the bar."""
    for batch in batches:
        yield batch
        bar.update(len(batch))


@contextlib.contextmanager
def destination(name: str) -> Iterator[TextIO]:
    """Open where the export goes.

    Raises:
        CommandError: it can't be opened or written to, or whoever reads from it has gone.
    """
    path = Path(name)
    try:
        if name == "-":
            opened: contextlib.AbstractContextManager[TextIO] = to_write(sys.stdout.fileno())
        elif path.exists() and not path.is_file():
            opened = to_write(path)  # a pipe or a device, which a file can't take the place of
        else:
            opened = replacement(path.resolve())  # what a link leads to
        with opened as file:
            yield file
    except OSError as error:
        raise CommandError(f"Can't write {name}: {error.strerror}.") from None


def to_write(file: Path | int) -> TextIO:
    """Open the file, or what the number stands for, which stays open afterwards."""
    return open(file, "w", encoding="utf-8", newline="", closefd=not isinstance(file, int))


@contextlib.contextmanager
def replacement(target: Path) -> Iterator[TextIO]:
    """Open a file beside the one that is meant, and put it in its place when it is whole."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.touch(mode=0o600)  # names and addresses of people are in it
        with to_write(part) as file:
            yield file
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
