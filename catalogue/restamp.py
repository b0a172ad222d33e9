"""How the feed's rows of one record move when it changes: a pure function, so that it can be tested to the end.

A row says: "in this set, these formats of this record last changed at this datestamp, and this is its status there".
Formats nearly always change together, so one row usually serves all; a bit mask tells which. For every set and format
there is at most one row that has the bit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from catalogue.tables import DELETED, LEFT, LIVE


class FeedRow(NamedTuple):
    """One row of the feed, without the record it speaks of."""

    set_id: int
    datestamp: int
    status: int
    formats: int


class Move(NamedTuple):
    """What happened to a record."""

    stamp: int
    sets: Collection[int]
    """The sets it is in now. Of a deleted record: the sets it was in."""
    formats: int
    """The formats it has now. Of a deleted record: none."""
    changed: int
    """Those of them whose bytes are not what they were."""


def restamp(rows: Iterable[FeedRow], move: Move) -> list[FeedRow]:
    """The rows the record has after `move`, given the rows it had.

    - A format whose bytes changed moves to the new stamp, in every set; the others stay where they are.
    - A format the record lost, or all of them when it is deleted, leaves a tombstone.
    - Entering or leaving a set changes the header that every harvester sees, so every format moves everywhere; the
      set that was left keeps a row that says so (OAI-PMH 2.0, 2.5.1: a deleted record is announced, not removed).
    """
    held: dict[int, list[FeedRow]] = {}
    for row in rows:
        held.setdefault(row.set_id, []).append(row)
    inside = {set_id for set_id, mine in held.items() if any(row.status != LEFT for row in mine)}
    changed = move.formats if inside != set(move.sets) else move.changed
    after: list[FeedRow] = []
    for set_id in sorted(held.keys() | set(move.sets)):
        mine = held.get(set_id, [])
        if set_id not in move.sets:
            after.extend(_moved(set_id, mine, _mask(mine), LEFT, move.stamp) if set_id in inside else mine)
            continue
        # A record that comes back into a set, or back to life, is news there in every format.
        dead = _mask([row for row in mine if row.status != LIVE])
        missing = move.formats & ~_mask(mine)
        mine = _moved(set_id, mine, (changed | dead | missing) & move.formats, LIVE, move.stamp)
        lost = _mask([row for row in mine if row.status != DELETED]) & ~move.formats
        after.extend(_moved(set_id, mine, lost, DELETED, move.stamp))
    return after


def announce(rows: Iterable[FeedRow], stamp: int, formats: int) -> list[FeedRow]:
    """The rows the record has when `formats` of it are told anew in every set, each with the status it has there."""
    held: dict[tuple[int, int], list[FeedRow]] = {}
    for row in rows:
        held.setdefault((row.set_id, row.status), []).append(row)
    return [
        moved
        for (set_id, status), mine in sorted(held.items())
        for moved in _moved(set_id, mine, _mask(mine) & formats, status, stamp)
    ]


def _mask(rows: Iterable[FeedRow]) -> int:
    mask = 0
    for row in rows:
        mask |= row.formats
    return mask


def _moved(set_id: int, rows: list[FeedRow], bits: int, status: int, stamp: int) -> list[FeedRow]:
    """`rows` of the set with `bits` taken out of where they are and put into a row of `status` at `stamp`."""
    if not bits:
        return rows
    kept: dict[tuple[int, int], int] = {}
    for row in rows:
        if row.formats & ~bits:
            kept[row.datestamp, row.status] = kept.get((row.datestamp, row.status), 0) | (row.formats & ~bits)
    kept[stamp, status] = kept.get((stamp, status), 0) | bits
    return [FeedRow(set_id, datestamp, state, formats) for (datestamp, state), formats in kept.items()]
