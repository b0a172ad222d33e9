"""Staging: what becomes of each record of an import."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from catalogue import changesets, imports, ingest, publishing, quarantine, renderings
from catalogue.renderings import Format
from catalogue.snapshot import Feed
from catalogue.store import Store
from catalogue.tables import original, version
from catalogue.tables import record as record_table
from foundation.errors import FormatError, Message, Problem
from marc import iso2709
from marc.reading import Reading
from marc.spreadsheet import rows
from tests.catalogue.conftest import LEADER, Time, counts, put, readings, record, stage
from tests.catalogue.follow import everything

BAD = Message("test.bad", "hỏng", "bad")


def test_new_changed_unchanged_and_deleted_are_told_apart(store: Store) -> None:
    put(store, record("1"), record("2"), record("3"))
    gone = record("3", leader="00000dam a2200000 a 4500")
    number, done = put(store, record("1"), record("2", "Động Puông"), gone, record("4"))
    said = counts(store, number)
    assert {name: said[name] for name in ingest.COUNTS} == {
        "read": 4, "new": 1, "changed": 1, "unchanged": 1, "deleted": 1, "repaired": 0, "quarantined": 0,
    }  # fmt: skip
    assert (done.created, done.changed, done.deleted, done.same) == (1, 1, 1, 0)


def test_the_same_file_again_moves_nothing(store: Store, time: Time) -> None:
    put(store, record("1"), record("2"))
    before = everything(store)
    time.pass_(100)
    number, done = put(store, record("1"), record("2"))
    assert counts(store, number)["unchanged"] == 2
    assert done[1:5] == (0, 0, 0, 0)
    assert everything(store) == before


def test_other_bytes_with_the_same_content_move_no_datestamp(store: Store, time: Time) -> None:
    put(store, record("1"))
    before = everything(store)
    time.pass_(100)
    one = readings(record("1"))[0]
    number = stage(store, [one._replace(original=one.original + b"\n")])
    assert counts(store, number)["changed"] == 1
    assert publishing.publish(store, number).same == 1
    assert everything(store) == before


def test_the_same_bytes_read_in_another_encoding_are_a_change(store: Store) -> None:
    """A librarian sees garbled letters, names the right encoding and imports the same file again."""
    wrong = readings(record("1", "H\u00e5 Ba B\u00d3"))[0]
    number = stage(store, [wrong])
    publishing.publish(store, number)
    number = stage(store, [wrong._replace(record=record("1", "Hồ Ba Bể"))])
    assert counts(store, number)["changed"] == 1
    assert publishing.publish(store, number).changed == 1
    number = stage(store, [wrong._replace(record=record("1", "Hồ Ba Bể"))])
    assert counts(store, number)["unchanged"] == 1


def test_the_original_bytes_are_kept_once(store: Store) -> None:
    put(store, record("1"), library="bk01")
    put(store, record("1"), library="bk02")
    with store.read() as connection:
        kept = connection.execute(select(original.c.dictionary, original.c.bytes)).all()
        assert [store.compression.decompress(connection, *row) for row in kept] == [iso2709.write(record("1"))]
        assert len(connection.execute(select(version.c.id)).all()) == 2


def test_a_number_seen_twice_in_one_file_is_quarantined_not_overwritten(store: Store) -> None:
    number = stage(store, readings(record("1", "Một"), record("1", "Hai"), record("1", "Một")), batch=1)
    assert counts(store, number) == counts(store, number) | {"new": 1, "quarantined": 1, "unchanged": 1}
    found = list(quarantine.of(store, number))
    assert [(entry.record, entry.code, entry.data) for entry in found] == [
        (2, "record.repeated", iso2709.write(record("1", "Hai")))
    ]


def test_a_code_seen_twice_in_a_list_is_told_in_the_words_of_the_list(store: Store) -> None:
    table = "Mã sách,Nhan đề\nS1,Truyện Kiều\nS2,Tắt đèn\nS1,Lục Vân Tiên\nS1,Truyện Kiều\n"
    number = stage(store, list(rows.read(io.BytesIO(table.encode()), "sach.csv")))
    assert counts(store, number) == counts(store, number) | {"new": 2, "quarantined": 1, "unchanged": 1}
    found = next(quarantine.of(store, number))
    assert found.code == "spreadsheet.repeated"
    assert "dòng 4, cột A (Mã sách): mã 'S1' đã có ở một dòng khác" in found.reason_vi
    assert "001" not in found.reason_vi


def test_the_same_within_one_batch(store: Store) -> None:
    number = stage(store, readings(record("1", "Một"), record("1", "Hai"), record("1", "Một")))
    assert counts(store, number) == counts(store, number) | {"new": 1, "quarantined": 1, "unchanged": 1}


def test_without_001_a_record_goes_by_its_position_in_the_named_file(store: Store) -> None:
    number = stage(store, readings(record(""), record(""), file="sach.mrc") + readings(record(""), file="bao.mrc"))
    assert counts(store, number)["new"] == 3, "two copies of one sheet are two records"
    with store.read() as connection:
        names = connection.scalars(select(record_table.c.local_id).order_by(record_table.c.id)).all()
        said = connection.scalars(select(version.c.problems)).all()
    assert names == ["sach.mrc#1", "sach.mrc#2", "bao.mrc#1"]
    assert all("record.local_id_made" in problems for problems in said)


def test_a_number_over_the_limit_is_quarantined_with_the_limit_named(store: Store) -> None:
    number = stage(store, readings(record("x" * 201), record("1")))
    assert counts(store, number)["new"] == 1
    found = next(quarantine.of(store, number))
    assert found.code == "record.local_id_long"
    assert "LOCAL_ID_CHARACTERS" in found.reason_vi
    assert "201" in found.reason_en


def test_what_could_not_be_read_is_kept_with_its_bytes_and_reason(store: Store) -> None:
    broken = Reading(2, 77, b"\x00\xffhong", None, (Problem(BAD),)).placed("nhap.mrc")
    number = stage(store, [*readings(record("1")), broken, *readings(record("2"))])
    assert counts(store, number)["new"] == 2
    found = next(quarantine.of(store, number))
    assert (found.record, found.offset, found.data, found.code) == (2, 77, b"\x00\xffhong", "test.bad")
    assert "nhap.mrc" in found.reason_vi


def test_a_format_that_cannot_be_made_costs_only_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_record: object, _showing: object) -> bytes:
        raise FormatError(BAD)

    good, bad = renderings.STAGED
    monkeypatch.setattr(renderings, "STAGED", (good, Format(bad.bit, bad.name, "", "", fail, followed=False)))
    put(store, record("1"))
    assert [(entry.deleted, bool(entry.metadata)) for entry in everything(store)[good.name]] == [(False, True)]
    assert everything(store)[bad.name] == []
    with Feed(store, "library:bk01").snapshot() as snapshot:
        assert snapshot.formats(everything(store)[good.name][0].identifier) == [good.name]
    with store.read() as connection:
        assert "record.rendering_failed" in str(connection.scalars(select(version.c.problems)).one())


def test_nothing_staged_is_visible(store: Store) -> None:
    put(store, record("1"))
    before = everything(store)
    number = stage(store, readings(record("1", "Khác"), record("2")))
    assert everything(store) == before
    assert [line["effect"] for line in changesets.preview(store, number)] == ["changed", "new"]
    changesets.discard(store, number)
    assert everything(store) == before
    with store.read() as connection:
        assert connection.scalars(select(record_table.c.local_id)).all() == ["1"]


def test_deleting_what_was_never_there_is_nothing(store: Store) -> None:
    number, done = put(store, record("1", leader="00000dam a2200000 a 4500"))
    assert counts(store, number)["deleted"] == 0
    assert done.deleted == 0
    assert not any(everything(store).values())


def test_an_interrupted_staging_goes_on_behind_its_last_batch(store: Store) -> None:
    found = readings(*[record(str(number)) for number in range(7)])

    def cut(said: dict[str, int]) -> None:
        if said["read"] == 4:
            raise KeyboardInterrupt

    with store.write() as connection:
        number = changesets.create(connection, 0, 1, "import", "thử")
    with pytest.raises(KeyboardInterrupt):
        ingest.Staging(store, number, batch=2).stage(found, cut)
    again = ingest.Staging(store, number, batch=2)
    assert again.position == 4
    again.stage(found, lambda said: None)
    assert counts(store, number) == counts(store, number) | {"read": 7, "new": 7}
    assert publishing.publish(store, number).created == 7
    assert LEADER


def test_files_that_differ_in_their_middle_alone_are_two(tmp_path: Path) -> None:
    found = []
    for letter in b"ab":
        data = bytearray(3 * 1024 * 1024)
        data[len(data) // 2] = letter
        (tmp_path / "kho.mrc").write_bytes(data)
        found.append(imports.of_path(tmp_path / "kho.mrc").fingerprint)
    assert found[0] != found[1]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names of files are text there")
def test_a_file_whose_name_is_no_utf8_comes_in(store: Store, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/s\xe1ch.mrc"))
    path.write_bytes(iso2709.write(record("1")))
    done = imports.import_files(store, "bk01", [imports.of_path(path)])
    assert done.counts["new"] == 1
