"""Union records as items: how what the union room makes of contributions goes the way of every publication.

The union is a source without a library (`tables.UNION`); its records have versions, renderings, sets, stamps and
tombstones as all others, so each door shows them in the way it shows anything. What is made beforehand, outside of any
transaction, is `Ready`; `publish` stages and shows it in the transaction in which the union room writes its clusters.
So nobody ever sees one without the other, nor a merge or a split by half.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, select, update

from catalogue import bulk, changesets, membership
from catalogue.ingest import NORMALISED, describe
from catalogue.membership import Membership
from catalogue.publishing import Published, show
from catalogue.renderings import Rendering, render_all
from catalogue.store import Store
from catalogue.tables import STAGED, UNION, change_set, effect, record, rendering, version
from marc.record import Record

KIND: Final = "union"
"""Kind of the change sets in which union records change."""
MANY: Final = 5_000
"""More union records than this are rendered as they are written: all of a large union would not fit into memory."""
_AT_ONCE: Final = 500
_NO_ORIGINAL: Final = b""
"""A union record came from nowhere: there are no bytes as received."""


class United(NamedTuple):
    """A union record as it is to be shown from now on."""

    identifier: str
    local_id: str
    """The number of its cluster."""
    record: Record
    libraries: tuple[str, ...]
    """Codes of those that contributed to it."""
    collections: tuple[int, ...]
    """Numbers of the collections that imports named for its members."""


class Ready(NamedTuple):
    """What is made of union records before they are published."""

    united: Sequence[United]
    made: Sequence[Made]
    """Their renderings; empty for so many that they are made as they are written."""
    sets: Sequence[str]
    epoch: int
    """The definitions by which the sets were decided."""
    records: range
    versions: range
    """Numbers reserved, as many as there are union records."""


class Made(NamedTuple):
    """The renderings of a union record, and the problems of those that could not be made, as a version keeps them."""

    renderings: Sequence[Rendering]
    problems: str | None


def ready(store: Store, united: Sequence[United]) -> Ready:
    """Render union records and decide their sets; outside of any transaction. Raises StoreError."""
    with store.read() as connection:
        decided = Membership(connection)
    missing = decided.missing(one.record for one in united)
    if missing:
        with store.write() as connection:
            decided.known |= membership.number(connection, missing)
    sets = [decided.decide(one.record, one.libraries, one.collections) for one in united]
    made = _made(united) if len(united) <= MANY else []
    count = len(united)
    numbers = [store.reserve(series, count) if count else range(0) for series in ("record", "version")]
    return Ready(united, made, sets, decided.epoch, *numbers)


def publish(
    store: Store, connection: Connection, made: Ready, gone: Collection[str], silent: int = 0
) -> Published | None:
    """Show `made` and bury the union records with the identifiers `gone`, as one change set, in a transaction that
    writes and commits everything or nothing. None when there is nothing to show or bury.

    `silent`: the silent change set of which this follows. It is announced with that one; after that, it is not silent.
    """
    if not made.united and not gone:
        return None
    known = _known(connection, [*(one.identifier for one in made.united), *gone])
    number = changesets.create(connection, store.now(connection), UNION, KIND, "⊕", str(silent) if silent else "")
    effects: list[tuple[Any, ...]] = [(number, *known[name], None) for name in gone]
    new: list[tuple[Any, ...]] = []
    records = []
    for one, fresh, version_id in zip(made.united, made.records, made.versions, strict=True):
        record_id, before = known.get(one.identifier, (fresh, None))
        records.append(record_id)
        if record_id == fresh:
            new.append((fresh, one.identifier, UNION, one.local_id, STAGED, ""))
        effects.append((number, record_id, before, version_id))
    bulk.insert(connection, record, "id identifier source_id local_id status sets", new)
    for start in range(0, len(records), _AT_ONCE):
        _stage(store, connection, number, made, slice(start, start + _AT_ONCE), records)
    bulk.insert(connection, effect, "change_set_id record_id before after", sorted(effects, key=lambda row: row[1]))
    connection.execute(update(change_set).where(change_set.c.id == number).values(state=changesets.STAGED))
    told = select(change_set.c.id).where(change_set.c.id == silent, change_set.c.announced.is_(None))
    return show(store, connection, number, silent != 0 and connection.execute(told).first() is not None)


def _made(united: Sequence[United]) -> list[Made]:
    found = []
    for renderings, problems in render_all([one.record for one in united]):
        said = [describe(problem) for problem in problems]
        found.append(Made(renderings, json.dumps(said, ensure_ascii=False) if said else None))
    return found


def _known(connection: Connection, identifiers: Iterable[str]) -> dict[str, tuple[int, int | None]]:
    """Identifier → number and shown version of those that were published before."""
    query = "SELECT identifier, id, version_id FROM record WHERE identifier {}"
    return {name: (number, shown) for name, number, shown in bulk.fetch(connection, query, identifiers)}


def _stage(store: Store, connection: Connection, number: int, made: Ready, part: slice, records: Sequence[int]) -> None:
    """The rows of some versions and their renderings."""
    compress = store.compression.compress
    versions: list[tuple[Any, ...]] = []
    renderings: list[tuple[Any, ...]] = []
    united = made.united[part]
    shown = made.made[part] or _made(united)
    rows = zip(united, shown, made.sets[part], made.versions[part], records[part], strict=True)
    for one, (mine, problems), sets, version_id, record_id in rows:
        text = one.record.text.encode()
        content = hashlib.blake2b(text, digest_size=16).digest()
        head = (version_id, record_id, number, _NO_ORIGINAL, content, *compress(connection, NORMALISED, text))
        formats = sum(entry.format.mask for entry in mine)
        versions.append((*head, formats, problems, None, sets, made.epoch, " ".join(map(str, one.collections))))
        renderings += [
            (version_id, entry.format.bit, entry.hash, *compress(connection, entry.format.name, entry.data))
            for entry in mine
        ]
    columns = "id record_id change_set_id original content dictionary normalised formats problems provenance"
    bulk.insert(connection, version, f"{columns} sets epoch collections", versions)
    bulk.insert(connection, rendering, "version_id format hash dictionary bytes", renderings)
