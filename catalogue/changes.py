"""The change sequence, for whoever follows it: what changed behind a number, and how it stands now, in one snapshot.

A follower keeps the number it has done where it keeps its data. Doing a change again is harmless: what is handed out is
how the record stands, not what happened to it.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select

from catalogue import clock, contents
from catalogue.contents import Content
from catalogue.store import Store
from catalogue.tables import UNION, change, record


class Batch(NamedTuple):
    """Some changes, each record once."""

    seq: int
    """Number of the last change in it; when it is done, go on behind this."""
    contents: list[Content]
    """The records that are shown."""
    gone: list[int]
    """Numbers of those that are not shown any more."""
    changes: int
    """How many changes these are, those of other records included."""


def last(store: Store) -> int:
    """The number of the last change; 0 when nothing was ever published."""
    with store.read() as connection:
        return clock.read(connection).seq


def after(store: Store, seq: int, limit: int, union: bool) -> Batch:
    """The next `limit` changes behind `seq`, with the records as they stand now: the union records among them, or the
    contributed ones."""
    query = select(change.c.seq, change.c.record_id, record.c.source_id)
    query = query.join(record, record.c.id == change.c.record_id)
    query = query.where(change.c.seq > seq).order_by(change.c.seq).limit(limit)
    with store.read() as connection:
        rows = connection.execute(query).all()
        numbers = list(dict.fromkeys(row.record_id for row in rows if (row.source_id == UNION) == union))
        found = contents.read(store, connection, numbers)
    gone = [number for number in numbers if number not in found]
    return Batch(rows[-1].seq if rows else seq, list(found.values()), gone, len(rows))


def count_behind(store: Store, seq: int) -> int:
    """How many changes there are behind `seq`."""
    with store.read() as connection:
        return int(connection.execute(select(func.count()).where(change.c.seq > seq)).scalar_one())
