"""Quarantine: what could not be taken in, with its bytes as they came and the reason. Nothing is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from catalogue import changesets
from catalogue.store import Store
from catalogue.tables import quarantine


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
    )
