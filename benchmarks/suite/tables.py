"""Tables of what was measured: medians of the rounds, each with its spread."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import table
from benchmarks.suite.results import Results

ENOUGH_FOR_QUARTILES = 8  # rounds


@dataclass(frozen=True)
class Column:
    """A quantity of a measurement. With a ``base`` it is the ratio to that one, in the same round."""

    title: str
    measurement: str
    quantity: str
    base: str = ""
    digits: int = 0
    has_spread: bool = True

    def rounds(self, results: Results, key: str) -> Sequence[float]:
        """Return a value for each round; none if it was not measured."""
        figures = results.figures.get(self.measurement, {})
        values = figures.get(key, {}).get(self.quantity, [])
        if not self.base or not values:
            return values
        return [value / base for value, base in zip(values, figures[self.base][self.quantity], strict=True)]

    def cell(self, results: Results, key: str) -> str:
        """Show the rounds."""
        values = self.rounds(results, key)
        if not values:
            return ""
        middle = f"{statistics.median(values):,.{self.digits}f}"
        if not self.has_spread or len(values) < 2:
            return middle
        low, high = spread(values)
        return f"{middle} ({low:,.{self.digits}f}–{high:,.{self.digits}f})"  # noqa: RUF001 - a dash between figures


def spread(values: Sequence[float]) -> tuple[float, float]:
    """Return the quartiles; of few rounds the least and the most."""
    if len(values) < ENOUGH_FOR_QUARTILES:
        return min(values), max(values)
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def show(
    results: Results,
    titles: Mapping[str, str],
    columns: Sequence[Column],
    *,
    first: str = "",
    said: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """Return the table of those who were measured in one of the columns at least.

    Args:
        results: what was measured.
        titles: of the rows, by the keys of the contenders.
        columns: what is shown; one that was not measured is left out.
        first: what stands over the titles.
        said: columns that need no measuring: by their title, the cells of the rows.
    """
    said = said or {}
    columns = [column for column in columns if column.measurement in results.figures]
    rows = {key: [column.cell(results, key) for column in columns] for key in titles}
    shown = [
        [titles[key], *(cells.get(key, "") for cells in said.values()), *row] for key, row in rows.items() if any(row)
    ]
    return table([first, *said, *(column.title for column in columns)], shown)
