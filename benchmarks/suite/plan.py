"""What is measured, and what each measurement needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from benchmarks.databases import DATABASES, WITH_POSTGRESQL
from benchmarks.suite import cpu, logins, over_http, resources, rest, wrk
from benchmarks.suite.bench import CORES, Bench, Figures

WRK = "wrk"
POSTGRESQL = "postgresql"
MISSING = {
    WRK: "wrk is not installed (Debian: apt-get install wrk): nothing is measured over HTTP",
    POSTGRESQL: f"PostgreSQL can't be started (see {WITH_POSTGRESQL.name}): nothing is measured on it",
}


@dataclass(frozen=True)
class Measurement:
    """A part of the run. The quick one leaves out what it would repeat."""

    run: Callable[[Bench], Figures]
    needs: frozenset[str] = frozenset()
    is_quick: bool = True


def plan() -> Mapping[str, Measurement]:
    """Return all, in their order."""
    found: dict[str, Measurement] = {}
    for name in DATABASES:
        needs = {POSTGRESQL} & {name}
        found[f"cpu/{name}"] = Measurement(partial(cpu.measure, database=name), frozenset(needs))
        found[f"rows/{name}"] = Measurement(partial(rest.measure_rows, database=name), frozenset(needs))
        found[f"beyond/{name}"] = Measurement(
            partial(rest.measure_beyond_hash, database=name), frozenset(needs), is_quick=name == "sqlite"
        )
        for processes in sorted({1, CORES}):
            found[f"http/{name}/{processes}"] = Measurement(
                partial(over_http.measure, database=name, processes=processes),
                frozenset(needs | {WRK}),
                is_quick=name == "sqlite" and processes == CORES,
            )
    return found | {
        "logins/default": Measurement(partial(logins.measure_logins, hasher="default"), frozenset({WRK})),
        "logins/equal": Measurement(partial(logins.measure_logins, hasher="equal"), frozenset({WRK})),
        "refusals": Measurement(logins.measure_refusals, frozenset({WRK})),
        "resources": Measurement(resources.measure),
        "flood": Measurement(rest.measure_flood),
    }


def missing(measurements: Mapping[str, Measurement], *, has_postgresql: bool) -> list[str]:
    """Return what the measurements need and the machine does not have."""
    there = {WRK: wrk.is_installed(), POSTGRESQL: has_postgresql}
    wanted = frozenset().union(*(one.needs for one in measurements.values()))
    return [need for need, is_there in there.items() if need in wanted and not is_there]
