"""What a workbook will cost in memory, found out before it is opened.

The reader of workbooks keeps each sheet as one rectangle: two cells in opposite corners of an .xlsx would ask for
500 GB, and a failed allocation ends the process. So every part is unpacked once through `foundation.archives`, which
counts, and the places of its cells are looked at as they stream by. What is refused here is never handed on.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, Final, cast

from foundation import archives, limits, xml
from foundation.errors import FormatError, LimitError
from marc.spreadsheet import cells, messages

_MARKS: Final = re.compile(rb"(PK\x03\x04.{26}|PK\x01\x02.{42})(\[Content_Types\]\.xml|mimetype)", re.DOTALL)
"""The entry by which `archives` knows a document, behind its local or central header (APPNOTE 4.3.7, 4.3.12)."""

_ATTRIBUTES: Final = rb"""((?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*)\s*(/?)>"""
_NAME: Final = rb"<(?:[^\s<>/\"':]+:)?"
_CELL: Final = re.compile(_NAME + rb"(c|row)" + _ATTRIBUTES)
_CELL_START: Final = re.compile(_NAME + rb"(?:c|row)(?=[\s/>])")
_REFERENCE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")
_PLAIN_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="[0-9]{1,6}")?(?: t="[a-zA-Z]{1,9}")?(/?)>')
"""A cell as Excel and its kin write it: nearly all cells, and quickly looked at."""
_ROW: Final = re.compile(_NAME + rb"row" + _ATTRIBUTES)
_STRING: Final = re.compile(_NAME + rb"si[\s/>]")

_ODS_START: Final = re.compile(rb"<table:(?:table|table-row|(?:covered-)?table-cell)(?=[\s/>])")
_ODS: Final = re.compile(rb"<(/?)table:(table|table-row|(?:covered-)?table-cell)" + _ATTRIBUTES)
_REPEATED: Final = re.compile(rb"""number-(?:columns|rows)-repeated\s*=\s*["']\s*\+?([0-9]+)\s*["']""")
_VALUED: Final = re.compile(rb"\s(?:office|calcext|table):[\w-]*(?:value|formula)")

_BINARY: Final = re.compile(b"sheetData|" + re.escape("sheetData".encode("utf-16-le")))
"""A picture or a macro has no such element; the reader would look for it in any part it is sent to."""

_OVERLAP: Final = 4 * limits.KIB
"""No tag of a cell is longer; so much of each chunk is looked at again with the next."""


def check_zip(data: bytes) -> None:
    """See that an .xlsx or .ods stays within the SPREADSHEET_ and ARCHIVE_ limits.

    Raises LimitError, or FormatError when it is damaged, encrypted, an .xlsb, or no document at all.
    """
    names, unpacked, rectangle = set(), 0, 0
    masked = _MARKS.sub(lambda found: found[1] + found[2].swapcase(), data)
    for name, part in _parts(masked):
        names.add(name.lower())
        measure: _Ods | _Xlsx | _Binary | None = _Ods() if name == "./content.xml" else None
        chunks = _chunks(part)
        for chunk in _well_formed(chunks) if measure else chunks:
            measure = measure or (_Xlsx() if chunk.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else _Binary())
            unpacked += len(chunk)
            check("SPREADSHEET_UNPACKED_BYTES", unpacked, limits.SPREADSHEET_UNPACKED_BYTES)
            measure.take(chunk)
        rectangle += measure.end() if measure else 0
        check("SPREADSHEET_CELLS", rectangle, limits.SPREADSHEET_CELLS)
    if "./xl/workbook.bin" in names:
        raise FormatError(messages.BINARY_WORKBOOK)
    if not names & {"./content.xml", "./xl/workbook.xml"}:
        raise FormatError(messages.NOT_A_SPREADSHEET, reason="zip")


def check(name: str, seen: int, allowed: int) -> None:
    """Raises LimitError when `seen` is beyond the limit `name`."""
    if seen > allowed:
        raise LimitError(messages.LIMIT, limit=name, seen=seen, allowed=allowed)


def _parts(data: bytes) -> Iterator[tuple[str, BinaryIO]]:
    """The parts of a zip. `zipfile` stumbles over an entry whose name is empty, which no document has."""
    try:
        yield from archives.members(BytesIO(data), ".")
    except IndexError as error:
        raise FormatError(messages.NOT_A_SPREADSHEET, reason="zip") from error


def _chunks(part: BinaryIO) -> Iterator[bytes]:
    while chunk := part.read(limits.READ_CHUNK):
        yield chunk


def _well_formed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks of an XML part, looked through by a parser on their way: the reader of .ods goes on for ever behind an
    end tag that is missing. Raises FormatError or LimitError."""
    watched = _Watched(chunks)
    for _ in xml.elements(cast(BinaryIO, watched), frozenset({"table-row"})):
        yield from watched.passed()
    yield from watched.passed()


class _Watched(io.RawIOBase):
    """Chunks as a stream, each kept until it is asked for by `passed`."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._rest = b""
        self._chunks = chunks
        self._kept: list[bytes] = []

    def read(self, size: int = -1) -> bytes:
        self._rest = self._rest or next(self._chunks, b"")
        found, self._rest = self._rest[:size], self._rest[size:]
        self._kept.append(found)
        return found

    def passed(self) -> list[bytes]:
        found, self._kept = self._kept, []
        return found


class _Xlsx:
    """Cells of a part of an .xlsx (ECMA-376, 18.3.1.4): the rectangle they fill, and the shared strings.

    Cells without content are not kept by the reader and not counted: whole rows are often formatted to the last column.
    """

    def __init__(self) -> None:
        self.rest = b""
        self.rows = self.columns = self.cells = self.at_row = self.at_column = 0

    def take(self, chunk: bytes) -> None:
        data = self.rest + chunk
        cut = data.rfind(b"<", max(0, len(data) - _OVERLAP))
        cut = cut if cut >= 0 else len(data)
        self.rest = data[cut:]
        self._look(data[:cut])
        check("SPREADSHEET_CELLS", self.cells, limits.SPREADSHEET_CELLS)

    def end(self) -> int:
        self._look(self.rest)
        return max(self.rows * self.columns, self.cells)

    def _look(self, data: bytes) -> None:
        starts = len(_CELL_START.findall(data))
        plain = _PLAIN_CELL.findall(data)
        if len(plain) + len(_ROW.findall(data)) == starts:
            self._plain(plain)
        elif self._each(data) != starts:
            raise FormatError(messages.NOT_A_SPREADSHEET, reason="XML")
        self.cells += starts + len(_STRING.findall(data))

    def _plain(self, found: list[tuple[bytes, bytes, bytes]]) -> None:
        """Count cells that all say where they are."""
        filled = [(letters, digits) for letters, digits, empty in found if not empty]
        if found:  # should cells without a place follow, these are the furthest they can follow on
            self.at_row = max(self.at_row, *map(int, {digits for _, digits, _ in found}))
        if filled:
            self.at_column = max(cells.number(letters.decode()) + 1 for letters in {letters for letters, _ in filled})
            self.rows = max(self.rows, *map(int, {digits for _, digits in filled}))
            self.columns = max(self.columns, self.at_column)

    def _each(self, data: bytes) -> int:
        """Count cells one by one, whatever their attributes; the result is how many there were, with their rows."""
        found = 0
        for name, attributes, empty in _CELL.findall(data):
            found += 1
            references = _REFERENCE.findall(attributes)
            rows = [int(digits[:12]) for _, digits in references if digits]
            self.at_row = max(rows) if rows else self.at_row + (name == b"row")
            if name == b"row":
                self.at_column = 0
                continue
            columns = [cells.number(letters[:8].decode()) + 1 for letters, _ in references if letters]
            self.at_column = max(columns) if columns else self.at_column + 1
            if not empty:
                self.rows, self.columns = max(self.rows, self.at_row), max(self.columns, self.at_column)
        return found


class _Binary:
    """A part that is no XML, and must not be taken for a sheet either."""

    def __init__(self) -> None:
        self.rest = b""

    def take(self, chunk: bytes) -> None:
        if _BINARY.search(self.rest + chunk):
            raise FormatError(messages.NOT_A_SPREADSHEET, reason="XML")
        self.rest = chunk[-32:]

    def end(self) -> int:
        return 0


class _Ods:
    """The rectangles of an OpenDocument spreadsheet (ODF 1.3 part 3, 9.1), where one cell may stand for a million."""

    def __init__(self) -> None:
        self.rest = b""
        self.total = self.row = self.column = self.rows = self.columns = self.width = 0

    def take(self, chunk: bytes) -> None:
        data = self.rest + chunk
        cut = data.rfind(b"<", max(0, len(data) - _OVERLAP))
        cut = cut if cut >= 0 else len(data)
        self.rest = data[cut:]
        self._look(data[:cut])
        check("SPREADSHEET_CELLS", self.end(), limits.SPREADSHEET_CELLS)

    def end(self) -> int:
        return self.total + max(self.rows, 1 if self.width else 0) * max(self.columns, self.width)

    def _look(self, data: bytes) -> None:
        starts = 0
        for close, name, attributes, empty in _ODS.findall(data):
            starts += not close
            times = max((int(count[:12]) for count in _REPEATED.findall(attributes)), default=1)
            if name == b"table":
                self.total, self.row, self.rows, self.columns, self.width = self.end(), 0, 0, 0, 0
            elif name == b"table-row":
                if not close:
                    self.column, self.width = 0, 0
                    self.row += times
                if self.width:
                    self.rows, self.columns = self.row, max(self.columns, self.width)
            elif not close:
                self.column += times
                if not empty or _VALUED.search(attributes):
                    self.width = self.column
        if starts != len(_ODS_START.findall(data)):
            raise FormatError(messages.NOT_A_SPREADSHEET, reason="XML")
