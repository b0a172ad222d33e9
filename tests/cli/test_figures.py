"""`lienthong statistics` and `quality` as a person runs them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest

from tests.cli.test_export import ROOT, Shell


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A store with the records of one library, looked at."""
    shell = Shell(tmp_path_factory.mktemp("lienthong") / "home")
    assert shell("library", "add", "bk03", "--name", "Thư viện Ba Bể").returncode == 0
    assert shell("import", str(ROOT / "fixtures" / "province" / "bk03.mrk"), "--library", "bk03").returncode == 0
    before = json.loads(shell("quality", "show", "--json").stdout)
    assert (before["all"]["records"], before["records_not_yet_counted"]) == (0, 70)
    assert shell("quality", "follow", "-q").returncode == 0
    return shell


def test_quality_from_the_counts_to_the_records(run: Shell, tmp_path: Path) -> None:
    said = json.loads(run("quality", "show", "--json").stdout)
    assert (said["all"]["records"], said["records_not_yet_counted"]) == (70, 0)
    first = said["rules"][0]
    listed = json.loads(run("quality", "records", first["rule"], "--json", "--limit", "1000").stdout)
    assert len(listed["records"]) == first["records"]
    assert first["rule"] in run("quality", "records", first["rule"]).stdout.decode()
    assert run("quality", "export", str(tmp_path / "q.xlsx"), "--library", "bk03", "--limit", "5").returncode == 0
    rows = list(openpyxl.load_workbook(tmp_path / "q.xlsx")["Biểu ghi"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 6  # five, and how many there are
    assert "5" in str(rows[5][0])
    assert run("quality", "export", str(tmp_path / "q.csv")).returncode == 0
    with (tmp_path / "q.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["rule"] for row in csv.DictReader(stream)] == [one["rule"] for one in said["rules"]]


def test_statistics_of_a_year(run: Shell, tmp_path: Path) -> None:
    said = json.loads(run("statistics", "show", "--json").stdout)
    assert (said["uses"], said["libraries"][0]["records"], len(said["months"])) == (0, 70, 12)
    assert "mục tiêu" in run("statistics", "show").stdout.decode()
    for name in ("b.xlsx", "b.csv", "b.json"):
        assert run("statistics", "export", str(tmp_path / name), "--year", "2026").returncode == 0
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
def test_what_cannot_be_done_is_refused_and_says_why(run: Shell, words: tuple[str, ...], said: str) -> None:
    done = run(*words)
    assert done.returncode == 1
    assert said in done.stderr.decode()
