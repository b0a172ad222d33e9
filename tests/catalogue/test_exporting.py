"""Dumps: what is in them, that they come back unchanged, and that a killed one goes on as if nothing had happened."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from catalogue import export_files, exporting, libraries, publishing
from catalogue.export_files import Tally, export, unfinished
from catalogue.export_forms import FORMS, cell
from catalogue.exporting import Range, count, pages
from catalogue.libraries import Library
from catalogue.store import Store
from foundation import xml
from foundation.errors import InputError, RefusedError
from foundation.settings import Settings
from marc import iso2709, marcxml, mrk, readers
from marc.reading import Reading
from marc.record import Field, Record
from tests.catalogue.conftest import NOW, Time, put, record, stage
from tests.catalogue.follow import unite
from tests.union.records import BOOK
from tests.union.records import record as described

GONE = "00000dam a2200000 a 4500"
PROVINCE = Path(__file__).resolve().parents[2] / "fixtures" / "province"


def settle(store: Store, **asked: Any) -> Range:
    """What bk01 contributed, unless a set or another library is asked for."""
    if not asked.keys() & {"library_code", "set_spec"}:
        asked["library_code"] = "bk01"
    return exporting.settle(store, **asked)


def dump(store: Store, name: str, target: Path, *, page: int = 1000, **asked: Any) -> Tally:
    return export(store, FORMS[name], settle(store, **asked), target, page=page, progress=lambda done: None)


def manifest(target: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(target.with_name(target.name + ".manifest.json").read_bytes())
    return found


def many(count: int, start: int = 0) -> list[Record]:
    return [record(f"n{number:05}", f"Nhan đề số {number}") for number in range(start, start + count)]


def book(number: str) -> Record:
    """One that says enough of itself to be known again in another library."""
    return described(control=number, **{f"t{tag}": text for tag, text in BOOK.items()})


def put_long(store: Store, *records: Record) -> None:
    """Import records that no ISO 2709 file can hold."""
    found = [Reading(n, 0, marcxml.write(one), one).placed("nhap.xml") for n, one in enumerate(records, 1)]
    publishing.publish(store, stage(store, found))


def read(target: Path) -> list[Record]:
    with target.open("rb") as stream:
        return [found.record for found in readers.read(stream, target.name) if found.record is not None]


# --- what is in a dump ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["marc21", "marc8", "marcxml", "mrk", "jsonl"])
def test_every_record_is_in_the_dump_as_it_is(store: Store, tmp_path: Path, name: str) -> None:
    put(store, *many(25))
    target = tmp_path / "x"
    tally = dump(store, name, target, page=10)
    assert tally.records == 25
    found = marc8_records(target) if name == "marc8" else read(target)
    assert found == many(25)


def marc8_records(target: Path) -> list[Record]:
    from marc import charset  # noqa: PLC0415 - only this form needs it

    def decode(data: bytes) -> tuple[str, tuple[Any, ...]]:
        read_value = charset.decode(data)
        return read_value.text, read_value.problems

    with target.open("rb") as stream:
        return [
            one.record
            for one in iso2709.readings(stream, encoding="marc-8", decoders={"marc-8": decode})
            if one.record is not None
        ]


def test_a_library_or_a_set_is_exported_alone(store: Store, tmp_path: Path) -> None:
    put(store, *many(2), book("n00009"), library="bk01")
    put(store, *many(2, 100), book("n00009"), library="bk02")
    unite(store)
    assert dump(store, "mrk", tmp_path / "a", library_code="bk02").records == 3
    assert manifest(tmp_path / "a")["set"] == "own:bk02"
    union = {
        spec: dump(store, "mrk", tmp_path / "b", set_spec=spec).records for spec in ("", "library", "library:bk02")
    }
    assert union == {"": 5, "library": 5, "library:bk02": 3}
    held = [one for one in read(tmp_path / "b") if len([*one.select("035")]) == 2]
    assert [{field.get("a") for field in one.select("035")} for one in held] == [{"(bk01)n00009", "(bk02)n00009"}]


def test_what_does_not_exist_is_refused_by_name(store: Store) -> None:
    with pytest.raises(RefusedError, match=r"bk01"):
        settle(store, library_code="bk99")
    with pytest.raises(RefusedError, match=r"library:bk01"):
        settle(store, set_spec="library:bk99")
    with pytest.raises(RefusedError):
        settle(store, since=5, until=4)


def test_the_manifest_says_what_the_file_is(store: Store, tmp_path: Path) -> None:
    put(store, *many(3))
    target = tmp_path / "x.mrc"
    dump(store, "marc21", target)
    said = manifest(target)
    assert said["file"] == {
        "name": "x.mrc",
        "bytes": target.stat().st_size,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
    }
    assert (said["records"], said["deleted"], said["left_out"]) == (3, 0, 0)
    assert (said["deletions"], said["omissions"]) == ([], [])
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["x.mrc", "x.mrc.manifest.json"]


def test_what_a_form_cannot_hold_is_listed_and_kept_whole_beside_it(store: Store, tmp_path: Path) -> None:
    long = Record.build(record("b").leader, [Field("001", value="b"), *(note(9000) for _ in range(12))])
    put_long(store, record("a"), long, record("c"))
    target = tmp_path / "x.mrc"
    tally = dump(store, "marc21", target)
    assert (tally.records, tally.left_out) == (2, 1)
    assert [one.control("001") for one in read(target)] == ["a", "c"]
    [omitted] = manifest(target)["omissions"]
    assert omitted["local_id"] == "b"
    assert "ISO2709_RECORD_BYTES" in omitted["en"]
    beside = tmp_path / "x.mrc.oversized.xml"
    assert read(beside) == [long]
    assert manifest(target)["oversized_file"]["sha256"] == hashlib.sha256(beside.read_bytes()).hexdigest()


def note(length: int) -> Field:
    return Field("500", "  ", (("a", "x" * length),))


def test_characters_that_marc_8_lacks_are_counted(store: Store, tmp_path: Path) -> None:
    put(store, record("a", "Chữ 𡨸 và chữ 喃, 𡨸 nữa"), record("b"))
    tally = dump(store, "marc8", tmp_path / "x")
    assert (tally.references, tally.referenced_records) == (2, 1)
    assert b"&#x21A38;" in (tmp_path / "x").read_bytes()


# --- there and back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["marc21", "marcxml", "mrk", "jsonl"])
def test_a_dump_imported_again_changes_nothing(store: Store, tmp_path: Path, time: Time, name: str) -> None:
    with (PROVINCE / "bk03.mrk").open("rb") as stream:
        originals = [one for one in mrk.readings(stream) if one.record is not None]
    publishing.publish(store, stage(store, [one.placed("bk03.mrk") for one in originals]))
    first, second = tmp_path / "first", tmp_path / "second"
    dump(store, name, first, library_code="bk01")
    assert len(read(first)) == len(originals)
    time.pass_(100)
    with first.open("rb") as stream:
        published = publishing.publish(store, stage(store, list(readers.read(stream, "first"))))
    assert (published.created, published.changed, published.deleted) == (0, 0, 0)
    dump(store, name, second, library_code="bk01")
    assert second.read_bytes() == first.read_bytes()
    assert {one.datestamp for page in pages(store, settle(store)) for one in page.records} == {NOW}


# --- deltas ---------------------------------------------------------------------------------------------------


def test_a_delta_has_what_changed_and_what_was_deleted(store: Store, tmp_path: Path, time: Time) -> None:
    put(store, *many(6))
    dump(store, "marc21", tmp_path / "full")
    as_of = NOW
    assert manifest(tmp_path / "full")["as_of"] == "2027-01-15T08:00:00Z"
    time.pass_(50)
    put(store, record("n00001", "Nhan đề mới"), record("n00004", leader=GONE), record("n00009", "Sách mới"))
    target = tmp_path / "delta.mrc"
    tally = dump(store, "marc21", target, since=as_of + 1)
    assert (tally.records, tally.deleted) == (2, 1)
    assert sorted((one.control("001"), one.leader[5]) for one in read(target)) == [
        ("n00001", "n"),
        ("n00004", "d"),
        ("n00009", "n"),
    ]
    assert [one["local_id"] for one in manifest(target)["deletions"]] == ["n00004"]


def test_full_dump_and_deltas_make_the_same_catalogue(store: Store, tmp_path: Path, time: Time) -> None:
    put(store, *many(6))
    copy = Store.open(Settings(home=tmp_path / "copy"), time)
    libraries.add(copy, Library("bk01", "Bản sao"))
    since: int | None = None
    for round_ in range(4):
        range_ = settle(store, since=since)
        target = tmp_path / f"{round_}.mrc"
        export(store, FORMS["marc21"], range_, target, progress=lambda done: None)
        with target.open("rb") as stream:
            publishing.publish(copy, stage(copy, list(readers.read(stream, target.name))))
        since = range_.as_of
        assert contents(copy) == contents(store)
        time.pass_(10)
        put(store, record("n00001", f"Lần {round_}"), record(f"n0000{round_ + 2}", leader=GONE), record(f"m{round_}"))
    copy.close()


def contents(store: Store) -> list[Record]:
    found = [one.record for page in pages(store, settle(store)) for one in page.records if one.record is not None]
    return sorted(found, key=lambda one: one.control("001"))


def test_a_full_dump_has_no_deletions(store: Store, tmp_path: Path, time: Time) -> None:
    put(store, *many(3))
    time.pass_()
    put(store, record("n00001", leader=GONE))
    tally = dump(store, "marc21", tmp_path / "x")
    assert (tally.records, tally.deleted) == (2, 0)


def test_a_form_that_cannot_say_a_deletion_lists_it(store: Store, tmp_path: Path, time: Time) -> None:
    put(store, *many(3))
    put(store, record("n00001", leader=GONE))
    tally = dump(store, "ris", tmp_path / "x", since=0)
    assert (tally.records, tally.deleted) == (2, 1)
    assert (tmp_path / "x").read_bytes().count(b"ER  -") == 2
    assert [one["local_id"] for one in manifest(tmp_path / "x")["deletions"]] == ["n00001"]


def test_every_bound_is_inclusive(store: Store, time: Time) -> None:
    for number in range(4):
        put(store, record(f"n{number}"))
        time.pass_()
    chosen = settle(store, since=NOW + 1, until=NOW + 2)
    found = [one.local_id for page in pages(store, chosen, limit=1) for one in page.records]
    assert found == ["n1", "n2"]
    assert count(store, chosen) == 2


@pytest.mark.parametrize("since", [None, 0])
def test_changes_meanwhile_give_no_record_twice(store: Store, time: Time, since: int | None) -> None:
    put(store, *many(10))
    chosen = settle(store, since=since)
    found: list[str] = []
    for page in pages(store, chosen, limit=2):
        found += [one.local_id for one in page.records]
        time.pass_()
        put(store, record(f"n0000{len(found) % 10}", f"Giữa chừng {len(found)}"))
    assert len(found) == len(set(found))
    if since is None:
        assert len(found) == 10  # a full dump misses none of them either
    else:
        later = [one.local_id for page in pages(store, settle(store, since=chosen.as_of)) for one in page.records]
        assert {*found, *later} == {one.control("001") for one in many(10)}


# --- killed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["marc21", "marcxml", "csv"])
def test_a_killed_export_goes_on_to_the_same_bytes(store: Store, settings: Settings, tmp_path: Path, name: str) -> None:
    long = [Record.build(GONE.replace("d", "n"), [Field("001", value=f"l{n}"), *(note(9000) for _ in range(12))])
            for n in range(4)]  # fmt: skip
    put_long(store, *long[:2], *many(400), *long[2:])
    whole, target = tmp_path / "whole", tmp_path / "killed"
    dump(store, name, whole, page=5)
    kill_after(settings, name, target, 120)
    assert not target.exists()
    assert (tmp_path / "killed.part").stat().st_size > 0
    asked = settle(store)
    assert unfinished(target, FORMS[name], asked) is not None
    tally = export(store, FORMS[name], asked, target, resume=True, page=5, progress=lambda done: None)
    assert target.read_bytes() == whole.read_bytes()
    assert (manifest(target)["omissions"], tally.records) == (manifest(whole)["omissions"], manifest(whole)["records"])
    beside = [path.with_name(path.name + ".oversized.xml") for path in (target, whole)]
    assert [path.exists() for path in beside] == [name == "marc21"] * 2
    if name == "marc21":
        assert beside[0].read_bytes() == beside[1].read_bytes()


def kill_after(settings: Settings, name: str, target: Path, records: int) -> None:
    """Export in another process and kill it once it has written so many records."""
    arguments = [settings.database, str(settings.home), name, str(target), "5"]
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "tests.catalogue.exporter", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= records:
                os.kill(process.pid, signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL


def interrupt(store: Store, target: Path, chosen: Range) -> None:
    """Leave an unfinished export behind, as a full disk does."""

    def stop(done: int) -> None:
        if done >= 100:
            raise InputError(export_files.export_messages.UNWRITABLE, name=target, reason="thử")

    with pytest.raises(InputError):
        export(store, FORMS["marc21"], chosen, target, page=2, progress=stop)


@pytest.mark.parametrize("resume", [True, False])
@pytest.mark.parametrize("renames", [0, 1, 2])
def test_an_export_killed_while_its_files_get_their_names_is_there_as_a_whole(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: int, resume: bool
) -> None:
    target = tmp_path / "all.mrc"
    put(store, record("1"))
    dump(store, "marc21", target)
    before = target.read_bytes()
    put(store, record("2"))
    put_long(store, Record.build(record("3").leader, [Field("001", value="3"), *(note(9000) for _ in range(12))]))
    replace, done = os.replace, []

    def killed(old: Path, new: Path) -> None:
        if not new.name.endswith(".position"):
            if len(done) == renames:
                raise KeyboardInterrupt
            done.append(new)
        replace(old, new)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            dump(store, "marc21", target)
    assert target.read_bytes() == before or renames
    asked = settle(store)
    assert unfinished(target, FORMS["marc21"], asked) is not None
    tally = export(store, FORMS["marc21"], asked, target, resume=resume, progress=lambda done: None)
    assert (tally.records, tally.left_out) == (2, 1)
    assert manifest(target)["file"]["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert {one.name for one in tmp_path.iterdir() if one.name.startswith("all")} == {
        "all.mrc", "all.mrc.manifest.json", "all.mrc.oversized.xml"
    }  # fmt: skip


def test_an_export_asked_for_otherwise_is_not_continued(store: Store, tmp_path: Path) -> None:
    put(store, *many(200))
    target = tmp_path / "x"
    interrupt(store, target, settle(store))
    for form, asked in (("marcxml", settle(store)), ("marc21", settle(store, set_spec=""))):
        with pytest.raises(RefusedError, match="--resume"):
            unfinished(target, FORMS[form], asked)


def test_an_export_up_to_a_day_goes_on_after_that_day(store: Store, tmp_path: Path, time: Time) -> None:
    put(store, *many(200))
    target = tmp_path / "x"
    tonight = NOW + 1000
    interrupt(store, target, settle(store, since=0, until=tonight))
    time.pass_(5000)
    put(store, record("later"))
    chosen = unfinished(target, FORMS["marc21"], settle(store, since=0, until=tonight))
    assert chosen is not None
    assert chosen.until == NOW


def test_no_delta_reaches_behind_its_own_beginning(store: Store) -> None:
    put(store, record("a"))
    for since in (None, 0):
        assert settle(store, since=since, until=NOW + 1000).until == NOW


@pytest.mark.parametrize("damage", ["position", "part"])
def test_a_damaged_position_is_said(store: Store, tmp_path: Path, damage: str) -> None:
    put(store, *many(200))
    target = tmp_path / "x"
    interrupt(store, target, settle(store))
    (tmp_path / f"x.{damage}").write_bytes(b"{")
    with pytest.raises(RefusedError, match="--resume"):
        export(store, FORMS["marc21"], settle(store), target, resume=True, progress=lambda done: None)


def test_an_export_begun_anew_forgets_the_unfinished_one(store: Store, tmp_path: Path) -> None:
    put(store, *many(200))
    target = tmp_path / "x"
    interrupt(store, target, settle(store))
    dump(store, "marc21", target)
    assert len(read(target)) == 200


def test_the_dump_before_stands_until_the_new_one_is_whole(store: Store, tmp_path: Path) -> None:
    put(store, *many(200))
    target = tmp_path / "x"
    dump(store, "marc21", target)
    before = target.read_bytes()
    put(store, *many(50, 500))
    interrupt(store, target, settle(store))
    assert target.read_bytes() == before


def test_a_folder_that_is_not_there_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="none"):
        dump(store, "marc21", tmp_path / "none" / "x")


# --- forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["marcxml", "oai_dc", "qdc", "mods"])
@pytest.mark.parametrize("records", [0, 3])
def test_xml_dumps_are_documents(store: Store, tmp_path: Path, name: str, records: int) -> None:
    if records:
        put(store, *many(records))
    dump(store, name, tmp_path / "x")
    assert len(xml.parse((tmp_path / "x").read_bytes())) == records


def test_a_spreadsheet_reads_every_row(store: Store, tmp_path: Path) -> None:
    put(store, record("=1+1", '@SUM(A1)"; x'), record("b", "Một, hai; ba"))
    dump(store, "csv", tmp_path / "x.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["local_id"], row["title"]) for row in rows] == [("'=1+1", "'@SUM(A1)\"; x"), ("b", "Một, hai; ba")]


CELLS = [
    ("=1+1", "'=1+1"),
    ("+84 123", "'+84 123"),
    ("-1", "'-1"),
    ("@x", "'@x"),
    ("  =1", "'=1"),
    ("\t=1", "'=1"),
    ("＝1", "'＝1"),
    ("a\r\n=1", "a =1"),
    ("Sách = bạn", "Sách = bạn"),
    ("", ""),
]


@pytest.mark.parametrize(("value", "expected"), CELLS)
def test_no_cell_is_a_formula(value: str, expected: str) -> None:
    assert cell(value) == expected


def test_no_page_reads_a_whole_set_or_sorts_the_catalogue(store: Store) -> None:
    if not store.sqlite:
        pytest.skip("plans are read on SQLite, which keeps no statistics to rescue a bad one")
    put(store, *many(20))
    statements: list[tuple[str, Any]] = []

    def note_down(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        statements.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note_down)
    for chosen in (settle(store), settle(store, since=0), settle(store, library_code="bk01")):
        list(pages(store, chosen, limit=5))
    event.remove(store.engine, "before_cursor_execute", note_down)
    with store.read() as connection:
        plans = {
            str(row[3])
            for statement, parameters in statements
            if " AS page" in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        }
    assert plans
    assert [line for line in plans if line.startswith("SCAN") and line != "SCAN page"] == []
    assert [line for line in plans if line.endswith("PRIMARY KEY (set_id=?)")] == []
