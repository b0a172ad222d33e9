"""`lienthong target` and `lienthong copy` as a cataloguer types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from foundation.errors import LienThongError
from tests.z3950_bridge import foreign


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("LIENTHONG_REQUIRE_PEERS", raising=False)  # no setting of the program
    monkeypatch.setenv("LIENTHONG_HOME", str(tmp_path))
    run("library", "add", "bk", "--name", "Bắc Kạn")
    return tmp_path


@pytest.fixture
def port(home: Path) -> Iterator[int]:
    """A target with three books, configured as `there`."""
    with foreign.foreign(foreign.shelf(*foreign.books(3, "Truyện Kiều tập"))) as number:
        run("target", "add", "there", "--host", "127.0.0.1", "--port", str(number), "--allow", "127.0.0.1")
        yield number


def run(*words: str, typed: str = "") -> str:
    done = CliRunner().invoke(app, list(words), input=typed, catch_exceptions=True)
    if isinstance(done.exception, LienThongError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def listed(*words: str) -> Any:
    return json.loads(run(*words, "--json"))


def test_search_and_save(port: int) -> None:
    found = listed("copy", "kiều", "--field", "title", "--limit", "2")
    assert [one["reference"] for one in found["records"]] == ["there:1", "there:2"]
    assert found["records"][0]["title"] == "Truyện Kiều tập 1"
    saved = listed("copy", "kiều", "--save", "there:2", "--library", "bk")
    assert saved["change_set"] == 1
    exported = run("export", "--format", "mrk", "--library", "bk")
    assert "=035  \\\\$a(THERE)x2" in exported
    assert "=040  \\\\$aTHERE$cbk" in exported
    again = listed("copy", "kiều")
    assert again["records"][1]["held"]["by"] == "control_number"
    assert again["records"][0]["held"] is None


def test_a_table_for_people(port: int) -> None:
    said = run("copy", "kiều")
    assert "there:3" in said
    assert "Truyện Kiều tập 3" in said


def test_what_is_not_in_the_list_is_not_saved(port: int) -> None:
    with pytest.raises(LienThongError, match="there:9"):
        run("copy", "kiều", "--save", "there:9", "--library", "bk")


def test_a_dead_target_is_refused_with_the_reason(port: int) -> None:
    run("target", "add", "dead", "--host", "127.0.0.1", "--port", "1", "--allow", "127.0.0.1")
    assert len(listed("copy", "kiều")["records"]) == 3
    with pytest.raises(LienThongError, match="dead"):
        run("copy", "kiều", "--target", "dead")


def test_without_a_target_the_next_step_is_said(home: Path) -> None:
    with pytest.raises(LienThongError, match="lienthong target"):
        run("copy", "kiều")


def test_try_says_who_answers_and_shows_records(port: int) -> None:
    said = run("target", "try", "there", "kiều")
    assert "there" in said
    assert "Truyện Kiều tập 1" in said


def test_targets_are_listed_without_their_passwords(port: int) -> None:
    run("target", "add", "loc", "--user", "u", "--password", "-", "--set", "folded=true", "--disabled", typed="bimat\n")
    rows = {one["name"]: one for one in listed("target", "list")}
    assert rows["loc"]["state"] == "disabled"
    assert rows["loc"]["settings"]["folded"] is True
    assert rows["dnb"]["state"] == "known"
    assert "bimat" not in json.dumps(rows)
    run("target", "enable", "dnb")
    run("target", "disable", "there")
    run("target", "remove", "loc")
    states = {one["name"]: one["state"] for one in listed("target", "list")}
    assert (states["dnb"], states["there"], states["loc"]) == ("enabled", "disabled", "known")
