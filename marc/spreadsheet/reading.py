"""Open a list of books, whatever program made it: its tables, with headings found and text in Unicode.

Recognised by content, never by name: .xlsx, .ods and .xls as workbooks; everything else that is text as CSV or TSV.
Text typed in a TCVN3 or VNI font comes out of a workbook as Latin letters ("NguyÔn"); it is turned back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import BinaryIO, Final, NamedTuple

from foundation.errors import FormatError
from foundation.streams import read_exactly, rejoined
from marc.spreadsheet import biff, columns, delimited, messages, workbook
from marc.spreadsheet.table import Row, Sheet
from vietnamese import detection, encodings
from vietnamese.text import normalise

_HEAD_ROWS: Final = 200
"""Rows that are looked at to find headings, propose a mapping and tell the encoding."""
_OTHERS: Final = {b"%PDF": "PDF", b"{\\rtf": "RTF", b"<": "HTML/XML", b"=LDR": "MARC (.mrk)"}
_MIN_CONFIDENCE: Final = 0.9
_CELL_CONFIDENCE: Final = 0.85
"""For one cell, which is shown to a person as it was and as it was read."""
_OLD_FONT: Final = re.compile(r"[^\x00-\x7f\xa0ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúý\u2010-\u2026]")
"""A letter of cp1252 that no Vietnamese word in Unicode has."""


class Table(NamedTuple):
    """One sheet as a table. `rows` can be gone through once and begins below the headings; blank rows are left out."""

    sheet: str
    headings: tuple[str, ...]
    """One for each column from A, each different; empty where a column has none."""
    heading_row: int
    """The number of the row of headings (the lower one of two); 0 when the sheet has no row."""
    samples: tuple[Row, ...]
    """The first rows below the headings, to propose a mapping and to show."""
    rows: Iterator[Row]
    encoding: str
    """What the text was in: "utf-8" for Unicode, else a name of `vietnamese.encodings`."""
    found: tuple[Row, ...] = ()
    """The first rows, headings too, as they stand in the file, before text of another encoding was turned back."""
    expected: int = 0
    """About how many rows there are below the headings; 0 where nobody knows without reading them."""


def tables(stream: BinaryIO, name: str, encoding: str = delimited.AUTO) -> list[Table]:
    """The tables of a file; for CSV one, named `name`, whose rows are read as they are asked for.

    Raises FormatError (no spreadsheet, damaged, encrypted, empty, an encoding nobody can name), LimitError
    (SPREADSHEET_…, ARCHIVE_…) or InputError (no such encoding). In a workbook `encoding` is the one of the font its
    text was typed in. Reading the rows of a CSV may raise LimitError too.
    """
    head = read_exactly(stream, 8)
    whole = rejoined(head, stream)
    forced = ""
    if head.startswith((workbook.ZIP, biff.MAGIC)):
        sheets = workbook.sheets(whole)
        forced = encoding if encoding in encodings.ENCODINGS else ""
    else:
        seems = next(
            (kind for magic, kind in _OTHERS.items() if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(magic)), ""
        )
        if seems:
            raise FormatError(messages.NOT_A_SPREADSHEET, reason=seems)
        sheets = [delimited.sheet(whole, name, encoding)]
    found = [table for sheet in sheets if (table := _table(sheet, forced)).headings]
    if not found:
        raise FormatError(messages.EMPTY)
    return found


def _table(sheet: Sheet, forced: str = "") -> Table:
    rows = iter(sheet.rows)
    head = list(islice(rows, _HEAD_ROWS))
    encoding, repair = _legacy(head, forced) if sheet.encoding == "utf-8" else (sheet.encoding, normalise)
    found = tuple(head)
    head = [_repaired(row, repair) for row in head]
    number, headings = columns.headings(sheet, head)
    below = [row for row in head if row.number > number]
    filled = _filled(sheet, chain(head, (_repaired(row, repair) for row in rows)))
    wanted = (row for row in filled if row.number > number and row.cells[: len(headings)] != headings)
    expected = max(0, sheet.height - number)
    return Table(sheet.name, headings, number, tuple(below), wanted, encoding, found, expected)


def _repaired(row: Row, repair: Callable[[str], str]) -> Row:
    if all(map(str.isascii, row.cells)):
        return row
    return row._replace(cells=tuple([cell if cell.isascii() else repair(cell) for cell in row.cells]))


def _legacy(head: list[Row], forced: str) -> tuple[str, Callable[[str], str]]:
    """The encoding whose bytes stand as Latin letters in these rows, and what turns a cell back; `forced` is the one
    that a person has chosen for the workbook."""
    if forced:
        return forced, normalise if forced == "utf-8" else lambda cell: _turned_back(cell, forced)
    texts = [cell for row in head for cell in row.cells if not cell.isascii()]
    latin = [text for text in texts if encodings.cp1252_bytes(text) is not None]
    if 2 * len(latin) > len(texts):
        guess = detection.unmojibake("\n".join(latin[:_HEAD_ROWS]))
        if guess.encoding in encodings.ENCODINGS and guess.confidence >= _MIN_CONFIDENCE:
            return guess.encoding, lambda cell: _turned_back(cell, guess.encoding)
    return "utf-8", normalise


def astray(cell: str) -> str:
    """A cell in Unicode that was typed in an old font, in a list that is in Unicode otherwise; empty for any other."""
    if cell.isascii() or not _OLD_FONT.search(cell) or encodings.cp1252_bytes(cell) is None:
        return ""
    guess = detection.unmojibake(cell)
    sure = guess.encoding in encodings.ENCODINGS and guess.confidence >= _CELL_CONFIDENCE
    return _turned_back(cell, guess.encoding) if sure else ""


def _turned_back(cell: str, encoding: str) -> str:
    data = encodings.cp1252_bytes(cell)
    if data is None:  # this cell is in Unicode
        return normalise(cell)
    try:
        text = encodings.decode(data, encoding)
    except FormatError:
        return normalise(cell)
    return encodings.repair_case(text) if encoding == "tcvn3" else text


def _filled(sheet: Sheet, rows: Iterator[Row]) -> Iterator[Row]:
    """Rows with the text of cells merged downwards in each of their rows: one title merged over three copies."""
    merged = [cells for cells in sheet.merged if cells[2] > cells[0]]
    at = 0
    active: dict[int, tuple[int, str]] = {}
    for row in rows:
        while at < len(merged) and merged[at][0] <= row.number:
            top, left, bottom, _ = merged[at]
            at += 1
            if bottom >= row.number and top == row.number and left < len(row.cells):
                active[left] = (bottom, row.cells[left])
        if not active:
            yield row
            continue
        active = {column: last for column, last in active.items() if last[0] >= row.number}
        cells = list(row.cells) + [""] * (max(active, default=-1) + 1 - len(row.cells))
        for column, (_, text) in active.items():
            cells[column] = cells[column] or text
        yield row._replace(cells=tuple(cells))
