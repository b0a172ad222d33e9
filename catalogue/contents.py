"""What the store shows of records, many at a time: for the index, for lists of results, for whatever follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, func, or_, select

from catalogue import changesets
from catalogue.homes import at_home
from catalogue.libraries import LIBRARY_SETS
from catalogue.membership import COLLECTION
from catalogue.store import Store
from catalogue.tables import LIVE, UNION, change_set, effect, feed, feed_set, library, record, source, version
from marc.record import Record

_AT_ONCE = 500


_NUMBERS: BindParameter[int] = bindparam("numbers", expanding=True)
# Written once: a page of results asks all of these, and building them anew took longer than their answers.
_SHOWN = (
    select(
        record.c.id,
        record.c.version_id,
        record.c.identifier,
        library.c.code,
        record.c.local_id,
        record.c.sets,
        version.c.collections,
        version.c.dictionary,
        version.c.normalised,
    )
    .join(source, source.c.id == record.c.source_id)
    .join(library, library.c.id == source.c.library_id)
    .join(version, version.c.id == record.c.version_id)
    .where(record.c.id.in_(_NUMBERS), record.c.status == LIVE)
)
_ADDED = (
    select(effect.c.record_id, func.min(change_set.c.published))
    .join(change_set, change_set.c.id == effect.c.change_set_id)
    .where(effect.c.record_id.in_(_NUMBERS), change_set.c.state.in_((changesets.PUBLISHED, changesets.UNDONE)))
    .group_by(effect.c.record_id)
)
"""When each was first published; an undone change set was seen too."""
_MODIFIED = (
    select(feed.c.record_id, func.max(feed.c.datestamp))
    .where(feed.c.record_id.in_(_NUMBERS), at_home(feed.c.set_id))
    .group_by(feed.c.record_id)
)
_SETS = select(feed_set.c.id, feed_set.c.spec).where(
    or_(feed_set.c.spec.startswith(f"{COLLECTION}:"), feed_set.c.spec.startswith(f"{LIBRARY_SETS}:"))
)


class Content(NamedTuple):
    """One published record as it stands."""

    number: int
    """The store's own number."""
    version: int
    identifier: str
    library: str
    """Code of the library that contributed it; empty for a union record."""
    local_id: str
    added: int
    """When it was first published here, in seconds since 1970."""
    modified: int
    """When it last changed: the latest stamp of its formats."""
    record: Record
    collections: tuple[str, ...] = ()
    """Slugs of the collections it is in."""
    libraries: tuple[str, ...] = ()
    """Codes of the libraries that contributed to it: of a contributed record the one it came from."""


def shown(store: Store, numbers: Sequence[int]) -> list[Content]:
    """The records with these numbers, in this order, as lists show them: when they were `added` is not looked up. Those
    no longer shown are left out."""
    with store.read() as connection:
        found = read(store, connection, numbers, dated=False)
    return [found[number] for number in numbers if number in found]


def read(store: Store, connection: Connection, numbers: Iterable[int], dated: bool = True) -> dict[int, Content]:
    """Those of the records that are shown, as the transaction of `connection` sees them. Without `dated` they were
    added when they were modified, as far as is told."""
    found: dict[int, Content] = {}
    collected, codes = _named(connection)
    ahead = iter(dict.fromkeys(numbers))
    while some := list(islice(ahead, _AT_ONCE)):
        asked = {"numbers": some}
        rows = connection.execute(_ADDED, asked) if dated else ()
        added = {number: at for number, at in rows if at is not None}
        modified = {number: int(at) for number, at in connection.execute(_MODIFIED, asked)}
        for row in connection.execute(_SHOWN, asked).all():
            number, version_id, identifier, code, local_id, sets, named, dictionary, blob = row
            text = store.compression.decompressor(connection, dictionary)(blob).decode()
            stamp = modified.get(number, 0)
            first = added.get(number, stamp)
            inside = _inside(named if code else sets, collected) if collected else ()
            held = (code,) if code else tuple(filter(None, map(codes.get, sets.split())))
            known = (number, version_id, identifier, code, local_id, first, stamp)
            found[number] = Content(*known, Record(text), inside, held)
    return found


def identifiers(store: Store, numbers: Sequence[int]) -> list[str]:
    """The identifiers of the records with these numbers that are shown, in this order."""
    found: dict[int, str] = {}
    ahead = iter(numbers)
    with store.read() as connection:
        while some := list(islice(ahead, _AT_ONCE)):
            query = select(record.c.id, record.c.identifier).where(record.c.id.in_(some), record.c.status == LIVE)
            found |= {row.id: row.identifier for row in connection.execute(query)}
    return [found[number] for number in numbers if number in found]


def of(union: bool) -> ColumnElement[bool]:
    """The union records, or those that libraries contributed."""
    return record.c.source_id == UNION if union else record.c.source_id != UNION


def numbers_behind(connection: Connection, number: int, limit: int, union: bool) -> list[int]:
    """The numbers of the next `limit` records that are shown: union records, or contributed ones."""
    mine = (record.c.id > number, record.c.status == LIVE, of(union))
    return list(connection.scalars(select(record.c.id).where(*mine).order_by(record.c.id).limit(limit)))


def versions(store: Store, first: int, end: int, union: bool) -> dict[int, int]:
    """Record → the version it shows, for those with numbers from `first` to below `end`."""
    mine = (record.c.id >= first, record.c.id < end, record.c.status == LIVE, record.c.version_id.is_not(None))
    with store.read() as connection:
        rows = connection.execute(select(record.c.id, record.c.version_id).where(*mine, of(union)))
        return {row.id: row.version_id for row in rows}


def extent(store: Store, union: bool) -> tuple[int, int]:
    """How many records are shown, and the largest number there is."""
    with store.read() as connection:
        count = connection.execute(select(func.count()).where(record.c.status == LIVE, of(union))).scalar_one()
        return count, connection.execute(select(func.max(record.c.id))).scalar() or 0


def names(store: Store, numbers: Sequence[int]) -> dict[int, str]:
    """Record → library and local id, for a report to people; also of records that are gone. Of a union record the
    number of its cluster, behind `union/`."""
    query = (
        select(record.c.id, library.c.code, record.c.local_id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(record.c.id.in_(list(numbers)[:_AT_ONCE]))
    )
    with store.read() as connection:
        return {number: f"{code or 'union'}/{local_id}" for number, code, local_id in connection.execute(query)}


def _named(connection: Connection) -> tuple[dict[str, str], dict[str, str]]:
    """Number of a collection, and of a library's set, as `record.sets` writes it → what stands behind the colon of its
    setSpec."""
    named: dict[str, dict[str, str]] = {COLLECTION: {}, LIBRARY_SETS: {}}
    for number, spec in connection.execute(_SETS):
        kind, _, name = spec.partition(":")
        named[kind][str(number)] = name
    return named[COLLECTION], named[LIBRARY_SETS]


def _inside(sets: str, collected: Mapping[str, str]) -> tuple[str, ...]:
    """The collections among `sets`; whoever is in `a:b` is in `a` too."""
    found: dict[str, None] = {}
    for slug in filter(None, map(collected.get, sets.split())):
        parts = slug.split(":")
        found |= dict.fromkeys(":".join(parts[:end]) for end in range(1, len(parts) + 1))
    return tuple(found)
