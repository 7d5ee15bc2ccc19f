"""Latchkey beside its peers: one command, one table.

``make bench`` runs it, ``make bench QUICK=1`` in four minutes with figures that are worth less. Stopped, it goes on
where it was; ``FRESH=1`` begins anew. It prints Markdown, and a full run of everything renews docs/; progress goes to
standard error.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Mapping

from tqdm import tqdm

from benchmarks.databases import WITH_POSTGRESQL
from benchmarks.environment import install_peers
from benchmarks.suite import results
from benchmarks.suite.bench import FULL, QUICK, Bench
from benchmarks.suite.plan import MISSING, Measurement, missing, plan
from benchmarks.suite.report import overview, write_docs
from benchmarks.workspace import workspace

TRIED = "BENCHMARK_TRIED_POSTGRESQL"  # the environment variable that says that a cluster was asked for


def main() -> None:
    """Measure what is not measured yet, and show it all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--fresh", action="store_true", help="forget what was measured before")
    parser.add_argument("--docs", action="store_true", help="renew docs/ after less than a full run as well")
    parser.add_argument("--only", nargs="+", metavar="WORD", help="measurements whose name has one of the words")
    options = parser.parse_args()
    begin_with_postgresql()
    install_peers()
    file = results.VAR / ("quick.json" if options.quick else "results.json")
    if options.fresh:
        file.unlink(missing_ok=True)
    kept = results.Results.load(file, results.about("quick" if options.quick else "full"))
    measure(possible(chosen(options)), kept, is_quick=options.quick)
    sys.stdout.write(overview(kept))
    if options.docs or not (options.quick or options.only):
        write_docs(kept)


def begin_with_postgresql() -> None:
    """Begin anew with a cluster that is thrown away, if there is one to be had. Nobody's own is loaded."""
    if TRIED in os.environ:
        return
    os.environ[TRIED] = "yes"
    os.environ.pop("DATABASE_URL", None)
    if subprocess.run([WITH_POSTGRESQL, "true"], check=False).returncode == 0:  # noqa: S603 - ours
        command = [str(WITH_POSTGRESQL), sys.executable, "-m", "benchmarks", *sys.argv[1:]]
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def chosen(options: argparse.Namespace) -> Mapping[str, Measurement]:
    """Return what is to be measured."""
    words = options.only or [""]
    return {
        key: one
        for key, one in plan().items()
        if any(word in key for word in words) and (one.is_quick or not options.quick)
    }


def possible(measurements: Mapping[str, Measurement]) -> Mapping[str, Measurement]:
    """Return what can be measured here. What is missing is said; where CI asks for everything, it is an error."""
    has_postgresql = os.environ.get("DATABASE_URL", "").startswith("postgresql:")
    lacking = missing(measurements, has_postgresql=has_postgresql)
    for need in lacking:
        sys.stderr.write(f"{MISSING[need]}\n")
    if lacking and os.environ.get("CI") == "true":
        sys.exit(1)
    return {key: one for key, one in measurements.items() if not one.needs & set(lacking)}


def measure(measurements: Mapping[str, Measurement], kept: results.Results, *, is_quick: bool) -> None:
    """Measure what is not kept."""
    left = {key: one for key, one in measurements.items() if key not in kept.figures}
    if len(left) < len(measurements):
        sys.stderr.write(f"{len(measurements) - len(left)} of {len(measurements)} are in {kept.file} already\n")
    with workspace() as directory, tqdm(left, disable=None) as progress:
        bench = Bench(directory, QUICK if is_quick else FULL)
        for key in progress:
            progress.set_description(key)
            began = time.monotonic()
            figures = left[key].run(bench)
            kept.keep(key, figures, seconds=time.monotonic() - began)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command goes on where it was.")
