"""Segments: runs of the feed that a protocol wrote and compressed beforehand, for those who harvest everything.

To the store a segment is bytes. What makes it more than a cache is when it is valid: it says exactly what the rows
behind `after`, up to and with `last`, say at this moment, no more rows and no fewer.

- A publisher deletes, in its own transaction, every segment with a row that it takes out or puts in (`invalidate`).
- Whoever writes segments reads the rows in one snapshot and stores what it made of them only while no publisher has
  come in between: it holds the clock's row, as publishers do, and compares the number of the last change (`keep`).

So a reader finds in its snapshot rows and segments that agree. Segments are never needed: without them every answer is
the same and takes longer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Integer, and_, bindparam, delete, select, tuple_, update

from catalogue import bulk
from catalogue.feed import Cursor, Segment
from catalogue.homes import own
from catalogue.store import Store
from catalogue.tables import COLLECTIONS, EVERYTHING, change, clock, feed, feed_set, segment

START = Cursor(-1, -1)
"""Before every position."""
COLUMNS = (
    "kind set_id format after_stamp after_record first_stamp first_record last_stamp last_record "
    "records metadata_bytes crc32 size bytes"
)
_DELETE_AT_ONCE = 500
_after = tuple_(segment.c.after_stamp, segment.c.after_record)
_last = tuple_(segment.c.last_stamp, segment.c.last_record)
_ENDS = (segment.c.id, segment.c.after_stamp, segment.c.after_record, segment.c.last_stamp, segment.c.last_record)


class Shelf(NamedTuple):
    """The list that segments are runs of: one set, one format, in the words of one protocol."""

    kind: str
    set_id: int
    format: int

    def here(self) -> ColumnElement[bool]:
        return and_(segment.c.set_id == self.set_id, segment.c.kind == self.kind, segment.c.format == self.format)


class Hole(NamedTuple):
    """A part of a list without segments: behind `after`, up to and with `last` (None: the open end of the list)."""

    after: Cursor
    last: Cursor | None
    next: int | None = None
    """The segment that begins where the hole ends."""
    absorbed: tuple[int, ...] = ()
    """Segments within it that are to give way: they became so small that they are worth being made anew together."""


# Asked for every page of a harvest: built once, because building costs more than the answer.
_FOLLOWING = (
    select(
        *_ENDS[1:],
        segment.c.first_stamp,
        segment.c.first_record,
        segment.c.records,
        segment.c.metadata_bytes,
        segment.c.crc32,
        segment.c.size,
        segment.c.bytes,
    )
    .where(
        segment.c.set_id == bindparam("set"),
        segment.c.kind == bindparam("kind"),
        segment.c.format == bindparam("format"),
        _last > tuple_(bindparam("stamp", type_=BigInteger), bindparam("record", type_=BigInteger)),
    )
    .order_by(segment.c.last_stamp, segment.c.last_record)
    .limit(bindparam("ask", type_=Integer))
)


def following(connection: Connection, shelf: Shelf, at: Cursor, ask: int) -> Iterator[Segment]:
    """The segments that end behind `at`, in order, read `ask` at a time. The first may have begun before `at`."""
    while True:
        values = {"set": shelf.set_id, "kind": shelf.kind, "format": shelf.format, "ask": ask}
        rows: Any = connection.execute(_FOLLOWING, values | {"stamp": at.datestamp, "record": at.record}).cursor
        found = [Segment(Cursor(a, b), Cursor(e, f), Cursor(c, d), *rest) for a, b, c, d, e, f, *rest in rows]
        yield from found
        if len(found) < ask:
            return
        at = found[-1].last


def holes(connection: Connection, shelf: Shelf, records: int, size: int) -> list[Hole]:
    """What of a list has no segment, in order; the last one is its open end, whether rows stand there or not.

    Records only ever leave old segments, so neighbours that would fit into one of `records` records and `size` bytes
    of metadata are taken as a hole too.
    """
    query = select(*_ENDS, segment.c.records, segment.c.metadata_bytes).where(shelf.here())
    found: list[Hole] = []
    at, before = START, None
    for number, after_stamp, after_record, last_stamp, last_record, count, held in connection.execute(
        query.order_by(segment.c.last_stamp, segment.c.last_record)
    ):
        after, last = Cursor(after_stamp, after_record), Cursor(last_stamp, last_record)
        if after > at:
            found.append(Hole(at, after, number))
        elif before is not None and before[2] + count <= records and before[3] + held <= size:
            found.append(Hole(before[1], last, None, (before[0], number)))
            at, before = last, None
            continue
        at, before = last, (number, after, count, held)
    return [*found, Hole(at, None)]


class Filling(NamedTuple):
    """What was made of a hole."""

    hole: Hole
    made: list[Segment]
    reached: Cursor | None
    """Behind this position nothing is left in the hole, so the next segment may begin there; None: not yet filled."""


def keep(store: Store, shelf: Shelf, sequence: int, fillings: Iterable[Filling]) -> bool:
    """Store what was made of a snapshot whose last change was `sequence`; False when that was not possible at once.

    Nobody is waited for and nobody has to wait: with a publisher at work the segments would be out of date anyway.
    """
    fillings = list(fillings)
    rows = [(*shelf, *one.after, *one.first, *one.last, *one[3:]) for filling in fillings for one in filling.made]
    kept = False

    def insert(connection: Connection) -> None:
        nonlocal kept
        if connection.execute(select(clock.c.seq).with_for_update(skip_locked=True)).scalar() != sequence:
            return
        _delete(connection, [number for filling in fillings for number in filling.hole.absorbed])
        for (_, last, following_one, _), _, reached in fillings:
            if reached is not None and last is not None and following_one is not None:
                ours = and_(segment.c.id == following_one, shelf.here(), _after == tuple_(*last))
                begin = {"after_stamp": reached.datestamp, "after_record": reached.record}
                connection.execute(update(segment).where(ours).values(begin))
        bulk.insert(connection, segment, COLUMNS, rows)
        kept = True

    store.attempt(insert)
    return kept


def invalidate(connection: Connection, positions: Iterable[tuple[int, int, int]]) -> None:
    """Delete the segments that hold one of `positions` (set, datestamp, record), in the transaction that moves them."""
    moved: dict[int, list[tuple[int, int]]] = {}
    for set_id, datestamp, record_id in positions:
        if set_id < COLLECTIONS:
            moved.setdefault(set_id, []).append((datestamp, record_id))
    for set_id, mine in moved.items():
        mine.sort()
        near = select(*_ENDS).where(segment.c.set_id == set_id, _last >= tuple_(*mine[0]), _after < tuple_(*mine[-1]))
        touched = []
        for number, after_stamp, after_record, *last in connection.execute(near):
            nearest = bisect_right(mine, (after_stamp, after_record))
            if mine[nearest] <= tuple(last):  # one is there: `after` lies before the last of `mine`
                touched.append(number)
        _delete(connection, touched)


def changed_sets(connection: Connection, since: int | None) -> set[int]:
    """The sets that have segments and in which something changed behind the change `since`; None: all that have any.

    Everything has them, what a library contributed, and the set of the union that is named after it. Sets of material,
    language and the like are read row by row: each would cost as much disk as everything does, and be harvested once
    in a while.
    """
    if since is None:
        whole = set(connection.scalars(select(feed_set.c.id).where(feed_set.c.id < COLLECTIONS)))
        return whole | {own(number) for number in whole if number != EVERYTHING}
    moved = select(feed.c.set_id).join(change, change.c.record_id == feed.c.record_id).where(change.c.seq > since)
    return {number for number in connection.scalars(moved.distinct()) if number < COLLECTIONS}


def drop_others(store: Store, kinds: Collection[str]) -> None:
    """Delete the segments of every kind but `kinds`, a few at a time: nobody asks for them any more."""
    with store.read() as connection:
        stale = list(connection.scalars(select(segment.c.id).where(segment.c.kind.not_in(kinds))))
    for start in range(0, len(stale), _DELETE_AT_ONCE):
        some = stale[start : start + _DELETE_AT_ONCE]
        store.attempt(lambda connection, some=some: _delete(connection, some))  # type: ignore[misc]


def _delete(connection: Connection, numbers: Sequence[int]) -> None:
    for start in range(0, len(numbers), _DELETE_AT_ONCE):
        some = numbers[start : start + _DELETE_AT_ONCE]
        connection.execute(delete(segment).where(segment.c.id.in_(some)))
