"""The form: what it changes is right by MARC 21, and what it does not show it does not touch."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import province_files
from foundation.errors import InputError
from marc import entry, iso2709, marc21_labels, readers, worksheet
from marc.entry_table import ENTRIES, KINDS, LANGUAGES
from marc.record import Record
from marc.rules import check

TODAY = date(2026, 11, 22)
LEADER = "00000nam a2200000 i 4500"


def lines(*parts: str, leader: str = LEADER) -> str:
    return worksheet.text(Record("\x1e".join([leader, *(part.replace("$", "\x1f") for part in parts)])))


def fill(typed: str, kind: str = "book", **given: str) -> list[str]:
    boxes = {name.replace("_", "-"): value for name, value in given.items()}
    found = worksheet.read(entry.filled(typed, kind, boxes)).record.parts()
    return [part.replace("\x1f", "$") for part in found]


def values(typed: str, kind: str = "book") -> dict[str, str]:
    return {
        one.name(cell): value
        for one in entry.shown(typed, kind)
        for cell, value in zip(one.entry.cells, one.values, strict=True)
        if value
    }


# --- new records ---------------------------------------------------------------------------------------------------

NEW = {
    "title-1-a": "Truyện cổ Tày", "title-1-c": "Hoàng Văn Páo sưu tầm", "author-1-a": "Hoàng Văn Páo",
    "imprint-1-a": "Hà Nội", "imprint-1-b": "Văn hoá Dân tộc", "imprint-1-c": "2015", "extent-1-a": "215 tr.",
    "extent-1-c": "21 cm", "isbn-1-a": "9786045708378", "class-1-a": "398.209597", "language-1-a": "vie",
    "thesis-1-b": "Thạc sĩ", "frequency-1-a": "Hằng tháng", "scale-1-a": "1:50 000", "issn-1-a": "1859-1477",
    "script-1-b": "Chữ Nôm Tày", "condition-1-l": "Rách mép", "access-1-a": "Đọc tại chỗ", "link-1-u": "https://x.vn/1",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_of_each_kind_has_no_error_when_its_boxes_are_filled_in(kind: str) -> None:
    typed = entry.filled(entry.new(kind, "bk01", TODAY), kind, NEW)
    record = worksheet.read(typed).record
    assert [
        (one.rule.code, one.spot) for one in check(record, today=TODAY) if not one.rule.code.startswith("control_")
    ] == []
    assert entry.kind_of(record) == kind or kind == "heritage"
    assert len(record.control("008")) == 40


def test_a_new_book() -> None:
    found = fill(entry.new("book", "bk01", TODAY), **{key.replace("-", "_"): value for key, value in NEW.items()})
    assert "008261122s2015    vm            000 0 vie d" in found
    assert "24510$aTruyện cổ Tày /$cHoàng Văn Páo sưu tầm" in found
    assert "264 1$aHà Nội :$bVăn hoá Dân tộc,$c2015" in found
    assert "300  $a215 tr. ;$c21 cm" in found
    assert "08204$a398.209597$223" in found
    assert not [part for part in found if part.startswith(("502", "310", "255"))]


def test_a_new_serial_goes_on() -> None:
    found = fill(entry.new("serial", "bk01", TODAY), "serial", imprint_1_c="2010-")
    assert next(part for part in found if part.startswith("008"))[9:18] == "c20109999"


def test_a_copy_leaves_what_is_the_other_s_alone() -> None:
    record = worksheet.read(lines("001x", "008200101s2015", "020  $a1", "24500$aA", "852  $jK1", "952  $p1")).record
    found = worksheet.read(entry.copied(record, TODAY)).record
    assert [part[:9] for part in found.parts()] == ["008261122", "24500\x1faA"]


# --- changing ------------------------------------------------------------------------------------------------------

RICH = lines(
    "001x", "008200101s2015    vm            000 0 vie d", "041  $avie$heng", "1001 $aNguyễn Du$d1765-1820$0(x)1",
    "24514$aTruyện Kiều =$bKiều :$bthơ /$cNguyễn Du.", "264 1$aH. :$bVăn học,$bGiáo dục,$c2015", "264 4$c©2014",
    "650 0$aThơ$xViệt Nam$vTuyển tập", "650 7$aVăn học$2x", "7001 $aĐào Duy Anh$ehiệu đính$echú giải", "9119 $aTT",
)  # fmt: skip


def test_a_form_sent_back_as_it_was_shown_changes_nothing() -> None:
    assert entry.filled(RICH, "book", values(RICH)) == RICH


def test_empty_boxes_that_were_empty_change_nothing() -> None:
    boxes = {one.name(cell): "" for one in entry.shown(RICH, "book") for cell in one.entry.cells}
    assert entry.filled(RICH, "book", boxes | values(RICH)) == RICH


@pytest.mark.parametrize(
    ("box", "value", "wanted"),
    [
        ("title_1_a", "Kim Vân Kiều", "24514$aKim Vân Kiều =$bKiều :$bthơ /$cNguyễn Du."),
        ("title_1_b", "", "24514$aTruyện Kiều =$bthơ /$cNguyễn Du."),
        ("title_1_n", "T. 1", "24514$aTruyện Kiều.$nT. 1 :$bKiều :$bthơ /$cNguyễn Du."),
        ("author_1_a", "Nguyễn Trãi", "1001 $aNguyễn Trãi$d1765-1820$0(x)1"),
        ("imprint_1_b", "Trẻ", "264 1$aH. :$bTrẻ,$bGiáo dục,$c2015"),
        ("subject_1_z", "Bắc Kạn", "650 0$aThơ$xViệt Nam$zBắc Kạn$vTuyển tập"),
        ("subject_3_a", "Sử thi", "650 4$aSử thi"),
        ("people_1_e", "", "7001 $aĐào Duy Anh$echú giải"),
        ("people_2_a", "Lê Thước", "7000 $aLê Thước"),
        ("people_2_a", "Lê, Thước", "7001 $aLê, Thước"),
        ("language_1_a", "tyz", "041 7$atyz$heng$2iso639-3"),
        ("note_1_a", " hai   dấu\ncách ", "500  $ahai dấu cách"),
        ("abstract_1_a", "a\x1fbẤ\x00", "520  $aa bẤ"),
    ],
)
def test_a_box_changes_its_subfield_and_no_other(box: str, value: str, wanted: str) -> None:
    found = fill(RICH, **{box: value})
    before = [part.replace("\x1f", "$") for part in worksheet.read(RICH).record.parts()]
    assert wanted in found
    assert len([part for part in before if part not in found]) <= (2 if box.startswith("language") else 1)


def test_a_field_whose_boxes_are_emptied_goes() -> None:
    found = fill(RICH, people_1_a="", people_1_e="")
    assert [part for part in found if part.startswith("700")] == ["7001 $echú giải"]
    found = fill(RICH, author_1_a="")
    assert [part for part in found if part.startswith("100")] == ["1001 $d1765-1820$0(x)1"]
    assert [part for part in fill(lines("100  $aA$0x"), author_1_a="") if part.startswith("100")] == []


def test_the_first_indicator_of_the_title_follows_the_main_entry() -> None:
    assert fill(lines("24500$aA"), author_1_a="B") == ["1000 $aB", "24510$aA"]
    assert fill(lines("1001 $aB", "24510$aA"), author_1_a="") == ["24500$aA"]


def test_year_and_language_go_into_the_fixed_field() -> None:
    found = fill(RICH, imprint_1_c="[1998?]", language_1_a="nut")
    assert "008200101s1998    vm            000 0 tai d" in found
    unknown = fill(RICH, imprint_1_c="[không rõ năm]")
    assert unknown[1][3:18] == "200101nuuuuuuuu"


def test_a_reprint_keeps_its_two_dates() -> None:
    typed = lines("008200101r20151972vm            000 0 vie d", "264 1$c2015")
    assert fill(typed, imprint_1_c="2016")[0][3:18] == "200101r20151972"


def test_without_isbd_no_marks_are_set() -> None:
    plain = lines("24500$aA", leader="00000nam a2200000 c 4500")
    assert fill(plain, title_1_b="B") == ["24500$aA$bB"]


def test_older_imprints_are_read() -> None:
    assert values(lines("260  $aH. :$bVăn học,$c1999"))["imprint-1-b"] == "Văn học"


def test_lines_that_are_no_fields_stay() -> None:
    assert "chưa xong\n" in entry.filled("chưa xong\n=245  00$aA\n", "book", {"title-1-a": "B"})


def test_what_is_for_another_kind_is_shown_where_it_is_said() -> None:
    assert values(lines("502  $bThạc sĩ"), "book") == {"thesis-1-b": "Thạc sĩ"}
    assert not [one for one in entry.shown(RICH, "book") if one.entry.name == "scale"]


# --- the whole province --------------------------------------------------------------------------------------------


def test_every_record_of_the_province_comes_back_unchanged() -> None:
    seen = 0
    for _, path in province_files():
        with path.open("rb") as stream:
            try:
                found = [one.record for one in readers.read(stream, path.name) if one.record is not None][:40]
            except InputError:  # spreadsheets and the like are read elsewhere
                continue
        for record in found:
            typed = worksheet.text(record)
            assert entry.filled(typed, entry.kind_of(record), values(typed, entry.kind_of(record))) == typed
            seen += 1
    assert seen > 100


_BOX = st.sampled_from([f"{one.name}-{n}-{cell.code}" for one in ENTRIES for n in (1, 2) for cell in one.cells])


@given(st.dictionaries(_BOX, st.text(max_size=20), max_size=8), st.sampled_from(sorted(KINDS)))
def test_anything_may_be_filled_in(boxes: dict[str, str], kind: str) -> None:
    typed = entry.filled(RICH, kind, boxes)
    record = worksheet.read(typed).record
    assert worksheet.read(typed).faults == ()
    assert iso2709.write(record)
    assert "9119 \x1faTT" in record.parts()


def test_labels_and_languages_are_whole() -> None:
    assert all(one.vi and one.en for one in ENTRIES)
    assert all(len(code) == 3 for code in LANGUAGES)
    assert marc21_labels.label("245")
