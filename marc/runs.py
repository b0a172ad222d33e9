"""Take the fields of many ISO 2709 records at once, with the same proofs as one by one.

What costs in a record that is as it should be is not its bytes but the steps taken over them: some hundreds for each.
Here each step is one operation on all records of a run: the directories are columns of one table, and a field is proved
by comparing columns. Whatever is out of order in any way concerns its own record alone, which is then read by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marc import repair
from marc.columns import WIDTH, Bytes, Flags, Numbers, copy, put, windows
from marc.framing import Run

_NAMES = [f"{number:03}" for number in range(1000)]
_CODE: Flags = np.array([number < 128 and bool(repair.CODE.fullmatch(chr(number))) for number in range(256)])
_INDICATOR: Flags = np.array([bool(repair.INDICATORS.fullmatch(chr(number) * 2)) for number in range(256)])
_FIELD_HEADS: NDArray[np.void] = np.array([b"\x1e" + name.encode() for name in _NAMES]).view("V4")
"""What stands before the content of a field in packed text."""
_ENTRY = (3, 4, 5)
"""Digits of tag, length and start of one field in the directory (entry map 4500)."""


def _weights(*widths: int) -> NDArray[np.float32]:
    """What to multiply a row of digits by for the numbers in it; exact, being far below 2**24."""
    table = np.zeros((sum(widths), len(widths)), dtype=np.float32)
    for column, width in enumerate(widths):
        begin = sum(widths[:column])
        table[begin : begin + width, column] = 10.0 ** np.arange(width)[::-1]
    return table


_IN_ENTRY = _weights(*_ENTRY)
_IN_ADDRESS = _weights(5)[:, 0]


def wanted(tags: Iterable[bytes]) -> Flags:
    """A table that says for each number whether it is one of these tags; tags with letters are in no table."""
    table = np.zeros(1000, dtype=np.bool_)
    table[[int(tag) for tag in tags if len(tag) == 3 and tag.isdigit()]] = True
    return table


def parts(run: Run, table: Flags) -> list[list[str] | None]:
    """For each record of a run its fields in `table` as packed text, in order, as a `marc.record.Record` has them.

    None for a record that has to be looked at by itself: something is out of order in it, perhaps not in these fields.
    """
    seen = _look(run)
    chosen = np.flatnonzero(table[seen.tags])
    begins, ends, records = seen.begins[chosen], seen.ends[chosen], seen.records[chosen]
    try:
        text, exact = run.data.decode("utf-8"), True
    except UnicodeDecodeError:
        text, exact = run.data.decode("latin-1"), False
    if len(text) != len(run.data):  # places in the bytes become places in the text
        inner = np.flatnonzero((np.frombuffer(run.data, np.uint8) & 0xC0) == 0x80)
        begins, ends = begins - inner.searchsorted(begins), ends - inner.searchsorted(ends)
    names = _NAMES
    found = [
        names[tag] + text[begin:end]
        for tag, begin, end in zip(seen.tags[chosen].tolist(), begins.tolist(), ends.tolist(), strict=True)
    ]
    if not text.isascii():
        for place in _mend(found, exact):
            seen.sick[records[place]] = True
    bounds = records.searchsorted(np.arange(len(seen.sick) + 1)).tolist()
    each: list[list[str] | None] = [found[begin:end] for begin, end in pairwise(bounds)]
    for record in np.flatnonzero(seen.sick).tolist():
        each[record] = None
    return each


def texts(run: Run) -> list[str | None]:
    """For each record of a run its packed text with the leader as it stands; None as in `parts`."""
    seen = _look(run)
    count = len(seen.sick)
    lengths = seen.ends - seen.begins
    sizes = lengths + _FIELD_HEADS.dtype.itemsize
    behind = sizes.cumsum()
    bounds = 24 * np.arange(count + 1)
    bounds[1:] += np.concatenate([[0], behind])[seen.records.searchsorted(np.arange(1, count + 1))]
    targets = behind - sizes + 24 * (seen.records + 1)
    data = np.frombuffer(run.data + bytes(WIDTH), np.uint8)
    out = np.zeros(int(bounds[-1]) + WIDTH, dtype=np.uint8)
    copy(data, seen.begins, out, targets + _FIELD_HEADS.dtype.itemsize, lengths)
    put(out, targets, _FIELD_HEADS.take(seen.tags))
    put(out, bounds[:-1], windows(data, 24)[run.bounds[:-1]])
    packed = out.tobytes()
    return [
        None if sick else _sound(packed[begin:end])
        for sick, (begin, end) in zip(seen.sick.tolist(), pairwise(bounds.tolist()), strict=True)
    ]


def _sound(packed: bytes) -> str | None:
    """Packed text of bytes that are sound but for what is beyond ASCII; None where that is not."""
    try:
        text = packed.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isascii() else repair.composed(text)


def _mend(found: list[str], exact: bool) -> list[int]:
    """Bring text beyond ASCII to NFC where it is not; the places of what is not sound.

    `exact` says that it is text already, and not each byte as the Latin-1 character of its number.
    """
    places = [place for place, part in enumerate(found) if not part.isascii()]
    if exact:
        whole = "\x1e".join([found[place] for place in places])
        if repair.composed(whole) == whole:
            return []
    unsound = []
    for place in places:
        part = repair.composed(found[place] if exact else _decoded(found[place]))
        if part is None:
            unsound.append(place)
        else:
            found[place] = part
    return unsound


def _decoded(latin: str) -> str:
    """The text of bytes; where they are not UTF-8, something that is not sound."""
    try:
        return latin.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return "\uffff"


class _Look(NamedTuple):
    """The fields of a run, column by column, but for records whose directory could not be believed at first sight."""

    tags: Numbers
    records: Numbers
    """Which record of the run a field is in."""
    begins: Numbers
    ends: Numbers
    """Where its content begins, and its terminator."""
    sick: Flags
    """For each record of the run whether anything is out of order."""


def _look(run: Run) -> _Look:
    data = np.frombuffer(run.data, np.uint8)
    bounds: Numbers = np.array(run.bounds)
    controls = np.flatnonzero(data < 0x20)
    kinds = data[controls]
    order = np.flatnonzero(kinds == 0x1E)
    terminators = controls[order]
    first = terminators.searchsorted(bounds)
    base, count = _counted(data, bounds, terminators, first)
    sick = count == 0

    entries = _entries(run, base, count)
    records = np.repeat(np.arange(len(count)), count)
    begin = np.arange(len(records)) + np.repeat(first[:-1] - (count.cumsum() - count), count)
    begins, ends = terminators[begin] + 1, terminators[begin + 1]
    tags, lengths, starts = (entries.astype(np.float32) @ _IN_ENTRY).astype(np.intp).T
    sound = _are_digits(entries)
    sound &= (lengths == ends - begins + 1) & (starts == begins - (bounds[:-1] + base)[records])
    head = [data.take(begins + place, mode="clip") for place in range(3)]
    marked = _INDICATOR.take(head[0]) & _INDICATOR.take(head[1]) & (head[2] == 0x1F)
    bare = order[begin + 1] - order[begin] == 1  # nothing below a blank in it
    sound &= np.where(tags < 10, bare & (tags > 0), marked)
    sick[records[~sound]] = True

    strange = (kinds < 0x1D) | ((kinds == 0x1F) & ~_CODE.take(data.take(controls + 1, mode="clip")))
    _mark(sick, bounds, controls[strange])
    if b"\x7f" in run.data:
        _mark(sick, bounds, np.flatnonzero(data == 0x7F))
    return _Look(np.where(sound, tags, 0), records, begins, ends, sick)


def _mark(sick: Flags, bounds: Numbers, places: Numbers) -> None:
    """The records at these places are sick."""
    sick[bounds.searchsorted(places, side="right") - 1] = True


def _counted(data: Bytes, bounds: Numbers, terminators: Numbers, first: Numbers) -> tuple[Numbers, Numbers]:
    """Base address and number of fields of each record; no fields where base address and terminators do not agree.

    `first` says for each of `bounds` how many field terminators are before it.
    """
    leaders = data[bounds[:-1] + np.arange(24)[:, np.newaxis]]
    digits = leaders[12:17] - 0x30  # what is below 0 comes out far above 9
    base = (_IN_ADDRESS @ digits.astype(np.float32)).astype(np.intp)
    count, rest = np.divmod(base - 25, sum(_ENTRY))
    good = (digits < 10).all(axis=0) & (leaders - 0x20 < 0x5F).all(axis=0) & (rest == 0) & (count > 0)
    good &= np.diff(first) == count + 1
    if not good.any():
        return base, np.zeros_like(count)
    place = np.where(good, first[:-1], 0)
    last = np.where(good, first[1:] - 1, 0)
    good &= (terminators[place] == bounds[:-1] + base - 1) & (terminators[last] == bounds[1:] - 2)
    return base, np.where(good, count, 0)


def _entries(run: Run, base: Numbers, count: Numbers) -> Bytes:
    """The directories of all records as rows of twelve numbers, 0 to 9 where they are digits."""
    joined = b"".join(
        [
            run.data[begin + 24 : begin + address - 1]
            for begin, address, fields in zip(run.bounds, base.tolist(), count.tolist(), strict=False)
            if fields
        ]
    )
    return np.frombuffer(joined, np.uint8).reshape(-1, sum(_ENTRY)) ^ np.uint8(0x30)


def _are_digits(entries: Bytes) -> Flags:
    """Whether all twelve of a row are: four are looked at in one number, where six more must not leave four bits."""
    words = entries.view(np.uint32)
    words = words | (words + np.uint32(0x06060606))
    left: Flags = ((words[:, 0] | words[:, 1] | words[:, 2]) & np.uint32(0xF0F0F0F0)) == 0
    return left
