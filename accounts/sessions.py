"""Sessions: rows of the server. The browser holds a ticket of 32 random bytes; the store keeps its SHA-256 alone.

A session is new at every sign-in and again after the second step, so that a ticket somebody planted beforehand opens
nothing. It ends when it was not used for a while, at its greatest age, at sign-out, and with the account's lock.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from accounts import people
from accounts.access import NOBODY, Who
from catalogue.accounts_tables import person, session
from catalogue.store import Store
from foundation.settings import Settings

_TOUCH_SECONDS: Final = 60
"""How exactly the last use is kept; noting each one would make every request a write."""
WAITING_SECONDS: Final = 600
"""How long the second step may take."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session, as its owner sees it in the list of theirs."""

    number: int
    created: int
    used: int
    address: str
    agent: str


@dataclass(frozen=True, slots=True)
class Lifetime:
    """For how many seconds a session is good: without being used, and at all."""

    idle: int
    whole: int

    @classmethod
    def of(cls, settings: Settings) -> Lifetime:
        return cls(settings.session_idle_minutes * 60, settings.session_hours * 3600)


def begin(
    connection: Connection, now: int, number: int, address: str, agent: str, *, complete: bool = True
) -> str:  # fmt: skip
    """A new session of the person `number`; its ticket. `complete`: False while a one-time code is still asked for."""
    ticket = secrets.token_urlsafe(32)
    values = {
        "hash": _digest(ticket), "person_id": number, "complete": int(complete), "created": now, "used": now,
        "address": address[:64], "agent": "".join(char for char in agent[:200] if char.isprintable()),
    }  # fmt: skip
    connection.execute(insert(session).values(values))
    if complete:
        connection.execute(update(person).where(person.c.id == number).values(seen=now))
    return ticket


def came_in(store: Store, ticket: str, lifetime: Lifetime) -> Who:
    """Who holds the ticket, with what they may do now; nobody when it is none, too old, or not complete."""
    if not ticket:
        return NOBODY
    with store.read() as connection:
        now = store.now(connection)
        row = _row(connection, ticket)
        if row is None or not row.complete or not _good(row, now, lifetime):
            return NOBODY
        found = people.who(connection, row.person_id, now, row.id)
    if found is not None and now - row.used >= _TOUCH_SECONDS:
        _touch(store, row.id, now)
    return found or NOBODY


def waiting(connection: Connection, now: int, ticket: str) -> int | None:
    """The number of the person who has yet to give a one-time code for this ticket."""
    row = _row(connection, ticket) if ticket else None
    if row is None or row.complete or now - row.created > WAITING_SECONDS:
        return None
    number: int = row.person_id
    return number


def end(connection: Connection, ticket: str) -> None:
    """End the session of this ticket."""
    connection.execute(delete(session).where(session.c.hash == _digest(ticket)))


def end_one(connection: Connection, owner: int, number: int) -> bool:
    """End a session of the person `owner` by its number; whether there was such a one."""
    gone = delete(session).where(session.c.id == number, session.c.person_id == owner)
    return connection.execute(gone).rowcount > 0


def end_all(connection: Connection, owner: int, but: int = 0) -> None:
    """End every session of a person, but the one of this number."""
    connection.execute(delete(session).where(session.c.person_id == owner, session.c.id != but))


def every(connection: Connection, now: int, owner: int, lifetime: Lifetime) -> list[Session]:
    """The good sessions of a person, the one used last first."""
    query = select(session).where(session.c.person_id == owner, session.c.complete == 1).order_by(session.c.used.desc())
    return [
        Session(row.id, row.created, row.used, row.address, row.agent)
        for row in connection.execute(query)
        if _good(row, now, lifetime)
    ]


def sweep(connection: Connection, now: int, lifetime: Lifetime) -> None:
    """Take away what is no longer good."""
    connection.execute(delete(session).where(session.c.used <= now - lifetime.idle))
    connection.execute(delete(session).where(session.c.created <= now - lifetime.whole))


def _touch(store: Store, number: int, now: int) -> None:
    def note(connection: Connection) -> None:
        connection.execute(update(session).where(session.c.id == number).values(used=now))

    store.attempt(note)


def _good(row: Row[Any], now: int, lifetime: Lifetime) -> bool:
    return bool(now - row.used < lifetime.idle and now - row.created < lifetime.whole)


def _row(connection: Connection, ticket: str) -> Row[Any] | None:
    return connection.execute(select(session).where(session.c.hash == _digest(ticket))).one_or_none()


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "replace")).digest()
