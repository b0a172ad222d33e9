"""Searches in other libraries' catalogues while they run and afterwards: what each target said, and what came.

They stand in the store and not in a process, so that the page that shows one may be answered by any process, and so
that what came is still there when the browser comes back.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, delete, func, insert, select, update

from catalogue.editing_tables import hit, lookup
from catalogue.store import Store

DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Lookup:
    """One search. Times are seconds since 1970, UTC."""

    number: int
    person: str
    query: str
    field: str
    targets: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    """Target → title, hits, taken, seconds, and once it has ended `ended` and what was wrong in `vi` and `en`."""
    started: int = 0
    until: int = 0
    """When the last target's time is up."""
    finished: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that came, or why it did not."""

    number: int
    peer: str
    position: int
    text: str | None
    """Packed text; None: it could not be read."""
    original: bytes
    problems: tuple[tuple[str, str], ...] = ()
    """In Vietnamese and English."""
    same_as: int = 0
    held: dict[str, str] = dataclasses.field(default_factory=dict)
    """The record of ours that seems the same: identifier, library, by."""


def begin(store: Store, person: str, query: str, name: str, targets: dict[str, dict[str, Any]], seconds: int) -> int:
    """The number of a new search, whose targets have `seconds`. Searches of yesterday are forgotten."""
    with store.write() as connection:
        now = store.now(connection)
        old = select(lookup.c.id).where(lookup.c.started < now - DAY).scalar_subquery()
        connection.execute(delete(hit).where(hit.c.lookup_id.in_(old)))
        connection.execute(delete(lookup).where(lookup.c.started < now - DAY))
        values = {
            "person": person,
            "query": query[:500],
            "field": name,
            "targets": json.dumps(targets, ensure_ascii=False),
            "started": now,
            "until": now + seconds,
        }
        number: int = connection.execute(insert(lookup).values(values).returning(lookup.c.id)).scalar_one()
        return number


def get(store: Store, number: int, person: str) -> Lookup | None:
    """A search of this person; nobody else's."""
    with store.read() as connection:
        row = connection.execute(select(lookup).where(lookup.c.id == number, lookup.c.person == person)).one_or_none()
    return None if row is None else _lookup(row)


def running(store: Store, now: int) -> int:
    """How many are still waiting for targets."""
    query = select(func.count()).where(lookup.c.finished.is_(None), lookup.c.until >= now)
    with store.read() as connection:
        return connection.execute(query).scalar_one()


def note(store: Store, number: int, targets: dict[str, dict[str, Any]], came: list[Hit], *, finished: bool) -> None:
    """Keep what has happened since."""
    rows = [
        {
            "lookup_id": number,
            "number": one.number,
            "peer": one.peer,
            "position": one.position,
            "record": one.text,
            "original": one.original,
            "problems": json.dumps(one.problems, ensure_ascii=False),
            "same_as": one.same_as,
            "held": json.dumps(one.held, ensure_ascii=False) if one.held else None,
        }
        for one in came
    ]
    with store.write() as connection:
        values: dict[str, Any] = {"targets": json.dumps(targets, ensure_ascii=False)}
        if finished:
            values["finished"] = store.now(connection)
        connection.execute(update(lookup).where(lookup.c.id == number).values(values))
        if rows:
            connection.execute(insert(hit), rows)


def hits(store: Store, number: int) -> list[Hit]:
    """What came, in the order in which it came."""
    with store.read() as connection:
        return [
            _hit(row) for row in connection.execute(select(hit).where(hit.c.lookup_id == number).order_by(hit.c.number))
        ]


def one(store: Store, number: int, wanted: int) -> Hit | None:
    """One of the records that came."""
    with store.read() as connection:
        row = connection.execute(select(hit).where(hit.c.lookup_id == number, hit.c.number == wanted)).one_or_none()
    return None if row is None else _hit(row)


def _lookup(row: Row[Any]) -> Lookup:
    targets = json.loads(row.targets)
    return Lookup(row.id, row.person, row.query, row.field, targets, row.started, row.until, row.finished)


def _hit(row: Row[Any]) -> Hit:
    problems = tuple((vi, en) for vi, en in json.loads(row.problems))
    held = json.loads(row.held) if row.held else {}
    return Hit(row.number, row.peer, row.position, row.record, row.original, problems, row.same_as, held)
