"""Corrections: what a library's own people changed in a record that its source gives, and gives again.

A correction is kept beside the version that it made (`version.correction`) as the fields that went and the fields that
came, each as packed text. When the source gives the record anew it is made again, tag by tag, on what comes in; where
the source has changed the very fields that were corrected, the source is followed and the report says so. A record
that was born here has no correction: nobody else gives it (docs/decisions/017-edits-of-harvested-records.md).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from marc.record import FIELD_TERMINATOR, Record

LEADER: Final = "LDR"
"""Tag under which the leader stands here."""
_THEIRS: Final = frozenset(("001", "003", "005"))
"""What a source says of itself: its number, its name, and when it last changed the record. Never corrected."""


class Correction(NamedTuple):
    """Fields as packed text, the leader as one with the tag LDR."""

    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def pack(self) -> str:
        """The text that the store keeps."""
        return json.dumps([self.removed, self.added], ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def unpack(cls, text: str) -> Correction:
        """What `pack` made `text` from."""
        removed, added = json.loads(text)
        return cls(tuple(removed), tuple(added))


class Corrected(NamedTuple):
    """An incoming record with a correction made on it."""

    record: Record
    correction: Correction
    """What of it still holds; the rest the source has taken over, or overtaken."""
    overtaken: tuple[str, ...]
    """Tags whose fields the source has changed since: there it is the source that is shown."""


def between(received: Record, edited: Record) -> Correction:
    """What makes `edited` of `received`; the order of fields is no part of it."""
    before, after = _parts(received), _parts(edited)
    return Correction(tuple(_without(before, after)), tuple(_without(after, before)))


def received(edited: Record, correction: Correction) -> Record:
    """The record as its source gave it, but for the order of its fields."""
    return apply(edited, Correction(correction.added, correction.removed)).record


def apply(incoming: Record, correction: Correction) -> Corrected:
    """`incoming` with the correction made on it wherever what was corrected still stands there."""
    parts = _parts(incoming)
    removed: list[str] = []
    added: list[str] = []
    overtaken: list[str] = []
    for tag in dict.fromkeys(part[:3] for part in (*correction.removed, *correction.added)):
        gone = [part for part in correction.removed if part[:3] == tag]
        come = [part for part in correction.added if part[:3] == tag]
        there = Counter(part for part in parts if part[:3] == tag)
        if Counter(gone) <= there:
            new = come if gone else _without(come, [part for part in parts if part[:3] == tag])
            if not gone and not new:
                continue  # the source says now what was added here
            parts = _replaced(parts, tag, gone, new)
            removed += gone
            added += new
        elif not (Counter(come) <= there and not Counter(gone) & there):
            overtaken.append(tag)
    leader = next((part[3:] for part in parts if part[:3] == LEADER), incoming.leader)
    theirs = [part for part in incoming.parts() if part[:3] in _THEIRS]
    text = FIELD_TERMINATOR.join([leader, *theirs, *(part for part in parts if part[:3] != LEADER)])
    return Corrected(Record(text), Correction(tuple(removed), tuple(added)), tuple(overtaken))


def alike(one: Record, other: Record) -> bool:
    """Whether two records say the same fields, in whatever order."""
    return one.leader == other.leader and Counter(one.parts()) == Counter(other.parts())


def _parts(record: Record) -> list[str]:
    return [LEADER + record.leader, *(part for part in record.parts() if part[:3] not in _THEIRS)]


def _without(parts: Iterable[str], others: Iterable[str]) -> list[str]:
    """Those of `parts` that `others` does not have as often."""
    left = Counter(others)
    kept = []
    for part in parts:
        if left[part]:
            left[part] -= 1
        else:
            kept.append(part)
    return kept


def _replaced(parts: Sequence[str], tag: str, gone: Sequence[str], come: Sequence[str]) -> list[str]:
    """`parts` with `come` where the first of `gone` stood; where none did, behind the last field not after `tag`."""
    left = Counter(gone)
    kept: list[str] = []
    place = -1
    for part in parts:
        if left[part]:
            left[part] -= 1
            place = len(kept) if place < 0 else place
        else:
            kept.append(part)
    if place < 0:
        place = max((at for at, part in enumerate(kept, 1) if part[:3] == LEADER or part[:3] <= tag), default=0)
    return [*kept[:place], *come, *kept[place:]]
