"""The job behind a changed definition: every union record is asked again, and who enters or leaves a set is announced.

It goes by the numbers of the records, a batch in a transaction of its own, and keeps its position there: it can be
killed and continued, by whoever comes next. What is published meanwhile is decided by the new definitions already.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from catalogue import bulk, clock, membership, moving
from catalogue.following import Progress, Rest, follow
from catalogue.membership import Membership
from catalogue.restamp import Move
from catalogue.store import Store
from catalogue.tables import (
    LEAVING,
    REMOVED,
    STAGED,
    UNION,
    change,
    feed_set,
    follower,
    record,
    version,
)
from marc.record import Record

NAME: Final = "sets"
LOCK: Final = "sets"
BATCH: Final = 500


def ask(connection: Connection) -> None:
    """Have every union record asked, from the first on. In a transaction that writes."""
    connection.execute(delete(follower).where(follower.c.name == NAME))
    connection.execute(insert(follower).values(name=NAME, position=0, formats=0))


def left(store: Store) -> int:
    """Records that are still to be asked."""
    with store.read() as connection:
        at = connection.execute(_position).scalar()
        if at is None:
            return 0
        count = select(func.count()).where(record.c.id > at, *_UNITED)
        return int(connection.execute(count).scalar_one())


def run(store: Store, progress: Progress = lambda done: None, rest: Rest = lambda seconds: None) -> bool:
    """Do all that is asked for; False when another process is at it. `progress` is told the records looked at.

    Raises StoreError; what was done until then stands.
    """
    return follow(store, LOCK, lambda: _batch(store), progress, rest) is not None


def _batch(store: Store) -> int:
    """One batch of records; 0 when there is nothing to do."""
    with store.read() as connection:
        at = connection.execute(_position).scalar()
        if at is None:
            return 0
        decided = Membership(connection)
        rows = connection.execute(_records(at)).all()
        unpack = store.compression.decompress
        texts = [
            None if row.version_id is None else Record(unpack(connection, row.dictionary, row.normalised).decode())
            for row in rows
        ]
    missing = decided.missing(text for text in texts if text is not None)
    if missing:
        with store.write() as connection:
            decided.known |= membership.number(connection, missing)
    moves: dict[int, tuple[int | None, str]] = {}
    for row, text in zip(rows, texts, strict=True):
        # A tombstone stays in the sets it was in, but for those that are no more.
        assigned = [int(one) for one in (row.collections or "").split()]
        sets = decided.buried(row.sets) if text is None else decided.decide(text, decided.libraries(row.sets), assigned)
        if sets != row.sets:
            moves[row.id] = (row.version_id, sets)
    with store.write() as connection:
        stamp, seq = clock.take(store, connection)
        if connection.execute(_position).scalar() != at or membership.epoch_of(connection) != decided.epoch:
            return max(1, len(rows))
        if rows:
            connection.execute(update(follower).where(follower.c.name == NAME).values(position=rows[-1].id))
        else:
            connection.execute(delete(follower).where(follower.c.name == NAME))
            connection.execute(update(feed_set).where(feed_set.c.state == LEAVING).values(state=REMOVED))
        if moves:
            clock.settle(connection, stamp, _move(connection, decided, moves, stamp, seq))
    return len(rows)


def _move(
    connection: Connection, decided: Membership, moves: dict[int, tuple[int | None, str]], stamp: int, seq: int
) -> int:
    """Move the records of a batch; those that were published since they were read are left alone."""
    now = select(record.c.id, record.c.version_id).where(record.c.id.in_(moves), record.c.status != STAGED)
    same = {number for number, shown in connection.execute(now) if moves[number][0] == shown}
    held = moving.rows_of(connection, same)
    made = {}
    for number in same:
        sets = decided.rows(moves[number][1])
        made[number] = Move(stamp, sets, moving.living(held[number]), 0)
    moved = sorted(moving.apply(connection, held, made, {})[0])
    membership.show(connection, {one for number in moved for one in made[number].sets})
    told = [(moves[number][1], number) for number in sorted(same)]
    bulk.execute(connection, "UPDATE record SET sets = ? WHERE id = ?", told)
    gone = {number for number in moved if moves[number][0] is None}
    rows = [(seq + place, number, 0, stamp, int(number in gone)) for place, number in enumerate(moved, 1)]
    bulk.insert(connection, change, "seq record_id change_set_id datestamp deleted", rows)
    return seq + len(rows)


_UNITED: Final = (record.c.source_id == UNION, record.c.status != STAGED)
_position = select(follower.c.position).where(follower.c.name == NAME)


def _records(at: int) -> Select[Any]:
    columns = (record.c.id, record.c.version_id, record.c.sets)
    return (
        select(*columns, version.c.dictionary, version.c.normalised, version.c.collections)
        .outerjoin(version, version.c.id == record.c.version_id)
        .where(record.c.id > at, *_UNITED)
        .order_by(record.c.id)
        .limit(BATCH)
    )
