"""One-time codes by time (RFC 6238 over RFC 4226), and the recovery codes for who has lost the telephone.

SHA-1, six digits, thirty seconds: what every authenticator takes. A code is good for its own step and one on either
side (RFC 6238, 5.2), and once only.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32decode, b32encode
from typing import Final
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, delete, insert, select, update

from catalogue.accounts_tables import person, recovery_code
from foundation.vault import Vault

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_AROUND: Final = (0, -1, 1)
RECOVERY_CODES: Final = 10
_RECOVERY_BYTES: Final = 10


def new_secret() -> str:
    """160 random bits (RFC 4226, 4: the length it recommends) in base 32, as people type it."""
    return b32encode(secrets.token_bytes(20)).decode("ascii")


def code(secret: str, step: int) -> str:
    """The code of one step (RFC 4226, 5.3): four bytes from where the last half byte of the HMAC points."""
    digest = hmac.digest(b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1)
    at = digest[-1] & 15
    number = int.from_bytes(digest[at : at + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def matching_step(secret: str, given: str, now: int, after: int = 0) -> int | None:
    """The step that `given` is the code of, around the second `now` and later than the step `after`; None: of none."""
    given = "".join(given.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    found = None
    for away in _AROUND:  # all of them, however early one fits
        step = now // STEP_SECONDS + away
        if hmac.compare_digest(code(secret, step), given) and step > after:
            found = step
    return found


def address(secret: str, login: str, issuer: str) -> str:
    """The `otpauth:` address that authenticators read from a picture."""
    query = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_SECONDS}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{query}"


# --- kept -----------------------------------------------------------------------------------------------------


def turn_on(connection: Connection, vault: Vault, number: int, secret: str, step: int) -> list[str]:
    """Ask the person `number` for codes from now on; `step`: of the code that proved it. Their recovery codes.

    Raises StoreError when the key of the vault cannot be kept.
    """
    values = {"totp": vault.lock(secret, f"totp:{number}"), "totp_step": step}
    connection.execute(update(person).where(person.c.id == number).values(values))
    return renew_recovery(connection, number)


def turn_off(connection: Connection, number: int) -> None:
    """Ask for no more codes."""
    connection.execute(update(person).where(person.c.id == number).values(totp="", totp_step=0))
    connection.execute(delete(recovery_code).where(recovery_code.c.person_id == number))


def renew_recovery(connection: Connection, number: int) -> list[str]:
    """New recovery codes instead of all earlier ones; they are shown once."""
    connection.execute(delete(recovery_code).where(recovery_code.c.person_id == number))
    made = []
    for _ in range(RECOVERY_CODES):
        text = b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode("ascii").lower()
        made.append("-".join(text[at : at + 4] for at in range(0, len(text), 4)))
        connection.execute(insert(recovery_code).values(person_id=number, hash=_digest(made[-1])))
    return made


def left(connection: Connection, number: int) -> int:
    """Recovery codes that were not used yet."""
    query = select(recovery_code.c.id).where(recovery_code.c.person_id == number, recovery_code.c.used.is_(None))
    return len(connection.execute(query).all())


def accepted(connection: Connection, vault: Vault, number: int, given: str, now: int) -> bool:
    """Whether `given` is a code of the person now, or a recovery code of theirs; either is used up by this.

    Raises StoreError when the secret cannot be read.
    """
    query = select(person.c.totp, person.c.totp_step).where(person.c.id == number).with_for_update()
    row = connection.execute(query).one()
    if not row.totp:
        return False
    step = matching_step(vault.unlock(row.totp, f"totp:{number}"), given, now, row.totp_step)
    if step is not None:
        connection.execute(update(person).where(person.c.id == number).values(totp_step=step))
        return True
    spent = update(recovery_code).where(
        recovery_code.c.person_id == number, recovery_code.c.hash == _digest(given), recovery_code.c.used.is_(None)
    )
    return connection.execute(spent.values(used=now)).rowcount == 1


def _digest(given: str) -> bytes:
    plain = "".join(char for char in given.lower() if char.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "replace")).digest()
