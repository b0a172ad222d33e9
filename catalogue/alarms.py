"""Alarms: what is wrong with a source and since when, and who was told of it. They stay after they are over."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from catalogue import bulk
from catalogue.harvest_tables import alarm, remembered
from catalogue.store import Store
from catalogue.tables import library, source


@dataclass(frozen=True, slots=True)
class Alarm:
    """One thing that was or is wrong. Times are seconds since 1970, UTC."""

    number: int
    source: int
    name: str
    """Of the source."""
    library: str
    kind: str
    reason_vi: str
    reason_en: str
    raised: int
    cleared: int | None
    told: tuple[str, ...] = ()
    """Who has been told that it was raised."""
    told_over: tuple[str, ...] = ()
    """Who has been told that it is over."""


_QUERY = (
    select(alarm, source.c.name, library.c.code)
    .join(source, source.c.id == alarm.c.source_id)
    .join(library, library.c.id == source.c.library_id)
)


def standing(store: Store, source_id: int | None = None) -> list[Alarm]:
    """The alarms that are not over, of one source or of all, oldest first."""
    return _found(store, _QUERY.where(alarm.c.cleared.is_(None)), source_id)


def unfinished(store: Store) -> list[Alarm]:
    """Alarms that somebody may still have to be told of: standing ones, and those over that not all have heard of."""
    return [
        one for one in _found(store, _QUERY, None, 1_000) if one.cleared is None or set(one.told) - {*one.told_over}
    ]


def latest(store: Store, source_id: int | None = None, limit: int = 50) -> list[Alarm]:
    """The newest alarms, whether over or not, oldest first."""
    return _found(store, _QUERY, source_id, limit)


def turn(store: Store, source_id: int, now_wrong: dict[str, tuple[str, str]]) -> None:
    """What is wrong with a source now, by kind: (reason in Vietnamese, in English). What is not named is over."""
    standing_now = {one.kind: one for one in standing(store, source_id)}
    if standing_now.keys() == now_wrong.keys() and all(
        (one.reason_vi, one.reason_en) == now_wrong[kind] for kind, one in standing_now.items()
    ):
        return
    with store.write() as connection:
        now = store.now(connection)
        for kind, one in standing_now.items():
            values: dict[str, Any] = (
                dict(zip(("reason_vi", "reason_en"), now_wrong[kind], strict=True))
                if kind in now_wrong
                else {"cleared": now}
            )
            connection.execute(update(alarm).where(alarm.c.id == one.number).values(values))
        for kind in now_wrong.keys() - standing_now.keys():
            vi, en = now_wrong[kind]
            values = {"source_id": source_id, "kind": kind, "reason_vi": vi, "reason_en": en, "raised": now}
            connection.execute(insert(alarm).values(values))


def told(store: Store, one: Alarm, who: Sequence[str], *, over: bool) -> None:
    """Note who has been told that an alarm was raised, or that it is over."""
    column, before = ("told_over", one.told_over) if over else ("told", one.told)
    with store.write() as connection:
        text = json.dumps(sorted({*before, *who}))
        connection.execute(update(alarm).where(alarm.c.id == one.number).values({column: text}))


def recall(store: Store, name: str) -> str:
    """What was last remembered under `name`; empty when nothing was."""
    with store.read() as connection:
        found = connection.execute(select(remembered.c.value).where(remembered.c.name == name)).scalar()
    return found or ""


def remember(store: Store, name: str, value: str) -> None:
    """Remember `value` under `name` in place of what was there."""
    with store.write() as connection:
        anew = "ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed = excluded.changed"
        bulk.insert(connection, remembered, "name value changed", [(name, value, store.now(connection))], anew)


def _found(store: Store, query: Any, source_id: int | None, limit: int = 1_000) -> list[Alarm]:
    if source_id is not None:
        query = query.where(alarm.c.source_id == source_id)
    with store.read() as connection:
        return [_alarm(row) for row in connection.execute(query.order_by(alarm.c.id.desc()).limit(limit))][::-1]


def _alarm(row: Row[Any]) -> Alarm:
    return Alarm(
        number=row.id,
        source=row.source_id,
        name=row.name,
        library=row.code,
        kind=row.kind,
        reason_vi=row.reason_vi,
        reason_en=row.reason_en,
        raised=row.raised,
        cleared=row.cleared,
        told=tuple(json.loads(row.told)),
        told_over=tuple(json.loads(row.told_over)),
    )
