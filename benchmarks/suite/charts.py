"""The charts of docs/."""

import statistics
from collections.abc import Callable, Mapping, Sequence

from benchmarks.contenders import BARE, CONTENDERS
from benchmarks.suite.bench import CORES
from benchmarks.suite.cpu import MICROSECONDS
from benchmarks.suite.results import Results
from benchmarks.suite.svg import Bar, Chart
from benchmarks.suite.tables import Column, spread

SPREAD = "Lines show the quartiles of the rounds, or the least and the most where there are few."


def cpu(results: Results) -> str:
    """Draw what a GET costs."""
    columns = [
        Column("SQLite", "cpu/sqlite", MICROSECONDS, BARE.key, digits=2),
        Column("PostgreSQL", "cpu/postgresql", MICROSECONDS, BARE.key, digits=2),
    ]
    return draw(results, "CPU of an authenticated GET, as a multiple of a bare Django view's (less is better)", columns)


def over_http(results: Results) -> str:
    """Draw how many are answered."""
    quantity = "16: requests a second"
    columns = [
        Column("SQLite", f"http/sqlite/{CORES}", quantity),
        Column("PostgreSQL", f"http/postgresql/{CORES}", quantity),
    ]
    return draw(results, f"Authenticated GETs a second, {CORES} workers, 16 connections (more is better)", columns)


def logins(results: Results) -> str:
    """Draw how many are let in."""
    columns = [
        Column("own hasher", "logins/default", "logins a second", digits=1),
        Column("equal hashers", "logins/equal", "logins a second", digits=1),
    ]
    return draw(results, "Logins a second (more is better)", columns)


def draw(results: Results, title: str, columns: Sequence[Column]) -> str:
    """Return the chart of those who were measured, or nothing if nobody was."""
    groups = [(one.title, [bar(column, results, one.key) for column in columns]) for one in CONTENDERS]
    groups = [(label, bars) for label, bars in groups if any(bars)]
    if not groups:
        return ""
    told = (
        f"{label}: "
        + ", ".join(f"{bar.text} ({column.title})" for bar, column in zip(bars, columns, strict=True) if bar)
        for label, bars in groups
    )
    description = f"{'; '.join(told)}. {SPREAD}"
    return Chart(title, description, [column.title for column in columns], groups).draw()


def bar(column: Column, results: Results, key: str) -> Bar | None:
    """Return the bar, if it was measured."""
    values = column.rounds(results, key)
    if not values:
        return None
    middle = statistics.median(values)
    return Bar(middle, *spread(values), f"{middle:,.{column.digits}f}")


CHARTS: Mapping[str, Callable[[Results], str]] = {"cpu": cpu, "http": over_http, "logins": logins}
