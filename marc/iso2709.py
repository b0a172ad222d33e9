"""ISO 2709 in and out: MARC 21 as it lies in files and goes over Z39.50.

Almost every record is as it should be, and those go a quick way: one split, a few checks over the whole record, one
decoding. Whatever fails a check goes the careful way through `marc.directory` and `marc.repair`, field by field.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from operator import add
from struct import Struct
from typing import BinaryIO

from foundation.errors import FormatError, InputError, LimitError, Place, Problem
from foundation.limits import ISO2709_FIELD_BYTES, ISO2709_RECORD_BYTES, LOCAL_ID_CHARACTERS, MARC_RECORD_BYTES
from marc import decoding, directory, messages, repair
from marc.decoders import DECODERS, NEVER_QUICK, Decoder
from marc.framing import Frame, Kind, frames, is_filler
from marc.judgement import UNJUDGED, Sample, Verdict, judged
from marc.reading import Reading
from marc.record import FIELD_TERMINATOR, Record

_TERMINATOR = b"\x1e"
_DIGITS_TO_INT = 4_300
"""What int() takes without complaint; a directory of more fields goes the careful way."""


def readings(
    stream: BinaryIO, *, encoding: str = decoding.AUTO, decoders: Mapping[str, Decoder] = DECODERS
) -> Iterator[Reading]:
    """Every record of a stream and everything between them, in order, with flat memory.

    Line ends, blanks and the like between records are told as a problem of the record behind them; other junk is a
    reading of its own without a record. Raises InputError for an unknown encoding, and nothing else.
    """
    decoding.check_name(encoding, decoders)
    number, skipped = 0, 0
    found = frames(stream)
    unjudged = ((frame, UNJUDGED) for frame in found)
    for frame, verdict in judged(found, _sample) if encoding == decoding.AUTO else unjudged:
        if frame.kind is Kind.JUNK and is_filler(frame.data):
            skipped += len(frame.data)
            continue
        number += 1
        record, problems = _read_frame(frame, encoding, decoders, verdict)
        if skipped:
            problems = (Problem(messages.FILLER, values={"count": skipped}), *problems)
            skipped = 0
        yield Reading(number, frame.offset, frame.data, record, problems)


def _sample(frame: Frame) -> Sample:
    return Sample("", b"", (), len(frame.data)) if frame.kind is Kind.JUNK else decoding.sample(frame.data)


def _read_frame(
    frame: Frame, encoding: str, decoders: Mapping[str, Decoder], verdict: Verdict
) -> tuple[Record | None, tuple[Problem, ...]]:
    data = frame.data
    if frame.kind is Kind.JUNK:
        start = data[:60].decode("utf-8", "backslashreplace")
        return None, (Problem(messages.JUNK, values={"count": len(data), "start": start}),)
    if frame.kind is Kind.TORN and len(data) >= MARC_RECORD_BYTES:
        values = {"limit": "MARC_RECORD_BYTES", "seen": len(data), "allowed": MARC_RECORD_BYTES}
        return None, (Problem(messages.RECORD_LIMIT, values=values),)
    return read(data, encoding=encoding, decoders=decoders, verdict=verdict)


def read(
    data: bytes,
    *,
    encoding: str = decoding.AUTO,
    decoders: Mapping[str, Decoder] = DECODERS,
    verdict: Verdict = UNJUDGED,
) -> tuple[Record | None, tuple[Problem, ...]]:
    """One record from its bytes, and what had to be repaired; None when it cannot be read, the last problem says why.

    `encoding` is `auto`, `utf-8` or a name among `decoders`; `verdict` is what `auto` knows of the file.
    """
    text = None
    if verdict.quick if encoding == decoding.AUTO else data[9:10] == b"a" and encoding not in NEVER_QUICK:
        text = _quick(data)
    if text is None:
        return _careful(data, encoding, decoders, verdict)
    leader, problems = repair.leader(text[:24])
    if data[9:10] != b"a" and not text.isascii():
        label = Problem(messages.ENCODING_LABEL, values={"seen": data[9:10].decode("latin-1"), "used": decoding.UTF8})
        problems = (*problems, label)
    return Record(leader + text[24:]), problems


def select(data: bytes, tags: frozenset[bytes]) -> list[str]:
    """The fields with these tags (b"245" …) as packed text, in order, without decoding any other.

    The same as reading the record and taking these from its `parts()`, but that fields nobody asked for are not looked
    into. Raises FormatError when the record has to be mended for it and cannot be.
    """
    text = _quick_select(data, tags)
    if text is not None:
        return text.split(FIELD_TERMINATOR)[1:]
    record, problems = _careful(data, decoding.AUTO, DECODERS, UNJUDGED)
    if record is None:
        last = problems[-1]
        raise FormatError(last.message, last.place, **last.values)
    wanted = {tag.decode("latin-1") for tag in tags}
    return [part for part in record.parts() if part[:3] in wanted]


@lru_cache(maxsize=1024)
def _entries(count: int) -> Struct:
    """Takes tag and digits out of each of so many directory entries."""
    return Struct("3s9s" * count)


def _counted(data: bytes) -> tuple[int, int] | None:
    """Base address and number of fields, when length, base address and terminators are as they should be."""
    digits = data[:5] + data[12:17]
    if len(digits) < 10 or not digits.isdigit() or int(data[:5]) != len(data) or not data.endswith(b"\x1e\x1d"):
        return None
    base = int(data[12:17])
    count, rest = divmod(base - 25, 12)
    if rest or count < 1 or base >= len(data) or data[base - 1] != 0x1E:
        return None
    return base, count


def _quick(data: bytes) -> str | None:
    """Packed text with the leader as it stands; None when anything is out of order."""
    counted = _counted(data)
    if counted is None:
        return None
    base, count = counted
    pieces = data[base:-2].split(_TERMINATOR)
    if count != len(pieces) or not _contiguous(data[24 : base - 1], count, len(data) - base - 1):
        return None
    tags = _entries(count).unpack_from(data, 24)[::2]
    return repair.sound(_TERMINATOR.join([data[:24], *map(add, tags, pieces)]))


def _quick_select(data: bytes, wanted: frozenset[bytes]) -> str | None:
    """The same with the wanted fields only, each lying between the two terminators that its entry says."""
    counted = _counted(data)
    if counted is None:
        return None
    base, count = counted
    entries = iter(_entries(count).unpack_from(data, 24))
    parts, size = [data[:24]], len(data)
    for tag, digits in zip(entries, entries, strict=True):
        if tag in wanted:
            if not digits.isdigit():
                return None
            length, start = divmod(int(digits), 100_000)
            start += base
            end = start + length - 1
            if not start <= end < size or data[end] != 0x1E or data[start - 1] != 0x1E:
                return None
            parts.append(tag + data[start:end])
    packed = _TERMINATOR.join(parts)
    return repair.sound(packed) if packed.count(_TERMINATOR) == len(parts) - 1 else None


def _contiguous(entries: bytes, count: int, size: int) -> bool:
    """Whether each field begins where the one before ends, from 0 to `size`.

    All lengths are read as one number, and so are all starts, five digits to a field: then start + length is the next
    start for all fields in one addition.
    """
    if not 0 < count * 5 <= _DIGITS_TO_INT:
        return False
    columns = bytearray(b"0" * (5 * count))
    columns[1::5], columns[2::5] = entries[3::12], entries[4::12]
    columns[3::5], columns[4::5] = entries[5::12], entries[6::12]
    if not columns.isdigit():
        return False
    lengths = int(columns)
    columns[0::5], columns[1::5], columns[2::5] = entries[7::12], entries[8::12], entries[9::12]
    columns[3::5], columns[4::5] = entries[10::12], entries[11::12]
    if not columns.isdigit():
        return False
    starts = int(columns)
    return lengths + starts == starts * 100_000 + size


def _careful(
    data: bytes, encoding: str, decoders: Mapping[str, Decoder], verdict: Verdict
) -> tuple[Record | None, tuple[Problem, ...]]:
    """A record read field by field, with every repair that needs no guess."""
    problems: list[Problem] = []
    try:
        leader, found = repair.leader(data[:24].decode("latin-1"))
        problems.extend(found)
        fields = directory.locate(data, problems)
        values = decoding.Values(decoding.sample(data), encoding, decoders, verdict)
        parts = [leader]
        for tag, content in fields:
            part, found_here = _field(tag, content, values)
            problems.extend(found_here)
            if part:
                parts.append(part)
        problems.extend(values.problems)
        if len(parts) == 1:
            raise FormatError(messages.EMPTY_RECORD)
    except InputError as error:
        return None, (*problems, error.problem.at(control_number=_control_number(data)))
    return Record(FIELD_TERMINATOR.join(parts)), tuple(problems)


def _control_number(data: bytes) -> str:
    """What seems to be field 001 of a record that could not be read, to find it again by; empty if nothing does."""
    base = data.find(_TERMINATOR, 24) + 1
    value = data[base : base + LOCAL_ID_CHARACTERS].partition(_TERMINATOR)[0]
    return value.decode("ascii") if data[24:27] == b"001" and value.isascii() and value.isalnum() else ""


def _field(tag: str, content: bytes, values: decoding.Values) -> tuple[str, list[Problem]]:
    try:
        return repair.field(tag, content.decode("latin-1"), values.code if tag.startswith("00") else values)
    except InputError as error:
        raise repair.placed(error, tag) from error


def write(record: Record) -> bytes:
    """The record as ISO 2709 in UTF-8: leader/09 `a`, two indicators, two-character codes, entry map 4500.

    Raises LimitError for a field over `ISO2709_FIELD_BYTES` or a record over `ISO2709_RECORD_BYTES`.
    """
    leader, *parts = record.text.encode().split(_TERMINATOR)
    entries, start = [], 0
    for part in parts:
        length = len(part) - 2  # without the tag, with the terminator
        if length > ISO2709_FIELD_BYTES:
            raise LimitError(
                messages.FIELD_TOO_LONG,
                Place(control_number=record.control("001"), tag=part[:3].decode("ascii")),
                limit="ISO2709_FIELD_BYTES",
                seen=length,
                allowed=ISO2709_FIELD_BYTES,
            )
        entries.append(b"%b%04d%05d" % (part[:3], length, start))
        start += length
    base = 24 + 12 * len(parts) + 1
    total = base + start + 1
    if total > ISO2709_RECORD_BYTES:
        raise LimitError(
            messages.RECORD_TOO_LONG,
            Place(control_number=record.control("001")),
            limit="ISO2709_RECORD_BYTES",
            seen=total,
            allowed=ISO2709_RECORD_BYTES,
        )
    label = b"%05d%ba22%05d%b4500" % (total, leader[5:9], base, leader[17:20])
    body = [part[3:] for part in parts]
    return _TERMINATOR.join([label + b"".join(entries), *body, b"\x1d"])
