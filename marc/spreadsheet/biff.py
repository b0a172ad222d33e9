"""What an .xls will cost in memory, found out before it is opened: its compound file, and the cells of its sheets.

[MS-CFB] is the file system around it, [MS-XLS] (BIFF) the records inside. Only places of cells are read here; the
reader of workbooks allocates the rectangle they span, and also whatever the Dimensions record claims.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from foundation import limits
from foundation.errors import FormatError
from marc.spreadsheet import messages
from marc.spreadsheet.guards import check

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END: Final = 0xFFFFFFFA  # MAXREGSECT: sector numbers from here on end a chain or mark something else
_EOF, _BOUND_SHEET, _FILE_PASS, _DIMENSIONS, _MUL_RK = 0x0A, 0x85, 0x2F, 0x0200, 0xBD
_CELLS: Final = frozenset(
    (0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0xBD, 0xD6, 0xFD, 0x27E, 0x203, 0x204, 0x205, 0x206, 0x207, 0x406)
)
"""Records of filled cells, BIFF2 to BIFF8: all begin with row and column. MulRk and ends with its last column."""
_XLS_RECTANGLE: Final = 65_536 * 256
"""Rows by columns of the largest sheet of an .xls; Dimensions may honestly claim so much, for it counts formats too."""
_RECORDS: Final = 2 * limits.SPREADSHEET_CELLS
"""Records of the whole workbook; in the sheets most hold a cell."""


def check_xls(data: bytes) -> None:
    """See that an .xls stays within the SPREADSHEET_ limits. Raises LimitError, or FormatError when it is damaged."""
    try:
        streams = _workbooks(data)
    except (struct.error, IndexError, ValueError) as error:
        raise FormatError(messages.NOT_A_SPREADSHEET, reason="OLE") from error
    if not streams:
        raise FormatError(messages.NOT_A_SPREADSHEET, reason="OLE")
    walked = rectangle = 0
    for stream in streams:
        sheets = []
        for kind, body in _records(stream, 0):
            walked += 1
            if kind == _FILE_PASS:
                raise FormatError(messages.PASSWORD)
            if kind == _BOUND_SHEET and len(body) >= 4:
                sheets.append(int.from_bytes(body[:4], "little"))
        check("SPREADSHEET_SHEETS", len(sheets), limits.SPREADSHEET_SHEETS)
        for start in sheets:
            records, rows, columns = _sheet(stream, start)
            walked += records
            rectangle += rows * columns
            check("SPREADSHEET_CELLS", rectangle, limits.SPREADSHEET_CELLS)
            check("SPREADSHEET_CELLS", walked, _RECORDS)


def _sheet(stream: bytes, start: int) -> tuple[int, int, int]:
    """How many records a sheet has, and how many rows and columns its cells span."""
    count = rows = columns = 0
    for kind, body in _records(stream, start):
        count += 1
        if kind in _CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            last = int.from_bytes(body[-2:], "little") if kind == _MUL_RK else column
            rows, columns = max(rows, row + 1), max(columns, column + 1, last + 1)
        elif kind == _DIMENSIONS:
            check("SPREADSHEET_CELLS", _claimed(body), _XLS_RECTANGLE)
    return count, rows, columns


def _claimed(body: bytes) -> int:
    """The rectangle of a Dimensions record ([MS-XLS] 2.4.90); the ends are one behind the last."""
    if len(body) == 14:
        top, bottom, left, right = struct.unpack_from("<IIHH", body)
    elif len(body) == 10:
        top, bottom, left, right = struct.unpack_from("<HHHH", body)
    else:
        return 0
    if bottom < top or right < left:  # the reader would subtract without a sign
        raise FormatError(messages.NOT_A_SPREADSHEET, reason="Dimensions")
    return int(max(bottom - top, 1) * max(right - left, 1))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place to the end of their substream: number, body."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + length]
        if kind == _EOF:
            return
        at += 4 + length


def _workbooks(data: bytes) -> list[bytes]:
    """The streams of a compound file that hold a workbook."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:  # [MS-CFB] 2.2
        raise ValueError(shift)
    directory, cutoff, mini_start = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    fat = _table(data, shift)
    entries = _chain(data, fat, directory, shift, 1 << shift)
    found, root = [], b""
    for at in range(0, len(entries) - 127, 128):
        size = int.from_bytes(entries[at + 64 : at + 66], "little")
        name = entries[at : at + max(0, min(size, 64) - 2)].decode("utf-16-le", "replace").casefold()
        start, length = struct.unpack_from("<II", entries, at + 116)
        if name in ("encryptedpackage", "encryptioninfo"):
            raise FormatError(messages.PASSWORD)
        if entries[at + 66] == 5:  # the root entry holds the small streams
            root = _chain(data, fat, start, shift, 1 << shift)
        elif name in ("workbook", "book"):
            found.append((start, length))
    if len(found) > 2:  # one for new and one for old programs
        raise ValueError(len(found))
    mini = list(struct.iter_unpack("<I", _chain(data, fat, mini_start, shift, 1 << shift)))
    small = [sector for (sector,) in mini]
    return [
        _chain(root, small, start, 6, 0)[:length] if length < cutoff else _chain(data, fat, start, shift, 1 << shift)
        for start, length in found
    ]


def _table(data: bytes, shift: int) -> list[int]:
    """The file allocation table, whose sectors the header lists and further sectors continue ([MS-CFB] 2.3, 2.5)."""
    size = 1 << shift
    listed = list(struct.unpack_from("<109I", data, 76))
    (at,) = struct.unpack_from("<I", data, 68)
    seen = set()
    while at < _END and at not in seen:
        seen.add(at)
        *more, at = struct.unpack_from(f"<{size // 4}I", data, size * (at + 1))
        listed += more
    table: list[int] = []
    for sector in listed:
        if sector < _END:
            if len(table) > len(data) // 64 + 1024:  # an entry stands for a sector of the file
                raise ValueError(sector)
            table += struct.unpack_from(f"<{size // 4}I", data, size * (sector + 1))
    return table


def _chain(data: bytes, table: list[int], at: int, shift: int, first: int) -> bytes:
    """The bytes of a chain of sectors, the first of which begins at `first`."""
    pieces: list[bytes] = []
    while at < _END:
        if len(pieces) > len(data) >> shift:  # it bites its tail
            raise ValueError(at)
        pieces.append(data[first + (at << shift) : first + ((at + 1) << shift)])
        at = table[at]
    return b"".join(pieces)
