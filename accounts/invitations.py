"""One-time links: to accept an invitation, to choose a new password, to become the first administrator.

A link holds 32 random bytes; the store keeps their SHA-256. It is good for some days, once, and only while whoever gave
it may still give what it gives.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, or_, select, update

from accounts import audit, delegation, messages, passwords, people, sessions, tokens
from accounts.access import Who, shell
from accounts.people import Person
from accounts.rights import Act, Role
from catalogue.accounts_tables import invitation, person
from catalogue.libraries import identify
from catalogue.tables import library
from foundation.errors import RefusedError

INVITE: Final = "invite"
RESET: Final = "reset"
FIRST: Final = "first"
DAY: Final = 86_400
DAYS: Final = {INVITE: 7, RESET: 1, FIRST: 1}
"""For how many days a link is good."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link, without its secret. Times are seconds since 1970, UTC."""

    number: int
    kind: str
    login: str
    """Of the person who is to choose a new password."""
    name: str
    email: str
    role: str
    library: str
    ends: int | None
    giver: str
    created: int
    expires: int
    used: int | None
    revoked: int | None

    def good(self, now: int) -> bool:
        """Whether it opens anything."""
        return self.used is None and self.revoked is None and now < self.expires


def invite(
    connection: Connection, now: int, who: Who, role: str, code: str, *,
    name: str = "", email: str = "", ends: int | None = None, address: str = "",
) -> str:  # fmt: skip
    """Invite somebody to a role over the library `code` (empty: everything); the secret of the link.

    Raises RefusedError for a role or a library that there is not, and for what `who` may not give.
    """
    known = {str(one): one for one in Role if one is not Role.PARTNER_PROGRAMME}
    if role not in known:
        raise RefusedError(messages.ROLE_UNKNOWN, role=role[:60], known=", ".join(known))
    number = identify(connection, code) if code else None
    if number is None and known[role] is not Role.ADMINISTRATOR:
        raise RefusedError(messages.ROLE_LIBRARY, role=role)
    if not delegation.grantable(who, known[role], code, ends):
        raise RefusedError(messages.ROLE_REFUSED)
    secret = _made(
        connection, now, INVITE, who, name=" ".join(name.split())[:200], email=email.strip()[:200], role=role,
        library_id=number, ends=ends,
    )  # fmt: skip
    audit.note(connection, now, who, Act.PEOPLE, f"invite:{email or name}", library=code, detail=role, address=address)
    return secret


def reset(connection: Connection, now: int, who: Who, found: Person, address: str = "") -> str:
    """Let a person choose a new password; the secret of the link. Earlier links of this kind open nothing any more.

    Raises RefusedError when `who` does not govern that person.
    """
    if not delegation.governs(connection, who, found, now):
        raise RefusedError(messages.ROLE_REFUSED)
    earlier = update(invitation).where(invitation.c.person_id == found.number, invitation.c.used.is_(None))
    connection.execute(earlier.values(revoked=now))
    audit.note(connection, now, who, Act.PEOPLE, f"reset:{found.login}", address=address)
    return _made(connection, now, RESET, who, person_id=found.number, name=found.name, email=found.email)


def first(connection: Connection, now: int, by: Who) -> str | None:
    """The link by which the first administrator comes in, as long as there is nobody; earlier ones open nothing."""
    if not people.first_free(connection):
        return None
    connection.execute(update(invitation).where(invitation.c.kind == FIRST).values(revoked=now))
    audit.note(connection, now, by, Act.PEOPLE, "first")
    return _made(connection, now, FIRST, by, role=str(Role.ADMINISTRATOR))


def find(connection: Connection, secret: str) -> Invitation | None:
    """The link with this secret, good or not."""
    row = connection.execute(_QUERY.where(invitation.c.hash == _digest(secret))).one_or_none()
    return None if row is None else _invitation(row)


def every(connection: Connection, codes: list[str] | None = None) -> list[Invitation]:
    """Invitations to the libraries `codes`, or all, the newest first."""
    query = _QUERY.where(invitation.c.kind == INVITE).order_by(invitation.c.id.desc())
    if codes is not None:
        query = query.where(library.c.code.in_(codes))
    return [_invitation(row) for row in connection.execute(query)]


def waiting(
    connection: Connection, now: int, codes: list[str] | None, *, words: str = "", before: int = 0, limit: int
) -> list[Invitation]:  # fmt: skip
    """The next `limit` invitations that nobody has accepted and that are still good, the newest first, older than the
    one numbered `before`; with `words` in the name or the mail address."""
    good = (invitation.c.used.is_(None), invitation.c.revoked.is_(None), invitation.c.expires > now)
    query = _QUERY.where(invitation.c.kind == INVITE, *good).order_by(invitation.c.id.desc()).limit(limit)
    if codes is not None:
        query = query.where(library.c.code.in_(codes))
    if before:
        query = query.where(invitation.c.id < before)
    if words:
        columns = (invitation.c.name, invitation.c.email)
        query = query.where(or_(*(one.icontains(words, autoescape=True) for one in columns)))
    return [_invitation(row) for row in connection.execute(query)]


def revoke(connection: Connection, now: int, who: Who, number: int, address: str = "") -> None:
    """Let an invitation open nothing. Raises RefusedError for one that `who` could not give, or that there is not."""
    found = next((one for one in every(connection) if one.number == number and one.good(now)), None)
    if found is None or not delegation.grantable(who, Role(found.role), found.library, found.ends):
        raise RefusedError(messages.LINK_DEAD)
    connection.execute(update(invitation).where(invitation.c.id == number).values(revoked=now))
    audit.note(
        connection, now, who, Act.PEOPLE, f"invite:{found.email or found.name}", library=found.library,
        detail=f"-{found.role}", address=address,
    )  # fmt: skip


def accept(
    connection: Connection, now: int, secret: str, *, login: str, name: str, hashed: str, address: str = ""
) -> Person:  # fmt: skip
    """A new account with the role of the invitation; `hashed`: its password, judged and made.

    Raises RefusedError for a link that opens nothing, or a login that is taken.
    """
    found = _open(connection, now, secret, (INVITE, FIRST))
    made = people.create(connection, now, login, name, found.email, hashed)
    return _give(connection, now, found, made, address)


def accept_as(connection: Connection, now: int, secret: str, who: Who, address: str = "") -> Person:
    """The same for who has an account and is signed in. Raises RefusedError."""
    found = _open(connection, now, secret, (INVITE,))
    return _give(connection, now, found, people.find(connection, who.login), address)


def choose(connection: Connection, now: int, secret: str, hashed: str, address: str = "") -> Person:
    """The new password of who was sent a link for it; every session of theirs ends. Raises RefusedError."""
    found = _open(connection, now, secret, (RESET,))
    known = people.find(connection, found.login)
    set_password(connection, now, known.number, hashed)
    sessions.end_all(connection, known.number)
    _use(connection, now, found)
    audit.note(connection, now, Who("person", known.number, known.login), "password", "reset", address=address)
    return known


def set_password(connection: Connection, now: int, number: int, hashed: str) -> None:
    """Keep a password that was judged and made (`accounts.passwords`)."""
    values = {"password": hashed, "password_changed": now}
    connection.execute(update(person).where(person.c.id == number).values(values))


def judged(password: str, login: str, name: str) -> str:
    """The password as it is kept. Raises InputError for one that is too easy."""
    passwords.judge(password, login, name)
    return passwords.make(password)


_QUERY: Final = (
    select(invitation, library.c.code, person.c.login)
    .outerjoin(library, library.c.id == invitation.c.library_id)
    .outerjoin(person, person.c.id == invitation.c.person_id)
)


def _made(connection: Connection, now: int, kind: str, who: Who, **values: Any) -> str:
    secret = secrets.token_urlsafe(32)
    fixed = {"kind": kind, "hash": _digest(secret), "giver": who.actor, "created": now}
    connection.execute(insert(invitation).values(**values, **fixed, expires=now + DAYS[kind] * DAY))
    return secret


def _open(connection: Connection, now: int, secret: str, kinds: tuple[str, ...]) -> Invitation:
    """The good link with this secret. Two who come at once are told apart by `_use`."""
    found = find(connection, secret)
    if found is None or found.kind not in kinds or not found.good(now) or not _still(connection, now, found):
        raise RefusedError(messages.LINK_DEAD)
    return found


def _still(connection: Connection, now: int, found: Invitation) -> bool:
    """Whether its giver could give it now."""
    if found.kind == FIRST:
        return people.first_free(connection)
    giver = shell(found.giver) if found.giver.startswith("shell:") else None
    kind, _, number = found.giver.partition(":")
    if kind == "token" and number.isdecimal():
        giver = tokens.giver(connection, int(number), now)
    elif giver is None:
        row = connection.execute(select(person.c.id).where(person.c.login == found.giver)).scalar()
        giver = None if row is None else people.who(connection, row, now)
    if giver is None:
        return False
    if found.kind == RESET:
        return delegation.governs(connection, giver, people.find(connection, found.login), now)
    return delegation.grantable(giver, Role(found.role), found.library, found.ends)


def _give(connection: Connection, now: int, found: Invitation, to: Person, address: str) -> Person:
    _use(connection, now, found)
    people.give(connection, now, to.number, found.role, found.library, found.giver, ends=found.ends)
    by = Who("person", to.number, to.login)
    audit.note(
        connection, now, by, Act.PEOPLE, f"role:{to.login}", library=found.library, detail=found.role, address=address
    )  # fmt: skip
    return to


def _use(connection: Connection, now: int, found: Invitation) -> None:
    once = update(invitation).where(
        invitation.c.id == found.number, invitation.c.used.is_(None), invitation.c.revoked.is_(None)
    )  # fmt: skip
    if connection.execute(once.values(used=now)).rowcount != 1:
        raise RefusedError(messages.LINK_DEAD)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        row.id, row.kind, row.login or "", row.name, row.email, row.role, row.code or "", row.ends, row.giver,
        row.created, row.expires, row.used, row.revoked,
    )  # fmt: skip
