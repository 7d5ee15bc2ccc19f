"""The login log at ten thousand, a million and ten million rows: what a page costs, beside other ways to read it.

Run ``python -m benchmarks.log_pages [--database sqlite|postgresql] [--rows 10000 1000000 10000000] [--keep DIR]``. It
prints Markdown tables; progress goes to standard error. PostgreSQL is the one that DATABASE_URL names, or one that is
made and thrown away. What was loaded into a database that is kept is not loaded again.
"""

import argparse
import json
import os
import secrets
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks import environment
from benchmarks.databases import DATABASES, database, with_postgresql
from benchmarks.figures import percentile, table
from benchmarks.workspace import workspace

ROWS = [10_000, 1_000_000, 10_000_000]
AXES_ROWS = 1_000_000  # at most: each of its lists takes seconds by then
SECTIONS = {
    "query and serialization": "Latchkey's pages of 50: the query, and its rows as JSON's values",
    "through the view": "The same, through the view to the rendered answer",
    "pages": "REST framework's pagination, on the same table, rows and serializer, through a view",
    "summary": "Latchkey's summaries, through the view",
    "admin": "Lists of the admin",
}
Figures = Mapping[tuple[str, str, str], Sequence[float]]  # milliseconds, by section, what and place
NOTES = f"""
Median and 99th percentile in milliseconds, of 200 repetitions in turn; of fewer, but five or more, where they would
have taken longer than three seconds, and of two where each takes that long. In process, with an account that is signed
in: no server, no authentication. Each page is read again and again, hence from memory. The log has a year, 20,000
accounts of which the first has 0.7 % of the rows, 70 % successes, and bursts of guesses from one network. The last page
is the one with the oldest rows. django-axes has at most {AXES_ROWS:,} rows in each of its tables.
"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where SQLite's files stay")
    options = parser.parse_args()
    with_postgresql(options.database, "benchmarks.log_pages")
    environment.install_peers()
    with nullcontext(options.keep) if options.keep else workspace() as directory:
        columns = {rows: figures(options.database, directory, rows) for rows in sorted(set(options.rows))}
    sys.stdout.write(f"\n## {DATABASES[options.database]}\n")
    for section, title in SECTIONS.items():
        sys.stdout.write(f"\n**{title}**\n\n{section_table(section, columns)}")
    sys.stdout.write(NOTES)


def figures(name: str, directory: Path, rows: int) -> Figures:
    """Load and measure Latchkey, and axes beside it."""
    product = run(sys.executable, "benchmarks.log_measuring", name, directory / str(rows), rows)
    found = [*product, *axes(name, directory, min(rows, AXES_ROWS))]
    return {(one["section"], one["what"], one["place"]): one["times"] for one in found}


@cache
def axes(name: str, directory: Path, rows: int) -> list[dict[str, Any]]:
    """Load and measure axes, once for each number of rows."""
    return run(str(environment.PYTHON), "benchmarks.peers.axes_log", name, directory / f"{rows}axes", rows)


def run(python: str, module: str, name: str, place: Path, rows: int) -> list[dict[str, Any]]:
    """Return what the process prints, which shows its progress meanwhile."""
    place.mkdir(parents=True, exist_ok=True)
    is_peer = module.startswith("benchmarks.peers.")
    variables = {
        "PATH": os.defpath,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": database(name, place),
        "DJANGO_SETTINGS_MODULE": "benchmarks.peers.settings" if is_peer else "benchmarks.latchkey_settings",
    }
    variables |= {"PEER": "axes", "PEER_HASHER": "argon2id", "PEER_LIMIT": "5", "PEER_DIRECTORY": str(place)}
    done = subprocess.run(  # noqa: S603 - a module of ours
        [python, "-m", module, str(rows)],
        cwd=environment.BENCHMARKS.parent, env=variables, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def section_table(section: str, columns: Mapping[int, Figures]) -> str:
    """Return the table of a section: a line for each thing that was read, a column for each number of rows."""
    keys = {key: None for figures in columns.values() for key in figures if key[0] == section}
    lines = [
        [f"{what}{place and f': {place}'}", *(cell(f.get((_, what, place))) for f in columns.values())]
        for _, what, place in keys
    ]
    return table(["", *(f"{rows:,} rows" for rows in columns)], lines)


def cell(times: Sequence[float] | None) -> str:
    """Show the median, and the 99th percentile."""
    return f"{statistics.median(times):.2f} ({percentile(times, 99):.2f})" if times else ""


if __name__ == "__main__":
    main()
