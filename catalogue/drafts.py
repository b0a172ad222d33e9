"""Drafts: records that somebody is writing, kept as they were typed from the first word to their publication.

    draft ──▶ sent ──▶ (published: the draft is gone)
      ▲         │
      └─────────┴── returned, with a note

A draft belongs to one person until it is sent; then whoever may publish for its library sees it. It remembers the
version it was begun from, so that nobody's change is overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update

from catalogue import messages
from catalogue.editing_tables import draft
from catalogue.libraries import identify
from catalogue.store import Store
from catalogue.tables import library, record
from foundation.errors import LimitError, RefusedError
from foundation.limits import DRAFT_BYTES, DRAFTS

WRITING: Final = "draft"
SENT: Final = "sent"
RETURNED: Final = "returned"


@dataclass(frozen=True, slots=True)
class Draft:
    """One of them. Times are seconds since 1970, UTC."""

    number: int
    library: str
    """Code of the library it is for."""
    person: str
    state: str
    title: str
    kind: str
    """What is being described: the code of a form (`marc.entry_table`)."""
    text: str
    """Lines, as `marc.worksheet` reads them."""
    revision: int
    """Raised with every change."""
    record: int | None
    """The record it changes; None: a new one."""
    identifier: str
    """Of that record."""
    base: int | None
    """The version it was begun from."""
    origin: str
    """Of a copy: the target."""
    original: bytes
    note: str
    created: int
    changed: int


_COLUMNS = (draft, library.c.code, record.c.identifier)
_QUERY: Select[Any] = (
    select(*_COLUMNS)
    .join(library, library.c.id == draft.c.library_id)
    .outerjoin(record, record.c.id == draft.c.record_id)
)


def begin(
    store: Store,
    code: str,
    person: str,
    text: str,
    *,
    title: str = "",
    kind: str = "",
    of: tuple[int, int] | None = None,
    origin: str = "",
    original: bytes = b"",
) -> Draft:
    """A new draft for the library `code`. `of`: the record it changes, and the version it is begun from.

    Raises RefusedError for an unknown library, LimitError DRAFTS and DRAFT_BYTES.
    """
    _bounded(text)
    with store.write() as connection:
        many = connection.execute(select(func.count()).where(draft.c.person == person)).scalar_one()
        if many >= DRAFTS:
            raise LimitError(messages.DRAFTS_MANY, limit="DRAFTS", seen=many, allowed=DRAFTS)
        now = store.now(connection)
        values = {
            "library_id": identify(connection, code),
            "person": person,
            "record_id": of[0] if of else None,
            "base": of[1] if of else None,
            "state": WRITING,
            "title": title[:300],
            "kind": kind,
            "text": text,
            "origin": origin[:60],
            "original": original or None,
            "created": now,
            "changed": now,
        }
        number = connection.execute(insert(draft).values(values).returning(draft.c.id)).scalar_one()
        return _draft(connection.execute(_QUERY.where(draft.c.id == number)).one())


def get(store: Store, number: int) -> Draft:
    """The draft `number`. Whoever asks has still to be allowed to see it. Raises RefusedError when there is none."""
    with store.read() as connection:
        row = connection.execute(_QUERY.where(draft.c.id == number)).one_or_none()
    if row is None:
        raise RefusedError(messages.DRAFT_UNKNOWN, number=number)
    return _draft(row)


def begun(store: Store, person: str, of: int) -> Draft | None:
    """The draft in which the person is changing the record `of`, if there is one; the newest when there are several."""
    found = _listed(store, (draft.c.person == person) & (draft.c.record_id == of))
    return found[0] if found else None


def mine(store: Store, person: str) -> list[Draft]:
    """The person's drafts, those changed last first."""
    return _listed(store, draft.c.person == person)


def others(store: Store, of: int, person: str) -> list[str]:
    """Who else is changing the record `of`."""
    query = select(draft.c.person).distinct().where(draft.c.record_id == of, draft.c.person != person)
    with store.read() as connection:
        return sorted(connection.scalars(query))


def waiting(store: Store, codes: list[str]) -> list[Draft]:
    """What was sent for approval to these libraries, the oldest first."""
    return _listed(store, (draft.c.state == SENT) & library.c.code.in_(codes))[::-1]


def counted(store: Store, codes: Collection[str], person: str) -> tuple[int, int]:
    """How many were sent for approval to these libraries, and how many of the person's own were returned."""
    counted = select(func.count()).select_from(draft)
    sent = counted.join(library, library.c.id == draft.c.library_id).where(
        draft.c.state == SENT, library.c.code.in_(codes)
    )
    returned = counted.where(draft.c.state == RETURNED, draft.c.person == person)
    with store.read() as connection:
        return connection.execute(sent).scalar_one(), connection.execute(returned).scalar_one()


def keep(store: Store, number: int, text: str, revision: int, *, title: str = "", kind: str = "") -> Draft:
    """Keep what was typed. `revision`: of the draft that the person was shown.

    When it was changed since, in another window, both are kept: what is given here becomes a draft of its own, which is
    returned. Raises RefusedError (no such draft, sent), LimitError DRAFT_BYTES.
    """
    _bounded(text)
    mine = draft.c.id == number
    with store.write() as connection:
        row = connection.execute(_QUERY.where(mine)).one_or_none()
        if row is None:
            raise RefusedError(messages.DRAFT_UNKNOWN, number=number)
        if row.state == SENT:
            raise RefusedError(messages.DRAFT_STATE)
        now = store.now(connection)
        said = {"text": text, "title": title[:300], "kind": kind or row.kind}
        if all(getattr(row, name) == value for name, value in said.items()):
            return _draft(row)
        if row.revision != revision:
            names = [column.name for column in draft.columns if column.name != "id"]
            values = (
                {name: getattr(row, name) for name in names} | said | {"revision": 0, "created": now, "changed": now}
            )
            number = connection.execute(insert(draft).values(values).returning(draft.c.id)).scalar_one()
        else:
            values = said | {"revision": revision + 1, "changed": now}
            connection.execute(update(draft).where(mine).values(values))
        return _draft(connection.execute(_QUERY.where(draft.c.id == number)).one())


def rebase(store: Store, number: int, base: int, text: str) -> Draft:
    """Go on from another version of the record, with this text: the person has seen both."""
    _bounded(text)
    with store.write() as connection:
        values = {"base": base, "text": text, "revision": draft.c.revision + 1, "changed": store.now(connection)}
        connection.execute(update(draft).where(draft.c.id == number).values(values))
    return get(store, number)


def send(store: Store, number: int) -> Draft:
    """Send it for approval."""
    return _turned(store, number, SENT, "")


def give_back(store: Store, number: int, note: str = "") -> Draft:
    """Let its writer go on: taken back by them, or returned with a note of who looked at it."""
    return _turned(store, number, RETURNED if note else WRITING, note)


def drop(store: Store, number: int) -> None:
    """Forget a draft: it was published, or given up."""
    with store.write() as connection:
        connection.execute(delete(draft).where(draft.c.id == number))


def _turned(store: Store, number: int, state: str, note: str) -> Draft:
    with store.write() as connection:
        values = {"state": state, "note": note[:2000], "changed": store.now(connection)}
        connection.execute(update(draft).where(draft.c.id == number).values(values))
    return get(store, number)


def _listed(store: Store, which: ColumnElement[bool]) -> list[Draft]:
    with store.read() as connection:
        rows = connection.execute(_QUERY.where(which).order_by(draft.c.changed.desc(), draft.c.id.desc()).limit(DRAFTS))
        return [_draft(row) for row in rows]


def _bounded(text: str) -> None:
    size = len(text.encode())
    if size > DRAFT_BYTES:
        raise LimitError(messages.DRAFT_LONG, limit="DRAFT_BYTES", seen=size, allowed=DRAFT_BYTES)


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        number=row.id,
        library=row.code,
        person=row.person,
        state=row.state,
        title=row.title,
        kind=row.kind,
        text=row.text,
        revision=row.revision,
        record=row.record_id,
        identifier=row.identifier or "",
        base=row.base,
        origin=row.origin,
        original=row.original or b"",
        note=row.note,
        created=row.created,
        changed=row.changed,
    )
