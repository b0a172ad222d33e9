"""Brakes on guessing: of one account's password from anywhere, of many accounts' from one address, of one-time codes.

An attempt is counted before it is judged and forgiven when it was right, so that a thousand at the same time are a
thousand. Beyond what a bucket gives free, each one doubles the wait, up to a quarter of an hour; nothing is locked for
good, for then anybody could lock out anybody. Logins are counted as they are typed, whether there is such an account
or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, delete, select, update

from catalogue import bulk
from catalogue.accounts_tables import throttle
from foundation import limits

_FIRST_SECONDS: Final = 15
_FORGET_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted together, and how many failures are free."""

    key: str
    free: int

    @classmethod
    def of(cls, kind: str, name: str, free: int) -> Bucket:
        """A name may be as long as somebody likes, so its hash is kept."""
        return cls(f"{kind}:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}", free)


def of_password(login: str, address: str, *, known_here: bool) -> Sequence[Bucket]:
    """What a guess at a password is counted under.

    `known_here`: this person has come in from this address lately; failures from elsewhere do not keep them out then.
    """
    login = login.strip().lower()
    here = Bucket.of("pair", f"{login}\n{address}", limits.SIGN_IN_FREE)
    whole = Bucket.of("login", login, limits.SIGN_IN_FREE_LOGIN)
    place = Bucket.of("address", address, limits.SIGN_IN_FREE_ADDRESS)
    return (here, place) if known_here else (here, whole, place)


def of_code(number: int) -> Sequence[Bucket]:
    """What a guess at the one-time code of the person `number` is counted under."""
    return (Bucket.of("code", str(number), limits.SIGN_IN_FREE),)


def attempt(connection: Connection, now: int, buckets: Iterable[Bucket]) -> int:
    """Count an attempt; 0 when it may be made, else the seconds to wait, and nothing was counted."""
    buckets = sorted(buckets, key=lambda one: one.key)  # in one order, so that two never wait for each other
    first = [(one.key, 0, now, 0) for one in buckets]  # a row that is not there cannot be waited for
    bulk.insert(connection, throttle, "key failures last until", first, "ON CONFLICT (key) DO NOTHING")
    query = select(throttle).where(throttle.c.key.in_([one.key for one in buckets])).with_for_update()
    found = {row.key: row for row in connection.execute(query.order_by(throttle.c.key))}
    wait = max((row.until - now for row in found.values()), default=0)
    if wait > 0:
        return int(wait)
    for one in buckets:
        row = found[one.key]
        failures = 1 if now - row.last > _FORGET_SECONDS else row.failures + 1
        beyond = failures - one.free
        pause = min(_FIRST_SECONDS << min(beyond, 20), limits.SIGN_IN_WAIT_SECONDS) if beyond >= 0 else 0
        values = {"failures": failures, "last": now, "until": now + pause}
        connection.execute(update(throttle).where(throttle.c.key == one.key).values(values))
    return 0


def forgive(connection: Connection, buckets: Iterable[Bucket]) -> None:
    """The attempt was right: what was counted for this account is forgotten, of the address this one attempt.

    Were the address forgotten too, whoever has one account could guess at all others for ever.
    """
    for one in buckets:
        if one.key.startswith("address:"):
            counted = update(throttle).where(throttle.c.key == one.key, throttle.c.failures > 0)
            connection.execute(counted.values(failures=throttle.c.failures - 1, until=0))
        else:
            connection.execute(delete(throttle).where(throttle.c.key == one.key))


def sweep(connection: Connection, now: int) -> None:
    """Forget what was a day ago."""
    connection.execute(delete(throttle).where(throttle.c.last < now - _FORGET_SECONDS))
