"""Tokens: by which a program of one library is let in, without a person's password.

A token is shown once, when it is made; the store keeps its SHA-256 alone. It is 32 random bytes, so nothing is gained
by a slow hash: nobody guesses it, and a copy of the database gives nothing away. Its number stands in front, so that a
row is found by that and the secret itself is compared in constant time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, insert, select, update

from accounts import messages
from accounts.access import Duty, Role, Who, may
from accounts.rights import SCOPES, Act
from catalogue.libraries import identify
from catalogue.store import Store
from catalogue.tables import library, token
from foundation.errors import RefusedError

PUSH: Final = str(Act.PUSH)
"""Send records of its library."""
NAME_CHARACTERS: Final = 100
DAY: Final = 86_400
_FORM: Final = re.compile(r"lt_([0-9]{1,15})_([A-Za-z0-9_-]{43})")
_USED_SECONDS: Final = 3600
"""How exactly the last use is kept; noting each one would make every request a write."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token, without its secret. Times are seconds since 1970, UTC."""

    number: int
    library: str
    name: str
    scopes: tuple[str, ...]
    created: int
    expires: int | None
    revoked: int | None
    used: int | None
    top: bool = False
    """Whether no library is above its own."""
    wide: bool = False
    """Whether some are below it."""

    def good(self, now: int) -> bool:
        """Whether it lets in."""
        return self.revoked is None and (self.expires is None or now < self.expires)


_LOWER = library.alias()
_QUERY = select(
    token,
    library.c.code,
    library.c.parent_id,
    exists().where(_LOWER.c.parent_id == library.c.id).correlate(library).label("wide"),
).join(library, library.c.id == token.c.library_id)


def add(
    store: Store, code: str, name: str, scopes: Sequence[str] = (PUSH,), days: int | None = None
) -> tuple[Token, str]:
    """A new token of the library `code`, and its secret, which nobody will ever see again.

    `days`: how long it is good; None: until it is revoked. Raises RefusedError for a name that is none or taken by one
    that is good, a scope or a library that does not exist.
    """
    if not name.strip() or len(name) > NAME_CHARACTERS or not name.isprintable():
        raise RefusedError(messages.TOKEN_NAME, name=name[:NAME_CHARACTERS])
    for scope in scopes:
        if scope not in SCOPES:
            raise RefusedError(messages.TOKEN_SCOPE, scope=scope, known=", ".join(SCOPES))
    secret = urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode("ascii")
    with store.write() as connection:
        store.turn(connection, "token")
        now = store.now(connection)
        owner = identify(connection, code)
        rows = connection.execute(_QUERY.where(library.c.code == code, token.c.name == name))
        if any(_token(row).good(now) for row in rows):
            raise RefusedError(messages.TOKEN_EXISTS, library=code, name=name)
        values = {
            "library_id": owner,
            "name": name,
            "hash": _digest(secret),
            "scopes": " ".join(scopes),
            "created": now,
            "expires": None if days is None else now + days * DAY,
        }
        number = connection.execute(insert(token).values(values).returning(token.c.id)).scalar_one()
        made = _token(connection.execute(_QUERY.where(token.c.id == number)).one())
    return made, f"lt_{number}_{secret}"


def scopes(giver: Who, code: str) -> list[str]:
    """What `giver` may let a token of the library `code` do: nothing that they may not do there themselves."""
    return [scope for scope, act in SCOPES.items() if may(giver, act, code)]


def give(
    store: Store, giver: Who, code: str, name: str, wanted: Sequence[str], days: int | None = None
) -> tuple[Token, str]:  # fmt: skip
    """The same for a giver, who gives no more than they hold, nor for longer. Raises RefusedError as `add`."""
    held = scopes(giver, code)
    for scope in wanted:
        if scope in SCOPES and scope not in held:
            raise RefusedError(messages.TOKEN_BEYOND, scope=scope, held=", ".join(held) or "–")
    longest = [duty.ends for duty in giver.duties if duty.allows(Act.TOKENS, code)]
    if longest and None not in longest:
        with store.read() as connection:
            left = (max(end for end in longest if end is not None) - store.now(connection)) // DAY
        if days is None or days > left:
            raise RefusedError(messages.TOKEN_LONGER, left=max(0, left))
    return add(store, code, name, wanted, days)


def every(store: Store, code: str = "") -> list[Token]:
    """The tokens of a library, or of all, the revoked ones too, newest first. Raises RefusedError."""
    query = _QUERY.order_by(token.c.id.desc())
    with store.read() as connection:
        if code:
            query = query.where(token.c.library_id == identify(connection, code))
        return [_token(row) for row in connection.execute(query)]


def revoke(store: Store, code: str, name: str) -> Token:
    """Let a token in no more, from now on. Raises RefusedError when the library has no good one of this name."""
    with store.write() as connection:
        now = store.now(connection)
        owner = identify(connection, code)
        found = [_token(row) for row in connection.execute(_QUERY.where(token.c.library_id == owner))]
        good = {one.name: one for one in found if one.good(now)}
        if name not in good:
            raise RefusedError(messages.TOKEN_UNKNOWN, library=code, name=name, known=", ".join(good) or "–")
        connection.execute(update(token).where(token.c.id == good[name].number).values(revoked=now))
        return _token(connection.execute(_QUERY.where(token.c.id == good[name].number)).one())


def admitted(store: Store, text: str) -> Token | None:
    """The token that `text` is, if it is good now; None for one that is wrong, too old, revoked or none at all."""
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    with store.read() as connection:
        now = store.now(connection)
        row = connection.execute(_QUERY.where(token.c.id == int(form[1]))).one_or_none()
    right = hmac.compare_digest(_digest(form[2]), bytes(32) if row is None else bytes(row.hash))
    if row is None or not right:
        return None
    found = _token(row)
    if not found.good(now):
        return None
    if found.used is None or now - found.used >= _USED_SECONDS:
        _note_use(store, found.number, now)
    return found


def who(found: Token) -> Who:
    """Whom a token lets in: a programme of its library alone, not of those below, for what its scopes name."""
    acts = frozenset(SCOPES[scope] for scope in found.scopes if scope in SCOPES)
    own = frozenset((found.library,))
    duty = Duty(Role.PARTNER_PROGRAMME, found.library, own, found.top, acts, found.wide, found.expires)
    return Who("token", found.number, name=found.name, duties=(duty,))


def giver(connection: Connection, number: int, now: int) -> Who | None:
    """Whom the token of this number lets in now; None when it is good no more."""
    row = connection.execute(_QUERY.where(token.c.id == number)).one_or_none()
    return who(_token(row)) if row is not None and _token(row).good(now) else None


def _note_use(store: Store, number: int, now: int) -> None:
    def note(connection: Connection) -> None:
        connection.execute(update(token).where(token.c.id == number).values(used=now))

    store.attempt(note)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()


def _token(row: Row[Any]) -> Token:
    return Token(
        row.id, row.code, row.name, tuple(row.scopes.split()), row.created, row.expires, row.revoked, row.used,
        row.parent_id is None, bool(row.wide),
    )  # fmt: skip
