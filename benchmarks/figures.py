"""What is made of measurements, and how it is shown."""

import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value below which so many percent of the values lie; one alone is that value."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def auc(sample: Sequence[float], reference: Sequence[float]) -> float:
    """Return how likely a value of the sample is greater than one of the reference; ties count half.

    The Mann-Whitney statistic as a share of all pairs: 0.5 says that nothing can be told.
    """
    ranks = mid_ranks([*sample, *reference])
    least = len(sample) * (len(sample) + 1) / 2
    return (sum(ranks[: len(sample)]) - least) / (len(sample) * len(reference))


def mid_ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value, from 1; equal ones share the mean of theirs."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values), start=1):
        places.setdefault(value, []).append(place)
    return [statistics.fmean(places[value]) for value in values]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table: the first column is text, the others are figures."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, rule, *rows))
