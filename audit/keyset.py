"""Reading the login log in order: by time, and by id where times are equal. Any place costs the same to go on from."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DOWN, UP = "o", "n"  # what a cursor begins with: on to the older, or back to the newer rows


class Position(NamedTuple):
    """A place in the log. Where no row is meant, ``id`` is 0, which is before all rows of that time."""

    login_time: datetime
    id: int

    def encode(self) -> str:
        """Return it as text for a URL."""
        text = f"{(self.login_time - EPOCH) // MICROSECOND}.{self.id}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> "Position":
        """Return the position, or raise ValueError for text that ``encode`` does not give."""
        try:
            raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
            microseconds, _, number = raw.partition(".")
            position = cls(EPOCH + int(microseconds) * MICROSECOND, int(number))
        except (binascii.Error, OverflowError) as error:
            raise ValueError(text) from error
        if position.encode() != text or not 0 <= position.id < 2**63:
            raise ValueError(text)
        return position


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the log, between two positions that do not belong to it."""

    after: Position | None = None
    before: Position | None = None

    @classmethod
    def of_times(cls, after: datetime | None, before: datetime | None) -> "Span":
        """Return the span from one time, inclusive, to another, exclusive."""
        return cls(Position(after, 0) if after else None, Position(before, 0) if before else None)

    def cut_before(self, position: Position) -> "Span":
        """Return what of it lies before the position."""
        return Span(self.after, min(self.before, position) if self.before else position)

    def cut_after(self, position: Position) -> "Span":
        """Return what of it lies after the position."""
        return Span(max(self.after, position) if self.after else position, self.before)

    def filter(self, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
        """Return the rows in it.

        One bound each way, on the column that the indexes have: SQLite takes the first it finds for the start of its
        search. What is added for equal times is looked at row by row.
        """
        if self.before and self.before.id:
            moment, number = self.before
            queryset = queryset.filter(Q(login_time__lt=moment) | Q(id__lt=number), login_time__lte=moment)
        elif self.before:
            queryset = queryset.filter(login_time__lt=self.before.login_time)
        if self.after and self.after.id:
            moment, number = self.after
            queryset = queryset.filter(Q(login_time__gt=moment) | Q(id__gt=number), login_time__gte=moment)
        elif self.after:
            queryset = queryset.filter(login_time__gte=self.after.login_time)
        return queryset


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, the newest first, and whether there are others on either side."""

    rows: list[Any]
    has_newer: bool
    has_older: bool

    @property
    def older(self) -> str | None:
        """The cursor of the page of older rows, if there are any."""
        return DOWN + position_of(self.rows[-1]).encode() if self.rows and self.has_older else None

    @property
    def newer(self) -> str | None:
        """The cursor of the page of newer rows, if there are any."""
        return UP + position_of(self.rows[0]).encode() if self.rows and self.has_newer else None


def read_page(queryset: QuerySet[Any, Any], span: Span, cursor: str, *, size: int) -> Page:
    """Return the page that the cursor leads to; the newest rows if it is empty. One query.

    Raises:
        ValueError: no page gave out this cursor.
    """
    if not cursor:
        return newest(queryset, span, size=size)
    if cursor[0] not in {DOWN, UP}:
        raise ValueError(cursor)
    position = Position.decode(cursor[1:])
    if cursor[0] == UP:
        return oldest(queryset, span.cut_after(position), size=size)
    return newest(queryset, span.cut_before(position), size=size, came_down=True)


def newest(queryset: QuerySet[Any, Any], span: Span, *, size: int, came_down: bool = False) -> Page:
    """Return the newest rows of the span. ``came_down`` says that there are newer ones outside of it."""
    rows = list(span.filter(queryset).order_by("-login_time", "-id")[: size + 1])
    return Page(rows[:size], has_newer=came_down, has_older=len(rows) > size)


def oldest(queryset: QuerySet[Any, Any], span: Span, *, size: int) -> Page:
    """Return the oldest rows of the span, outside of which there are older ones."""
    rows = list(span.filter(queryset).order_by("login_time", "id")[: size + 1])
    return Page(rows[:size][::-1], has_newer=len(rows) > size, has_older=True)


def walk(queryset: QuerySet[Any, Any], span: Span, *, batch: int) -> Iterator[list[dict[str, Any]]]:
    """Yield all rows of the span in batches, the newest first: at constant memory, and with no query that lasts."""
    page = newest(queryset, span, size=batch)
    while page.rows:
        yield page.rows
        if not page.has_older:
            return
        span = span.cut_before(position_of(page.rows[-1]))
        page = newest(queryset, span, size=batch)


def position_of(row: Any) -> Position:
    """Return where the row is: an instance, or a dictionary of its columns."""
    if isinstance(row, dict):
        return Position(row["login_time"], row["id"])
    return Position(row.login_time, row.pk)
