"""Sources: the ways in which records come from a library, each with settings of its own kind."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from catalogue import messages
from catalogue.libraries import UPLOADS, identify
from catalogue.store import Store
from catalogue.tables import LIVE, UNION, library, record, source
from foundation.errors import RefusedError

NAME_CHARACTERS: Final = 100
PAUSED: Final = "paused"
"""Of a source that a person lets rest: nothing is due before somebody asks for it."""
REMOVED: Final = "removed"
"""Of a source that is in no list any more. Its records stay, and it can be had back with all that it knew."""


@dataclass(frozen=True, slots=True)
class Source:
    """One way in."""

    number: int
    library: str
    """Code of the library whose records it brings."""
    name: str
    """Names are unique over all libraries, uploads excepted: `lienthong harvest run NAME`."""
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    created: int = 0
    wanted: str = ""
    """The kind of run that somebody asked a worker for."""
    state: str = ""
    """Empty, `paused` or `removed`."""


_QUERY = select(source, library.c.code).join(library, library.c.id == source.c.library_id)


def add(store: Store, code: str, name: str, kind: str, settings: dict[str, Any]) -> Source:
    """A new source of the library `code`. Raises RefusedError for a name that is taken or none."""
    if not name.strip() or len(name) > NAME_CHARACTERS or name == UPLOADS:
        raise RefusedError(messages.SOURCE_NAME, name=name[:NAME_CHARACTERS])
    with store.write() as connection:
        store.turn(connection, "source")
        taken = connection.execute(_QUERY.where(source.c.name == name)).first()
        if taken is not None:
            raise RefusedError(messages.SOURCE_EXISTS, name=name, library=taken.code)
        values = {
            "library_id": identify(connection, code),
            "name": name,
            "kind": kind,
            "settings": json.dumps(settings, ensure_ascii=False),
            "created": store.now(connection),
        }
        number = connection.execute(insert(source).values(values).returning(source.c.id)).scalar_one()
        return _source(connection.execute(_QUERY.where(source.c.id == number)).one())


def named(store: Store, name: str) -> Source:
    """The source called `name`, also one that was removed. Raises RefusedError naming those there are."""
    with store.read() as connection:
        row = connection.execute(
            _QUERY.where(source.c.name == name, source.c.name != UPLOADS, source.c.id != UNION)
        ).first()
        if row is None:
            shown = (source.c.name != UPLOADS, source.c.id != UNION, source.c.state != REMOVED)
            others = connection.scalars(select(source.c.name).where(*shown).limit(20)).all()
            raise RefusedError(messages.SOURCE_UNKNOWN, name=name, known=", ".join(others) or "–")
    return _source(row)


def get(store: Store, number: int) -> Source:
    """The source with this number, uploads too. Raises RefusedError when there is none."""
    with store.read() as connection:
        row = connection.execute(_QUERY.where(source.c.id == number)).one_or_none()
    if row is None:
        raise RefusedError(messages.SOURCE_UNKNOWN, name=number, known="–")
    return _source(row)


def every(store: Store) -> list[Source]:
    """All sources but those for uploads and those removed, by library and name."""
    return _found(store, source.c.state != REMOVED)


def removed(store: Store) -> list[Source]:
    """The sources that were removed and can be had back, by library and name."""
    return _found(store, source.c.state == REMOVED)


def records(store: Store) -> dict[int, int]:
    """Source → how many of its records are shown; sources without any are left out."""
    query = select(record.c.source_id, func.count()).where(record.c.status == LIVE).group_by(record.c.source_id)
    with store.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def set_state(store: Store, number: int, state: str) -> None:
    """Let a source be harvested (empty), rest, or be in no list; what was asked of a worker is taken back."""
    with store.write() as connection:
        connection.execute(update(source).where(source.c.id == number).values(state=state, wanted=""))


def change(store: Store, number: int, settings: dict[str, Any]) -> None:
    """Give a source other settings."""
    with store.write() as connection:
        text = json.dumps(settings, ensure_ascii=False)
        connection.execute(update(source).where(source.c.id == number).values(settings=text))


def want(store: Store, number: int, kind: str) -> None:
    """Ask a worker for a run of this kind (`due`: whatever is due); empty: take the asking back."""
    with store.write() as connection:
        connection.execute(update(source).where(source.c.id == number).values(wanted=kind))


def _found(store: Store, which: ColumnElement[bool]) -> list[Source]:
    query = _QUERY.where(source.c.name != UPLOADS, source.c.id != UNION, which).order_by(library.c.code, source.c.name)
    with store.read() as connection:
        return [_source(row) for row in connection.execute(query)]


def _source(row: Row[Any]) -> Source:
    return Source(row.id, row.code, row.name, row.kind, json.loads(row.settings), row.created, row.wanted, row.state)
