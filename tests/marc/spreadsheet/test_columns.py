"""Headings are recognised as libraries write them, and what people correct is remembered."""

from __future__ import annotations

import contextlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError, LienThongError
from foundation.limits import SPREADSHEET_MAPPING_BYTES
from marc.spreadsheet import columns, mapping, reading
from marc.spreadsheet.headings import PHRASES, TARGETS
from marc.spreadsheet.mapping import Column, Mapping
from tests.marc.spreadsheet.workbooks import KIEU, read, values, xlsx
from vietnamese.text import fold

SURE = """
    title: Nhan đề | Tên sách | Tên tài liệu | TÊN SÁCH | ten sach | Nhan đề * | Nhan đề chính | Tựa sách | Title
    author: Tác giả | TÁC GIẢ | Tg. | Tác giả (họ tên) | Author | Tác giả 2
    publisher: Nhà xuất bản | NXB | Nxb. | N XB | Nhà XB | Publisher
    place: Nơi XB | Nơi xuất bản | noi xb
    year: Năm XB | Năm xuất bản | Năm | NĂM XB | Year
    extent: Số trang | Trang | Số tr.
    size: Khổ | KHỔ | Khổ (cm) | Khổ sách | Kích thước
    location: Kho | KHO | Vị trí
    price: Giá tiền | Giá | Giá bìa (VNĐ) | Đơn giá
    accession: Số ĐKCB | ĐKCB | Số đăng ký cá biệt | Mã vạch | SO DKCB
    shelf_mark: Ký hiệu xếp giá | KHXG
    class: Môn loại | Phân loại | DDC | Ký hiệu phân loại
    subject: Chủ đề | Đề mục chủ đề
    keyword: Từ khoá | Từ khóa | TỪ KHOÁ
    isbn: ISBN | Mã ISBN | Chỉ số ISBN
    language: Ngôn ngữ | Mã ngôn ngữ
    part: Tập | Tập số
    edition: Lần xuất bản | Lần XB | Tái bản
    summary: Tóm tắt | Nội dung
    note: Ghi chú | Phụ chú
    copies: Số bản | Số lượng | SL
    translator: Người dịch | Dịch giả
    ignore: STT | TT | Lỗi cần sửa | Dòng gốc
"""
CASES = [
    (target.strip(), heading.strip())
    for target, headings in (line.split(":") for line in SURE.strip().splitlines())
    for heading in headings.split("|")
    if heading.strip() != "N XB"
]


@pytest.mark.parametrize(("target", "heading"), CASES)
def test_a_known_heading_is_sure(target: str, heading: str) -> None:
    assert columns.recognise(heading) == (target, 1.0)


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Tên sách giáo khoa", "title"), ("Nơi, NXB, năm XB", "imprint"),
        ("Nhà xuất bản - nơi xuất bản - năm", "imprint"),
        ("Nhan dde", "title"), ("Nhà suất bản", "publisher"), ("Ngôn ngứ", "language"),
    ],
)  # fmt: skip
def test_a_likely_heading_is_a_guess(heading: str, target: str) -> None:
    found, sure = columns.recognise(heading)
    assert found == target
    assert 0 < sure <= 1


@pytest.mark.parametrize("heading", ["", "?", "Cột lạ", "x" * 10_000, "Người mượn", "1"])
def test_an_unknown_heading_is_ignored(heading: str) -> None:
    assert columns.recognise(heading) == ("ignore", 0.0)


def test_the_vocabulary_is_folded_and_leads_to_targets() -> None:
    assert [phrase for phrase in PHRASES if fold(phrase) != phrase or columns.key(phrase) != phrase] == []
    assert set(PHRASES.values()) == set(TARGETS)


def test_every_name_that_people_see_is_recognised() -> None:
    seen = {
        target.name: (columns.recognise(target.vi)[0], columns.recognise(target.en)[0]) for target in TARGETS.values()
    }
    assert {name: found for name, found in seen.items() if set(found) != {name} and name != "ignore"} == {}


def test_a_proposal_has_samples_and_confidence() -> None:
    (table,) = reading.tables(io.BytesIO(xlsx(["Tên sách", "Lạ"], ["Truyện Kiều", "a"], ["Tắt đèn", ""])), "a")
    proposed = mapping.propose(table.headings, table.samples)
    assert proposed.columns == (
        Column("Tên sách", "title", 1.0, ("Truyện Kiều", "Tắt đèn")),
        Column("Lạ", "ignore", 0.0, ("a",)),
    )


def test_cells_speak_where_the_heading_does_not() -> None:
    rows = [["Nhan đề", "Cột lạ", "KHO"]] + [["Truyện", "9786046996026", "13x19"]] * 3
    (table,) = reading.tables(io.BytesIO(xlsx(*rows)), "a")
    assert [column.target for column in mapping.propose(table.headings, table.samples).columns] == [
        "title",
        "isbn",
        "size",
    ]


def test_what_was_corrected_is_used_the_next_time() -> None:
    data = xlsx(["Tên cuốn", "Người kể"], ["Tấm Cám", "Nông Thị Huế"])
    (table,) = reading.tables(io.BytesIO(data), "a")
    corrected = mapping.propose(table.headings, table.samples).with_target("Tên cuốn", "title")
    corrected = corrected.with_target("Người kể", "author")
    kept = mapping.learn(None, corrected).to_json()
    (found,) = read(data, learned=Mapping.from_json(kept))
    assert values(found, "245") == ["10 $aTấm Cám /$cNông Thị Huế"]


def test_learning_keeps_the_old_and_prefers_the_new() -> None:
    old = Mapping((Column("Tên", "title"), Column("Kho", "location")))
    learned = mapping.learn(old, Mapping((Column("KHO", "size", 0.5, ("13x19",)), Column("Lạ", "note"))))
    assert learned.columns == (Column("Tên", "title"), Column("KHO", "size"), Column("Lạ", "note"))


def test_marks_tell_learned_headings_apart() -> None:
    learned = Mapping((Column("Khổ", "note"),))
    assert [column.target for column in mapping.propose(["Khổ", "Kho"], [], learned).columns] == ["note", "location"]


def test_two_columns_of_one_name_are_told_apart_and_both_used() -> None:
    (found,) = read(xlsx(["Nhan đề", "Từ khoá", "Từ khoá"], ["Truyện Kiều", "a", "b"]))
    assert values(found, "653") == ["__ $aa", "__ $ab"]
    assert found.original.decode() == '{"Nhan đề":"Truyện Kiều","Từ khoá":"a","Từ khoá 2":"b"}'


def test_a_surer_title_column_wins() -> None:
    (found,) = read(xlsx(["Ghi tên sách kèm theo", "Tên sách"], ["Phụ lục", KIEU[1]]))
    assert values(found, "245") == ["00 $aTruyện Kiều"]


@given(st.dictionaries(st.text(min_size=1, max_size=20), st.sampled_from(sorted(TARGETS)), max_size=8))
def test_a_mapping_survives_its_json(kept: dict[str, str]) -> None:
    value = Mapping(tuple(Column(heading, target) for heading, target in kept.items()))
    assert Mapping.from_json(value.to_json()) == value


@given(
    st.text()
    | st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)).map(str)
)
def test_whatever_is_kept_gives_a_mapping_or_our_error(text: str) -> None:
    with contextlib.suppress(LienThongError):
        Mapping.from_json(text)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version":2,"columns":{}}', '{"version":1,"columns":{"a":1}}', "[" * 100_000]
)
def test_a_damaged_mapping_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        Mapping.from_json(text)


@pytest.mark.parametrize("text", ['{"version":1,"columns":{"a":"klingon"}}', " " * (SPREADSHEET_MAPPING_BYTES + 1)])
def test_an_unknown_target_or_an_endless_mapping_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        Mapping.from_json(text)


def test_nobody_can_choose_a_target_that_does_not_exist() -> None:
    with pytest.raises(InputError, match="klingon"):
        Mapping().with_target("a", "klingon")
