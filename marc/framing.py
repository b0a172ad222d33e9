"""Cut a stream of ISO 2709 records into frames, whatever state it is in, and lose no byte.

ISO 2709 gives each record its own length, and pymarc and its kin trust it: one wrong length and the rest of the file is
gone (and 00000 is what some writers put on purpose where five digits do not suffice). Here a length is believed when a
record terminator stands where it points to. Otherwise the cut is made at the next leader that checks out itself, or
else at the next record terminator. What lies between records is a frame, too: joined, the frames are the stream.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from foundation import memory
from foundation.limits import ISO2709_RECORD_BYTES, MARC_JUNK_BYTES, MARC_RECORD_BYTES, READ_CHUNK


class Kind(Enum):
    """What a frame seems to be."""

    RECORD = "record"
    """Ends in a record terminator."""
    TORN = "torn"
    """Begins like a record but has no terminator of its own."""
    JUNK = "junk"
    """Anything else: line ends, blanks, a byte order mark, text, another format."""


class Frame(NamedTuple):
    data: bytes
    offset: int
    """Of the first byte, in the stream, from 0."""
    kind: Kind


class Run(NamedTuple):
    """Records one behind the other, each as long as it says and with no record terminator but its last byte."""

    data: bytes
    offset: int
    """Of the first byte, in the stream, from 0."""
    bounds: list[int]
    """Where in `data` each record begins, and the end."""


_TERMINATOR = b"\x1d"
_RUN_BYTES = 512 * 1024
"""About how long a run is: enough to share the cost of looking at it, and little enough for a processor's cache."""
_SHORTEST = 26
"""A leader, the directory's terminator and the record's."""
_AHEAD = 2 * (ISO2709_RECORD_BYTES + 1)
"""What must be in sight to judge one record and the length of the next."""

_LEADER = re.compile(rb"(?=([0-9]{5})[ -~]{5}[2 0][2 0]([0-9]{5})[ -~]{3}45[0 ][0 ])")
"""A leader one would believe: ISO 2709 label with length, base address, and an entry map of MARC 21 or UNIMARC."""
_LIKE_LEADER = re.compile(rb"[0-9]{5}|[^\x1d]{12}[0-9]{5}|[^\x1d]{20}45|[^\x1d]{10}22")
"""A leader with something wrong in it."""
_LENGTHLESS = re.compile(rb".{5}[a-z][ -~]{4}[2 0][2 0][0-9]{5}[ -~]{3}45[0 ][0 ]", re.DOTALL)
_FILLERS = b"\r\n\0\x1a\x1d \xef\xbb\xbf"
_FILLER = re.compile(rb"[%b]+" % re.escape(_FILLERS))
_MANY = 4096
"""Fillers behind which it is quicker to look at all that is left at once."""
_SPLIT = re.compile(rb"\x1d[\r\n\0\x1a ]{0,64}" + _LEADER.pattern)


def is_filler(data: bytes) -> bool:
    """Whether a junk frame holds nothing but line ends, blanks, NUL, ^Z, byte order marks and lone terminators."""
    return bool(data) and not data.translate(None, _FILLERS)


def frames(stream: BinaryIO) -> Iterator[Frame]:
    """The frames of a stream, in order; memory is bounded by `MARC_RECORD_BYTES` whatever comes.

    The stream only needs `read(size)`. The joined `data` of all frames is the stream, byte for byte. Junk up to the
    next record is one frame, cut into several only beyond `MARC_JUNK_BYTES`.
    """
    record = Kind.RECORD  # looked up once: this loop is what reading costs beside the records
    for piece in runs(stream):
        if isinstance(piece, Frame):
            yield piece
            continue
        data, offset, bounds = piece
        for begin, end in pairwise(bounds):
            yield Frame(data[begin:end], offset + begin, record)


def runs(stream: BinaryIO) -> Iterator[Run | Frame]:
    """The same with the records that need no thought in runs, for readers that look at many at once."""
    junk, begin = bytearray(), 0
    for piece in _pieces(stream):
        if isinstance(piece, Frame) and piece.kind is Kind.JUNK and len(junk) + len(piece.data) <= MARC_JUNK_BYTES:
            begin = begin if junk else piece.offset
            junk += piece.data
            continue
        if junk:
            yield Frame(bytes(junk), begin, Kind.JUNK)
            junk = bytearray()
        yield piece
    if junk:
        yield Frame(bytes(junk), begin, Kind.JUNK)


def _pieces(stream: BinaryIO) -> Iterator[Run | Frame]:
    """The same with junk as it is found, piece by piece."""
    buffer, position, start, ended = b"", 0, 0, False
    while True:
        while len(bounds := _chain(buffer, position)) > 1:
            end = bounds[-1]
            yield Run(buffer[position:end], start + position, [bound - position for bound in bounds])
            position = end
        size = len(buffer)
        if not ended and not _in_sight(buffer, position):
            chunk = _read(stream)
            ended = not chunk
            if len(chunk) == READ_CHUNK:
                memory.reused()
            buffer, start, position = buffer[position:] + chunk, start + position, 0
        elif position < size:
            end, kind = _cut(buffer, position)
            yield Frame(buffer[position:end], start + position, kind)
            position = end
        else:
            return


def _chain(buffer: bytes, position: int) -> list[int]:
    """Where the records from here on begin whose lengths are right, and where the last of them ends."""
    bounds, size, last = [position], len(buffer), position + _RUN_BYTES
    find = buffer.find  # looked up once: this loop is what every record costs
    while position + 5 <= size and position < last:
        digits = buffer[position : position + 5]
        if not digits.isdigit():
            break
        end = position + int(digits)
        if end > size or end - position < _SHORTEST or find(_TERMINATOR, position, end) != end - 1:
            break
        bounds.append(end)
        position = end
    return bounds


def _read(stream: BinaryIO) -> bytes:
    """About `READ_CHUNK` bytes, fewer only at the end: pipes and archives give small pieces."""
    pieces, missing = [], READ_CHUNK
    while missing > 0 and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _in_sight(buffer: bytes, position: int) -> bool:
    """Whether enough is in the buffer to cut the next frame."""
    if len(buffer) - position >= MARC_RECORD_BYTES + _AHEAD:
        return True
    terminator = buffer.find(_TERMINATOR, position)
    return terminator >= 0 and len(buffer) - terminator > _AHEAD


def _cut(buffer: bytes, position: int) -> tuple[int, Kind]:
    """Where the frame at `position` ends and what it is, when its length cannot simply be believed."""
    if (end := _filled(buffer, position, position + MARC_JUNK_BYTES)) > position:
        if end - position >= 5 and _LENGTHLESS.match(buffer, end - 5):  # its length is blank, or NULs
            end -= 5
        if end > position:
            return end, Kind.JUNK
    if _checks_out(buffer, position):  # a terminator inside: text in VISCII or VPS, or a length over several records
        end = position + int(buffer[position : position + 5])
        for split in _SPLIT.finditer(buffer, position, end):
            if _checks_out(buffer, split.end()):
                return split.start() + 1, Kind.RECORD
        return end, Kind.RECORD
    terminator = buffer.find(_TERMINATOR, position, position + MARC_RECORD_BYTES)
    end = terminator + 1 if terminator >= 0 else min(len(buffer), position + MARC_RECORD_BYTES)
    like_leader = _LIKE_LEADER.match(buffer, position) is not None
    for leader in _LEADER.finditer(buffer, position + 1, end):
        if _checks_out(buffer, leader.start()):
            return leader.start(), Kind.TORN if like_leader else Kind.JUNK
    if not like_leader:
        return end, Kind.JUNK
    return end, Kind.RECORD if terminator >= 0 else Kind.TORN


def _filled(buffer: bytes, position: int, last: int) -> int:
    """Where the fillers end that begin at `position`."""
    found = _FILLER.match(buffer, position, min(last, position + _MANY))
    end = position if found is None else found.end()
    if end - position < _MANY:
        return end
    if not (rest := buffer[end:last]).translate(None, _FILLERS):
        return end + len(rest)
    found = _FILLER.match(buffer, end, last)
    return end if found is None else found.end()


def _checks_out(buffer: bytes, position: int) -> bool:
    """Whether a leader stands here whose length ends in a record terminator."""
    digits = buffer[position : position + 5]
    if len(digits) < 5 or not digits.isdigit() or int(digits) < _SHORTEST:
        return False
    end = position + int(digits)
    return buffer[end - 1 : end] == _TERMINATOR
