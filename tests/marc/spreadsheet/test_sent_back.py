"""The template, and faulty rows on their way back: red, explained, harmless, and readable again."""

from __future__ import annotations

import io

import openpyxl  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marc.reading import Reading
from marc.spreadsheet import cells, errors_workbook, template
from marc.spreadsheet.rows import EXAMPLE
from tests.marc.spreadsheet.workbooks import read, values, xlsx

FAULTY = read(
    xlsx(
        ["STT", "Tên sách", "Tác giả", "Năm XB"],
        [1, "=1+1", "A", 20015], [2, None, "B", 2010], [3, "Truyện Kiều", "Nguyễn Du", 2015],
    ),
    "sách.xlsx",
)  # fmt: skip


def sheet_of(data: bytes, name: str | None = None) -> openpyxl.worksheet.worksheet.Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return book[name] if name else book[book.sheetnames[0]]


# --- the template -------------------------------------------------------------------------------------------
def test_the_template_is_the_same_every_time() -> None:
    assert template.template() == template.template()


def test_the_template_has_headings_explanations_and_lists() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template.template()))
    assert book.sheetnames == ["Sách", "Hướng dẫn", "Lựa chọn"]
    headings = {cell.value: cell for cell in book["Sách"][1]}
    assert {"Nhan đề *", "Tác giả", "Năm xuất bản", "Ngôn ngữ", "Loại tài liệu"} <= headings.keys()
    assert all(cell.comment and cell.fill.fgColor.rgb in ("FF9C0006", "FF1F4E78") for cell in headings.values())
    lists = [check.formula1 for check in book["Sách"].data_validations.dataValidation if check.type == "list"]
    assert lists == ["'Lựa chọn'!$A$1:$A$37", "'Lựa chọn'!$B$1:$B$10"]
    assert book["Lựa chọn"].sheet_state == "hidden"


def test_the_example_of_the_template_is_not_imported() -> None:
    assert read(template.template()) == []


def test_a_filled_template_gives_a_record_without_problems() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template.template()))
    assert book["Sách"]["A2"].value == EXAMPLE
    book["Sách"]["A2"] = "k1"
    out = io.BytesIO()
    book.save(out)
    (found,) = read(out.getvalue())
    assert found.problems == ()
    assert values(found, "245") == ["10 $aTruyện Kiều.$nTập 1 :$btruyện thơ Nôm /$cNguyễn Du ; Đào Duy Anh hiệu đính"]


# --- faulty rows --------------------------------------------------------------------------------------------
def test_only_faulty_rows_are_sent_back_on_the_first_sheet() -> None:
    sheet = sheet_of(errors_workbook.xlsx(FAULTY))
    assert sheet.title == "Cần sửa"
    rows = [[cell.value for cell in row][1:] for row in sheet.iter_rows()]
    assert rows == [
        ["Dòng gốc", "Mã biểu ghi", "STT", "Tên sách", "Tác giả", "Năm XB"],
        ["2", "sach-xlsx-sach-2", "1", "=1+1", "A", "20015"],
        ["3", "sach-xlsx-sach-3", "2", None, "B", "2010"],
    ]


def test_headings_that_rows_leave_out_stand_where_others_have_them() -> None:
    rows = [["STT", "Năm"], ["STT", "Nhan đề", "Năm", "DDC"], ["Kho", "STT"]]
    assert errors_workbook._in_order(rows) == ["Kho", "STT", "Nhan đề", "Năm", "DDC"]


def test_the_cell_to_mend_is_red_and_says_why_in_both_languages() -> None:
    sheet = sheet_of(errors_workbook.xlsx(FAULTY))
    red = {cell.coordinate: cell for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFFC7CE"}
    assert sorted(red) == ["E3", "G2"]
    assert "thiếu nhan đề" in red["E3"].comment.text
    assert "the title is missing" in red["E3"].comment.text
    assert "năm xuất bản '20015' không hợp lệ" in sheet["A2"].value
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} == {"E3", "G2"}


@pytest.mark.parametrize("form", [errors_workbook.xlsx, errors_workbook.delimited])
def test_corrected_rows_come_back_under_their_identifier(form: object) -> None:
    data = form(FAULTY)  # type: ignore[operator]
    found = read(data, "đã sửa")
    assert [reading.record.control("001") if reading.record else "" for reading in found] == ["sach-xlsx-sach-2", ""]
    assert values(found[0], "245") == values(FAULTY[0], "245")
    again = read(form(found), "sửa lần hai")  # type: ignore[operator]
    assert [reading.record for reading in again] == [reading.record for reading in found]


def test_a_mended_row_is_no_longer_faulty() -> None:
    book = openpyxl.load_workbook(io.BytesIO(errors_workbook.xlsx(FAULTY)))
    book["Cần sửa"]["E3"], book["Cần sửa"]["G2"] = "Tắt đèn", "2015"
    out = io.BytesIO()
    book.save(out)
    assert [reading.problems for reading in read(out.getvalue())] == [(), ()]


def test_a_broken_row_is_sent_back_whole() -> None:
    found = read('Nhan đề,Tác giả\n"Truyện Kiều,Nguyễn Du\nTắt đèn,Ngô Tất Tố\n', "a.csv")
    sheet = sheet_of(errors_workbook.xlsx(found))
    assert [cell.value for cell in sheet[2]][1:] == ["2", '"Truyện Kiều,Nguyễn Du']


def test_nothing_wrong_gives_headings_alone() -> None:
    assert [len(list(sheet_of(errors_workbook.xlsx(found)).iter_rows())) for found in ([], FAULTY[2:])] == [1, 1]


# --- formulas -----------------------------------------------------------------------------------------------
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://a")', "'=1", "''@x", "\t=1", "-"]


@pytest.mark.parametrize("cell", DANGEROUS)
def test_no_cell_of_csv_begins_like_a_formula(cell: str) -> None:
    assert cells.protect(cell)[0] == "'"


@given(
    st.text()
    | st.sampled_from(DANGEROUS)
    | st.builds(lambda start, rest: start + rest, st.sampled_from("=+-@\t\r'"), st.text())
)
def test_protection_is_undone_by_reading(cell: str) -> None:
    assert cells.unprotect(cells.protect(cell)) == cell
    assert not cells.protect(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("cell", DANGEROUS)
def test_no_cell_of_a_workbook_is_a_formula(cell: str) -> None:
    reading = Reading(1, -1, f'{{"Nhan đề":{_json(cell)}}}'.encode(), None, FAULTY[0].problems, 2)
    found = sheet_of(errors_workbook.xlsx([reading]))["D2"]
    assert (found.data_type, found.quotePrefix) == ("s", True)


def _json(text: str) -> str:
    import json  # noqa: PLC0415 - only here

    return json.dumps(text)


TITLES = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cn", "Zl", "Zp", "Zs")), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["", *DANGEROUS]), TITLES), min_size=1, max_size=4))
def test_what_is_sent_back_comes_in_unchanged(lines: list[tuple[str, str]]) -> None:
    rows = [
        ["Mã", "Nhan đề", "Năm"],
        *([f"k{at}", start.strip() + title, "x"] for at, (start, title) in enumerate(lines)),
    ]
    found = read(xlsx(*rows))
    for data in (errors_workbook.xlsx(found), errors_workbook.delimited(found)):
        assert [reading.record for reading in read(data)] == [reading.record for reading in found]


@settings(max_examples=100, deadline=None)
@given(st.binary() | st.dictionaries(st.text(), st.text()).map(lambda value: repr(value).encode("utf-8", "replace")))
def test_any_original_can_be_sent_back(original: bytes) -> None:
    reading = Reading(1, -1, original, None, FAULTY[0].problems)
    assert sheet_of(errors_workbook.xlsx([reading])).title == "Cần sửa"
    assert errors_workbook.delimited([reading]).startswith(b"\xef\xbb\xbf")


def test_columns_stand_as_they_were_sent_though_rows_leave_some_empty() -> None:
    found = read(
        xlsx(
            ["Số ĐKCB", "Tên sách", "Tác giả", "Năm XB", "Môn loại"],
            ["B.1", None, "A", 1974, None], ["B.2", "Lượn", None, 20015, "398"],
        ),
        "sách.xlsx",
    )  # fmt: skip
    sheet = sheet_of(errors_workbook.xlsx(found))
    headings = [cell.value for cell in sheet[1]]
    assert headings[-5:] == ["Số ĐKCB", "Tên sách", "Tác giả", "Năm XB", "Môn loại"]


def test_a_row_is_as_high_as_its_reasons() -> None:
    sheet = sheet_of(errors_workbook.xlsx(FAULTY))
    assert sheet.row_dimensions[2].height >= 2 * errors_workbook.LINE_POINTS


def test_what_is_wrong_with_a_whole_row_marks_its_reason_and_makes_no_column() -> None:
    found = read('Nhan đề,Tác giả\n"Truyện Kiều,Nguyễn Du\nTắt đèn,Ngô Tất Tố\n', "a.csv")
    sheet = sheet_of(errors_workbook.xlsx(found))
    assert sheet["A2"].fill.fgColor.rgb == "FFFFC7CE"
    assert all(cell.value for cell in sheet[1])
