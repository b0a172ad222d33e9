"""The master file of CDS/ISIS (.mst) with its cross-reference file (.xrf): a base as it lies on the disk.

UNESCO, Mini-micro CDS/ISIS Reference manual (version 2.3, 1989), appendix G: blocks of 512 bytes; a control record;
records of leader, directory and data, each on an even byte; the leader up to the length of its data is never cut by the
end of a block. All numbers are little endian. The leader comes in two layouts: packed, as the manual has it (DOS and
Windows), and with two bytes of slack behind the record length (CISIS on Linux); BASE tells them apart.

A record that is changed is written again at the end of the file. The .xrf says which copy counts and which records are
deleted; without it the last copy of each is taken, and the deleted ones by their status.
"""

from __future__ import annotations

import os
import re
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from struct import Struct
from tempfile import TemporaryFile
from typing import BinaryIO, Final, NamedTuple

from foundation.errors import FormatError, InputError, LimitError
from foundation.limits import ISIS_MASTER_BYTES, ISIS_RECORDS, MARC_FIELDS, READ_CHUNK
from marc import form_messages
from marc.cdsisis import RawRecord

BLOCK: Final = 512
CONTROL: Final = Struct("<iiiHBB")
"""CTLMFN (0), NXTMFN, NXTMFB, NXTMFP, MFTYPE (0: user base), MSTXL (shift of the pointers; 0 in the manual)."""
PACKED: Final = Struct("<ihiHHHH")
SLACK: Final = Struct("<ih2xiHHHH")
"""MFN, MFRL (negative while locked), MFBWB, MFBWP, BASE, NVF, STATUS (0 active, 1 deleted)."""
ENTRY: Final = Struct("<HHH")
"""TAG, POS (from BASE), LEN."""
POINTERS: Final = 127
"""Pointers in a block of the .xrf, behind the number of the block (negative in the last one)."""
POINTER: Final = Struct("<i")
_LIKE_LEADER: Final = {
    layout: re.compile(rb"(?=(?!\0{3}).{3}\0.{%d}(?!\0\0).[\0-\x7f].{2}[\0\1]\0)" % (layout.size - 10), re.DOTALL)
    for layout in (PACKED, SLACK)
}
"""What may be a leader, by MFN, BASE and STATUS: to go quickly over what is none."""
_FIRST: Final = 64
"""Where the first record stands: behind the control record."""
_NOWHERE: Final = 0


class Leader(NamedTuple):
    mfn: int
    length: int
    back_block: int
    back_offset: int
    base: int
    fields: int
    status: int


class Control(NamedTuple):
    """What the control record says, and the layout that the first record shows."""

    next_mfn: int
    shift: int
    layout: Struct


def recognise(head: bytes) -> bool:
    """Whether a file that begins so is a CDS/ISIS master file; the first 84 bytes are enough."""
    if len(head) < _FIRST + PACKED.size or not any(head[:32]):
        return False
    number, next_mfn, block, offset, kind, shift = CONTROL.unpack_from(head)
    plausible = number == 0 and 0 < next_mfn <= ISIS_RECORDS and block > 0 and offset <= BLOCK
    return plausible and kind < 2 and shift < 32 and bool(_layout(head[_FIRST:], next_mfn))


def raw_records(mst: BinaryIO, xrf: BinaryIO | None = None) -> Iterator[RawRecord]:
    """Every active record of a base in the order of its MFN, with values in bytes.

    Both streams need `read(size)` only; a master file that cannot be sought is put into a temporary file first. Memory
    is flat but for the positions of the records (four bytes each) where there is no .xrf. A record that is broken is
    given without fields. Raises FormatError when the file is no master file, LimitError beyond `ISIS_MASTER_BYTES`.
    """
    with _seekable(mst) as stream:
        control = _control(stream)
        size = stream.seek(0, os.SEEK_END)
        _check_size(size)
        places = _by_pointers(xrf, size) if xrf is not None and control.shift == 0 else _by_scan(stream, control, size)
        for number, (mfn, place) in enumerate(places, 1):
            yield _record(stream, control, number, mfn, place)


@contextmanager
def _seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    if getattr(stream, "seekable", lambda: False)():
        yield stream
        return
    with TemporaryFile() as spool:
        size = 0
        while chunk := stream.read(READ_CHUNK):
            size += len(chunk)
            _check_size(size)
            spool.write(chunk)
        yield spool


def _check_size(size: int) -> None:
    if size > ISIS_MASTER_BYTES:
        raise LimitError(form_messages.MASTER_LIMIT, limit="ISIS_MASTER_BYTES", seen=size, allowed=ISIS_MASTER_BYTES)


def _control(stream: BinaryIO) -> Control:
    head = _at(stream, 0, _FIRST + BLOCK)
    if len(head) < CONTROL.size:
        raise FormatError(form_messages.MASTER_BROKEN, reason=f"{len(head)} byte")
    number, next_mfn, _, _, _, shift = CONTROL.unpack_from(head)
    if number != 0 or not 0 < next_mfn <= ISIS_RECORDS + 1:
        raise FormatError(form_messages.MASTER_BROKEN, reason=f"CTLMFN {number}, NXTMFN {next_mfn}")
    layout = _layout(head[_FIRST:], next_mfn) or PACKED
    return Control(next_mfn, shift, layout)


def _layout(data: bytes, next_mfn: int) -> Struct | None:
    """The layout in which a sound leader stands at the beginning of `data`."""
    return next((layout for layout in (PACKED, SLACK) if _leader(data, layout, next_mfn)), None)


def _leader(data: bytes, layout: Struct, next_mfn: int) -> Leader | None:
    """The leader at the beginning of `data`, None when what stands there is none."""
    if len(data) < layout.size:
        return None
    mfn, length, back_block, back_offset, base, fields, status = layout.unpack_from(data)
    leader = Leader(mfn, abs(length), back_block, back_offset, base, fields, status)
    sound = 0 < mfn < next_mfn and base == layout.size + ENTRY.size * fields and base <= leader.length and status <= 1
    return leader if sound and fields <= MARC_FIELDS else None


def _at(stream: BinaryIO, place: int, size: int) -> bytes:
    stream.seek(place)
    return stream.read(size)


def _record(stream: BinaryIO, control: Control, number: int, mfn: int, place: int) -> RawRecord:
    """The record at a place; its record length says how much is read, at most 32 kB."""
    data = _at(stream, place, control.layout.size)
    leader = _leader(data, control.layout, control.next_mfn)
    try:
        if leader is None or leader.mfn != mfn:
            raise FormatError(form_messages.MASTER_RECORD, mfn=mfn, at=place)
        data = _at(stream, place, leader.length)
        fields = []
        for at in range(control.layout.size, leader.base, ENTRY.size):
            tag, start, length = ENTRY.unpack_from(data, at) if len(data) >= at + ENTRY.size else (0, 0, BLOCK**2)
            begin = leader.base + start
            if begin + length > len(data):
                raise FormatError(form_messages.MASTER_RECORD, mfn=mfn, at=place)
            fields.append((tag, data[begin : begin + length]))
    except InputError as error:
        return RawRecord(number, place, data, mfn, None, (error.problem,))
    return RawRecord(number, place, data, mfn, tuple(fields), ())


def _by_pointers(xrf: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """(MFN, place) of the active records by the .xrf: XRFMFB in the upper 21 bits, XRFMFP in the lower 11.

    XRFMFP has the position in the block in its lower 9 bits and the state of the inverted file in the two above. A
    record is deleted when XRFMFB is negative, and was never there when it is 0 (appendix G).
    """
    mfn = 0
    while block := _whole(xrf, BLOCK):
        for at in range(POINTER.size, min(len(block), BLOCK) - POINTER.size + 1, POINTER.size):
            mfn += 1
            (pointer,) = POINTER.unpack_from(block, at)
            place = ((pointer >> 11) - 1) * BLOCK + (pointer & 0x1FF)
            if pointer > 0 and _FIRST <= place < size:
                yield mfn, place


def _whole(stream: BinaryIO, size: int) -> bytes:
    pieces, missing = [], size
    while missing > 0 and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _by_scan(stream: BinaryIO, control: Control, size: int) -> Iterator[tuple[int, int]]:
    """(MFN, place) of the last copy of every active record, found by going through the whole file once."""
    places = array("I")  # place / 2: records stand on even bytes
    pattern = _LIKE_LEADER[control.layout]
    place = _FIRST
    window, begin = b"", 0
    while place + control.layout.size <= size:
        if not begin <= place <= begin + len(window) - control.layout.size:
            window, begin = _at(stream, place, READ_CHUNK), place
        leader = _leader(window[place - begin : place - begin + control.layout.size], control.layout, control.next_mfn)
        if leader is None:
            found = pattern.search(window, place - begin + 1)
            place = begin + (found.start() if found else max(len(window) - control.layout.size, place - begin + 1))
            place += place % 2
            continue
        if leader.mfn >= len(places):
            places.extend([_NOWHERE] * (leader.mfn + 1 - len(places)))
        places[leader.mfn] = _NOWHERE if leader.status else place // 2
        place += leader.length + leader.length % 2
    for mfn, half in enumerate(places):
        if half != _NOWHERE:
            yield mfn, 2 * half
