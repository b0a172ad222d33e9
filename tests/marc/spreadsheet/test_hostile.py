"""Files made to hurt: they are refused by name of the limit, in little time and memory, and never with a crash."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
import xlwt  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation import limits
from foundation.errors import FormatError, InputError, LimitError
from marc.reading import Reading
from marc.spreadsheet import biff, guards, rows
from tests.marc.spreadsheet.test_reading import FILES
from tests.marc.spreadsheet.workbooks import HEADINGS, KIEU, ods, ods_table, patched, read, xlsx

GOOD = xlsx(HEADINGS, KIEU)
CELL = b'<c r="B2"'


def sheet(change: Callable[[bytes], bytes]) -> bytes:
    return patched(GOOD, "sheet1.xml", change)


def more(xml: bytes) -> bytes:
    """The good workbook with more rows at the end of its sheet."""
    return sheet(lambda data: data.replace(b"</sheetData>", xml + b"</sheetData>"))


FAR = {
    "two corners": more(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "single quotes": more(b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
    "a second reference": more(b'<row r="9"><c r="A9" r="XFD1048576"><v>1</v></c></row>'),
    "no references": more(b'<row r="1048576"/><row><c><v>1</v></c>' + b"<c/>" * 9000 + b"<c><v>1</v></c></row>"),
    "another prefix": more(b'<x:row r="1048576"><x:c r="XFD1048576"><v>1</v></x:c></x:row>'),
    "odd spacing": more(b'<row r="1048576"><c\n s="1"\t r = "XFD1048576" ><v>1</v></c></row>'),
    "an endless row number": more(b'<row r="99999999999999999999"><c r="A99999999999999999999"><v>1</v></c></row>'),
    "an .ods row said a million times": ods(
        '<table:table table:name="a"><table:table-row table:number-rows-repeated="1048576"><table:table-cell '
        'table:number-columns-repeated="1024" office:value-type="float" office:value="1"/></table:table-row>'
        "</table:table>"
    ),
    "an .ods cell far below": ods(
        ods_table(["a"]).replace(
            "</table:table>",
            '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
            '<table:table-row><table:table-cell table:number-columns-repeated="16000"/>'
            '<table:table-cell office:value="1"/>'
            "</table:table-row></table:table>",
        )
    ),
}


@pytest.mark.parametrize("case", FAR)
def test_cells_far_apart_are_refused_before_memory_is_asked_for(case: str) -> None:
    with pytest.raises(LimitError) as refused:
        read(FAR[case])
    assert refused.value.problem.values["limit"] == "SPREADSHEET_CELLS"


@pytest.mark.parametrize(
    "xml",
    [
        b'<row r="3"><c a=">" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="3"><c a="<" r="XFD1048576"><v>1</v></c></row>',
        b"<row r=3><c r=XFD1048576><v>1</v></c></row>",
    ],
)
def test_a_cell_that_hides_its_place_is_refused(xml: bytes) -> None:
    with pytest.raises(FormatError):
        read(more(xml))


def test_a_sheet_behind_the_name_of_a_picture_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry))
        new.writestr("xl/media/a.png", b"x<worksheet><sheetData>")
    with pytest.raises(FormatError):
        read(out.getvalue())


def test_formats_of_empty_cells_to_the_last_row_and_column_cost_nothing() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    page = book.add_worksheet()
    for row, line in enumerate((HEADINGS, KIEU)):
        page.write_row(row, 0, line)
    page.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    book.close()
    assert len(read(out.getvalue())) == 1


def test_a_picture_in_a_workbook_is_no_harm() -> None:
    noise = b"\x89PNG\r\n\x1a\n" + b"<c <c><row/>" * 100
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry))
        new.writestr("xl/media/image1.png", noise)
    assert len(read(out.getvalue())) == 1


def test_a_bomb_is_refused_by_its_ratio() -> None:
    with pytest.raises(LimitError) as refused:
        read(sheet(lambda data: data.replace(b"</sheetData>", b" " * (40 << 20) + b"</sheetData>")))
    assert refused.value.problem.values["limit"] == "ARCHIVE_RATIO"


def test_an_endless_workbook_is_refused() -> None:
    with pytest.raises(LimitError) as refused:
        read(biff.MAGIC + bytes(limits.SPREADSHEET_BYTES))
    assert refused.value.problem.values["limit"] == "SPREADSHEET_BYTES"


def test_too_many_columns_of_a_workbook_are_refused() -> None:
    with pytest.raises(LimitError) as refused:
        read(xlsx(["Nhan đề"] * 1001))
    assert refused.value.problem.values["limit"] == "SPREADSHEET_COLUMNS"


def test_a_part_without_a_name_does_no_harm() -> None:
    out = io.BytesIO(GOOD)
    with zipfile.ZipFile(out, "a") as archive:
        nameless = zipfile.ZipInfo("x")
        nameless.filename = ""
        archive.writestr(nameless, b"")
    assert len(read(out.getvalue())) == 1


def test_an_ods_whose_table_never_ends_is_refused() -> None:
    """The reader of workbooks would wait for the end tag for ever."""
    with pytest.raises(FormatError):
        read(patched(FILES["ods"], "content.xml", lambda data: data.replace(b"</table:table>", b"</t/ble:table>")))


def test_an_xls_whose_dimensions_end_before_they_begin_is_refused() -> None:
    with pytest.raises(FormatError):
        read(dimensions(xls((0, 0)), 4, 6, top=0x7C00))


def test_xlsb_and_other_zips_are_named() -> None:
    for name, code in (("xl/workbook.bin", "binary_workbook"), ("word/document.xml", "not_a_spreadsheet")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr(name, "<a/>")
        with pytest.raises(FormatError) as refused:
            read(out.getvalue())
        assert refused.value.problem.code == f"spreadsheet.{code}"


# --- .xls ---------------------------------------------------------------------------------------------------
def xls(*cells: tuple[int, int], sheets: int = 1) -> bytes:
    book = xlwt.Workbook()
    for number in range(sheets):
        page = book.add_sheet(f"S{number}")
        for row, column in cells:
            page.write(row, column, "Nhan đề")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def dimensions(data: bytes, bottom: int, right: int, top: int = 0) -> bytes:
    """The workbook with another claim in its Dimensions record."""
    at = data.index(struct.pack("<HH", 0x0200, 14))
    return data[: at + 4] + struct.pack("<IIHH", top, bottom, 0, right) + data[at + 16 :]


@pytest.mark.parametrize(
    "data",
    [
        xls((0, 0), (65_535, 255)),
        xls((0, 0), (30_000, 99), sheets=2),
        dimensions(xls((0, 0)), 0xFFFFFFFF, 0xFFFF),
        dimensions(xls((0, 0)), 70_000, 0xFFFF),
    ],
)
def test_an_xls_that_would_fill_the_memory_is_refused(data: bytes) -> None:
    with pytest.raises(LimitError) as refused:
        read(data)
    assert refused.value.problem.values["limit"] == "SPREADSHEET_CELLS"


def test_a_chain_of_sectors_that_bites_its_tail_is_refused() -> None:
    data = bytearray(xls((0, 0)))
    (first,) = struct.unpack_from("<I", data, 76)
    for sector in range(8):
        struct.pack_into("<I", data, 512 * (first + 1) + 4 * sector, sector)
    with pytest.raises(FormatError):
        biff.check_xls(bytes(data))


def test_encryption_is_named() -> None:
    name = "EncryptedPackage".encode("utf-16-le")
    workbook = "Workbook".encode("utf-16-le")
    data = xls((0, 0))
    at = data.index(workbook)
    entry = bytearray(data[at : at + 128])
    entry[: len(name)] = name
    struct.pack_into("<H", entry, 64, len(name) + 2)
    with pytest.raises(FormatError) as refused:
        read(data[:at] + bytes(entry) + data[at + 128 :])
    assert refused.value.problem.code == "spreadsheet.password"


# --- CSV ----------------------------------------------------------------------------------------------------
class Endless(io.RawIOBase):
    """A file that begins with `start` and goes on with `piece` for `size` bytes, and never lies in memory whole."""

    def __init__(self, start: bytes, piece: bytes, size: int, end: bytes = b"") -> None:
        self._pieces = self._all(start, piece * (65_536 // len(piece)), size, end)
        self._rest = b""

    @staticmethod
    def _all(start: bytes, piece: bytes, size: int, end: bytes) -> Iterator[bytes]:
        yield start
        for _ in range(size // len(piece)):
            yield piece
        yield end

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        found, self._rest = self._rest[:size], self._rest[size:]
        return found


def test_a_line_of_half_a_gigabyte_costs_itself_alone() -> None:
    stream = Endless(b"Nhan de,Tac gia\nA,B\n", b"x", 500 << 20, b"\nC,D\n")
    began = time.process_time()
    found = list(rows.read(stream, "a.csv"))  # type: ignore[arg-type]
    assert [reading.record is None for reading in found] == [False, True, False]
    assert found[1].problems[0].values["limit"] == "SPREADSHEET_ROW_CHARACTERS"
    assert time.process_time() - began < 20


def test_quotation_marks_left_open_again_and_again_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SPREADSHEET_BAD_ROWS", 5)
    found = read(b"Nhan de,Tac gia\n" + (b'"A,B\n' + b"C,D\n" * limits.SPREADSHEET_ROW_LINES) * 9, "a.csv")
    assert sum(reading.record is None for reading in found) == 6
    assert found[-1].problems[0].values["limit"] == "SPREADSHEET_BAD_ROWS"


def test_a_million_columns_cost_their_row_alone() -> None:
    found = read(f"Nhan de,Tac gia\nA,B\n{',' * 1_000_000}x\nC,D\n", "a.csv")
    assert [reading.record is None for reading in found] == [False, True, False]
    assert found[1].problems[0].values["limit"] == "SPREADSHEET_COLUMNS"


def test_a_cell_too_long_for_excel_is_named() -> None:
    (found,) = read(f"Nhan de,Ghi chu\nA,{'x' * 40_000}\n", "a.csv")
    assert found.record is None
    assert found.problems[0].values["limit"] == "SPREADSHEET_CELL_CHARACTERS"


# --- anything -----------------------------------------------------------------------------------------------
def tried(data: bytes) -> list[Reading]:
    try:
        return read(data)
    except InputError as error:
        return [Reading(1, -1, b"", None, (error.problem,))]


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(st.sampled_from('Nhan đề,;\t"\n\r=1|x\0\ufeff'), max_size=200).map(lambda text: text.encode("utf-8"))
)
def test_any_bytes_give_readings_or_our_error(data: bytes) -> None:
    for reading in tried(data):
        assert reading.record is not None or reading.problems
        assert all(problem.text("vi") and problem.text("en") for problem in reading.problems)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["xlsx", "xls", "ods", "utf-16", "tcvn3"]), st.data())
def test_a_damaged_file_gives_readings_or_our_error(form: str, data: st.DataObject) -> None:
    whole = bytearray(FILES[form])
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    tried(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
    tried(bytes(whole))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_damaged_sheet_gives_readings_or_our_error(data: st.DataObject) -> None:
    at, piece = (
        data.draw(st.integers(0, 2000)),
        data.draw(st.binary(max_size=12) | st.sampled_from([b"<c>", b'<c r="ZZ9">', b"<row>"])),
    )
    tried(sheet(lambda xml: xml[: at % len(xml)] + piece + xml[at % len(xml) + len(piece) :]))


def test_the_guard_looks_across_the_edges_of_chunks() -> None:
    whole = (
        b'<row r="1">'
        + b"".join(b'<c r="%c1"><v>1</v></c>' % letter for letter in b"ABCDEFGH")
        + b'<c r="I1" s="1"/></row>'
    )
    for cut in range(1, len(whole)):
        measure = guards._Xlsx()
        measure.take(whole[:cut])
        measure.take(whole[cut:])
        assert measure.end() == 10  # nine cells and their row; the rectangle of the filled ones is eight


def test_twenty_thousand_rows_stay_within_time_and_memory(tmp_path: Path) -> None:
    """In a process of its own, so that the memory measured is that of the reading."""
    headings = "STT ĐKCB Nhan_đề Tác_giả Nơi_XB NXB Năm Số_trang Khổ Giá ISBN DDC".replace("_", "\u00a0").split(" ")
    values = ["H.", "Văn học", 2015, 271, "13x19", 52_000, 9_786_046_996_026, "895.922"]
    lines = ([at, f"VN.{at}", f"Truyện {at}", f"Nguyễn Du {at}", *values] for at in range(20_000))
    (tmp_path / "a.xlsx").write_bytes(xlsx(headings, *lines))
    program = """
import pathlib, sys, time
from marc.spreadsheet import rows
with open(sys.argv[1], "rb") as stream:
    count = sum(reading.record is not None for reading in rows.read(stream, "a.xlsx"))
status = pathlib.Path("/proc/self/status")
peak = [line.split()[1] for line in status.read_text().splitlines() if line[:6] == "VmHWM:"] if status.exists() else [0]
print(count, time.process_time(), *peak)
"""
    command = [sys.executable, "-c", program, str(tmp_path / "a.xlsx")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    count, seconds, kibibytes = map(float, done.stdout.split())
    assert count == 20_000
    assert seconds < 60, "a hang, not a benchmark"
    assert kibibytes < 300 * 1024
