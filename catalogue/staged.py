"""The records of a batch as they stand before it is published: read, listed, one at a time with its history in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, select

from catalogue import batch_messages, bulk, changesets
from catalogue.batch_tables import remark
from catalogue.store import Store
from catalogue.tables import LIVE, effect, library, original, record, source, version
from foundation.errors import RefusedError
from marc.record import Record
from marc.spreadsheet.rows import is_row
from vietnamese.text import fold

_AT_ONCE = 500
_WORD: Final = re.compile(r"\w+")
_SHOWN: Final = "SELECT id, dictionary, normalised FROM version WHERE id {}"


class Staged(NamedTuple):
    """One record of a batch."""

    number: int
    """The store's own."""
    local_id: str
    identifier: str
    effect: str
    """`new`, `changed` or `deleted`."""
    before: int | None
    """Version that is shown now."""
    version: int | None
    """Version that publishing would show."""
    record: Record | None
    problems: tuple[dict[str, Any], ...]
    """What its reader noticed, as `catalogue.ingest.describe` writes it."""
    was: Record | None = None
    """What is shown now, where publishing would change it."""
    listed: bool = False
    """Whether it came as a row of a list of books."""

    @property
    def title(self) -> str:
        """Field 245 as one line; empty without one."""
        return _title(self.record, "abnpc")

    @property
    def other_title(self) -> str:
        """The title that is shown now, where the new one is quite another; else empty. Titles in another spelling or
        with a part more are not: at least a third of the words of the shorter one stand in the other."""
        before, after = _title(self.was, "abnp"), _title(self.record, "abnp")
        old, new = (set(_WORD.findall(fold(one))) for one in (before, after))
        return before if old and new and 3 * len(old & new) < min(len(old), len(new)) else ""


def _title(record: Record | None, codes: str) -> str:
    found = None if record is None else next(record.select("245"), None)
    return "" if found is None else " ".join(found.all(codes))


def everything(store: Store, change_set: int, after: int = -1) -> Iterator[list[Staged]]:
    """The records of a batch behind record `after`, some hundreds at a time, deletions too."""
    while True:
        with store.read() as connection:
            some = _read(store, connection, _query(change_set).where(record.c.id > after).limit(_AT_ONCE))
        if not some:
            return
        yield some
        after = some[-1].number


def page(
    store: Store, change_set: int, *, code: str = "", kind: str = "", after: int = -1, limit: int = 50
) -> list[Staged]:  # fmt: skip
    """The records behind `after`: those with a remark of `code`, those with the effect `kind`, or all."""
    query = _query(change_set).where(record.c.id > after)
    if code:
        told = (remark.c.change_set_id == change_set) & (remark.c.code == code)
        query = query.join(remark, (remark.c.record_id == record.c.id) & told)
    if kind == "deleted":
        query = query.where(effect.c.after.is_(None))
    elif kind == "new":
        query = query.where(effect.c.after.is_not(None), effect.c.before.is_(None))
    elif kind == "changed":
        query = query.where(effect.c.after.is_not(None), effect.c.before.is_not(None))
    with store.read() as connection:
        return _read(store, connection, query.limit(limit))


def one(store: Store, change_set: int, number: int) -> Staged:
    """The record `number` of a batch. Raises RefusedError when it has none such."""
    with store.read() as connection:
        changesets.get(connection, change_set)
        found = _read(store, connection, _query(change_set).where(record.c.id == number))
    if not found:
        raise RefusedError(batch_messages.RECORD_UNKNOWN, number=change_set, record=number)
    return found[0]


def some(store: Store, change_set: int, numbers: Sequence[int]) -> dict[int, Staged]:
    """Those of the records that are in the batch."""
    with store.read() as connection:
        return {
            found.number: found
            for start in range(0, len(numbers), _AT_ONCE)
            for found in _read(
                store, connection, _query(change_set).where(record.c.id.in_(numbers[start : start + _AT_ONCE]))
            )
        }


def version_of(store: Store, number: int) -> Record:
    """The record that a version holds."""
    with store.read() as connection:
        query = select(version.c.dictionary, version.c.normalised).where(version.c.id == number)
        row = connection.execute(query).one()
        return Record(store.compression.decompressor(connection, row.dictionary)(row.normalised).decode())


def published(store: Store, name: str) -> Record | None:
    """The record that CODE/LOCAL-ID shows now, None when it shows none."""
    code, _, local_id = name.partition("/")
    query = (
        select(version.c.dictionary, version.c.normalised)
        .join(record, record.c.version_id == version.c.id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(library.c.code == code, record.c.local_id == local_id, record.c.status == LIVE)
    )
    with store.read() as connection:
        row = connection.execute(query).first()
        if row is None:
            return None
        return Record(store.compression.decompressor(connection, row.dictionary)(row.normalised).decode())


def originals(store: Store, numbers: Iterable[int]) -> Mapping[int, bytes]:
    """Version → the bytes it came as."""
    wanted = list(numbers)
    found: dict[int, bytes] = {}
    query = select(version.c.id, original.c.dictionary, original.c.bytes)
    query = query.join(original, original.c.hash == version.c.original)
    with store.read() as connection:
        unpack = store.compression.decompressor
        for start in range(0, len(wanted), _AT_ONCE):
            rows = connection.execute(query.where(version.c.id.in_(wanted[start : start + _AT_ONCE])))
            found.update((number, unpack(connection, dictionary)(blob)) for number, dictionary, blob in rows)
    return found


def _query(change_set: int) -> Select[Any]:
    return (
        select(
            record.c.id,
            record.c.local_id,
            record.c.identifier,
            effect.c.before,
            effect.c.after,
            version.c.dictionary,
            version.c.normalised,
            version.c.problems,
            original.c.dictionary,
            original.c.bytes,
        )
        .select_from(effect)
        .join(record, record.c.id == effect.c.record_id)
        .outerjoin(version, version.c.id == effect.c.after)
        .outerjoin(original, original.c.hash == version.c.original)
        .where(effect.c.change_set_id == change_set)
        .order_by(record.c.id)
    )


def _read(store: Store, connection: Connection, query: Select[Any]) -> list[Staged]:
    unpack = store.compression.decompressor
    found = []
    kept = connection.execute(query).all()
    replaced = [row.before for row in kept if row.before is not None and row.after is not None]
    shown = {
        number: Record(unpack(connection, dictionary)(bytes(blob)).decode())
        for number, dictionary, blob in bulk.fetch(connection, _SHOWN, replaced)
    }
    for number, local_id, identifier, before, after, dictionary, blob, problems, *came in kept:
        what = "deleted" if after is None else "new" if before is None else "changed"
        held = None if blob is None else Record(unpack(connection, dictionary)(blob).decode())
        told = tuple(json.loads(problems)) if problems else ()
        listed = came[1] is not None and is_row(unpack(connection, came[0])(came[1]))
        found.append(Staged(number, local_id, identifier, what, before, after, held, told, shown.get(before), listed))
    return found
