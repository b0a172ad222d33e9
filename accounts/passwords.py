"""Passwords: argon2id (RFC 9106), and what is refused as too easy to guess.

The parameters are the second recommended option of RFC 9106, section 4: three passes over 64 MiB. A stored password
made with others is made anew when its owner signs in. At most two are worked on at the same time, so that many guesses
at once cost memory no more than two of them. Passwords are compared as NFKC (NIST SP 800-63B, 5.1.1.2): a keyboard that
writes ế as one character and one that writes it as three open the same account.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import lru_cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from accounts import messages
from foundation import limits
from foundation.errors import InputError
from vietnamese.text import fold

HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
_TURNS: Final = threading.BoundedSemaphore(2)

# Folded, without blanks: what passwords are made of that are tried first. What is left beside these has to be long
# enough by itself.
_COMMON: Final = (
    "anhyeuem", "emyeuanh", "iloveyou", "matkhau", "password", "passw0rd", "thuvien", "lienthong", "library", "backan",
    "vietnam", "quantri", "administrator", "admin", "welcome", "letmein", "changeme", "qwertyuiop", "asdfghjkl",
    "1234567890", "0123456789", "123456789", "12345678", "1234567", "123456", "12345", "1234", "123", "abcdef", "abc",
)  # fmt: skip


def judge(password: str, *names: str) -> None:
    """Raises InputError for a password that is too short, too long or too easy; `names`: what stands in no password.

    Length is what counts (NIST SP 800-63B, 5.1.1.2): no rules about kinds of characters.
    """
    if len(password) < limits.PASSWORD_CHARACTERS:
        raise InputError(messages.PASSWORD_SHORT, seen=len(password), allowed=limits.PASSWORD_CHARACTERS)
    if len(_bytes(password)) > limits.PASSWORD_BYTES:
        raise InputError(messages.PASSWORD_LONG, allowed=limits.PASSWORD_BYTES)
    left = _plain(password)
    varied = len(set(left)) >= 5
    for name in (*map(_plain, names), *_COMMON):
        left = left.replace(name, "") if len(name) > 2 else left
    if not varied or len(left) < limits.PASSWORD_CHARACTERS // 2:
        raise InputError(messages.PASSWORD_COMMON)


def make(password: str) -> str:
    """The password as it is kept."""
    with _TURNS:
        return HASHER.hash(_bytes(password))


def right(stored: str, password: str) -> bool:
    """Whether the password is the one kept as `stored`.

    With nothing stored, or a password that is too long to be one, the same work is done and the answer is no.
    """
    given = _bytes(password)
    fits = len(given) <= limits.PASSWORD_BYTES
    with _TURNS:
        try:
            HASHER.verify(stored or _nobody_s(), given if fits else b"")
        except (VerificationError, InvalidHashError):
            return False
    return bool(stored) and fits


def old(stored: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobody_s() -> str:
    return HASHER.hash("nobody has this password")


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace")


def _plain(text: str) -> str:
    return "".join(fold(text).split())
