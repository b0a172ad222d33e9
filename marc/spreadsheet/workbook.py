"""Workbooks (.xlsx, .ods, .xls) as sheets of rows. Formulas give the value that was saved with them; none is evaluated.

Dates come as ISO 8601, numbers without the ".0" of their float. Macros, links and pictures are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum

from foundation import limits
from foundation.errors import FormatError, LimitError
from marc.spreadsheet import biff, cells, guards, messages
from marc.spreadsheet.table import Row, Sheet

ZIP = b"PK\x03\x04"


def sheets(stream: BinaryIO) -> list[Sheet]:
    """The sheets of a workbook, in order, empty ones left out; hidden ones too, for lists hide in them.

    Raises LimitError (SPREADSHEET_…, ARCHIVE_…), FormatError when it is damaged, encrypted or no workbook.
    """
    data = stream.read(limits.SPREADSHEET_BYTES + 1)
    guards.check("SPREADSHEET_BYTES", len(data), limits.SPREADSHEET_BYTES)
    if data.startswith(biff.MAGIC):
        biff.check_xls(data)
    else:
        guards.check_zip(data)
    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        listed = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        guards.check("SPREADSHEET_SHEETS", len(listed), limits.SPREADSHEET_SHEETS)
        opened = [book.get_sheet_by_name(name) for name in listed]
        return [_sheet(sheet) for sheet in opened if sheet.start is not None]
    except BaseException as error:
        # The reader is written in Rust: a fault in it arrives as a PanicException, which is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if isinstance(error, LimitError):
            raise
        reason = str(error)[:200]
        if "assword" in reason:
            raise FormatError(messages.PASSWORD) from error
        raise FormatError(messages.NOT_A_SPREADSHEET, reason=reason) from error


def _sheet(sheet: CalamineSheet) -> Sheet:
    guards.check("SPREADSHEET_COLUMNS", sheet.width, limits.SPREADSHEET_COLUMNS)
    ranges = sheet.merged_cell_ranges or []
    merged = [
        (top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges if bottom > top or right > left
    ]
    return Sheet(sheet.name, _rows(sheet), tuple(sorted(merged)), height=sheet.end[0] + 1 if sheet.end else 0)


def _rows(sheet: CalamineSheet) -> Iterator[Row]:
    left = sheet.start[1] if sheet.start else 0
    before = ("",) * min(left, limits.SPREADSHEET_COLUMNS)
    for number, values in enumerate(sheet.iter_rows(), 1):
        row = [cells.text(value) for value in values]
        while row and not row[-1]:
            row.pop()
        if row:
            yield Row(number, (*before, *row))
