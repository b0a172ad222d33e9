"""`lienthong union` on a store, as a cataloguer uses it from end to end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from foundation.errors import RefusedError
from marc import iso2709, marcxml, readers
from marc.record import Field, Record
from tests.union.records import BOOK, record
from union.rules import shipped_document

RUN = CliRunner()


def run(*words: object, code: int = 0) -> str:
    result = RUN.invoke(app, [*map(str, words)], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result.output


def told(*words: object) -> Any:
    return json.loads(run(*words, "--json"))


def book(control: str, **changes: str) -> Record:
    fields: dict[str, str | list[str]] = {f"t{tag}": text for tag, text in BOOK.items()}
    return record(control=control, **fields | changes)


def write(path: Path, *records: Record) -> Path:
    path.write_bytes(b"".join(map(iso2709.write, records)))
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two libraries with one book in common, and one book that is another edition."""
    monkeypatch.setenv("LIENTHONG_HOME", str(tmp_path / "home"))
    for code in ("bk01", "bk02"):
        run("library", "add", code, "--name", code)
    run("import", write(tmp_path / "a.mrc", book("1", t020="$a9786041111110")), "--library", "bk01", "--quiet")
    other = book("8", t245="$aTruyện cổ Tày :$btập hai /$cNông Văn An", t250="$aTái bản lần 3", t300="$a480 tr.")
    run("import", write(tmp_path / "b.mrc", book("7"), other), "--library", "bk02", "--quiet")
    run("union", "follow", "--quiet")
    return tmp_path


def test_a_union_record_is_shown_listed_and_exported(home: Path) -> None:
    found = told("union", "show", "bk01/1")
    assert found["members"] == ["bk01/1", "bk02/7"]
    assert {"bk01", "bk02"} <= {one for origin in found["origins"] for one in origin["libraries"]}
    assert told("union", "show", found["number"])["identifier"] == found["identifier"]
    assert [row["members"] for row in told("union", "list")] == [["bk01/1", "bk02/7"], ["bk02/8"]]
    figures = told("union", "stats")
    assert figures["union_records"] == 2
    asked, pairs = sum(figures["questions"].values()), sum(figures["sureness"]["questions"].values())
    assert re.search(
        rf"(?s){asked} câu hỏi về {pairs}\s+cặp|{asked} questions?\s+about {pairs} pairs?", run("union", "stats")
    )
    for name in ("mrk", "marcxml", "json"):
        assert found["identifier"] in run("union", "show", "bk02/7", "--format", name)
    run("union", "export", "--output", home / "all.xml")
    with (home / "all.xml").open("rb") as stream:
        exported = [one.record.control("001") for one in marcxml.readings(stream) if one.record]
    assert exported == [row["identifier"] for row in told("union", "list")]


def test_a_record_too_long_for_the_form_is_told_and_the_others_are_exported(home: Path) -> None:
    long = Record.build(
        "00000nam a2200000 a 4500", [Field("001", value="dai"), *[Field("500", "  ", (("a", "x" * 9000),))] * 12]
    )
    (home / "long.xml").write_bytes(marcxml.write(long))
    run("import", home / "long.xml", "--library", "bk01", "--quiet")
    run("union", "follow", "--quiet")
    target = home / "all.mrc"
    told_of = run("union", "export", "--format", "iso2709", "--output", target, code=3)
    assert "ISO2709_RECORD_BYTES" in told_of
    with target.open("rb") as stream:
        assert len(list(readers.read(stream, target.name))) == len(told("union", "list")) - 1


def test_a_decision_parts_and_its_withdrawal_joins_again_under_the_old_number(home: Path) -> None:
    before = told("union", "show", "bk01/1")
    run("union", "decide", "bk01/1", "bk02/7", "different", "--why", "khác bìa", "--by", "Lan", "--library", "bk01")
    pair = told("union", "explain", "bk01/1", "bk02/7")
    assert (pair["outcome"], pair["together"], pair["decisions"]) == ("same", False, [1])
    assert [one["why"] for one in told("union", "decisions")] == ["khác bìa"]
    apart = told("union", "show", "bk02/7")
    run("union", "undo", 1)
    again = told("union", "show", "bk02/7")
    assert (again["number"], again["members"]) == (before["number"], before["members"])
    (gone,) = [one for one in told("union", "list", "--retired") if one["retired"]]
    assert gone["identifier"] in {apart["identifier"], told("union", "show", "bk01/1")["identifier"]}
    assert gone["leads_to"] == [again["identifier"]]
    assert told("union", "rebuild")["changed"] == 0


def test_a_pin_leads_and_a_freeze_keeps_out(home: Path) -> None:
    assert "=040  \\\\$abk01" in run("union", "show", "bk01/1", "--format", "mrk")
    run("union", "pin", "bk02/7")
    assert "=040  \\\\$abk02" in run("union", "show", "bk01/1", "--format", "mrk")
    run("union", "freeze", "bk02/7")
    run("import", write(home / "c.mrc", book("9")), "--library", "bk01", "--quiet")
    run("union", "follow", "--quiet")
    assert told("union", "show", "bk01/9")["members"] == ["bk01/9"]


def test_an_import_is_compared_with_the_union_before_it_is_published(home: Path) -> None:
    new = record(control="22", t245="$aNghề trồng hồi ở Lạng Sơn", t260="$aH. :$bNông nghiệp,$c1999", t300="$a88 tr.")
    file = write(home / "d.mrc", book("1", t500="$aBìa cứng"), book("21"), new)
    found = told("import", file, "--library", "bk01", "--dry-run")
    assert found["union"] == {"new": 1, "update": 1, "duplicate": 1, "doubtful": 0}
    matches = {one["local_id"]: one for one in told("union", "match", found["number"])}
    assert matches["21"]["like"] in ("bk01/1", "bk02/7")
    assert matches["21"]["explanation"]["score"] > 0
    assert told("union", "stats")["records"] == 3


def test_other_rules_are_previewed_then_published_then_taken_back(home: Path) -> None:
    document = shipped_document() | {"thresholds": {"link": 90, "join": 0, "review": -2, "sure": 95}}
    (home / "strict.json").write_text(json.dumps(document), encoding="utf-8")
    found = told("union", "preview", "--weights", home / "strict.json")
    assert (found["before"], found["after"], found["split"]) == (2, 3, 1)
    assert told("union", "stats")["union_records"] == 2
    told("union", "preview", "--weights", home / "strict.json", "--publish")
    assert told("union", "stats")["union_records"] == 3
    told("union", "rebuild", "--shipped")
    assert told("union", "stats")["union_records"] == 2


@pytest.mark.parametrize("words", [("show", "bk01/99"), ("show", "77"), ("undo", "5"), ("pin", "x")])
def test_what_is_not_there_is_refused(home: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(RefusedError):
        RUN.invoke(app, ["union", *words], catch_exceptions=False)
