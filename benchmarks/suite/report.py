"""What a run says: the one table, and the parts of README.md and docs/ that are made of its figures."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from benchmarks.contenders import BARE, CONTENDERS
from benchmarks.login_cost import KINDS, LATCHKEY, LOGGED, PLAIN
from benchmarks.service import ROOT
from benchmarks.suite.bench import CORES
from benchmarks.suite.charts import CHARTS
from benchmarks.suite.cpu import MICROSECONDS
from benchmarks.suite.logins import MEMORY
from benchmarks.suite.results import Results
from benchmarks.suite.tables import Column, show

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", DOCS / "benchmarks.md"]
AXES = "authtoken, django-axes"
TITLES = {one.key: one.title for one in CONTENDERS}
# Measurements of older commands know the contenders by other names.
FLOOD = {"Latchkey": "latchkey", "authtoken, Argon2id": "authtoken", "knox, Argon2id": "knox"}
BEYOND = {LATCHKEY: "latchkey", LOGGED: "axes"}
REVOCATION = {"a token that was ended is refused": {one.key: one.revocation for one in CONTENDERS}}
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def overview(results: Results) -> str:
    """Return the one table."""
    results = with_common_names(results)
    at_16 = f"http/{{}}/{CORES}"
    columns = [
        *(
            Column(f"CPU of a GET, {title}", f"cpu/{name}", MICROSECONDS, BARE.key, digits=2)
            for name, title in DATABASES.items()
        ),
        *(
            Column(f"GETs a second, {title}", at_16.format(name), "16: requests a second")
            for name, title in DATABASES.items()
        ),
        Column("p99, ms", at_16.format("sqlite"), "16: p99, ms", digits=1),
        Column("logins a second", "logins/default", "logins a second"),
        Column("at equal hashers", "logins/equal", "logins a second"),
        Column("beyond the hash, ms", "beyond/sqlite", "right password: ms", digits=1),
        Column("refusals a second", "refusals", "refusals a second"),
        Column("p99 of a GET in a flood, ms", "flood", "flood: p99, ms"),
        Column("start, s", "resources", "seconds", digits=2),
        Column("memory of a worker, MiB", "resources", "MiB"),
    ]
    return show(results, TITLES | {"axes": AXES}, columns, said=REVOCATION) + "\n" + provenance(results)


def summary(results: Results) -> str:
    """Return what the README shows."""
    columns = [
        *(
            Column(f"CPU of a GET, {title}", f"cpu/{name}", MICROSECONDS, BARE.key, digits=2)
            for name, title in DATABASES.items()
        ),
        Column("GETs a second", f"http/sqlite/{CORES}", "16: requests a second"),
        Column("logins a second", "logins/default", "logins a second"),
    ]
    return show(results, TITLES, columns, said=REVOCATION) + "\n" + provenance(results)


def with_common_names(results: Results) -> Results:
    """Return the results with the contenders' keys throughout."""
    renamed = dict(results.figures)
    for key, names in {"flood": FLOOD, "beyond/sqlite": BEYOND}.items():
        if key in renamed:
            renamed[key] = {names[title]: found for title, found in renamed[key].items() if title in names}
    return Results(results.file, results.about, renamed, results.taken)


def provenance(results: Results) -> str:
    """Return when, on what and of what the figures are, and what was left out."""
    about = results.about
    moments = sorted(datetime.fromisoformat(one["at"]) for one in results.taken.values())
    loads = sorted(one["load"] for one in results.taken.values())
    versions = ", ".join(f"{name} {version}" for name, version in about["versions"].items())
    quick = " A quick run: figures are worth less." if about["effort"] == "quick" else ""
    return (
        f"Measured on {moments[-1]:%Y-%m-%d} at {about['code']}, {about['cores']} cores, Python {about['python']},"
        f" {versions}. The machine's load after each measurement: {loads[0]} to {loads[-1]}.{quick}\n"
    )


def cpu(results: Results) -> str:
    """In process."""
    columns = [
        column
        for name, title in DATABASES.items()
        for column in (
            Column(f"{title}, microseconds", f"cpu/{name}", MICROSECONDS, has_spread=False),
            Column("ratio", f"cpu/{name}", MICROSECONDS, BARE.key, digits=2),
        )
    ]
    return show(results, TITLES, columns)


def over_http(results: Results) -> str:
    """By wrk, a table for each database and number of workers."""
    tables = []
    for key in sorted(key for key in results.figures if key.startswith("http/")):
        _, name, processes = key.split("/")
        columns = [
            column
            for connections in ("1", "16")
            for column in (
                Column(f"{connections} conn.: GETs a second", key, f"{connections}: requests a second"),
                Column("ratio", key, f"{connections}: requests a second", BARE.key, digits=2),
                Column("p99, ms", key, f"{connections}: p99, ms", digits=1),
            )
        ]
        workers = "one worker" if processes == "1" else f"{processes} workers"
        tables.append(show(results, TITLES, columns, first=f"{DATABASES[name]}, {workers}"))
    return "\n".join(tables)


def logins(results: Results) -> str:
    """By wrk, and the hasher."""
    columns = [
        Column("logins a second, own hasher", "logins/default", "logins a second", digits=1),
        Column("at equal hashers", "logins/equal", "logins a second", digits=1),
        Column(MEMORY, "logins/default", MEMORY),
    ]
    return show(results, TITLES, columns)


def refusals(results: Results) -> str:
    """By wrk."""
    columns = [
        Column("refusals a second", "refusals", "refusals a second"),
        Column("p99, ms", "refusals", "p99, ms", digits=1),
        Column("passwords checked meanwhile", "refusals", "passwords checked"),
    ]
    return show(results, TITLES | {"axes": AXES}, columns)


def beyond_hash(results: Results) -> str:
    """See ``benchmarks.login_cost``."""
    titles = {title: title for title in (LATCHKEY, LOGGED, PLAIN)}
    tables = []
    for name, title in DATABASES.items():
        columns = [
            column
            for kind in KINDS.values()
            for column in (
                Column(f"{kind}: ms", f"beyond/{name}", f"{kind}: ms", digits=2),
                Column("ratio", f"beyond/{name}", f"{kind}: ms", LOGGED, digits=2),
            )
        ]
        if f"beyond/{name}" in results.figures:
            tables.append(show(results, titles, columns, first=title))
    return "\n".join(tables)


def flood(results: Results) -> str:
    """See ``benchmarks.flood``."""
    columns = [
        Column(title, "flood", title, digits=1) for title in ("idle: p99, ms", "flood: p99, ms", "logins a second")
    ]
    return show(results, {title: title for title in results.figures.get("flood", {})}, columns)


def resources(results: Results) -> str:
    """Start and memory."""
    columns = [
        Column("start, s", "resources", "seconds", digits=2),
        Column("memory, MiB", "resources", "MiB", digits=1),
    ]
    return show(results, TITLES, columns)


def rows(results: Results) -> str:
    """Rows of the log."""
    titles = {
        "driver": "the driver",
        "autocommit": "the driver, without a transaction",
        "cursor": "Django's cursor",
        "together": "Latchkey, in a transaction",
        "latchkey": "Latchkey, a row by itself",
        "unprinted": "Latchkey, a row by itself, without the line",
    }
    columns = [
        column
        for name, title in DATABASES.items()
        for column in (
            Column(f"{title}: rows a second", f"rows/{name}", "rows a second"),
            Column("ratio", f"rows/{name}", "rows a second", "driver", digits=2),
            Column("CPU, ms", f"rows/{name}", "CPU, ms", digits=2),
            Column("16 at once", f"rows/{name}", "rows a second, 16 at once"),
            Column("ratio", f"rows/{name}", "rows a second, 16 at once", "driver", digits=2),
        )
    ]
    return show(results, titles, columns)


PARTS: Mapping[str, Callable[[Results], str]] = {
    "summary": summary,
    "overview": overview,
    "cpu": cpu,
    "http": over_http,
    "logins": logins,
    "refused": refusals,
    "beyond": beyond_hash,
    "flood": flood,
    "resources": resources,
    "rows": rows,
}


def write_docs(results: Results) -> None:
    """Write the parts anew that stand between ``<!-- bench: name -->`` and ``<!-- end -->``, and the charts."""
    for page in PAGES:
        page.write_text(re.sub(r"(?s)(<!-- bench: (\w+) -->\n).*?(<!-- end -->)", part_of(results), page.read_text()))
    for name, chart in CHARTS.items():
        if drawn := chart(results):
            (DOCS / f"{name}.svg").write_text(drawn)


def part_of(results: Results) -> Callable[[re.Match[str]], str]:
    """Return what puts a part between its marks; one that nothing was measured of stays as it is."""

    def fill(match: re.Match[str]) -> str:
        part = PARTS[match[2]](results)
        return f"{match[1]}\n{part}\n{match[3]}" if part.count("\n") > 2 else match[0]

    return fill
