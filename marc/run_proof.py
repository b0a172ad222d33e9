"""Prove many ISO 2709 records at once, with the same proofs as one by one.

What costs in a record that is as it should be is not its bytes but the steps taken over them: some hundreds for each.
Here each step is one operation on all records of a run: the directories are columns of one table, and a field is proved
by comparing columns. Whatever is out of order in any way concerns its own record alone, which is then read by itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marc import repair
from marc.columns import Bytes, Flags, Numbers
from marc.framing import Run

_CODE: Flags = np.array([number < 128 and bool(repair.CODE.fullmatch(chr(number))) for number in range(256)])
_INDICATOR: Flags = np.array([bool(repair.INDICATORS.fullmatch(chr(number) * 2)) for number in range(256)])
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


class Proof(NamedTuple):
    """The fields of a run, column by column, but for records whose directory could not be believed at first sight."""

    data: Bytes
    bounds: Numbers
    marks: Numbers
    """Where anything below a blank stands: the delimiters, in records that are as they should be."""
    kinds: Bytes
    """What stands there."""
    terminators: Numbers
    """Where the field terminators among them stand."""
    first: Numbers
    """How many of these are before each of `bounds`."""
    tags: Numbers
    """The tag of each field as a number; 0 where the field is not as it should be."""
    records: Numbers
    """Which record of the run it is in."""
    opened: Numbers
    """Which of `terminators` stands before its content; the next one stands behind it."""
    sick: Flags
    """For each record of the run whether anything is out of order."""


def prove(run: Run) -> Proof:
    """What is in a run, proved but for what its bytes beyond ASCII mean.

    Not sick is a record whose leader is ASCII, whose directory says exactly where each field of its body is, and whose
    fields, indicators and codes are what `marc.record` promises, with tags of digits.
    """
    data = np.frombuffer(run.data, np.uint8)
    bounds: Numbers = np.array(run.bounds)
    marks = np.flatnonzero(data < 0x20)
    kinds = data[marks]
    order = np.flatnonzero(kinds == 0x1E)
    terminators = marks[order]
    first = terminators.searchsorted(bounds)
    base, count = _counted(data, bounds, terminators, first)
    sick = count == 0

    entries = _entries(run, base, count)
    records = np.repeat(np.arange(len(count)), count)
    opened = np.arange(len(records)) + np.repeat(first[:-1] - (count.cumsum() - count), count)
    begins, ends = terminators[opened] + 1, terminators[opened + 1]
    tags, lengths, starts = (entries.astype(np.float32) @ _IN_ENTRY).astype(np.intp).T
    sound = _are_digits(entries)
    sound &= (lengths == ends - begins + 1) & (starts == begins - (bounds[:-1] + base)[records])
    head = [data.take(begins + place, mode="clip") for place in range(3)]
    marked = _INDICATOR.take(head[0]) & _INDICATOR.take(head[1]) & (head[2] == 0x1F)
    bare = order[opened + 1] - order[opened] == 1  # nothing below a blank in it
    sound &= np.where(tags < 10, bare & (tags > 0), marked)
    sick[records[~sound]] = True

    strange = (kinds < 0x1D) | ((kinds == 0x1F) & ~_CODE.take(data.take(marks + 1, mode="clip")))
    _mark(sick, bounds, marks[strange])
    if b"\x7f" in run.data:
        _mark(sick, bounds, np.flatnonzero(data == 0x7F))
    return Proof(data, bounds, marks, kinds, terminators, first, np.where(sound, tags, 0), records, opened, sick)


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
