"""Lists to browse: every heading in dictionary order with the number of records under it.

The store keeps beside each record which headings it is counted under, so that a change, a deletion or an undo moves the
counts by exactly the difference, however often it is done again. Kinds and keys mean nothing here; `search.browse` has
them. A heading goes by a number made of kind and key, so nothing has to be looked up to count it.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from catalogue import bulk
from catalogue.store import Store
from catalogue.tables import counter, heading, heading_use

_SERIES = "headings"
_AT_ONCE = 500


class Heading(NamedTuple):
    """A heading of one kind. `key` orders it; headings with one key are the same."""

    kind: int
    key: bytes
    text: str

    @property
    def number(self) -> int:
        """63 bits: among a hundred million headings two share a number with a chance of 1 in 2,000."""
        return _number(self.kind, self.key)


@lru_cache(maxsize=30_000)
def _number(kind: int, key: bytes) -> int:
    digest = hashlib.blake2b(b"%d:" % kind + key, digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


class Counted(NamedTuple):
    """A heading as it is listed."""

    key: bytes
    text: str
    records: int


def followed(store: Store) -> int:
    """The number of the last change that is counted; 0 when none is."""
    with store.read() as connection:
        return connection.execute(select(counter.c.next).where(counter.c.name == _SERIES)).scalar() or 0


def replace(store: Store, records: Mapping[int, Sequence[Heading]], seq: int) -> None:
    """Count each record under these headings and no others, and note that changes up to `seq` are counted."""
    with store.write() as connection:
        held = _held(connection, list(records))
        deltas: dict[int, int] = {}
        named: dict[int, Heading] = {}
        rows = []
        for record, wanted in records.items():
            new = {one.number: one for one in wanted}
            for number, one in new.items():
                named.setdefault(number, one)  # the form that is seen first is shown
            for number in held.get(record, frozenset()) - new.keys():
                deltas[number] = deltas.get(number, 0) - 1
            for number in new.keys() - held.get(record, frozenset()):
                deltas[number] = deltas.get(number, 0) + 1
            if new:
                rows.append((record, array("q", sorted(new)).tobytes()))
        _forget(connection, [record for record in records if record in held])
        bulk.insert(connection, heading_use, "record_id headings", rows)
        _count(connection, deltas, named)
        done = update(counter).where(counter.c.name == _SERIES).values(next=seq)
        if not connection.execute(done).rowcount:
            connection.execute(insert(counter).values(name=_SERIES, next=seq))


def clear(store: Store) -> None:
    """Forget every heading, so that all are counted again from the first change."""
    with store.write() as connection:
        connection.execute(delete(heading_use))
        connection.execute(delete(heading))
        connection.execute(delete(counter).where(counter.c.name == _SERIES))


def from_key(store: Store, kind: int, key: bytes, limit: int) -> list[Counted]:
    """The next `limit` headings at or behind `key`."""
    return _range(store, kind, heading.c.key >= key, limit, False)


def before_key(store: Store, kind: int, key: bytes, limit: int) -> list[Counted]:
    """The last `limit` headings before `key`, in order."""
    return _range(store, kind, heading.c.key < key, limit, True)[::-1]


def _range(store: Store, kind: int, where: object, limit: int, descending: bool) -> list[Counted]:
    query = select(heading.c.key, heading.c.text, heading.c.count).where(heading.c.kind == kind, where)  # type: ignore[arg-type]
    query = query.order_by(heading.c.key.desc() if descending else heading.c.key).limit(limit)
    with store.read() as connection:
        return [Counted(bytes(key), text, count) for key, text, count in connection.execute(query)]


def _held(connection: Connection, records: Sequence[int]) -> dict[int, frozenset[int]]:
    found: dict[int, frozenset[int]] = {}
    for start in range(0, len(records), _AT_ONCE):
        some = heading_use.c.record_id.in_(records[start : start + _AT_ONCE])
        for record, packed in connection.execute(select(heading_use.c.record_id, heading_use.c.headings).where(some)):
            found[record] = frozenset(array("q", bytes(packed)))
    return found


def _forget(connection: Connection, records: Sequence[int]) -> None:
    for start in range(0, len(records), _AT_ONCE):
        connection.execute(delete(heading_use).where(heading_use.c.record_id.in_(records[start : start + _AT_ONCE])))


def _count(connection: Connection, deltas: Mapping[int, int], named: Mapping[int, Heading]) -> None:
    moved = {number: delta for number, delta in deltas.items() if delta}
    risen = [(number, *named[number], moved[number]) for number in sorted(moved) if number in named]
    add = "ON CONFLICT (id) DO UPDATE SET count = heading.count + excluded.count"
    bulk.insert(connection, heading, "id kind key text count", risen, add)
    fallen = [(delta, number) for number, delta in moved.items() if number not in named]
    bulk.execute(connection, "UPDATE heading SET count = count + ? WHERE id = ?", fallen)
    touched = [number for number, delta in moved.items() if delta < 0]
    for start in range(0, len(touched), _AT_ONCE):
        some = heading.c.id.in_(touched[start : start + _AT_ONCE])
        connection.execute(delete(heading).where(some, heading.c.count <= 0))
