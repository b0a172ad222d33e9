"""Quarantine: what could not be taken in, with its bytes as they came and the reason. Nothing is thrown away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from catalogue import changesets
from catalogue.harvest_tables import run
from catalogue.store import Store
from catalogue.tables import change_set, effect, library, quarantine, record, source

DISCARDED = 0
"""Of `settled`: a person wants no more of it. Change sets are numbered from 1."""


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
    """The change set by which it came in after all, or after which it no longer matters; 0: a person discarded it."""


@dataclass(frozen=True, slots=True)
class Group:
    """Pieces of one change set that are kept aside for one reason."""

    change_set: int
    run: int | None
    """The harvest that left them; None: an import did."""
    source: str
    library: str
    code: str
    reason_vi: str
    """Of one of them; others of the same code may name other places."""
    reason_en: str
    count: int
    first: int
    """Number of the first piece."""


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


_GROUPS = (
    select(
        quarantine.c.change_set_id,
        func.max(run.c.id).label("run"),
        source.c.name,
        library.c.code.label("library"),
        quarantine.c.code,
        func.count(quarantine.c.id.distinct()).label("pieces"),
        func.min(quarantine.c.id).label("first"),
    )
    .join(change_set, change_set.c.id == quarantine.c.change_set_id)
    .join(source, source.c.id == change_set.c.source_id)
    .join(library, library.c.id == source.c.library_id)
    .outerjoin(run, run.c.change_set_id == change_set.c.id)
    .group_by(quarantine.c.change_set_id, source.c.name, library.c.code, quarantine.c.code)
)


def groups(
    store: Store, libraries: Collection[str] | None = None, *, discarded: bool = False, limit: int = 200
) -> list[Group]:
    """What waits in quarantine by change set and reason, the newest first; `discarded`: what a person discarded.

    `libraries`: codes of those whose records they are; None: all.
    """
    query = _GROUPS.where(quarantine.c.settled == DISCARDED if discarded else quarantine.c.settled.is_(None))
    query = query.where(change_set.c.state.in_((changesets.PUBLISHED, changesets.STAGED)))
    if libraries is not None:
        query = query.where(library.c.code.in_(libraries))
    order = (quarantine.c.change_set_id.desc(), func.count(quarantine.c.id.distinct()).desc(), quarantine.c.code)
    with store.read() as connection:
        rows = connection.execute(query.order_by(*order).limit(limit)).all()
        firsts = select(quarantine.c.id, quarantine.c.reason_vi, quarantine.c.reason_en)
        firsts = firsts.where(quarantine.c.id.in_([row.first for row in rows]))
        reasons = {row.id: (row.reason_vi, row.reason_en) for row in connection.execute(firsts)}
    return [
        Group(
            row.change_set_id, row.run, row.name, row.library, row.code, *reasons[row.first], row.pieces, row.first
        )
        for row in rows
    ]  # fmt: skip


def waiting(store: Store, libraries: Collection[str] | None = None) -> int:
    """How many pieces wait in quarantine."""
    query = (
        select(func.count())
        .select_from(quarantine)
        .join(change_set, change_set.c.id == quarantine.c.change_set_id)
        .join(source, source.c.id == change_set.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(quarantine.c.settled.is_(None), change_set.c.state.in_((changesets.PUBLISHED, changesets.STAGED)))
    )
    if libraries is not None:
        query = query.where(library.c.code.in_(libraries))
    with store.read() as connection:
        return connection.execute(query).scalar_one()


def page(
    store: Store, change_set_id: int, code: str = "", *, discarded: bool = False, after: int = 0, limit: int = 20
) -> list[Quarantined]:
    """Pieces of a change set that wait (or were `discarded`), of one reason if `code` is given, behind a number."""
    query = select(quarantine).where(quarantine.c.change_set_id == change_set_id, quarantine.c.id > after)
    query = query.where(quarantine.c.settled == DISCARDED if discarded else quarantine.c.settled.is_(None))
    if code:
        query = query.where(quarantine.c.code == code)
    with store.read() as connection:
        changesets.get(connection, change_set_id)
        return [_quarantined(row) for row in connection.execute(query.order_by(quarantine.c.id).limit(limit))]


def discard(store: Store, change_set_id: int, code: str = "") -> int:
    """Want no more of what waits of a change set, or of one reason of it; returns how many pieces that are.

    Their bytes stay, and `take_back` lets them wait again.
    """
    return _turn(store, change_set_id, code, quarantine.c.settled.is_(None), DISCARDED)


def take_back(store: Store, change_set_id: int, code: str = "") -> int:
    """Let what was discarded wait again; returns how many pieces that are."""
    return _turn(store, change_set_id, code, quarantine.c.settled == DISCARDED, None)


def _turn(store: Store, change_set_id: int, code: str, which: ColumnElement[bool], settled: int | None) -> int:
    mine = (quarantine.c.change_set_id == change_set_id) & which
    if code:
        mine &= quarantine.c.code == code
    with store.write() as connection:
        changesets.get(connection, change_set_id)
        return connection.execute(update(quarantine).where(mine).values(settled=settled)).rowcount


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
