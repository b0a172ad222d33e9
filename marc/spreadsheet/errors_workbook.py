"""Rows with problems, sent back to be corrected: the same columns, red cells, the reason in both languages.

Made from readings alone, so what lies in quarantine can be sent back too. Corrected and sent again it is a list like
any other: rows keep their identifier, and the columns added here are known and left out. Every cell is text, and none
is taken for a formula by the program that opens it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO
from typing import Final

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.workbook import Workbook  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from foundation.errors import FormatError
from foundation.limits import SPREADSHEET_CELL_CHARACTERS
from marc import repair
from marc.reading import Reading
from marc.spreadsheet import columns, rows
from marc.spreadsheet.cells import protect

SHEET: Final = "Cần sửa"
REASON: Final = "Lỗi cần sửa"
SOURCE: Final = "Dòng gốc"
IDENTIFIER: Final = "Mã biểu ghi"
_COMMENT_CHARACTERS: Final = 30_000


def xlsx(readings: Iterable[Reading]) -> bytes:
    """The rows among `readings` that have problems, as an .xlsx with the one sheet "Cần sửa"."""
    wanted, headings = _wanted(readings)
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(SHEET)
    formats = _formats(book)
    sheet.set_column(0, 0, 60, formats["plain"])
    sheet.set_column(1, len(headings) + 2, 20, formats["plain"])
    for at, heading in enumerate((REASON, SOURCE, *headings)):
        sheet.write_string(0, at, heading[:SPREADSHEET_CELL_CHARACTERS], formats["heading"])
    sheet.freeze_panes(1, 2)
    for number, (reading, cells) in enumerate(wanted, 1):
        _row(sheet, number, reading, [cells.get(heading, "") for heading in headings], headings, formats)
    sheet.autofilter(0, 0, max(len(wanted), 1), len(headings) + 1)
    book.close()
    return out.getvalue()


def delimited(readings: Iterable[Reading]) -> bytes:
    """The same as CSV in UTF-8 with a byte order mark, which Excel needs; cells like formulas have an apostrophe before
    them, which reading takes away again."""
    wanted, headings = _wanted(readings)
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([protect(heading) for heading in (REASON, SOURCE, *headings)])
    for reading, cells in wanted:
        reasons = "\n".join(f"{vi} / {en}" for _, vi, en in _sentences(reading))
        row = (_clean(reasons), str(reading.line or ""), *(cells.get(heading, "") for heading in headings))
        writer.writerow([protect(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _wanted(readings: Iterable[Reading]) -> tuple[list[tuple[Reading, dict[str, str]]], list[str]]:
    """The readings with problems and their cells; and every heading among them, in order, the identifier's first."""
    wanted: list[tuple[Reading, dict[str, str]]] = []
    headings: list[str] = []
    empty: list[str] = []
    for reading in readings:
        if not reading.problems:
            continue
        try:
            found = rows.cells_of(reading.original)
        except FormatError:
            found = {"Cột A": reading.original.decode("utf-8", "replace")} if reading.original else {}
        cells = {heading: _clean(text) for heading, text in found.items() if heading not in (REASON, SOURCE)}
        _put_in(headings, cells)
        empty += (str(problem.values["heading"]) for problem in reading.problems if "heading" in problem.values)
        wanted.append((reading, cells))
    headings += dict.fromkeys(heading for heading in empty if heading not in headings)
    identified = any(columns.recognise(heading) == ("id", 1.0) for heading in headings)
    if identified:
        return wanted, headings
    for reading, cells in wanted:
        cells[IDENTIFIER] = reading.record.control("001") if reading.record else reading.name
    return wanted, [IDENTIFIER, *headings]


def _put_in(headings: list[str], row: Iterable[str]) -> None:
    """New headings of a row at the place they have in it: a row says nothing of its empty cells, and the columns of the
    workbook are to stand as they stood in the list."""
    at = 0
    for heading in row:
        if heading in headings:
            at = max(at, headings.index(heading) + 1)
        else:
            headings.insert(at, heading)
            at += 1


def _clean(text: str) -> str:
    """What a cell can hold; the lines of it stay."""
    return "\n".join(repair.value(line)[0] for line in text.splitlines())[:SPREADSHEET_CELL_CHARACTERS]


def _sentences(reading: Reading) -> list[tuple[str, str, str]]:
    """(heading of the cell, Vietnamese, English) of each problem; a problem of the whole row has no heading."""
    bare = [problem.at(file="", record=0, offset=-1, control_number="") for problem in reading.problems]
    return [(str(problem.values.get("heading", "")), problem.text("vi"), problem.text("en")) for problem in bare]


def _formats(book: Workbook) -> dict[str, Format]:
    # a quotation prefix is how Excel itself marks "=1+1" that is text; it survives editing the cell
    text = {"num_format": "@", "quote_prefix": True, "text_wrap": True, "valign": "top"}
    return {
        "heading": book.add_format({**text, "bold": True, "bg_color": "#1F4E78", "font_color": "#FFFFFF", "border": 1}),
        "plain": book.add_format(text),
        "reason": book.add_format({**text, "font_color": "#9C0006"}),
        "red": book.add_format({**text, "bg_color": "#FFC7CE", "font_color": "#9C0006", "border": 1}),
    }


def _row(
    sheet: Worksheet, number: int, reading: Reading, cells: list[str], headings: list[str], formats: dict[str, Format]
) -> None:
    told: dict[str, list[str]] = {}
    for heading, vi, en in _sentences(reading):
        told.setdefault(heading, []).append(f"{vi}\n{en}")
    reasons = "\n".join(vi for _, vi, _ in _sentences(reading))
    sheet.write_string(number, 0, _clean(reasons), formats["reason"])
    sheet.write_string(number, 1, str(reading.line or ""), formats["plain"])
    for at, (heading, cell) in enumerate(zip(headings, cells, strict=True), 2):
        red = heading in told
        if cell:
            sheet.write_string(number, at, cell, formats["red" if red else "plain"])
        elif red:
            sheet.write_blank(number, at, None, formats["red"])
        if red:
            comment = _clean("\n".join(told[heading]))[:_COMMENT_CHARACTERS]
            sheet.write_comment(number, at, comment, {"x_scale": 3, "y_scale": 1 + len(told[heading])})
