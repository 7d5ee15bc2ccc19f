"""What was measured is kept, shown with its spread, and written where the documents have a place for it."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks.suite import plan, report
from benchmarks.suite.bench import CORES, Bench, Figures
from benchmarks.suite.charts import CHARTS
from benchmarks.suite.plan import Measurement
from benchmarks.suite.results import Results
from benchmarks.suite.tables import Column, show

ABOUT: dict[str, Any] = {"effort": "full", "code": "abc", "cores": 2, "python": "3.11", "versions": {"django": "5.2"}}
CPU: Figures = {
    "bare": {"microseconds": [100.0, 200.0, 100.0]},
    "latchkey": {"microseconds": [130.0, 280.0, 150.0]},
    "knox": {"microseconds": [700.0, 1400.0, 600.0]},
}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    results = Results(tmp_path / "results.json", ABOUT)
    results.keep("cpu/sqlite", CPU, seconds=1)
    return results


def measured(figures: Figures, log: list[str], name: str) -> Measurement:
    def run(bench: Bench) -> Figures:
        log.append(name)
        return figures

    return Measurement(run)


def test_a_run_that_was_stopped_goes_on_where_it_was(results: Results) -> None:
    log: list[str] = []
    measurements = {"cpu/sqlite": measured(CPU, log, "cpu/sqlite"), "resources": measured({}, log, "resources")}
    command.measure(measurements, Results.load(results.file, ABOUT), is_quick=True)
    assert log == ["resources"]
    assert set(Results.load(results.file, ABOUT).figures) == {"cpu/sqlite", "resources"}


def test_what_fails_leaves_what_was_measured_before(results: Results) -> None:
    def fail(bench: Bench) -> Figures:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command.measure({"resources": Measurement(fail)}, results, is_quick=True)
    assert set(Results.load(results.file, ABOUT).figures) == {"cpu/sqlite"}


def test_figures_of_other_code_are_not_gone_on_with(results: Results) -> None:
    assert Results.load(results.file, ABOUT | {"code": "def"}).figures == {}


def test_a_ratio_is_the_median_of_the_rounds_ratios_with_the_least_and_the_most(results: Results) -> None:
    # The second round was slow for both: the ratio of the medians would be 1.5.
    column = Column("ratio", "cpu/sqlite", "microseconds", base="bare", digits=2)
    assert column.cell(results, "latchkey") == "1.40 (1.30–1.50)"  # noqa: RUF001 - a dash between figures


def test_of_many_rounds_the_quartiles_are_shown(tmp_path: Path) -> None:
    results = Results(tmp_path / "results.json", ABOUT, {"m": {"a": {"q": [1, 2, 3, 4, 5, 6, 7, 8, 900]}}})
    assert Column("", "m", "q").cell(results, "a") == "5 (3–7)"  # noqa: RUF001 - likewise


def test_what_was_not_measured_has_neither_row_nor_column(results: Results) -> None:
    columns = [Column("SQLite", "cpu/sqlite", "microseconds"), Column("PostgreSQL", "cpu/postgresql", "microseconds")]
    shown = show(results, {"bare": "bare", "fastapi": "FastAPI"}, columns)
    assert "PostgreSQL" not in shown
    assert "FastAPI" not in shown


def test_documents_get_what_was_measured_and_keep_the_rest(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Before.\n<!-- bench: cpu -->\nold\n<!-- end -->\nBetween.\n<!-- bench: logins -->\nkept\n<!-- end -->\n"
    )
    monkeypatch.setattr(report, "PAGES", [page])
    monkeypatch.setattr(report, "DOCS", tmp_path)
    (tmp_path / "logins.svg").write_text("kept")
    report.write_docs(results)
    written = page.read_text()
    assert (tmp_path / "logins.svg").read_text() == "kept"
    assert (tmp_path / "cpu.svg").read_text().startswith("<svg")
    assert "| knox | 700 |" in written
    assert "old" not in written
    assert "kept" in written
    assert written.startswith("Before.\n<!-- bench: cpu -->\n")
    report.write_docs(results)
    assert page.read_text() == written


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_svg_with_a_title_and_a_description_that_has_the_figures(results: Results, name: str) -> None:
    for database in ("sqlite", "postgresql"):
        results.figures[f"http/{database}/{CORES}"] = {"latchkey": {"16: requests a second": [1.0]}}
    results.figures["logins/default"] = {"latchkey": {"logins a second": [1.0]}}
    root = ET.fromstring(CHARTS[name](results))  # noqa: S314 - our own
    title, description = (root.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
    assert title
    assert name != "cpu" or "Latchkey: 1.40 (SQLite)" in (description or "")


@pytest.mark.parametrize("part", report.PARTS)
def test_every_part_has_its_place_in_a_document_and_can_be_made_of_little(part: str, results: Results) -> None:
    places = [page for page in report.PAGES if f"<!-- bench: {part} -->" in page.read_text()]
    assert places
    assert isinstance(report.PARTS[part](results), str)


def test_missing_programs_are_said_and_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("PATH", "")
    left = command.possible(plan.plan())
    assert {key for key, one in left.items() if one.needs} == set()
    assert "cpu/sqlite" in left
    assert "wrk is not installed" in capsys.readouterr().err


def test_missing_programs_are_an_error_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit):
        command.possible(plan.plan())
