"""Coming in: by password, then by a one-time code where the person wants one, or by a provider of identities.

Whatever fails is answered alike, after the same work: whether there is such a login is nobody's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from accounts import audit, people, sessions, throttle, totp
from accounts.access import NOBODY, Who
from accounts.people import Person
from catalogue.accounts_tables import audit as trail
from catalogue.store import Store
from foundation.vault import Vault

SIGN_IN: Final = "sign_in"
FAILED: Final = "sign_in_failed"
_LATELY_SECONDS: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where, and with which browser, somebody comes; what session the browser had before."""

    address: str = ""
    agent: str = ""
    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of it: a ticket, or none, and then perhaps seconds to wait."""

    ticket: str = ""
    code_wanted: bool = False
    """Whether the ticket opens nothing until a one-time code was given."""
    wait: int = 0


def by_password(store: Store, login: str, password: str, visitor: Visitor) -> Entered:
    """Let in whose login and password these are. Raises StoreError alone."""
    with store.write() as connection:
        now = store.now(connection)
        known = _came_in_from(connection, login.strip().lower(), visitor.address, now)
        buckets = throttle.of_password(login, visitor.address, known_here=known)
        wait = throttle.attempt(connection, now, buckets)
    if wait:
        return Entered(wait=wait)
    found = people.checked(store, login, password)
    if found is None:
        _failed(store, visitor, login)
        return Entered()
    with store.write() as connection:
        throttle.forgive(connection, buckets)
    return admit(store, found, visitor)


def admit(store: Store, person: Person, visitor: Visitor, way: str = "") -> Entered:
    """Open a session of its own for a person who has proved to be one, or the wait for their code. `way`: how."""
    with store.write() as connection:
        now = store.now(connection)
        sessions.end(connection, visitor.ticket)
        ticket = sessions.begin(
            connection, now, person.number, visitor.address, visitor.agent, complete=not person.has_totp
        )
        if not person.has_totp:
            _note(connection, now, person, visitor, way)
    return Entered(ticket, person.has_totp)


def by_code(store: Store, vault: Vault, given: str, visitor: Visitor) -> Entered:
    """The second step: a one-time code or a recovery code for the waiting ticket of the visitor.

    A session of its own is opened then. Without a ticket and without seconds to wait, the code was wrong.
    """
    with store.write() as connection:
        now = store.now(connection)
        number = sessions.waiting(connection, now, visitor.ticket)
        person = None if number is None else people.get(connection, number)
        if person is None or person.locked is not None:
            return Entered()
        buckets = throttle.of_code(person.number)
        wait = throttle.attempt(connection, now, buckets)
        if wait:
            return Entered(wait=wait, code_wanted=True)
        if totp.accepted(connection, vault, person.number, given, now):
            throttle.forgive(connection, buckets)
            sessions.end(connection, visitor.ticket)
            ticket = sessions.begin(connection, now, person.number, visitor.address, visitor.agent)
            _note(connection, now, person, visitor, "code")
            return Entered(ticket)
    _failed(store, visitor, person.login, "code")
    return Entered(code_wanted=True)


def _came_in_from(connection: Connection, login: str, address: str, now: int) -> bool:
    query = select(trail.c.id).where(
        trail.c.actor == login, trail.c.act == SIGN_IN, trail.c.address == address,
        trail.c.moment > now - _LATELY_SECONDS,
    )  # fmt: skip
    return connection.execute(query.limit(1)).first() is not None


def _note(connection: Connection, now: int, person: Person, visitor: Visitor, way: str) -> None:
    by = Who("person", person.number, person.login)
    audit.note(connection, now, by, SIGN_IN, detail=way, address=visitor.address)


def _failed(store: Store, visitor: Visitor, login: str, way: str = "password") -> None:
    """Noted under nobody's name. What was typed stands there only as far as it looks like a login: some type their
    password into that field."""
    login = login.strip().lower()
    typed = login if people.is_login(login) else "?"
    with store.write() as connection:
        audit.note(
            connection, store.now(connection), NOBODY, FAILED, typed, detail=way, address=visitor.address
        )  # fmt: skip
