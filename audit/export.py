"""The login log as CSV and NDJSON, for spreadsheets and for programs: any number of rows at constant memory."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from rest_framework.utils import json

from audit.keyset import Span, walk
from audit.serializers import COLUMNS, as_json
from users.gate import lend_connection

BATCH = 1000  # rows in memory at a time
Row = dict[str, Any]
# What makes a spreadsheet take a cell for a formula. https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(batches: Iterable[list[Row]]) -> Iterator[str]:
    """Yield the table: a header, and a line for each row."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for batch in batches:
        writer.writerows([cell(value) for value in as_json(row).values()] for row in batch)
        yield drain(buffer)
    yield drain(buffer)


def cell(value: Any) -> Any:
    """Return what a spreadsheet shows as it is: in one line, and not as the result of a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return value
    line = " ".join(value.splitlines())
    return f"'{line}" if line.lstrip().startswith(FORMULA) else line


def drain(buffer: io.StringIO) -> str:
    """Return the text in the buffer, and empty it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def as_ndjson(batches: Iterable[list[Row]]) -> Iterator[str]:
    """Yield one JSON object a line."""
    for batch in batches:
        yield "".join(json.dumps(as_json(row), ensure_ascii=False, separators=(",", ":")) + "\n" for row in batch)


Writer = Callable[[Iterable[list[Row]]], Iterator[str]]
FORMATS: dict[str, tuple[str, Writer]] = {"csv": ("text/csv", as_csv), "ndjson": ("application/x-ndjson", as_ndjson)}


def batches_of(queryset: QuerySet[Any], span: Span) -> Iterator[list[Row]]:
    """Yield the rows of the span that the queryset has, the newest first."""
    for batch in walk(queryset.values(*COLUMNS), span, batch=BATCH):
        lend_connection()  # a client that reads slowly would keep it from everybody else
        yield batch
