"""Publishing: the one short moment in which a change set becomes visible, as a whole, in commit order.

`catalogue.clock` says why no harvester can fall behind; `catalogue.restamp` says how the feed's rows move.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, delete, null, select, update

from catalogue import bulk, changesets, clock, segments
from catalogue.restamp import FeedRow, Move, restamp
from catalogue.store import Store
from catalogue.tables import (
    DELETED,
    EVERYTHING,
    LIVE,
    STAGED,
    change,
    change_set,
    effect,
    feed,
    record,
    rendering,
    source,
    version,
)

BATCH = 1000
FEED_COLUMNS = "set_id datestamp status formats record_id"


class Published(NamedTuple):
    """What a publication did."""

    stamp: int
    created: int = 0
    changed: int = 0
    deleted: int = 0
    same: int = 0
    """Records whose bytes are in every format what they were: their datestamps did not move."""


def publish(store: Store, number: int) -> Published:
    """Make the effects of change set `number` visible, all of them in one commit.

    Raises RefusedError when it is not staged, StoreError when the clock has leapt or the database fails; then nothing
    of it is visible, and it can be published again.
    """
    with store.write() as connection:
        stamp, seq = clock.take(store, connection)
        found = changesets.require(connection, number, changesets.STAGED)
        result = Published(stamp)
        library = select(source.c.library_id).where(source.c.id == found.source).scalar_subquery()
        sets = (EVERYTHING, int(connection.execute(select(library)).scalar_one()))
        # What a record showed until now is only known for sure here: another change set may have come in between.
        current = select(record.c.version_id).where(record.c.id == effect.c.record_id).scalar_subquery()
        connection.execute(update(effect).where(effect.c.change_set_id == number).values(before=current))
        for batch in _batches(connection, number):
            moved = _move_feed(connection, batch, sets, stamp)
            result = _count(result, batch, moved)
            rows = [(seq + n, row.id, number, stamp, int(row.after is None)) for n, row in enumerate(moved, 1)]
            bulk.insert(connection, change, "seq record_id change_set_id datestamp deleted", rows)
            seq += len(rows)
        _point_records(connection, number, sets)
        clock.settle(connection, stamp, seq)
        # What staging has counted under the same names is said from the file's side, and stands.
        counts = {name: getattr(result, name) for name in ("created", "changed", "deleted", "same")} | found.counts
        connection.execute(
            update(change_set)
            .where(change_set.c.id == number)
            .values(state=changesets.PUBLISHED, published=stamp, counts=json.dumps(counts))
        )
        _turn_over(connection, found.undoes)
    if result.created + result.changed + result.deleted > BATCH:
        store.refresh_statistics()
    return result


def _turn_over(connection: Connection, undone: int | None) -> None:
    """What an undo undoes is undone now, and what that one had undone is published again, to the end of the chain."""
    state = case((change_set.c.state == changesets.UNDONE, changesets.PUBLISHED), else_=changesets.UNDONE)
    while undone is not None:
        one = change_set.c.id == undone
        connection.execute(update(change_set).where(one).values(state=state))
        undone = connection.execute(select(change_set.c.undoes).where(one)).scalar()


class _Effect(NamedTuple):
    id: int
    status: int
    version_id: int | None
    after: int | None
    formats: int
    """Formats of the version after; 0 when there is none."""


def _batches(connection: Connection, number: int) -> Iterator[list[_Effect]]:
    """The effects of a change set in the order of their records, a batch at a time."""
    last = -1
    while True:
        query = (
            select(record.c.id, record.c.status, record.c.version_id, effect.c.after, version.c.formats)
            .join(record, record.c.id == effect.c.record_id)
            .outerjoin(version, version.c.id == effect.c.after)
            .where(effect.c.change_set_id == number, effect.c.record_id > last)
            .order_by(effect.c.record_id)
            .limit(BATCH)
        )
        rows = [_Effect(a, b, c, d, e or 0) for a, b, c, d, e in connection.execute(query)]
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _move_feed(connection: Connection, batch: Sequence[_Effect], sets: tuple[int, ...], stamp: int) -> list[_Effect]:
    """Move the feed's rows for a batch; returns the effects that moved any."""
    known = [row for row in batch if row.status != STAGED]
    held: dict[int, list[FeedRow]] = {row.id: [] for row in known}
    hashes = _hashes(connection, known)
    told = _provenance(connection, known)
    if known:
        query = select(feed.c.set_id, feed.c.datestamp, feed.c.status, feed.c.formats, feed.c.record_id)
        for *values, record_id in connection.execute(query.where(feed.c.record_id.in_(held))):
            held[record_id].append(FeedRow(*values))
    moved: list[_Effect] = []
    fresh: list[tuple[int, int, int, int, int]] = []
    stale: list[int] = []
    for row in batch:
        if row.status == STAGED:
            moved.append(row)
            fresh.extend((set_id, stamp, LIVE, row.formats, row.id) for set_id in sets)
            continue
        before, after = hashes.get(row.version_id, {}), hashes.get(row.after, {})
        changed = sum(1 << bit for bit, digest in after.items() if before.get(bit) != digest)
        rows = restamp(held[row.id], Move(stamp, sets, row.formats, changed))
        # A second change within one second leaves the rows as they are, and is a change all the same. So is another
        # provenance: what is written of the record beforehand has it inside.
        if changed or sorted(rows) != sorted(held[row.id]) or told.get(row.version_id) != told.get(row.after):
            moved.append(row)
            stale.append(row.id)
            fresh.extend((*feed_row, row.id) for feed_row in rows)
    # Also where a row stays what it was: a second change within one second moves nothing and shows other bytes.
    segments.invalidate(connection, ((row.set_id, row.datestamp, number) for number in stale for row in held[number]))
    segments.invalidate(connection, ((set_id, datestamp, number) for set_id, datestamp, *_, number in fresh))
    if stale:
        connection.execute(delete(feed).where(feed.c.record_id.in_(stale)))
    bulk.insert(connection, feed, FEED_COLUMNS, fresh)
    return moved


def _hashes(connection: Connection, rows: Sequence[_Effect]) -> dict[Any, dict[int, bytes]]:
    """For the versions before and after of each row: format bit → hash of the rendering."""
    wanted = {number for row in rows for number in (row.version_id, row.after) if number is not None}
    found: dict[Any, dict[int, bytes]] = {}
    if wanted:
        query = select(rendering.c.version_id, rendering.c.format, rendering.c.hash)
        for number, bit, digest in connection.execute(query.where(rendering.c.version_id.in_(wanted))):
            found.setdefault(number, {})[bit] = digest
    return found


def _provenance(connection: Connection, rows: Sequence[_Effect]) -> dict[int | None, str]:
    """For the versions before and after of each row that goes on being shown: where they come from, if they have it."""
    wanted = {number for row in rows if row.after is not None for number in (row.version_id, row.after)}
    query = select(version.c.id, version.c.provenance).where(
        version.c.id.in_(wanted), version.c.provenance.is_not(None)
    )
    return {row.id: row.provenance for row in connection.execute(query)} if wanted else {}


def _count(result: Published, batch: Sequence[_Effect], moved: Sequence[_Effect]) -> Published:
    gone = sum(row.after is None for row in moved)
    born = sum(row.status != LIVE for row in moved if row.after is not None)
    return result._replace(
        created=result.created + born,
        deleted=result.deleted + gone,
        changed=result.changed + len(moved) - gone - born,
        same=result.same + len(batch) - len(moved),
    )


def _point_records(connection: Connection, number: int, sets: tuple[int, ...]) -> None:
    """Let every record of the change set show the version after it."""
    connection.execute(
        update(record)
        .where(effect.c.change_set_id == number, effect.c.record_id == record.c.id)
        .values(
            version_id=effect.c.after,
            status=case((effect.c.after == null(), DELETED), else_=LIVE),
            sets=" ".join(map(str, sets[1:])),
        )
    )
