"""`lienthong statistics` and `quality` as a person runs them."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from typer.testing import CliRunner

from catalogue import imports, libraries
from catalogue.libraries import Library
from catalogue.store import Store
from cli.main import app
from fixtures import province_files
from foundation.errors import LienThongError
from foundation.settings import Settings

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Commands on a store with the records of one library, looked at."""
    home = tmp_path_factory.mktemp("figures")
    with closing(Store.open(Settings(home=home))) as store:
        libraries.add(store, Library("bk03", "Thư viện Ba Bể"))
        imports.import_files(store, "bk03", [imports.of_path(dict(province_files())["bk03"])])

    def command(*words: str) -> Result:
        return CliRunner(env={"LIENTHONG_HOME": str(home)}).invoke(app, words)

    before = json.loads(command("quality", "show", "--json").stdout)
    assert (before["all"]["records"], before["records_not_yet_counted"]) == (0, 70)
    assert command("quality", "follow", "-q").exit_code == 0
    return command


def test_quality_from_the_counts_to_the_records(run: Run, tmp_path: Path) -> None:
    said = json.loads(run("quality", "show", "--json").stdout)
    assert (said["all"]["records"], said["records_not_yet_counted"]) == (70, 0)
    first = said["rules"][0]
    listed = json.loads(run("quality", "records", first["rule"], "--json", "--limit", "1000").stdout)
    assert len(listed["records"]) == first["records"]
    assert first["rule"] in run("quality", "records", first["rule"]).stdout
    assert run("quality", "export", str(tmp_path / "q.xlsx"), "--library", "bk03", "--limit", "5").exit_code == 0
    rows = list(openpyxl.load_workbook(tmp_path / "q.xlsx")["Biểu ghi"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 6  # five, and how many there are
    assert "5" in str(rows[5][0])
    assert run("quality", "export", str(tmp_path / "q.csv")).exit_code == 0
    with (tmp_path / "q.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["rule"] for row in csv.DictReader(stream)] == [one["rule"] for one in said["rules"]]


def test_statistics_of_a_year(run: Run, tmp_path: Path) -> None:
    said = json.loads(run("statistics", "show", "--json").stdout)
    assert (said["uses"], said["libraries"][0]["records"], len(said["months"])) == (0, 70, 12)
    assert "mục tiêu" in run("statistics", "show").stdout
    for name in ("b.xlsx", "b.csv", "b.json"):
        assert run("statistics", "export", str(tmp_path / name), "--year", "2026").exit_code == 0
        assert (tmp_path / name).stat().st_size > 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("quality", "records", "nothing"), "nothing"),
        (("quality", "show", "--library", "bk99"), "bk99"),
        (("quality", "export", "x.pdf"), ".xlsx"),
        (("statistics", "show", "--year", "26"), "26"),
        (("statistics", "export", "nowhere/at/all.csv"), "all.csv"),
    ],
)
def test_what_cannot_be_done_is_refused_and_says_why(run: Run, words: tuple[str, ...], said: str) -> None:
    refused = run(*words).exception
    assert isinstance(refused, LienThongError)
    assert said in str(refused)
