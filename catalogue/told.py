"""The change sequence as those see it who follow it outside: ResourceSync and Atom.

Those who follow everything are told of union records, those who follow a library of what it contributed. Changes of
which no harvester was told (docs/decisions/008-silent.md) are not in it until they are announced.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, and_, func, select

from catalogue import clock
from catalogue.store import Store
from catalogue.tables import UNION, change, effect, library, record, source, version
from marc.record import Record

CREATED: Final = "created"
UPDATED: Final = "updated"
DELETED: Final = "deleted"
BATCH: Final = 1000


class Change(NamedTuple):
    """One change of one item."""

    seq: int
    identifier: str
    """Opaque."""
    datestamp: int
    kind: str
    """created (also: came back), updated or deleted."""


class Entry(NamedTuple):
    """A change with the item as it was then."""

    change: Change
    library: str
    """Its name in Vietnamese."""
    record: Record | None
    """None: deleted."""


_COLUMNS: Final = (change.c.seq, record.c.identifier, change.c.datestamp, change.c.deleted)
_MINE: Final = and_(effect.c.change_set_id == change.c.change_set_id, effect.c.record_id == change.c.record_id)


def begun(store: Store) -> int | None:
    """When anything was published first, in seconds since 1970; None: never yet."""
    with store.read() as connection:
        return connection.execute(select(change.c.datestamp).order_by(change.c.seq).limit(1)).scalar()


def last(store: Store) -> int:
    """The number of the last change; 0 when there is none."""
    with store.read() as connection:
        return clock.read(connection).seq


def between(store: Store, first: int, until: int) -> Iterator[Change]:
    """The changes of union records from number `first` up to and with `until`, in order, some in memory at a time."""
    query = (
        select(*_COLUMNS, effect.c.record_id, effect.c.before)
        .join(record, record.c.id == change.c.record_id)
        .outerjoin(effect, _MINE)
        .where(change.c.silent == 0, change.c.seq <= until, record.c.source_id == UNION)
        .order_by(change.c.seq)
        .limit(BATCH)
    )
    at = first - 1
    while True:
        with store.read() as connection:
            rows = connection.execute(query.where(change.c.seq > at)).all()
        for seq, name, stamp, deleted, known, before in rows:
            yield Change(seq, name, stamp, _kind(deleted, known is not None and before is None))
        if len(rows) < BATCH:
            return
        at = rows[-1][0]


def stamps(store: Store, numbers: list[int]) -> dict[int, int]:
    """The datestamp of each of some changes that exist."""
    with store.read() as connection:
        rows = connection.execute(select(change.c.seq, change.c.datestamp).where(change.c.seq.in_(numbers)))
        return {row.seq: row.datestamp for row in rows}


def newest(store: Store, limit: int, before: int | None = None, after: int = 0, code: str = "") -> list[Entry]:
    """The last changes with a number below `before` and above `after`, newest first: of union records, or
    with `code` of the records of a library."""
    query: Select[*tuple[Any, ...]] = (
        select(
            *_COLUMNS,
            library.c.name_vi,
            effect.c.record_id,
            effect.c.before,
            version.c.dictionary,
            version.c.normalised,
        )
        .join(record, record.c.id == change.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .outerjoin(effect, _MINE)
        # The version of that moment; of an announcement, which brought none, the one that is shown now.
        .outerjoin(version, version.c.id == func.coalesce(effect.c.after, record.c.version_id))
        .where(change.c.silent == 0, change.c.seq > after)
        .order_by(change.c.seq.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(change.c.seq < before)
    query = query.where(library.c.code == code)
    found = []
    with store.read() as connection:
        for seq, name, stamp, deleted, library_name, known, was, dictionary, blob in connection.execute(query).all():
            kind = _kind(deleted, known is not None and was is None)
            text = None if deleted or blob is None else store.compression.decompress(connection, dictionary, blob)
            made = None if text is None else Record(text.decode())
            found.append(Entry(Change(seq, name, stamp, kind), library_name, made))
    return found


def _kind(deleted: int, created: bool) -> str:
    return DELETED if deleted else CREATED if created else UPDATED
