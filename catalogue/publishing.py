"""Publishing: the one short moment in which a change set becomes visible, as a whole, in commit order.

`catalogue.clock` says why no harvester can fall behind; `catalogue.restamp` says how the feed's rows move.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, delete, null, or_, select, update

from catalogue import bulk, changesets, clock, membership, messages, moving
from catalogue.membership import Membership
from catalogue.renderings import FOLLOWED_MASK
from catalogue.restamp import Move
from catalogue.store import Store
from catalogue.tables import (
    DELETED,
    LEFT,
    LIVE,
    STAGED,
    UNION,
    change,
    change_set,
    effect,
    followed,
    record,
    version,
)
from foundation.errors import RefusedError
from marc.record import Record

BATCH = 1000


class Published(NamedTuple):
    """What a publication did."""

    stamp: int
    created: int = 0
    changed: int = 0
    deleted: int = 0
    same: int = 0
    """Records whose bytes are in every format what they were: their datestamps did not move."""
    seq: int = 0
    """The last number of the change sequence."""


def publish(
    store: Store, number: int, silent: bool = False, based_on: Mapping[int, int | None] | None = None
) -> Published:
    """Make the effects of change set `number` visible, all of them in one commit.

    `based_on`: record → the version it must still show, None: nothing; otherwise RefusedError, and nothing is changed.

    `silent`: renderings that change keep their datestamps (docs/decisions/008-silent.md). New and deleted records, and
    those that enter or leave a set or a format, are announced all the same.
    Raises RefusedError when it is not staged, StoreError when the clock has leapt or the database fails; then nothing
    of it is visible, and it can be published again.
    """
    with store.write() as connection:
        _require_unmoved(connection, based_on or {})
        result = show(store, connection, number, silent)
    if result.created + result.changed + result.deleted > BATCH:
        store.refresh_statistics()
    return result


def show(store: Store, connection: Connection, number: int, silent: bool = False) -> Published:
    """`publish` within a transaction that writes, for who has more to commit with it."""
    stamp, seq = clock.take(store, connection)
    found = changesets.require(connection, number, changesets.STAGED)
    result = Published(stamp)
    decided = Membership(connection)
    if found.source != UNION:
        _keep_collections(connection, number)
    # What a record showed until now is only known for sure here: another change set may have come in between.
    current = select(record.c.version_id).where(record.c.id == effect.c.record_id).scalar_subquery()
    connection.execute(update(effect).where(effect.c.change_set_id == number).values(before=current))
    used: set[int] = set()
    for effects in _batches(connection, number):
        batch = _decided_now(store, connection, effects, decided)
        moved, quiet = _move_feed(connection, batch, decided, stamp, silent)
        used.update(*(decided.rows(sets) for sets in {row.sets for row in batch if row.after is not None}))
        result = _count(result, batch, moved)
        rows = [
            (seq + n, row.id, number, stamp, int(row.after is None), int(row.id in quiet))
            for n, row in enumerate(moved, 1)
        ]
        bulk.insert(connection, change, "seq record_id change_set_id datestamp deleted silent", rows)
        seq += len(rows)
    membership.show(connection, used)
    _point_records(connection, number)
    clock.settle(connection, stamp, seq)
    # What staging has counted under the same names is said from the file's side, and stands.
    counts = {name: getattr(result, name) for name in ("created", "changed", "deleted", "same")} | found.counts
    connection.execute(
        update(change_set)
        .where(change_set.c.id == number)
        .values(state=changesets.PUBLISHED, published=stamp, counts=json.dumps(counts), silent=int(silent))
    )
    _turn_over(connection, found.undoes)
    return result._replace(seq=seq)


def _keep_collections(connection: Connection, number: int) -> None:
    """What was staged before somebody put a record into a collection, or took it out, does not take that back."""
    was, now, new = (version.alias(name) for name in ("was", "now", "new"))
    joined = (
        effect.join(record, record.c.id == effect.c.record_id)
        .join(was, was.c.id == effect.c.before)
        .join(now, now.c.id == record.c.version_id)
        .join(new, new.c.id == effect.c.after)
    )
    query = select(new.c.id, was.c.collections, now.c.collections, new.c.collections).select_from(joined)
    overtaken = (effect.c.before != record.c.version_id, was.c.collections != now.c.collections)
    changed = []
    for version_id, *texts in connection.execute(query.where(effect.c.change_set_id == number, *overtaken)).all():
        before, current, staged = ({*map(int, text.split())} for text in texts)
        merged = staged - (before - current) | (current - before)
        changed.append((" ".join(map(str, sorted(merged))), version_id))
    bulk.execute(connection, "UPDATE version SET collections = ? WHERE id = ?", changed)


def _require_unmoved(connection: Connection, based_on: Mapping[int, int | None]) -> None:
    query = select(record.c.id, record.c.version_id).where(record.c.id.in_(based_on))
    shown = {row.id: row.version_id for row in connection.execute(query)} if based_on else {}
    if any(shown[number] != wanted for number, wanted in based_on.items()):
        raise RefusedError(messages.EDIT_MOVED)


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
    sets: str
    """Its sets, as `record.sets` has them."""
    epoch: int
    """The definitions by which they were decided."""


def _batches(connection: Connection, number: int) -> Iterator[list[_Effect]]:
    """The effects of a change set in the order of their records, a batch at a time."""
    last = -1
    columns = (version.c.formats, version.c.sets, version.c.epoch)
    while True:
        query = (
            select(record.c.id, record.c.status, record.c.version_id, effect.c.after, *columns)
            .join(record, record.c.id == effect.c.record_id)
            .outerjoin(version, version.c.id == effect.c.after)
            .where(effect.c.change_set_id == number, effect.c.record_id > last)
            .order_by(effect.c.record_id)
            .limit(BATCH)
        )
        rows = [_Effect(a, b, c, d, e or 0, f or "", g or 0) for a, b, c, d, e, f, g in connection.execute(query)]
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _decided_now(store: Store, connection: Connection, batch: list[_Effect], decided: Membership) -> list[_Effect]:
    """The batch with the sets of today: a union record made while a definition changed is decided anew."""
    stale = {
        row.after: decided.libraries(row.sets)
        for row in batch
        if row.after is not None and row.epoch != decided.epoch and not membership.is_contributed(row.sets)
    }
    if not stale:
        return batch
    query = select(version.c.id, version.c.dictionary, version.c.normalised, version.c.collections)
    unpack = store.compression.decompress
    found = {
        number: (Record(unpack(connection, dictionary, blob).decode()), stale[number], tuple(map(int, named.split())))
        for number, dictionary, blob, named in connection.execute(query.where(version.c.id.in_(stale)))
    }
    missing = decided.missing(one for one, _, _ in found.values())
    if missing:
        decided.known |= membership.number(connection, missing)
    sets = {number: decided.decide(*arguments) for number, arguments in found.items()}
    changed = "UPDATE version SET sets = ?, epoch = ? WHERE id = ?"
    bulk.execute(connection, changed, [(text, decided.epoch, number) for number, text in sets.items()])
    return [row if row.after not in sets else row._replace(sets=sets[row.after]) for row in batch]


def _move_feed(
    connection: Connection, batch: Sequence[_Effect], decided: Membership, stamp: int, silent: bool
) -> tuple[list[_Effect], set[int]]:
    """Move the feed's rows for a batch; returns the effects that changed anything, and the records of which no
    harvester is told.

    The formats that are made after publication stay where they are while the record lives: the follower moves them.
    Those of a record that dies go with it, so that there are bytes of one exactly where the feed shows it.
    """
    known = [row for row in batch if row.status != STAGED]
    held = moving.rows_of(connection, [row.id for row in known])
    hashes = rendering_hashes(connection, (number for row in known for number in (row.version_id, row.after)))
    fresh = {
        row.id: Move(stamp, decided.rows(row.sets), row.formats, row.formats) for row in batch if row.status == STAGED
    }
    moves = {}
    anew: set[int] = set()
    for row in known:
        mine = held[row.id]
        if row.after is None:
            moves[row.id] = Move(stamp, {one.set_id for one in mine if one.status != LEFT}, 0, 0)
            continue
        before, after = hashes.get(row.version_id, {}), hashes.get(row.after, {})
        changed = sum(1 << bit for bit, digest in after.items() if before.get(bit) != digest)
        formats = row.formats | moving.living(mine) & FOLLOWED_MASK
        if silent and changed:
            anew.add(row.id)
        moves[row.id] = Move(stamp, decided.rows(row.sets), formats, 0 if silent else changed)
    # Another provenance is news too: what is written of the record beforehand has it inside. So are other collections:
    # the sets of its union record go by them.
    told = _besides(connection, known)
    anew |= {row.id for row in known if told.get(row.version_id) != told.get(row.after)}
    moved, quiet = moving.apply(connection, held, moves, fresh, anew)
    gone = [row.id for row in known if row.after is None]
    if gone:
        connection.execute(delete(followed).where(followed.c.record_id.in_(gone)))
    return [row for row in batch if row.status == STAGED or row.id in moved], quiet if silent else set()


def rendering_hashes(connection: Connection, versions: Iterable[int | None]) -> dict[Any, dict[int, bytes]]:
    """For each of `versions`: format bit → hash of the rendering."""
    wanted = {number for number in versions if number is not None}
    found: dict[Any, dict[int, bytes]] = {}
    query = "SELECT version_id, format, hash FROM rendering WHERE version_id {}"
    for number, bit, digest in bulk.fetch(connection, query, wanted):
        found.setdefault(number, {})[bit] = digest
    return found


def _besides(connection: Connection, rows: Sequence[_Effect]) -> dict[int | None, tuple[str | None, str]]:
    """For the versions before and after of each row that goes on being shown: where they come from, and the collections
    that imports named for them; none for those without either.
    """
    wanted = {number for row in rows if row.after is not None for number in (row.version_id, row.after)}
    query = select(version.c.id, version.c.provenance, version.c.collections).where(
        version.c.id.in_(wanted), or_(version.c.provenance.is_not(None), version.c.collections != "")
    )
    return {row.id: (row.provenance, row.collections) for row in connection.execute(query)} if wanted else {}


def _count(result: Published, batch: Sequence[_Effect], moved: Sequence[_Effect]) -> Published:
    gone = sum(row.after is None for row in moved)
    born = sum(row.status != LIVE for row in moved if row.after is not None)
    return result._replace(
        created=result.created + born,
        deleted=result.deleted + gone,
        changed=result.changed + len(moved) - gone - born,
        same=result.same + len(batch) - len(moved),
    )


def _point_records(connection: Connection, number: int) -> None:
    """Let every record of the change set show the version after it. A deleted one keeps the sets it was in."""
    mine = (effect.c.change_set_id == number, effect.c.record_id == record.c.id)
    gone = update(record).where(*mine, effect.c.after == null()).values(version_id=None, status=DELETED)
    connection.execute(gone)
    shown = update(record).where(*mine, effect.c.after == version.c.id)
    connection.execute(shown.values(version_id=version.c.id, status=LIVE, sets=version.c.sets))
