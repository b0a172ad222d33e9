"""Find the fields of an ISO 2709 record whose label or directory is not as it should be.

The directory is believed where it is possible, field terminators are believed where both count the same fields in the
same order, and nothing is ever read from outside the record or guessed from fields that overlap.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from foundation.errors import FormatError, LimitError, Place, Problem
from foundation.limits import ISO2709_FIELD_BYTES, ISO2709_RECORD_BYTES, MARC_FIELDS
from marc import messages

_LEADER = 24
_ENTRY = 12
_TAG_AND_DIGITS = re.compile(rb"00[1-9][0-9]{9}")
_FIELD_TERMINATOR = b"\x1e"
_RECORD_TERMINATOR = b"\x1d"


class Entry(NamedTuple):
    """One directory entry: a tag as it was read, and where it says the field is."""

    tag: str
    length: int
    start: int


def locate(data: bytes, problems: list[Problem]) -> list[tuple[str, bytes]]:
    """Tag and content (without its terminator) of each field, in the order of the directory.

    Adds what had to be repaired to `problems`. Raises FormatError when the fields cannot be told for certain,
    LimitError beyond `MARC_FIELDS`.
    """
    whole = data.removesuffix(_RECORD_TERMINATOR)
    _check_length(data, problems)
    directory, body = _parts(data, whole, problems)
    count, rest = divmod(len(directory), _ENTRY)
    if count == 0 and not body:
        raise FormatError(messages.EMPTY_RECORD)
    if count > MARC_FIELDS:
        raise LimitError(messages.FIELDS_LIMIT, limit="MARC_FIELDS", seen=count, allowed=MARC_FIELDS)
    entries = [_entry(directory[at : at + _ENTRY]) for at in range(0, count * _ENTRY, _ENTRY)]
    pieces = body.removesuffix(_FIELD_TERMINATOR).split(_FIELD_TERMINATOR)
    if rest == _ENTRY - 1 and (completed := _completed(directory, pieces)):
        problems.append(Problem(messages.DIRECTORY_FIRST, values={"entries": len(completed)}))
        return completed
    if rest or any(entry.length < 0 for entry in entries):
        return _by_terminators(entries, pieces, "12" if rest else "0-9", bool(rest), problems)
    oversized = len(data) > ISO2709_RECORD_BYTES or max(map(len, pieces)) >= ISO2709_FIELD_BYTES
    if oversized and len(pieces) == len(entries):  # the digits of length and start cannot say it
        problems.append(Problem(messages.DIRECTORY, values={"entries": count}))
        return [(entry.tag, piece) for entry, piece in zip(entries, pieces, strict=True)]
    return _by_directory(entries, body, pieces, problems)


def _check_length(data: bytes, problems: list[Problem]) -> None:
    seen = data[:5]
    if not seen.isdigit() or int(seen) != len(data):
        values = {"seen": seen.decode("latin-1"), "actual": len(data)}
        problems.append(Problem(messages.LENGTH, values=values))
    if not data.endswith(_RECORD_TERMINATOR):
        problems.append(Problem(messages.TERMINATOR))


def _parts(data: bytes, whole: bytes, problems: list[Problem]) -> tuple[bytes, bytes]:
    """Directory and body. The base address must point behind the first field terminator, which is the truth."""
    end = whole.find(_FIELD_TERMINATOR, _LEADER)
    if end < 0:
        raise FormatError(messages.EMPTY_RECORD if len(whole) <= _LEADER else messages.CUT, count=len(data))
    seen = data[12:17]
    if not seen.isdigit() or int(seen) != end + 1:
        problems.append(Problem(messages.BASE, values={"seen": seen.decode("latin-1"), "actual": end + 1}))
    return whole[_LEADER:end], whole[end + 1 :]


def _entry(data: bytes) -> Entry:
    """An entry as it stands; length and start are -1 where they are not digits."""
    tag, digits = data[:3].decode("latin-1"), data[3:]
    if not digits.isdigit():
        if b"-" in digits:
            raise FormatError(
                messages.FIELD_OUTSIDE, Place(tag=tag), start=_shown(digits[4:]), length=_shown(digits[:4])
            )
        return Entry(tag, -1, -1)
    return Entry(tag, int(digits[:4]), int(digits[4:]))


def _shown(digits: bytes) -> str:
    return digits.decode("latin-1")


def _completed(directory: bytes, pieces: list[bytes]) -> list[tuple[str, bytes]]:
    """Fields of a directory that lost its first byte, the 0 of the first tag; empty unless all of it then agrees.

    Every length and every start must be what the field terminators say: with any other byte lost, they are not.
    """
    whole = b"0" + directory
    entries = [whole[at : at + _ENTRY] for at in range(0, len(whole), _ENTRY)]
    if len(entries) != len(pieces) or not _TAG_AND_DIGITS.fullmatch(entries[0]):
        return []
    for entry, piece, start in zip(entries, pieces, _starts(pieces), strict=True):
        if entry[3:] != b"%04d%05d" % (len(piece) + 1, start):
            return []
    return [(entry[:3].decode("latin-1"), piece) for entry, piece in zip(entries, pieces, strict=True)]


def _by_terminators(
    entries: list[Entry], pieces: list[bytes], reason: str, exact: bool, problems: list[Problem]
) -> list[tuple[str, bytes]]:
    """Fields by their terminators, if there are as many as entries; `exact` also wants every length to agree, because
    a directory that lost or won a byte may have all its later tags wrong."""
    agrees = len(pieces) == len(entries) and bool(entries)
    if agrees and exact:
        agrees = all(entry.length == len(piece) + 1 for entry, piece in zip(entries, pieces, strict=True))
    if not agrees:
        raise FormatError(messages.DIRECTORY_BROKEN, reason=reason, pieces=len(pieces), entries=len(entries))
    problems.append(Problem(messages.DIRECTORY, values={"entries": len(entries)}))
    return [(entry.tag, piece) for entry, piece in zip(entries, pieces, strict=True)]


def _by_directory(
    entries: list[Entry], body: bytes, pieces: list[bytes], problems: list[Problem]
) -> list[tuple[str, bytes]]:
    """Fields where the directory puts them, in its order."""
    size = len(body)
    open_end = not body.endswith(_FIELD_TERMINATOR)  # the last field lost its terminator
    for entry in entries:
        values = {"start": entry.start, "length": entry.length}
        if entry.length == 0:
            raise FormatError(messages.FIELD_EMPTY, Place(tag=entry.tag))
        if entry.start + entry.length > size + open_end:
            raise FormatError(messages.FIELD_OUTSIDE, Place(tag=entry.tag), **values)
    ordered = sorted(entries, key=lambda entry: entry.start)
    for before, entry in pairwise(ordered):
        if before.start + before.length > entry.start:
            raise FormatError(messages.FIELD_OVERLAP, Place(tag=entry.tag), start=entry.start, length=entry.length)
    if all(_ends_well(entry, body) for entry in entries):
        if open_end:
            problems.append(Problem(messages.DIRECTORY, values={"entries": len(entries)}))
        unclaimed = size + open_end - sum(entry.length for entry in entries)
        if unclaimed:
            problems.append(Problem(messages.UNCLAIMED, values={"count": unclaimed}))
        return [(entry.tag, body[entry.start : entry.start + entry.length - 1]) for entry in entries]
    contiguous = ordered[0].start == 0 and all(
        before.start + before.length == entry.start for before, entry in pairwise(ordered)
    )
    if contiguous and (counted := _in_characters(entries, body)):
        problems.append(Problem(messages.DIRECTORY_CHARACTERS, values={"entries": len(entries)}))
        return counted
    if not contiguous and [entry.start for entry in ordered] != _starts(pieces):
        raise FormatError(messages.DIRECTORY_BROKEN, reason="1E", pieces=len(pieces), entries=len(entries))
    _by_terminators(ordered, pieces, "1E", False, problems)
    where = {entry.start: piece for entry, piece in zip(ordered, pieces, strict=True)}
    return [(entry.tag, where[entry.start]) for entry in entries]


def _in_characters(entries: list[Entry], body: bytes) -> list[tuple[str, bytes]]:
    """Fields of a directory that counts characters of UTF-8 and not bytes; empty unless all of it then agrees."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return []
    if sum(entry.length for entry in entries) != len(text):
        return []
    fields = [(entry.tag, text[entry.start : entry.start + entry.length]) for entry in entries]
    if not all(content.endswith("\x1e") for _, content in fields):
        return []
    return [(tag, content[:-1].encode()) for tag, content in fields]


def _ends_well(entry: Entry, body: bytes) -> bool:
    """Whether a field terminator, or the end of the body, stands at the end of the field."""
    end = entry.start + entry.length
    return body[end - 1 : end] in (_FIELD_TERMINATOR, b"")


def _starts(pieces: list[bytes]) -> list[int]:
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece) + 1
    return starts
