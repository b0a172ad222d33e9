"""Telling records anew: chosen records get a new datestamp although nothing of them changed.

For a partner who lost records, or harvested while something was wrong: the next incremental harvest brings them. It
cannot be undone, since a stamp that was answered never goes back (OAI-PMH 2.0, 2.5; `catalogue.clock`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, Select, delete, func, or_, select, update

from catalogue import announcing_messages as messages
from catalogue import bulk, changesets, clock, moving, segments
from catalogue.homes import at_home, is_home
from catalogue.membership import WHOLE
from catalogue.publishing import rendering_hashes
from catalogue.renderings import BY_NAME
from catalogue.restamp import FeedRow, announce
from catalogue.store import Store
from catalogue.tables import (
    DELETED,
    STAGED,
    UNION,
    change,
    change_set,
    effect,
    feed,
    feed_set,
    library,
    record,
    source,
)
from catalogue.union_tables import union_cluster, union_member
from foundation.errors import RefusedError

BATCH: Final = 1000
SHARE: Final = 0.2
"""Above this share of the feed a person has to say that so many are meant: every harvester gets them all again."""
FEW: Final = 100
"""Up to here nobody is asked, whatever share it is."""
ALL_FORMATS: Final = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Choice:
    """Which records; what is not empty must all be true of a record."""

    identifiers: tuple[str, ...] = ()
    """Opaque, or as OAI identifiers."""
    set_spec: str = ""
    library: str = ""
    changed_since: int | None = None
    """Seconds since 1970: everything whose datestamp is at least this."""
    change_set: int | None = None
    """What this silent change set changed and nobody has been told since; only the formats that it changed."""
    format: str = ""
    """Only this format, and the records that have it; empty: all of them."""
    touched: int | None = None
    """What this change set made, changed or deleted, and the union records with any of that inside."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """What an announcement is about, or did."""

    records: int
    shown: int
    """Records in the feed, tombstones included."""
    stamp: int | None = None
    """The new datestamp; None for a preview."""
    change_sets: tuple[int, ...] = ()
    unknown: tuple[str, ...] = ()
    """Identifiers that were asked for and that no record has."""

    @property
    def many(self) -> bool:
        return self.records > FEW and self.records > SHARE * self.shown


def preview(store: Store, choice: Choice) -> Announcement:
    """How many records it would be. Raises RefusedError for a set, library, format or change set there is none of."""
    with store.read() as connection:
        return _counted(connection, choice)


def tell_anew(store: Store, choice: Choice, many: bool = False) -> Announcement:
    """Give the chosen records a new datestamp, all in one commit, as one change set for each source.

    With a silent change set the union records that changed with it are told too, in commits before.
    Raises RefusedError like `preview`, and when it is more than SHARE of the feed and not said to be `many`.
    """
    if choice.change_set is not None:
        preview(store, choice)
        for followed in _followed(store, choice.change_set):
            tell_anew(store, replace(choice, change_set=followed), many)
    with store.write() as connection:
        stamp, seq = clock.take(store, connection)
        counted = _counted(connection, choice)
        if counted.many and not many:
            raise RefusedError(messages.TOO_MANY, count=counted.records, shown=counted.shown, share=f"{SHARE:.0%}")
        numbers: dict[int, int] = {}
        told: dict[int, int] = {}
        span = _span(connection, choice)
        for batch in _batches(connection, choice, span):
            moved = _move(connection, choice, [row[0] for row in batch], stamp, span)
            rows = []
            for record_id, source_id, status in batch:
                if record_id not in moved:
                    continue
                number = numbers.get(source_id)
                if number is None:
                    title = _title(choice)
                    number = numbers[source_id] = changesets.create(connection, stamp, source_id, "announce", title)
                told[number] = told.get(number, 0) + 1
                seq += 1
                rows.append((seq, record_id, number, stamp, int(status == DELETED)))
            bulk.insert(connection, change, "seq record_id change_set_id datestamp deleted", rows)
        clock.settle(connection, stamp, seq)
        for number, count in told.items():
            values = {"state": changesets.ANNOUNCED, "published": stamp, "counts": json.dumps({"announced": count})}
            connection.execute(update(change_set).where(change_set.c.id == number).values(values))
        if choice.change_set is not None:
            connection.execute(update(change_set).where(change_set.c.id == choice.change_set).values(announced=stamp))
    return Announcement(sum(told.values()), counted.shown, stamp, tuple(told), counted.unknown)


def _followed(store: Store, number: int) -> list[int]:
    """The silent change sets of the union that followed of a silent one, and were not announced."""
    mine = (change_set.c.source_id == UNION, change_set.c.fingerprint == str(number), change_set.c.silent == 1)
    with store.read() as connection:
        query = select(change_set.c.id).where(*mine, change_set.c.announced.is_(None)).order_by(change_set.c.id)
        return list(connection.scalars(query))


def unannounced(store: Store) -> list[changesets.ChangeSet]:
    """The silent change sets that were never announced, newest first."""
    with store.read() as connection:
        query = select(change_set.c.id).where(change_set.c.silent == 1, change_set.c.announced.is_(None))
        query = query.where(change_set.c.source_id != UNION)
        query = query.where(change_set.c.state == changesets.PUBLISHED).order_by(change_set.c.id.desc())
        return [changesets.get(connection, number) for number in connection.scalars(query).all()]


def _counted(connection: Connection, choice: Choice) -> Announcement:
    _check(connection, choice)
    shown = connection.execute(select(func.count()).where(record.c.status != STAGED)).scalar_one()
    chosen = _query(choice, _span(connection, choice)).subquery()
    records = int(connection.execute(select(func.count()).select_from(chosen)).scalar_one())
    unknown: tuple[str, ...] = ()
    if choice.identifiers:
        names = _opaque(choice)
        known = set(connection.scalars(select(record.c.identifier).where(record.c.identifier.in_(names))))
        unknown = tuple(name for name in names if name not in known)
    return Announcement(records, int(shown), unknown=unknown)


def _check(connection: Connection, choice: Choice) -> None:
    """Raises RefusedError for whatever the store does not know."""
    parts = (choice.identifiers, choice.set_spec, choice.library, choice.change_set, choice.touched)
    if not any(parts) and choice.changed_since is None:
        raise RefusedError(messages.NOTHING_CHOSEN)
    if choice.format and choice.format not in BY_NAME:
        raise RefusedError(messages.FORMAT_UNKNOWN, name=choice.format, known=", ".join(BY_NAME))
    if (
        choice.set_spec not in {"", *WHOLE}
        and not connection.execute(select(feed_set.c.id).where(feed_set.c.spec == choice.set_spec)).scalar()
    ):
        raise RefusedError(messages.SET_UNKNOWN, name=choice.set_spec)
    if choice.library and not connection.execute(select(library.c.id).where(library.c.code == choice.library)).scalar():
        known = connection.scalars(
            select(library.c.code).where(library.c.id != UNION).order_by(library.c.code).limit(20)
        ).all()
        raise RefusedError(messages.LIBRARY_UNKNOWN, code=choice.library, known=", ".join(known) or "–")
    if choice.touched is not None:
        changesets.require(connection, choice.touched, changesets.PUBLISHED, changesets.UNDONE)
    if choice.change_set is not None:
        found = changesets.require(connection, choice.change_set, changesets.PUBLISHED)
        if not found.silent:
            raise RefusedError(messages.NOT_SILENT, number=choice.change_set)
        if found.announced is not None:
            raise RefusedError(messages.ANNOUNCED_ALREADY, number=choice.change_set)


def _span(connection: Connection, choice: Choice) -> tuple[int, int]:
    """The first and the last change of the silent change set: it was published at once, so nothing lies between."""
    if choice.change_set is None:
        return (0, -1)
    mine = select(func.min(change.c.seq), func.max(change.c.seq)).where(change.c.change_set_id == choice.change_set)
    first, last = connection.execute(mine).one()
    return (0, -1) if first is None else (first, last)


def _query(choice: Choice, span: tuple[int, int]) -> Select[*tuple[int, int, int]]:
    query = select(record.c.id, record.c.source_id, record.c.status).where(record.c.status != STAGED)
    if choice.identifiers:
        query = query.where(record.c.identifier.in_(_opaque(choice)))
    if choice.library:
        mine = select(source.c.id).join(library, library.c.id == source.c.library_id)
        query = query.where(record.c.source_id.in_(mine.where(library.c.code == choice.library)))
    if choice.set_spec or choice.changed_since is not None:
        spec = "" if choice.set_spec in WHOLE else choice.set_spec
        number = select(feed_set.c.id).where(feed_set.c.spec == spec).scalar_subquery()
        within = select(feed.c.record_id).where(feed.c.set_id == number)
        if choice.changed_since is not None:
            within = within.where(feed.c.datestamp >= choice.changed_since)
        query = query.where(record.c.id.in_(within))
    if choice.touched is not None:
        mine = select(effect.c.record_id).where(effect.c.change_set_id == choice.touched)
        shared = select(union_cluster.c.identifier).join(union_member, union_member.c.cluster == union_cluster.c.number)
        united = record.c.identifier.in_(shared.where(union_member.c.record_id.in_(mine)))
        query = query.where(or_(record.c.id.in_(mine), united))
    if choice.change_set is not None:
        told = select(change_set.c.published).where(change_set.c.id == choice.change_set).scalar_subquery()
        # What changed again since, and was told then, need not be told twice.
        later = select(feed.c.record_id).where(feed.c.record_id == record.c.id, at_home(feed.c.set_id))
        quiet = select(change.c.record_id).where(change.c.seq.between(*span), change.c.silent == 1)
        query = query.where(record.c.id.in_(quiet), later.where(feed.c.datestamp <= told).exists())
    if choice.format:
        shown = select(feed.c.record_id).where(feed.c.record_id == record.c.id, at_home(feed.c.set_id))
        query = query.where(shown.where(feed.c.formats.bitwise_and(BY_NAME[choice.format].mask) != 0).exists())
    return query


def _opaque(choice: Choice) -> list[str]:
    """The identifiers without `oai:domain:`, each once."""
    return list(dict.fromkeys(name.rpartition(":")[2] for name in choice.identifiers))


def _batches(connection: Connection, choice: Choice, span: tuple[int, int]) -> Iterator[list[tuple[int, int, int]]]:
    """The chosen records in the order of their numbers, so that one that was moved is never chosen again."""
    query = _query(choice, span).order_by(record.c.id).limit(BATCH)
    last = -1
    while found := [(a, b, c) for a, b, c in connection.execute(query.where(record.c.id > last))]:
        yield found
        last = found[-1][0]


def _move(
    connection: Connection, choice: Choice, numbers: Sequence[int], stamp: int, span: tuple[int, int]
) -> set[int]:
    """Give the rows of some records the new stamp; returns the records that have anything to tell."""
    wanted = BY_NAME[choice.format].mask if choice.format else ALL_FORMATS
    masks = dict.fromkeys(numbers, wanted)
    held = moving.rows_of(connection, numbers)
    if choice.change_set is not None:
        changed = _changed(connection, choice.change_set, numbers, span)
        told_at = changesets.get(connection, choice.change_set).published or 0
        masks = {number: mask & wanted & _untold(held[number], told_at) for number, mask in changed.items()}
    moved = {number: announce(rows, stamp, masks.get(number, 0)) for number, rows in held.items()}
    told = {number for number, rows in held.items() if any(row.formats & masks.get(number, 0) for row in rows)}
    segments.invalidate(connection, ((row.set_id, row.datestamp, n) for n in told for row in (*held[n], *moved[n])))
    if told:
        connection.execute(delete(feed).where(feed.c.record_id.in_(told)))
    bulk.insert(connection, feed, moving.COLUMNS, [(*row, number) for number in sorted(told) for row in moved[number]])
    return told


def _changed(connection: Connection, number: int, records: Sequence[int], span: tuple[int, int]) -> dict[int, int]:
    """The formats that a change set changed of each record, as far as they are made."""
    query = select(effect.c.record_id, effect.c.before, effect.c.after)
    query = query.where(effect.c.change_set_id == number, effect.c.record_id.in_(records))
    rows = [(a, b, c) for a, b, c in connection.execute(query)]
    hashes = rendering_hashes(connection, (version for _, *both in rows for version in both))
    found = {
        record_id: sum(
            1 << bit for bit, digest in hashes.get(after, {}).items() if hashes.get(before, {}).get(bit) != digest
        )
        for record_id, before, after in rows
    }
    # Those that are not made yet need nothing: their maker finds the announcement, and tells them.
    later = select(change.c.record_id, change.c.formats).where(change.c.seq.between(*span), change.c.formats != 0)
    for record_id, mask in connection.execute(later.where(change.c.record_id.in_(records))):
        found[record_id] = found.get(record_id, 0) | mask
    return found


def _untold(rows: Sequence[FeedRow], since: int) -> int:
    """The formats of a record that were not told again behind `since`."""
    mask = 0
    for row in rows:
        if is_home(row.set_id) and row.datestamp <= since:
            mask |= row.formats
    return mask


def _title(choice: Choice) -> str:
    """What the list of change sets says of it."""
    parts = [
        f"{len(choice.identifiers)} id" if choice.identifiers else "",
        f"set={choice.set_spec}" if choice.set_spec else "",
        f"library={choice.library}" if choice.library else "",
        f"since={choice.changed_since}" if choice.changed_since is not None else "",
        f"change set {choice.change_set}" if choice.change_set is not None else "",
        f"touched by {choice.touched}" if choice.touched is not None else "",
        f"format={choice.format}" if choice.format else "",
    ]
    return "⟳ " + ", ".join(filter(None, parts))
