"""The measurements that have commands of their own, and the log's rows, in the form of the others."""

import json
import subprocess

from benchmarks import flood, login_cost
from benchmarks.contenders import LATCHKEY
from benchmarks.figures import percentile
from benchmarks.service import ROOT
from benchmarks.suite.bench import Bench, Figures


def measure_flood(bench: Bench) -> Figures:
    """Ask for the account while 64 log in. See ``benchmarks.flood``."""
    effort = bench.effort
    readers = flood.measure(bench.directory / "flood", rounds=effort.flood_rounds, seconds=effort.flood_seconds)
    return {
        title: {
            "idle: p99, ms": [percentile(one.idle, 99) for one in reader.rounds],
            "flood: p99, ms": [percentile(one.flooded, 99) for one in reader.rounds],
            "logins a second": [one.crowd.statuses[200] / one.crowd.seconds for one in reader.rounds],
        }
        for title, reader in readers.items()
    }


def measure_beyond_hash(bench: Bench, database: str) -> Figures:
    """Log in with a hasher that costs nothing. See ``benchmarks.login_cost``."""
    place = bench.directory / f"beyond-{database}"
    place.mkdir()
    workers = login_cost.measure(database, place, repetitions=bench.effort.beyond_hash)
    figures: Figures = {}
    for title, worker in workers.items():
        figures[title] = {}
        for kind, name in login_cost.KINDS.items():
            figures[title][f"{name}: ms"] = [clock for clock, _ in worker.times[kind]]
            figures[title][f"{name}: CPU, ms"] = [cpu for _, cpu in worker.times[kind]]
    return figures


def measure_rows(bench: Bench, database: str) -> Figures:
    """Write rows of the login log."""
    service, _ = bench.prepared(LATCHKEY, database, 1)
    with (service.directory / "rows.log").open("wb") as log:
        done = subprocess.run(  # noqa: S603 - a module of ours
            [service.python, "-m", "benchmarks.suite.rows_worker", str(bench.effort.row_rounds)],
            cwd=ROOT, env=service.all_variables(), check=True, stdout=subprocess.PIPE, stderr=log,
        )  # fmt: skip
    figures: Figures = json.loads(done.stdout)
    return figures
