"""What comes out of the files that libraries send, whatever program made them."""

from __future__ import annotations

import datetime
import io

import pytest
import xlwt  # type: ignore[import-untyped]

from foundation.errors import FormatError, InputError
from marc.spreadsheet import cells, reading, rows
from marc.spreadsheet.mapping import propose
from tests.marc.spreadsheet.workbooks import HEADINGS, KIEU, csv, ods, ods_table, read, values, xlsx
from vietnamese.encodings import encode, read_as_cp1252

LIST = (
    HEADINGS,
    KIEU,
    ("2", "Lịch sử Đảng bộ tỉnh Bắc Kạn", "Nhiều tác giả", "Chính trị quốc gia", "2010", ""),
    ("3", "Những bài thuốc quý của đồng bào vùng cao", "Nông Thị Huế", "Y học", "2001", ""),
)
DAY = datetime.datetime(2014, 5, 6)  # noqa: DTZ001 - a cell has no zone
TITLES = ["Truyện Kiều", "Lịch sử Đảng bộ tỉnh Bắc Kạn", "Những bài thuốc quý của đồng bào vùng cao"]


def xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sách")
    for at, line in enumerate(LIST):
        for column, cell in enumerate(line):
            sheet.write(at, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods_list() -> bytes:
    tail = (
        '<table:table-row table:number-rows-repeated="1048572"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row>'
    )
    return ods(ods_table(*LIST, tail=tail))


FILES = {
    "xlsx": xlsx(*LIST),
    "xls": xls(),
    "ods": ods_list(),
    "csv": csv(*LIST).encode(),
    "csv with BOM": b"\xef\xbb\xbf" + csv(*LIST).encode(),
    "csv with semicolons": csv(*LIST, delimiter=";", end="\n").encode(),
    "csv named by sep=": ("sep=|\r\n" + csv(*LIST, delimiter="|")).encode(),
    "csv of an old Mac": csv(*LIST, end="\r").encode(),
    "tsv": csv(*LIST, delimiter="\t").encode(),
    "utf-16": csv(*LIST, delimiter="\t").encode("utf-16"),
    "utf-16-be without a mark": csv(*LIST, delimiter="\t").encode("utf-16-be"),
    "NFD": encode(csv(*LIST), "utf-8-nfd"),
    **{encoding: encode(csv(*LIST), encoding) for encoding in ("tcvn3", "vni", "cp1258", "viscii", "vps")},
}


@pytest.mark.parametrize("form", FILES)
def test_every_form_gives_the_same_titles(form: str) -> None:
    readings = read(FILES[form], "sách")
    assert [title for found in readings for title in values(found, "245") if found.record] == [
        "10 $aTruyện Kiều /$cNguyễn Du",
        "00 $aLịch sử Đảng bộ tỉnh Bắc Kạn /$cNhiều tác giả",
        "10 $aNhững bài thuốc quý của đồng bào vùng cao /$cNông Thị Huế",
    ]


def test_text_typed_in_a_tcvn3_font_is_turned_back() -> None:
    typed = [[read_as_cp1252(encode(cell, "tcvn3")) for cell in line] for line in LIST]
    assert typed[1][2] != "Nguyễn Du"
    (table,) = reading.tables(io.BytesIO(xlsx(*typed)), "sách.xls")
    assert table.encoding == "tcvn3"
    assert [row.cells[1] for row in table.rows] == TITLES


def test_single_cells_of_an_old_font_among_unicode_are_turned_back_and_told() -> None:
    odd, foreign = read_as_cp1252(encode("Truyện Kiều", "tcvn3")), "Café Müller « São »"
    book = xlsx(list(HEADINGS), *([str(n), title, "Nguyễn Đức", "2001"] for n, title in enumerate([odd, foreign])))
    turned, kept = read(book, "sách")
    assert values(turned, "245")[0].startswith("10 $aTruyện Kiều")
    assert [(one.message.code, one.values["seen"], one.values["read"]) for one in turned.problems] == [
        ("spreadsheet.font", odd, "Truyện Kiều")
    ]
    assert odd.encode() in turned.original
    assert "Café Müller « São »" in values(kept, "245")[0]
    assert kept.problems == ()


def test_rows_that_are_no_books_are_told() -> None:
    book = xlsx(["DANH MỤC SÁCH 2024"], list(HEADINGS), ["I. Sách văn học"], ["1", "Truyện", "A", "2001"],
                ["Tổng cộng", None, "250"])  # fmt: skip
    (table,) = reading.tables(io.BytesIO(book), "sách.xlsx")
    found = rows.left_out(table, propose(table.headings, table.samples, None))
    assert [(row.number, row.cells[0]) for row in found] == [
        (1, "DANH MỤC SÁCH 2024"), (3, "I. Sách văn học"), (5, "Tổng cộng")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2014.0, "2014"), (9786041234567.0, "9786041234567"), (330.1, "330.1"), (0.5, "0.5"), (True, "TRUE"),
        (datetime.date(2014, 5, 6), "2014-05-06"), (DAY, "2014-05-06"),
        (DAY.replace(hour=7, minute=8), "2014-05-06 07:08:00"), (" a ", "a"), (1e300, "1e+300"),
    ],
)  # fmt: skip
def test_a_cell_is_what_its_reader_sees(value: cells.Value, text: str) -> None:
    assert cells.text(value) == text


def test_a_formula_gives_its_saved_value_and_is_never_worked_out() -> None:
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - only here are formulas wanted

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Nhan đề", "Năm XB"])
    sheet.write_formula(1, 0, '=CONCATENATE("sai")', value="Truyện Kiều")
    sheet.write_formula(1, 1, "=1+1", value=2015)
    book.close()
    assert [values(found, tag) for found in read(out.getvalue()) for tag in ("245", "264")] == [
        ["00 $aTruyện Kiều"],
        ["_1 $c2015"],
    ]


def test_the_headings_are_found_below_other_lines_and_rows_keep_their_numbers() -> None:
    data = xlsx(["THƯ VIỆN HUYỆN BA BỂ"], [], ["DANH MỤC SÁCH NĂM 2015"], [], HEADINGS, [], KIEU)
    (table,) = reading.tables(io.BytesIO(data), "a.xlsx")
    assert (table.heading_row, table.headings) == (5, HEADINGS)
    assert [row.number for row in table.rows] == [7]


def test_headings_in_two_rows_are_joined() -> None:
    data = xlsx(
        ["STT", "Nhan đề", None, None, None],
        [None, None, "Nơi", "NXB", "Năm"],
        ["1", "Truyện Kiều", "Hà Nội", "Văn học", "2015"],
        merged=[(0, 2, 0, 4, "Xuất bản")],
    )
    (found,) = read(data)
    assert values(found, "264") == ["_1 $aHà Nội :$bVăn học,$c2015"]


def test_a_title_merged_over_its_copies_counts_for_each() -> None:
    data = xlsx(
        ["Nhan đề", "Số ĐKCB"], [None, "A.1"], [None, "A.2"], [None, "A.3"], ["Tắt đèn", "A.4"],
        merged=[(1, 0, 3, 0, "Truyện Kiều")],
    )  # fmt: skip
    titles = [(found.record.control("001"), *values(found, "245")) for found in read(data) if found.record]
    assert titles == [(f"A.{at}", "00 $aTruyện Kiều") for at in (1, 2, 3)] + [("A.4", "00 $aTắt đèn")]


@pytest.mark.parametrize("line", [["2"], [None, "I. Sách văn học"], ["Tổng cộng", None, "250"], list(HEADINGS), []])
def test_rows_that_are_no_books_are_left_out(line: list[str]) -> None:
    headings = ("Mã", "STT", "Nhan đề", "Tác giả")
    if line == list(HEADINGS):
        line = list(headings)
    found = read(xlsx(headings, ["k1", "1", "Truyện Kiều", "Nguyễn Du"], line, ["k2", "2", "Tắt đèn", "Ngô Tất Tố"]))
    assert [reading.record.control("001") for reading in found if reading.record] == ["k1", "k2"]
    assert len(found) == 2


def test_a_row_that_is_left_open_costs_itself_alone() -> None:
    found = read('Nhan đề,Tác giả\n"Truyện Kiều,Nguyễn Du\nTắt đèn,Ngô Tất Tố\nChí Phèo,Nam Cao\n', "a.csv")
    assert [reading.record is None for reading in found] == [True, False, False]
    assert found[0].problems[0].text().startswith("a.csv: trang tính “a.csv”, dòng 2: dòng CSV bị hỏng")


def test_a_row_of_several_lines_is_one_row() -> None:
    (found,) = read('Nhan đề,Tóm tắt\nTruyện Kiều,"Một\nhai"\n', "a.csv")
    assert values(found, "520") == ["__ $aMột hai"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"), (b"\n\n", "empty"), (b"%PDF-1.7", "not_a_spreadsheet"), (b"<html><table>", "not_a_spreadsheet"),
        (b"PK\x03\x04" + b"x" * 100, "archive.damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "not_a_spreadsheet"),
        (b"a,b\n\x00\x01\x02 binary data that is no text at all", "not_a_spreadsheet"), (b"a,b\n1,2\n", "no_title"),
        (b"Nhan de\n\xff\xfe\xf8\xf9\xfa\xfb\xfc\n", "encoding"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_the_reason(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as refused:
        read(data)
    assert refused.value.problem.code.endswith(code)


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(InputError):
        read("a,b\n", encoding="klingon")


def test_every_list_of_a_zip_is_read() -> None:
    import zipfile  # noqa: PLC0415 - only here

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.csv", csv(*LIST))
        archive.writestr("b.xlsx", xlsx(*LIST))
        archive.writestr("c.pdf", b"%PDF-1.4")
    found = read(out.getvalue(), "z.zip")
    assert [reading.file for reading in found] == ["z.zip/a.csv"] * 3 + ["z.zip/b.xlsx"] * 3 + ["z.zip/c.pdf"]
    assert [reading.record is None for reading in found] == [False] * 6 + [True]
    assert len({reading.record.control("001") for reading in found if reading.record}) == 6
