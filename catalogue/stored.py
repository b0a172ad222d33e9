"""Records and renderings by the store's own numbers, many in one query: what lists of results are answered with."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, select

from catalogue.renderings import BY_NAME
from catalogue.store import Store
from catalogue.tables import LIVE, followed, record, rendering, version
from marc.record import Record


class Stored(NamedTuple):
    """A record in one format."""

    identifier: str
    """Opaque identifier; empty for a record that is not shown any more."""
    data: bytes | None
    """One XML element with its own namespaces, no prolog, UTF-8; None if there is no such form of it."""


def renderings(store: Store, numbers: Sequence[int], format_name: str) -> dict[int, Stored]:
    """The live records among `numbers`, each in a format of the feed. Raises StoreError."""
    with store.read() as connection:
        unpack = store.compression.decompressor
        return {
            number: Stored(name, None if blob is None else unpack(connection, dictionary)(blob))
            for number, name, dictionary, blob in connection.execute(_rendered(format_name), {"numbers": list(numbers)})
        }


def records(store: Store, numbers: Sequence[int]) -> dict[int, Record]:
    """The normalised MARC of the live records among `numbers`. Raises StoreError."""
    with store.read() as connection:
        unpack = store.compression.decompressor
        return {
            number: Record(unpack(connection, dictionary)(blob).decode())
            for number, dictionary, blob in connection.execute(_RECORDS, {"numbers": list(numbers)})
        }


_WANTED = and_(record.c.id.in_(bindparam("numbers", expanding=True)), record.c.status == LIVE)
_RECORDS = (
    select(record.c.id, version.c.dictionary, version.c.normalised)
    .join(version, version.c.id == record.c.version_id)
    .where(_WANTED)
)


@lru_cache
def _rendered(name: str) -> Select[Any]:
    """Formats made with a version go by the version, those made behind it by the record (`catalogue.followers`)."""
    table = followed if BY_NAME[name].followed else rendering
    key = followed.c.record_id == record.c.id if table is followed else rendering.c.version_id == record.c.version_id
    return (
        select(record.c.id, record.c.identifier, table.c.dictionary, table.c.bytes)
        .select_from(record.outerjoin(table, and_(key, table.c.format == BY_NAME[name].bit)))
        .where(_WANTED)
    )
