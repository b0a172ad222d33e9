"""Take the fields of many ISO 2709 records at once: what `marc.run_proof` proved, as packed text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from marc import repair
from marc.columns import WIDTH, Flags, Numbers, copy, put, windows
from marc.framing import Run
from marc.run_proof import Proof, prove

_FIELD_HEADS: NDArray[np.void] = np.array([b"\x1e%03d" % number for number in range(1000)]).view("V4")
"""What stands before the content of a field in packed text."""


def wanted(tags: Iterable[bytes]) -> Flags:
    """A table that says for each number whether it is one of these tags; tags with letters are in no table."""
    table = np.zeros(1000, dtype=np.bool_)
    table[[int(tag) for tag in tags if len(tag) == 3 and tag.isdigit()]] = True
    return table


def parts(run: Run, table: Flags) -> list[list[str] | None]:
    """For each record of a run its fields in `table` as packed text, in order, as a `marc.record.Record` has them.

    None for a record that has to be looked at by itself: something is out of order in it, perhaps not in these fields.
    """
    proof = prove(run)
    chosen = np.flatnonzero(table.take(proof.tags))
    records = proof.records[chosen]
    found, unsound = _divided(*_packed(proof, chosen))
    if unsound:
        proof.sick[records[unsound]] = True
    bounds = records.searchsorted(np.arange(len(proof.sick) + 1)).tolist()
    each: list[list[str] | None] = [found[begin:end] for begin, end in pairwise(bounds)]
    for record in np.flatnonzero(proof.sick).tolist():
        each[record] = None
    return each


def _packed(proof: Proof, chosen: Numbers) -> tuple[bytes, list[int]]:
    """The chosen fields one behind the other, as in packed text; and which of them are not ASCII."""
    before = proof.opened[chosen]
    begins = proof.terminators[before] + 1
    lengths = proof.terminators[before + 1] - begins
    behind = (lengths + _FIELD_HEADS.dtype.itemsize).cumsum()
    targets = behind - lengths
    size = int(behind[-1]) if len(behind) else 0
    out = np.empty(size + WIDTH, dtype=np.uint8)
    copy(proof.data, begins, out, targets, lengths)
    put(out, targets - _FIELD_HEADS.dtype.itemsize, _FIELD_HEADS.take(proof.tags[chosen]))
    high = np.flatnonzero(out[:size] > 0x7F)
    return out[:size].tobytes(), np.unique(behind.searchsorted(high, side="right")).tolist()


def _divided(packed: bytes, places: list[int]) -> tuple[list[str], list[int]]:
    """Packed fields as text in NFC, and the places of those that are not sound, which are among `places`."""
    if not places:
        return packed.decode("ascii").split("\x1e")[1:], []
    try:
        text = packed.decode("utf-8")
    except UnicodeDecodeError:
        found = list(map(_decoded, packed.split(b"\x1e")[1:]))
    else:
        found = text.split("\x1e")[1:]
    whole = "\x1e".join([found[place] for place in places])
    if repair.composed(whole) == whole:
        return found, []
    unsound = []
    for place in places:
        part = repair.composed(found[place])
        if part is None:
            unsound.append(place)
        else:
            found[place] = part
    return found, unsound


def _decoded(part: bytes) -> str:
    """The text of bytes; where they are not UTF-8, something that is not sound."""
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return "\uffff"


def texts(run: Run) -> list[str | None]:
    """For each record of a run its packed text with the leader as it stands; None as in `parts`."""
    proof = prove(run)
    count = len(proof.sick)
    begins = proof.terminators[proof.opened] + 1
    lengths = proof.terminators[proof.opened + 1] - begins
    sizes = lengths + _FIELD_HEADS.dtype.itemsize
    behind = sizes.cumsum()
    bounds = 24 * np.arange(count + 1)
    bounds[1:] += np.concatenate([[0], behind])[proof.records.searchsorted(np.arange(1, count + 1))]
    targets = behind - sizes + 24 * (proof.records + 1)
    data = proof.data
    out = np.zeros(int(bounds[-1]) + WIDTH, dtype=np.uint8)
    copy(data, begins, out, targets + _FIELD_HEADS.dtype.itemsize, lengths)
    put(out, targets, _FIELD_HEADS.take(proof.tags))
    put(out, bounds[:-1], windows(data, 24)[run.bounds[:-1]])
    packed = out.tobytes()
    return [
        None if sick else _sound(packed[begin:end])
        for sick, (begin, end) in zip(proof.sick.tolist(), pairwise(bounds.tolist()), strict=True)
    ]


def _sound(packed: bytes) -> str | None:
    """Packed text of bytes that are sound but for what is beyond ASCII; None where that is not."""
    try:
        text = packed.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.isascii() else repair.composed(text)
