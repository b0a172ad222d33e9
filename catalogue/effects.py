"""What a change set does to records, one by one, with what people know them by: for whoever decides about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select

from catalogue import changesets
from catalogue.store import Store
from catalogue.tables import effect, record, version
from dublin_core.citation import citation
from marc.record import Record

NEW, CHANGED, DELETED = KINDS = ("new", "changed", "deleted")
_WHICH: Final = {
    NEW: (effect.c.before.is_(None), effect.c.after.is_not(None)),
    CHANGED: (effect.c.before.is_not(None), effect.c.after.is_not(None)),
    DELETED: (effect.c.after.is_(None),),
}


class Effect(NamedTuple):
    """What happens to one record."""

    record: int
    """The store's own number, by which a next page begins."""
    identifier: str
    local_id: str
    title: str
    """Of what it becomes; of what it was when it is deleted."""


def counted(store: Store, change_set: int) -> dict[str, int]:
    """Kind → how many records. Raises RefusedError when there is no such change set."""
    with store.read() as connection:
        changesets.get(connection, change_set)
        return {
            kind: connection.execute(
                select(func.count()).select_from(effect).where(effect.c.change_set_id == change_set, *which)
            ).scalar_one()
            for kind, which in _WHICH.items()
        }


def page(store: Store, change_set: int, kind: str, after: int = -1, limit: int = 50) -> list[Effect]:
    """The next effects of a kind, in the order of the records' numbers, behind number `after`."""
    shown = effect.c.before if kind == DELETED else effect.c.after
    query = (
        select(record.c.id, record.c.identifier, record.c.local_id, shown.label("shown"))
        .select_from(effect.join(record, record.c.id == effect.c.record_id))
        .where(effect.c.change_set_id == change_set, effect.c.record_id > after, *_WHICH[kind])
        .order_by(effect.c.record_id)
        .limit(limit)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
        titles = _titles(store, connection, [row.shown for row in rows if row.shown is not None])
    return [Effect(row.id, row.identifier, row.local_id, titles.get(row.shown, "")) for row in rows]


def _titles(store: Store, connection: Connection, versions: Iterable[int]) -> dict[int, str]:
    query = select(version.c.id, version.c.dictionary, version.c.normalised).where(version.c.id.in_(list(versions)))
    found: dict[int, str] = {}
    for number, dictionary, blob in connection.execute(query).all():
        text = store.compression.decompressor(connection, dictionary)(blob).decode()
        found[number] = citation(Record(text)).title
    return found
