"""People and their duties: who there is, and which role each holds over which library, from when until when.

A duty is never changed, only ended: so the trail shows who could do what at any moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from accounts import messages, passwords
from accounts.access import Duty, Who, reach
from accounts.rights import ROLES, Role
from catalogue.accounts_tables import duty, person, session
from catalogue.libraries import identify
from catalogue.store import Store
from catalogue.tables import UNION, library
from foundation.errors import InputError, RefusedError

DAY: Final = 86_400
_LOGIN: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,58})[a-z0-9]")
NAME_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. Times are seconds since 1970, UTC."""

    number: int
    login: str
    name: str
    email: str = ""
    has_password: bool = False
    has_totp: bool = False
    created: int = 0
    seen: int | None = None
    locked: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A duty as it was given."""

    number: int
    login: str
    name: str
    role: Role
    library: str
    """Code; empty: everything."""
    library_name: str
    giver: str
    created: int
    begins: int
    ends: int | None
    revoked: int | None

    def good(self, now: int) -> bool:
        """Whether it counts now."""
        return self.revoked is None and self.begins <= now and (self.ends is None or now < self.ends)


def add(store: Store, login: str, name: str, email: str = "", password: str = "") -> Person:
    """A new account, without a duty; with no password it cannot sign in until one is chosen by a link.

    Raises RefusedError for a login that is taken or none, InputError for a password that is too easy.
    """
    hashed = ""
    if password:
        passwords.judge(password, login, name)
        hashed = passwords.make(password)
    with store.write() as connection:
        return create(connection, store.now(connection), login, name, email, hashed)


def create(connection: Connection, now: int, login: str, name: str, email: str = "", hashed: str = "") -> Person:
    """The same inside of a transaction; `hashed`: the password as `passwords.make` gave it. Raises RefusedError."""
    login, name, email = login.strip().lower(), " ".join(name.split()), email.strip()
    if not _LOGIN.fullmatch(login):
        raise RefusedError(messages.LOGIN_WRONG, login=login[:100])
    if not name or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise RefusedError(messages.NAME_WRONG)
    values = {"login": login, "name": name, "email": email[:200], "password": hashed, "created": now}
    if hashed:
        values["password_changed"] = now
    try:
        with connection.begin_nested():  # of two who come at once, the second waits here for the first
            connection.execute(insert(person).values(values))
    except IntegrityError as error:
        raise RefusedError(messages.LOGIN_TAKEN, login=login) from error
    return find(connection, login)


def is_login(text: str) -> bool:
    """Whether it could be a login."""
    return _LOGIN.fullmatch(text) is not None


def find(connection: Connection, login: str) -> Person:
    """The person with this login. Raises RefusedError."""
    row = connection.execute(select(person).where(person.c.login == login.strip().lower())).one_or_none()
    if row is None:
        raise RefusedError(messages.PERSON_UNKNOWN, login=login[:100])
    return _person(row)


def get(connection: Connection, number: int) -> Person | None:
    """The person of this number."""
    row = connection.execute(select(person).where(person.c.id == number)).one_or_none()
    return None if row is None else _person(row)


def every(store: Store) -> list[Person]:
    """All people, in the order of their logins."""
    with store.read() as connection:
        return listed(connection)


def listed(connection: Connection) -> list[Person]:
    """The same inside of a transaction."""
    return [_person(row) for row in connection.execute(select(person).order_by(person.c.login))]


def first_free(connection: Connection) -> bool:
    """Whether there is no account at all yet."""
    return connection.execute(select(person.c.id).limit(1)).first() is None


def checked(store: Store, login: str, password: str) -> Person | None:
    """The person whose login and password these are; None when they are not, or the account is locked.

    The same work is done whether there is such a login or not. A password kept in an older way is kept anew.
    """
    with store.read() as connection:
        row = connection.execute(select(person).where(person.c.login == login.strip().lower())).one_or_none()
    if not passwords.right("" if row is None else row.password, password) or row is None or row.locked is not None:
        return None
    if passwords.old(row.password):
        fresh = passwords.make(password)
        with store.write() as connection:
            # Of who has chosen another one since, that one stays.
            same = (person.c.id == row.id, person.c.password == row.password)
            connection.execute(update(person).where(*same).values(password=fresh))
    return _person(row)


# --- duties ---------------------------------------------------------------------------------------------------


def give(
    connection: Connection, now: int, number: int, role: str, code: str, giver: str, *,
    begins: int | None = None, ends: int | None = None,
) -> int:  # fmt: skip
    """Give the person `number` a role over the library `code` (empty: everything) and those below; the duty's number.

    Whether the giver may is asked before (`accounts.delegation`). Raises RefusedError for a role or library that does
    not exist, and for a role other than administrator without a library.
    """
    known = _role(role)
    if not code and known is not Role.ADMINISTRATOR:
        raise RefusedError(messages.ROLE_LIBRARY, role=ROLES[known].vi)
    values = {
        "person_id": number,
        "role": str(known),
        "library_id": identify(connection, code) if code else None,
        "giver": giver,
        "created": now,
        "begins": now if begins is None else begins,
        "ends": ends,
    }
    made: int = connection.execute(insert(duty).values(values).returning(duty.c.id)).scalar_one()
    return made


def take(connection: Connection, now: int, number: int) -> None:
    """End a duty from now on."""
    connection.execute(update(duty).where(duty.c.id == number, duty.c.revoked.is_(None)).values(revoked=now))


def duties(connection: Connection, *, of: int | None = None, codes: Iterable[str] | None = None) -> list[Given]:
    """Duties as they were given, the ended ones too: of one person, or over the libraries `codes`, or all."""
    query = _GIVEN.order_by(person.c.login, duty.c.id)
    if of is not None:
        query = query.where(duty.c.person_id == of)
    if codes is not None:
        query = query.where(library.c.code.in_(list(codes)))
    return [_given(row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which duties a list shows; what is empty is not asked."""

    codes: tuple[str, ...] | None = None
    """Over these libraries; None: over any, and over everything."""
    role: str = ""
    words: str = ""
    """In the login, the name or the mail address; of the letters ASCII has, capitals do not matter."""


def current(connection: Connection, now: int, wanted: Wanted, *, after: int = 0, limit: int) -> list[Given]:
    """The next `limit` duties that have not ended behind the duty `after`, in the order of the logins."""
    query = _GIVEN.where(duty.c.revoked.is_(None), or_(duty.c.ends.is_(None), duty.c.ends > now))
    query = query.where(*_asked(wanted.words))
    if wanted.codes is not None:
        query = query.where(library.c.code.in_(wanted.codes))
    if wanted.role:
        query = query.where(duty.c.role == wanted.role)
    if after:
        login = select(person.c.login).join(duty, duty.c.person_id == person.c.id).where(duty.c.id == after)
        found = connection.execute(login).scalar() or ""
        query = query.where(tuple_(person.c.login, duty.c.id) > (found, after))
    return [_given(row) for row in connection.execute(query.order_by(person.c.login, duty.c.id).limit(limit))]


def idle(connection: Connection, now: int, words: str, limit: int) -> list[Person]:
    """The first `limit` people without a duty that has not ended, in the order of their logins."""
    mine = (duty.c.person_id == person.c.id, duty.c.revoked.is_(None), or_(duty.c.ends.is_(None), duty.c.ends > now))
    query = select(person).where(~select(duty.c.id).where(*mine).exists(), *_asked(words))
    return [_person(row) for row in connection.execute(query.order_by(person.c.login).limit(limit))]


def named(connection: Connection, login: str) -> str:
    """What the person with this login is called; empty where there is none."""
    return connection.scalar(select(person.c.name).where(person.c.login == login)) or ""


def administrators(connection: Connection, now: int) -> set[str]:
    """The logins of those who may do everything everywhere now and can come in."""
    query = _GIVEN.where(duty.c.role == Role.ADMINISTRATOR, duty.c.library_id.is_(None), person.c.locked.is_(None))
    return {one.login for one in map(_given, connection.execute(query)) if one.good(now)}


def locked(connection: Connection, logins: Iterable[str]) -> set[str]:
    """Those of these logins that are locked."""
    query = select(person.c.login).where(person.c.login.in_(set(logins)), person.c.locked.is_not(None))
    return set(connection.scalars(query))


def _asked(words: str) -> list[ColumnElement[bool]]:
    if not words:
        return []
    columns = (person.c.login, person.c.name, person.c.email)
    return [or_(*(one.icontains(words, autoescape=True) for one in columns))]


def who(connection: Connection, number: int, now: int, came_in: int = 0) -> Who | None:
    """The person `number` with what they may do now; None when there is none or the account is locked."""
    row = connection.execute(select(person).where(person.c.id == number)).one_or_none()
    if row is None or row.locked is not None:
        return None
    held = [one for one in duties(connection, of=number) if one.good(now)]
    parents = tree(connection) if any(one.library for one in held) else {}
    made = tuple(
        Duty(one.role, one.library, reach(parents, one.library), not parents.get(one.library, ""), ends=one.ends)
        for one in held
    )
    return Who("person", row.id, row.login, row.name, made, came_in)


def tree(connection: Connection) -> dict[str, str]:
    """Code of every library → code of the one above, or empty."""
    above = library.alias()
    query = select(library.c.code, above.c.code.label("parent")).outerjoin(above, above.c.id == library.c.parent_id)
    query = query.where(library.c.id != UNION)
    return {row.code: row.parent or "" for row in connection.execute(query)}


def lock(connection: Connection, now: int, number: int) -> None:
    """Let a person in no more, and end every session of theirs."""
    connection.execute(update(person).where(person.c.id == number).values(locked=now))
    connection.execute(session.delete().where(session.c.person_id == number))


def unlock(connection: Connection, number: int) -> None:
    """Let a person in again."""
    connection.execute(update(person).where(person.c.id == number).values(locked=None))


def end_of_day(text: str, timezone: str) -> int | None:
    """The second at which a day, written `2026-12-31`, is over in the time zone; None for no day. Raises InputError."""
    if not text.strip():
        return None
    try:
        following = date.fromisoformat(text.strip()) + timedelta(days=1)
        midnight = datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(timezone))
        return int(midnight.timestamp())
    except (ValueError, OverflowError) as error:
        raise InputError(messages.DAY_WRONG, seen=text[:40]) from error


_GIVEN: Final[Select[*tuple[Any, ...]]] = (
    select(duty, person.c.login, person.c.name, library.c.code, library.c.name_vi)
    .join(person, person.c.id == duty.c.person_id)
    .outerjoin(library, library.c.id == duty.c.library_id)
)


def _role(role: str) -> Role:
    given: Sequence[str] = [str(one) for one in Role if one is not Role.PARTNER_PROGRAMME]
    if role not in given:
        raise RefusedError(messages.ROLE_UNKNOWN, role=role[:60], known=", ".join(given))
    return Role(role)


def _person(row: Row[Any]) -> Person:
    return Person(
        row.id, row.login, row.name, row.email, bool(row.password), bool(row.totp), row.created, row.seen, row.locked
    )  # fmt: skip


def _given(row: Row[Any]) -> Given:
    return Given(
        row.id, row.login, row.name, Role(row.role), row.code or "", row.name_vi or "", row.giver, row.created,
        row.begins, row.ends, row.revoked,
    )  # fmt: skip
