"""Quarantine: what could not be taken in, with its bytes as they came and the reason. Nothing is thrown away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from catalogue import changesets
from catalogue.store import Store
from catalogue.tables import change_set, effect, quarantine, record


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One piece of input that was kept aside."""

    number: int
    change_set: int
    record: int
    """Its place in the file, from 1."""
    offset: int
    """Its first byte in the file, from 0."""
    line: int
    """Its line or row, from 1, in files that have lines."""
    heading: str
    """In a spreadsheet, the column whose cell is at fault, if it is one."""
    code: str
    reason_vi: str
    reason_en: str
    data: bytes
    name: str = ""
    """What its source calls it: the OAI identifier of a harvested record."""
    settled: int | None = None
    """The change set by which it came in after all, or after which it no longer matters."""


def of(store: Store, change_set: int) -> Iterator[Quarantined]:
    """What a change set left in quarantine, in the order of its file, a page in memory at a time.

    Raises RefusedError when there is no such change set.
    """
    last = 0
    query = select(quarantine).where(quarantine.c.change_set_id == change_set)
    with store.read() as connection:
        changesets.get(connection, change_set)
    while True:
        with store.read() as connection:
            page = query.where(quarantine.c.id > last).order_by(quarantine.c.id).limit(100)
            rows = [_quarantined(row) for row in connection.execute(page)]
        if not rows:
            return
        yield from rows
        last = rows[-1].number


def some(connection: Connection, numbers: Sequence[int]) -> list[Quarantined]:
    """The pieces with these numbers, in their order."""
    query = select(quarantine).where(quarantine.c.id.in_(numbers)).order_by(quarantine.c.id)
    return [_quarantined(row) for row in connection.execute(query)]


def later(store: Store, source_id: int, number: int, names: Sequence[str]) -> dict[str, int]:
    """Of these local ids: the newest change set behind `number` that is published and touched each."""
    query = (
        select(record.c.local_id, func.max(effect.c.change_set_id))
        .join(effect, effect.c.record_id == record.c.id)
        .join(change_set, change_set.c.id == effect.c.change_set_id)
        .where(record.c.source_id == source_id, effect.c.change_set_id > number)
        .where(change_set.c.state == changesets.PUBLISHED)
        .group_by(record.c.local_id)
    )
    found: dict[str, int] = {}
    with store.read() as connection:
        for start in range(0, len(names), 500):
            page = query.where(record.c.local_id.in_(names[start : start + 500]))
            found.update((name, change) for name, change in connection.execute(page))
    return found


def settle(connection: Connection, numbers: Sequence[int], change_set_id: int) -> None:
    """Note that these pieces need no more attention, thanks to a change set."""
    for start in range(0, len(numbers), 500):
        mine = quarantine.c.id.in_(numbers[start : start + 500])
        connection.execute(update(quarantine).where(mine).values(settled=change_set_id))


def _quarantined(row: Row[Any]) -> Quarantined:
    return Quarantined(
        number=row.id,
        change_set=row.change_set_id,
        record=row.number,
        offset=row.position,
        line=row.line,
        heading=row.heading,
        code=row.code,
        reason_vi=row.reason_vi,
        reason_en=row.reason_en,
        data=row.bytes,
        name=row.name,
        settled=row.settled,
    )
