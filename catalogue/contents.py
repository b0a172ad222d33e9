"""What the store shows of records, many at a time: for the index, for lists of results, for whatever follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from catalogue import changesets
from catalogue.membership import COLLECTION
from catalogue.store import Store
from catalogue.tables import EVERYTHING, LIVE, change_set, effect, feed, feed_set, library, record, source, version
from marc.record import Record

_AT_ONCE = 500


class Content(NamedTuple):
    """One published record as it stands."""

    number: int
    """The store's own number."""
    version: int
    identifier: str
    library: str
    """Code of the library that contributed it."""
    local_id: str
    added: int
    """When it was first published here, in seconds since 1970."""
    modified: int
    """When it last changed: the latest stamp of its formats."""
    record: Record
    collections: tuple[str, ...] = ()
    """Slugs of the collections it is in."""


def shown(store: Store, numbers: Sequence[int]) -> list[Content]:
    """The records with these numbers, in this order; those no longer shown are left out."""
    with store.read() as connection:
        found = read(store, connection, numbers)
    return [found[number] for number in numbers if number in found]


def read(store: Store, connection: Connection, numbers: Iterable[int]) -> dict[int, Content]:
    """Those of the records that are shown, as the transaction of `connection` sees them."""
    found: dict[int, Content] = {}
    collected = _collections(connection)
    ahead = iter(dict.fromkeys(numbers))
    while some := list(islice(ahead, _AT_ONCE)):
        query = (
            select(
                record.c.id,
                record.c.version_id,
                record.c.identifier,
                library.c.code,
                record.c.local_id,
                record.c.sets,
                version.c.dictionary,
                version.c.normalised,
            )
            .join(source, source.c.id == record.c.source_id)
            .join(library, library.c.id == source.c.library_id)
            .join(version, version.c.id == record.c.version_id)
            .where(record.c.id.in_(some), record.c.status == LIVE)
        )
        added, modified = _added(connection, some), _modified(connection, some)
        for number, version_id, identifier, code, local_id, sets, dictionary, blob in connection.execute(query).all():
            text = store.compression.decompressor(connection, dictionary)(blob).decode()
            stamp = modified.get(number, 0)
            first = added.get(number, stamp)
            inside = _inside(sets, collected) if collected else ()
            found[number] = Content(number, version_id, identifier, code, local_id, first, stamp, Record(text), inside)
    return found


def numbers_behind(connection: Connection, number: int, limit: int) -> list[int]:
    """The numbers of the next `limit` records that are shown."""
    query = select(record.c.id).where(record.c.id > number, record.c.status == LIVE).order_by(record.c.id).limit(limit)
    return list(connection.scalars(query))


def versions(store: Store, first: int, end: int) -> dict[int, int]:
    """Record → the version it shows, for those with numbers from `first` to below `end`."""
    mine = (record.c.id >= first, record.c.id < end, record.c.status == LIVE, record.c.version_id.is_not(None))
    with store.read() as connection:
        rows = connection.execute(select(record.c.id, record.c.version_id).where(*mine))
        return {row.id: row.version_id for row in rows}


def extent(store: Store) -> tuple[int, int]:
    """How many records are shown, and the largest number there is."""
    with store.read() as connection:
        count = connection.execute(select(func.count()).where(record.c.status == LIVE)).scalar_one()
        return count, connection.execute(select(func.max(record.c.id))).scalar() or 0


def names(store: Store, numbers: Sequence[int]) -> dict[int, str]:
    """Record → library and local id, for a report to people; also of records that are gone."""
    query = (
        select(record.c.id, library.c.code, record.c.local_id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(record.c.id.in_(list(numbers)[:_AT_ONCE]))
    )
    with store.read() as connection:
        return {number: f"{code}/{local_id}" for number, code, local_id in connection.execute(query)}


def _collections(connection: Connection) -> dict[str, str]:
    """Number of a collection's set, as `record.sets` writes it → its slug."""
    begin = f"{COLLECTION}:"
    query = select(feed_set.c.id, feed_set.c.spec).where(feed_set.c.spec.startswith(begin))
    return {str(number): spec.removeprefix(begin) for number, spec in connection.execute(query)}


def _inside(sets: str, collected: Mapping[str, str]) -> tuple[str, ...]:
    """The collections among `sets`; whoever is in `a:b` is in `a` too."""
    found: dict[str, None] = {}
    for slug in filter(None, map(collected.get, sets.split())):
        parts = slug.split(":")
        found |= dict.fromkeys(":".join(parts[:end]) for end in range(1, len(parts) + 1))
    return tuple(found)


def _added(connection: Connection, numbers: list[int]) -> dict[int, int]:
    """When each was first published; an undone change set was seen too."""
    query = (
        select(effect.c.record_id, func.min(change_set.c.published))
        .join(change_set, change_set.c.id == effect.c.change_set_id)
        .where(effect.c.record_id.in_(numbers), change_set.c.state.in_((changesets.PUBLISHED, changesets.UNDONE)))
        .group_by(effect.c.record_id)
    )
    return {number: at for number, at in connection.execute(query) if at is not None}


def _modified(connection: Connection, numbers: list[int]) -> dict[int, int]:
    # So written that SQLite goes by the record and not through the whole set (`catalogue.snapshot`).
    query = (
        select(feed.c.record_id, func.max(feed.c.datestamp))
        .where(feed.c.record_id.in_(numbers), feed.c.set_id + 0 == EVERYTHING)
        .group_by(feed.c.record_id)
    )
    return {number: int(at) for number, at in connection.execute(query)}
