"""What the feed has to show, found out without the feed: the records themselves and the bytes that were made of them.

The self-check compares the answers that harvesters get with this, so it must not read what those answers are made of.
Formats that are made after publication have to be shown where there are bytes of them: a maker that is behind is no
fault of the feed (`catalogue.followers`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import zstandard
from sqlalchemy import ColumnElement, Connection, Table, and_, literal, or_, select

from catalogue.homes import own
from catalogue.membership import WHOLE
from catalogue.renderings import BY_NAME, Format
from catalogue.store import Store
from catalogue.tables import EVERYTHING, LIVE, OWN, STAGED, UNION, feed, feed_set, followed, record, rendering, source

BATCH: Final = 1000


class Expected(NamedTuple):
    """One item as a list has to show it."""

    identifier: str
    """Opaque."""
    deleted: bool
    digest: str
    """BLAKE2b-128 of the rendering in hexadecimal, as it was noted when it was made; empty for a deletion."""
    sound: bool
    """Whether the stored bytes are still those."""


def expected(store: Store, set_spec: str, format_name: str, verify: bool = False, home: str = "") -> Iterator[Expected]:
    """Every item that the list of a set ("" for everything) and format has to show, in the order of their numbers.

    `home`: setSpec of a library whose own repository is meant; empty: the union.

    With `verify` each stored rendering is read and compared with its hash. Deleted items, and living ones that a
    format was made of once, are expected as deletions only where the feed has them: nothing else remembers. Each batch
    is a transaction of its own, so a walk of hours holds nothing up; what changes meanwhile is the caller's to ask for
    again. Raises StoreError.
    """
    chosen = BY_NAME[format_name]
    table, mine = _made(chosen)
    columns = [record.c.id, record.c.identifier, record.c.status, table.c.hash]
    columns += [table.c.dictionary, table.c.bytes] if verify else []
    query = select(*columns).select_from(record.outerjoin(table, mine)).where(record.c.status != STAGED)
    number = EVERYTHING
    if home:
        with store.read() as connection:
            number = own(_number(connection, home))
        sources = select(source.c.id).where(source.c.library_id == number - OWN)
        query = query.where(record.c.source_id.in_(sources))
    else:
        query = query.where(record.c.source_id == UNION)
    if set_spec and set_spec not in WHOLE:
        with store.read() as connection:
            number = _number(connection, set_spec)
            query = query.where(_inside(connection, set_spec))
    last = -1
    while True:
        with store.read() as connection:
            rows = connection.execute(query.where(record.c.id > last).order_by(record.c.id).limit(BATCH)).all()
            told, known = _told(connection, [row[0] for row in rows if row[2] != LIVE or row[3] is None])
            for record_id, name, status, digest, *blob in rows:
                if status == LIVE and digest is not None:
                    sound = not verify or _is_sound(store, connection, blob, digest)
                    yield Expected(name, False, bytes(digest).hex(), sound)
                elif (record_id, number, chosen.bit) in told:
                    yield Expected(name, True, "", True)
                elif status != LIVE and record_id not in known and not chosen.followed:
                    # A tombstone that has left no row at all is missing.
                    yield Expected(name, True, "", True)
        if not rows:
            return
        last = rows[-1][0]


def _number(connection: Connection, spec: str) -> int:
    return int(connection.execute(select(feed_set.c.id).where(feed_set.c.spec == spec)).scalar_one())


def _made(chosen: Format) -> tuple[Table, ColumnElement[bool]]:
    """Where the renderings in this format stand, and which of them is a record's."""
    if chosen.followed:
        return followed, and_(followed.c.record_id == record.c.id, followed.c.format == chosen.bit)
    return rendering, and_(rendering.c.version_id == record.c.version_id, rendering.c.format == chosen.bit)


def _inside(connection: Connection, spec: str) -> ColumnElement[bool]:
    """In this set or in one below it, by what the records themselves say."""
    below = feed_set.c.spec.startswith(f"{spec}:", autoescape=True)
    numbers = connection.scalars(select(feed_set.c.id).where(or_(feed_set.c.spec == spec, below))).all()
    spaced = literal(" ").op("||")(record.c.sets).op("||")(" ")
    return or_(*(spaced.contains(f" {number} ") for number in numbers))


def _told(connection: Connection, records: Sequence[int]) -> tuple[set[tuple[int, int, int]], set[int]]:
    """The tombstones of some records, as (record, set, format), and the records that have any row."""
    shown = select(feed.c.record_id, feed.c.set_id, feed.c.formats, feed.c.status).where(feed.c.record_id.in_(records))
    rows = connection.execute(shown).all() if records else []
    told = {(a, b, bit) for a, b, mask, status in rows if status != LIVE for bit in range(31) if mask >> bit & 1}
    return told, {row[0] for row in rows}


def _is_sound(store: Store, connection: Connection, blob: Sequence[Any], digest: bytes) -> bool:
    try:
        data = store.compression.decompress(connection, *blob)
    except zstandard.ZstdError:
        return False
    return hashlib.blake2b(data, digest_size=16).digest() == digest
