"""What the feed has to show, found out without the feed: the records themselves and the versions they point at.

The self-check compares the answers that harvesters get with this, so it must not read what those answers are made of.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple

import zstandard
from sqlalchemy import and_, literal, select

from catalogue.membership import WHOLE
from catalogue.renderings import BY_NAME
from catalogue.store import Store
from catalogue.tables import EVERYTHING, LIVE, STAGED, feed, feed_set, record, rendering

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


def expected(store: Store, set_spec: str, format_name: str, verify: bool = False) -> Iterator[Expected]:
    """Every item that the list of a set ("" for everything) and format has to show, in the order of their numbers.

    With `verify` each stored rendering is read and compared with its hash. Deleted items are expected in a set only
    if the feed has them there: nothing else remembers. Each batch is a transaction of its own, so a walk of hours
    holds nothing up; what changes meanwhile is the caller's to ask for again. Raises StoreError.
    """
    chosen = BY_NAME[format_name]
    with store.read() as connection:
        number = EVERYTHING
        if set_spec and set_spec not in WHOLE:
            number = connection.execute(select(feed_set.c.id).where(feed_set.c.spec == set_spec)).scalar_one()
    mine = and_(rendering.c.version_id == record.c.version_id, rendering.c.format == chosen.bit)
    columns = [record.c.id, record.c.identifier, record.c.status, record.c.sets, rendering.c.hash]
    columns += [rendering.c.dictionary, rendering.c.bytes] if verify else []
    query = select(*columns).select_from(record.outerjoin(rendering, mine)).where(record.c.status != STAGED)
    if number != EVERYTHING:
        query = query.where((literal(" ").op("||")(record.c.sets).op("||")(" ")).contains(f" {number} "))
    last = -1
    while True:
        with store.read() as connection:
            rows = connection.execute(query.where(record.c.id > last).order_by(record.c.id).limit(BATCH)).all()
            gone = [row[0] for row in rows if row[2] != LIVE]
            shown = select(feed.c.record_id, feed.c.set_id, feed.c.formats).where(feed.c.record_id.in_(gone))
            told = {(a, b, bit) for a, b, mask in connection.execute(shown) for bit in range(31) if mask >> bit & 1}
            known = {a for a, _, _ in told}
            for number_of, name, status, _, digest, *blob in rows:
                if status != LIVE:
                    # A tombstone without any row is missing; one with rows is expected where it has them.
                    if (number_of, number, chosen.bit) in told or number_of not in known:
                        yield Expected(name, True, "", True)
                elif digest is not None:
                    sound = True
                    if verify:
                        try:
                            data = store.compression.decompress(connection, *blob)
                            sound = hashlib.blake2b(data, digest_size=16).digest() == digest
                        except zstandard.ZstdError:
                            sound = False
                    yield Expected(name, False, bytes(digest).hex(), sound)
        if not rows:
            return
        last = rows[-1][0]
