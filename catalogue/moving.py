"""Many records' rows of the feed moved at once, in a publisher's transaction: what publishing and every follower do."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, delete

from catalogue import bulk, segments
from catalogue.homes import is_home
from catalogue.renderings import STAGED_MASK
from catalogue.restamp import FeedRow, Move, restamp
from catalogue.tables import LEFT, LIVE, feed

COLUMNS = "set_id datestamp status formats record_id"
Held = dict[int, list[FeedRow]]


def rows_of(connection: Connection, records: Collection[int]) -> Held:
    """The feed's rows of each of these records."""
    held: Held = {number: [] for number in records}
    query = "SELECT set_id, datestamp, status, formats, record_id FROM feed WHERE record_id {}"
    for *values, record_id in bulk.fetch(connection, query, records):
        held[record_id].append(FeedRow(*values))
    return held


def living(rows: Collection[FeedRow]) -> int:
    """The formats in which a record with these rows is shown."""
    mask = 0
    for row in rows:
        if is_home(row.set_id) and row.status == LIVE:
            mask |= row.formats
    return mask


def apply(
    connection: Connection,
    held: Held,
    moves: Mapping[int, Move],
    fresh: Mapping[int, Move],
    retold: Collection[int] = (),
) -> tuple[set[int], set[int]]:
    """Make `moves` of records whose rows are `held`, and bring in `fresh` ones, which have none.

    Of the records `retold` something is written otherwise that is not in their bytes: no stamp moves for it.

    Returns the records of which anything changed, the fresh ones not among them, and those of them of which nobody is
    told. A second change within one second leaves the rows as they are, and is told all the same.
    """
    moved: set[int] = set()
    quiet: set[int] = set()
    new: list[tuple[int, int, int, int, int]] = []
    touched: list[tuple[int, int, int]] = []
    for number, move in moves.items():
        before = held[number]
        after = restamp(before, move)
        same = not move.changed and sorted(after) == sorted(before)
        if not same or number in retold:
            moved.add(number)
            if same:
                quiet.add(number)
            new.extend((*row, number) for row in after)
            # Also where a row stays what it was: a second change within one second moves nothing and shows other bytes.
            # So it is where only the sets are others, which every header names.
            sets = {row.set_id for row in before if row.status != LEFT}
            news = move.changed & STAGED_MASK != 0 or sets != set(move.sets) or number in retold
            touched += ((row.set_id, row.datestamp, number) for row in _shown(before, after, news))
            touched += ((row.set_id, row.datestamp, number) for row in _shown(after, before, news))
    for number, move in fresh.items():
        new.extend((set_id, move.stamp, LIVE, move.formats, number) for set_id in move.sets)
        touched.extend((set_id, move.stamp, number) for set_id in move.sets)
    segments.invalidate(connection, touched)
    if moved:
        connection.execute(delete(feed).where(feed.c.record_id.in_(moved)))
    bulk.insert(connection, feed, COLUMNS, new)
    return moved, quiet


def _shown(rows: list[FeedRow], others: list[FeedRow], news: bool) -> list[FeedRow]:
    """Those of `rows` that segments may hold and that `others` do not say too; all of them when their bytes are new."""
    if news:
        return [row for row in rows if row.formats & STAGED_MASK]
    mine = [row._replace(formats=row.formats & STAGED_MASK) for row in rows if row.formats & STAGED_MASK]
    theirs = {row._replace(formats=row.formats & STAGED_MASK) for row in others}
    return [row for row in mine if row not in theirs]
