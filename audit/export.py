"""The login log as CSV and NDJSON, for spreadsheets and for programs: any number of rows at constant memory."""

import re
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
# What separates cells: in many countries semicolons do, and of an import's choices tabs are one.
SPECIAL = re.compile('[",;\t]')
# Takes all of what may stand before the formula at once, formula or not: looked for, it could take milliseconds.
BEGINNING = re.compile(r'([;\t][\s";]*+)([=+\-@\uff1d\uff0b\uff0d\uff20])?')


def as_csv(batches: Iterable[list[Row]]) -> Iterator[str]:
    """Yield the table: a header, and a line for each row."""
    yield line_of(COLUMNS)
    for batch in batches:
        yield "".join(line_of(as_json(row).values()) for row in batch)


def line_of(values: Iterable[Any]) -> str:
    """Return the line of a row, after RFC 4180."""
    return ",".join(map(cell, values)) + "\r\n"


def cell(value: Any) -> str:
    """Return what a spreadsheet shows as it is: in one cell of one line, and not as the result of a formula."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return "" if value is None else str(value)
    if value.isalnum():  # half of them: nothing below would be found
        return value
    text = " ".join(value.splitlines())
    if text.lstrip().startswith(FORMULA):
        text = f"'{text}"
    return quoted(text) if SPECIAL.search(text) else text


def quoted(text: str) -> str:
    """Return the text in quotes, and harmless where a spreadsheet separates by others than commas.

    Then quotes in the middle of a line mean nothing to it, and the text may begin a cell after each separator.
    """
    return '"' + BEGINNING.sub(without_formula, text).replace('"', '""') + '"'


def without_formula(beginning: re.Match[str]) -> str:
    """Return the beginning of what may be a cell."""
    before, formula = beginning.groups()
    return f"{before}'{formula}" if formula else before


def as_ndjson(batches: Iterable[list[Row]]) -> Iterator[str]:
    """Yield one JSON object a line, in ASCII: many a reader takes other characters for the end of a line as well."""
    for batch in batches:
        yield "".join(json.dumps(as_json(row), separators=(",", ":")) + "\n" for row in batch)


Writer = Callable[[Iterable[list[Row]]], Iterator[str]]
FORMATS: dict[str, tuple[str, Writer]] = {"csv": ("text/csv", as_csv), "ndjson": ("application/x-ndjson", as_ndjson)}


def batches_of(queryset: QuerySet[Any], span: Span) -> Iterator[list[Row]]:
    """Yield the rows of the span that the queryset has, the newest first.

    Whoever downloads them slowly keeps no connection meanwhile, where the threads share some.
    """
    for batch in walk(queryset.values(*COLUMNS), span, batch=BATCH):
        lend_connection()
        yield batch
