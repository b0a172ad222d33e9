"""CDS/ISIS (DOS, WinISIS, CISIS) as it exports its bases: ISO 2709 that only CDS/ISIS writes like this.

The label has digits alone; there are no indicators; a subfield is `^` and one character; the lines are cut at 80
columns (UNESCO, CDS/ISIS Reference manual, "Exchange of data: ISO 2709"). What separates the fields is chosen at the
export: 1E and 1D, or `#` for both. Tags are numbers that each library gave a meaning of its own, so that what is read
here is an `IsisRecord`; `marc.isis_mapping` makes a MARC record of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from foundation.errors import FormatError, InputError, LimitError, Problem
from foundation.limits import ISIS_RECORD_BYTES, ISIS_SAMPLE, ISIS_SAMPLE_BYTES, MARC_FIELDS, READ_CHUNK
from marc import form_messages, messages
from marc.decoding import AUTO
from vietnamese import detection, encodings

LINE = 80
"""Columns of a line of an export."""
ENCODINGS = (*encodings.ENCODINGS, "cp1252", "cp850", "cp437")
"""What a base may be in: the Vietnamese encodings, and those of Windows and DOS in the West."""

_LABEL_BYTES = 24
_LABEL = re.compile(rb"[0-9]{24}")
_BREAKS = b"\r\n"
_NEXT = re.compile(rb"(?:[\r\n\x1d]|##)(?=[0-9]{24})")
_FILLER = re.compile(rb"[\s\0\x1a]+")


class IsisRecord(NamedTuple):
    """One record as CDS/ISIS has it: its number in the master file (from 1), and its fields in order.

    A field is (tag, value); the value has its subfield marks (`^aHà Nội^bKim Đồng`).
    """

    mfn: int
    fields: tuple[tuple[int, str], ...]


class RawRecord(NamedTuple):
    """One record with its values in bytes, before anybody knows their encoding.

    `fields` is None when the record could not be read; the last problem then says why. Exports do not hold the MFN;
    there it is the number of the record in the file.
    """

    number: int
    offset: int
    original: bytes
    mfn: int
    fields: tuple[tuple[int, bytes], ...] | None
    problems: tuple[Problem, ...] = ()


class IsisReading(NamedTuple):
    """One record as it was found, as `marc.reading.Reading` is for MARC; `record` is None when it could not be read."""

    number: int
    offset: int
    original: bytes
    record: IsisRecord | None
    problems: tuple[Problem, ...] = ()


def raw_records(stream: BinaryIO) -> Iterator[RawRecord]:
    """Every record of an export, in order, with flat memory. The stream only needs `read(size)`. Raises nothing."""
    number = 0
    for offset, data in _frames(stream):
        if _FILLER.fullmatch(data):
            continue
        number += 1
        problems: list[Problem] = []
        fields = None
        try:
            fields = _fields(data, problems)
        except InputError as error:
            problems.append(error.problem)
        yield RawRecord(number, offset, data, number, fields, tuple(problems))


def readings(stream: BinaryIO, *, encoding: str = AUTO) -> Iterator[IsisReading]:
    """Every record of an export as text. `encoding` is one of `ENCODINGS`, or "auto": recognised from the first
    records, and told as a problem of the first one. Raises InputError for an unknown encoding, and nothing else."""
    return decoded(raw_records(stream), encoding)


def decoded(records: Iterator[RawRecord], encoding: str = AUTO) -> Iterator[IsisReading]:
    """The records with text for bytes; those that cannot be read so are given without a record.

    Raises InputError at once for an encoding that nobody knows.
    """
    if encoding not in (AUTO, *ENCODINGS):
        raise InputError(messages.UNKNOWN_ENCODING, seen=encoding, encodings=", ".join((AUTO, *ENCODINGS)))
    return _decoded(records, encoding)


def _decoded(records: Iterator[RawRecord], encoding: str) -> Iterator[IsisReading]:
    told: tuple[Problem, ...] = ()
    if encoding == AUTO:
        first, size = [], 0
        for raw in islice(records, ISIS_SAMPLE):
            first.append(raw)
            size += len(raw.original)
            if size > ISIS_SAMPLE_BYTES:
                break
        encoding, told = _recognised(first)
        records = chain(first, records)
    for raw in records:
        record, problems = _text(raw, encoding)
        yield IsisReading(raw.number, raw.offset, raw.original, record, (*told, *problems))
        told = ()


def _recognised(sample: list[RawRecord]) -> tuple[str, tuple[Problem, ...]]:
    """The encoding of the first records. Plain ASCII is read as UTF-8; what is not recognised as well, strictly."""
    values = [value for raw in sample for _, value in raw.fields or ()]
    guess = detection.detect(values)
    if guess.encoding not in encodings.ENCODINGS or guess.encoding == "utf-8":
        return "utf-8", ()
    told = {"encoding": guess.encoding, "confidence": f"{guess.confidence:.0%}"}
    return guess.encoding, (Problem(form_messages.ISIS_GUESSED, values=told),)


def _text(raw: RawRecord, encoding: str) -> tuple[IsisRecord | None, tuple[Problem, ...]]:
    if raw.fields is None:
        return None, raw.problems
    try:
        fields = tuple([(tag, decode(value, encoding)) for tag, value in raw.fields])
    except FormatError as error:
        return None, (*raw.problems, error.problem)
    return IsisRecord(raw.mfn, fields), raw.problems


def decode(value: bytes, encoding: str) -> str:
    """One value as text. Raises FormatError that shows it when the encoding has not all its bytes."""
    if value.isascii() and encoding != "viqr":
        return value.decode("ascii")
    try:
        if encoding not in encodings.ENCODINGS:
            return value.decode(encoding)
        text = encodings.decode(value, encoding)
    except (FormatError, UnicodeDecodeError) as error:
        shown = value[:80].decode("ascii", "backslashreplace")
        raise FormatError(
            form_messages.ISIS_ENCODING, text=shown, encoding=encoding, encodings=", ".join((AUTO, *ENCODINGS))
        ) from error
    return encodings.repair_case(text) if encoding == "tcvn3" else text


# --- where records begin and end ----------------------------------------------------------------------------------
def _frames(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """(offset, bytes) of every record and of what stands between them; joined, they are the stream."""
    buffer, start, ended = b"", 0, False
    while True:
        while not ended and len(buffer) < 2 * ISIS_RECORD_BYTES:
            chunk = stream.read(READ_CHUNK)
            ended = not chunk
            buffer += chunk
        if not buffer:
            return
        position = 0
        while position < len(buffer) and (ended or len(buffer) - position >= ISIS_RECORD_BYTES):
            end = _end(buffer, position)
            yield start + position, buffer[position:end]
            position = end
        start, buffer = start + position, buffer[position:]


def _end(buffer: bytes, position: int) -> int:
    """Where the frame at `position` ends: behind a record that is as long as it says, or before the next label."""
    furthest = min(len(buffer), position + ISIS_RECORD_BYTES)
    filler = _FILLER.match(buffer, position, furthest)
    if filler:
        return filler.end()
    length = int(buffer[position : position + 5]) if _LABEL.match(buffer, position) else 0
    for end in (position + length, _wrapped_end(buffer, position, length)) if length > _LABEL_BYTES else ():
        last = buffer[end - 1 : end] if end <= furthest else b""
        if last == b"\x1d" or (last in (b"#", b"\x1e") and _begins(buffer[end : end + 26].lstrip(_BREAKS + b"\x1a"))):
            return end
    following = _NEXT.search(buffer, position, furthest)
    return following.end() if following else furthest


def _begins(data: bytes) -> bool:
    """Whether a label stands here, as far as it can be seen, or the file ends."""
    return data[:20].isdigit() or not data


def _wrapped_end(buffer: bytes, position: int, length: int) -> int:
    """Where `length` bytes end when each line holds `LINE` of them and a line end of one or two bytes."""
    line = buffer.find(b"\n", position, position + LINE + 2)
    if line - position < LINE:
        return position + length
    width = line + 1 - position - LINE
    return position + length + (length - 1) // LINE * width


# --- one record ---------------------------------------------------------------------------------------------------
def _fields(data: bytes, problems: list[Problem]) -> tuple[tuple[int, bytes], ...]:
    """Tag and value of each field. Raises FormatError or LimitError when they cannot be told for certain."""
    if len(data) >= ISIS_RECORD_BYTES:
        raise LimitError(form_messages.ISIS_LIMIT, limit="ISIS_RECORD_BYTES", seen=len(data), allowed=ISIS_RECORD_BYTES)
    record = _joined(data, problems)
    if not _LABEL.match(record):
        raise FormatError(form_messages.ISIS_BROKEN, reason=record[:24].decode("ascii", "backslashreplace"))
    base = int(record[12:17])
    count, rest = divmod(base - 25, 12)
    if count > MARC_FIELDS:
        raise LimitError(messages.FIELDS_LIMIT, limit="MARC_FIELDS", seen=count, allowed=MARC_FIELDS)
    directory = record[24 : max(base - 1, 24)]
    if rest or count < 1 or not directory.isdigit() or len(directory) != 12 * count:
        raise FormatError(form_messages.ISIS_BROKEN, reason=f"directory {directory[:24].decode('ascii', 'replace')}")
    mark = record[base - 1 : base]
    entries = [
        (int(directory[at : at + 3]), int(directory[at + 3 : at + 7]), int(directory[at + 7 : at + 12]))
        for at in range(0, 12 * count, 12)
    ]
    body = record[base:]
    if int(record[:5]) == len(record) and all(_fits(body, length, start, mark) for _, length, start in entries):
        return tuple([(tag, body[start : start + length - 1]) for tag, length, start in entries])
    pieces = body.rstrip(b"\x1d" if mark == b"\x1e" else mark).removesuffix(mark).split(mark)
    ordered = [start for _, _, start in entries] == sorted(start for _, _, start in entries)
    if len(pieces) != count or not ordered:
        raise FormatError(form_messages.ISIS_BROKEN, reason=f"{count} / {len(pieces)}")
    problems.append(Problem(form_messages.ISIS_LENGTH))
    return tuple([(tag, piece) for (tag, _, _), piece in zip(entries, pieces, strict=True)])


def _fits(body: bytes, length: int, start: int, mark: bytes) -> bool:
    return length > 0 and body[start + length - 1 : start + length] == mark


def _joined(data: bytes, problems: list[Problem]) -> bytes:
    """The record without the line ends, when its lines are those of an export; blanks lost at their ends are refilled.

    Nothing else has all its lines but the last of one width, and no line end stands inside a label or directory.
    """
    data = data.strip(_BREAKS + b"\x1a")
    if b"\n" not in data[: LINE + 2]:
        return data
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    short = [line for line in lines[:-1] if len(line) < LINE]
    if short and len(b"".join(lines)) != int(data[:5] if data[:5].isdigit() else 0):
        problems.append(Problem(form_messages.ISIS_LINES, values={"count": len(short)}))
        lines = [*(line.ljust(LINE) for line in lines[:-1]), lines[-1]]
    return b"".join(lines)
