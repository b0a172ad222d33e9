"""Resumption tokens (section 3.5): everything the next page needs, signed, and nothing kept in the store.

    version · kind · given · until · last datestamp · [from] · last record · delivered · total · format · set · MAC

Numbers are varints (times as differences), so that an ordinary token stays below 100 characters; base64url without
padding keeps it in A-Z a-z 0-9 - _, which no harvester encodes wrongly. The MAC is HMAC-SHA256 cut to 12 bytes over
the repository's path and the rest, so a token belongs to one repository; the kind binds it to one verb.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.feed import Cursor, Selection
from foundation.errors import InputError
from oaipmh.errors import Code, OaiError, shown
from oaipmh.messages import NO_KEY
from oaipmh.protocol import Verb

_VERSION = 1
_MAC_BYTES = 12
_TEXT = re.compile(r"[A-Za-z0-9\-_]{24,512}")
_KINDS = {Verb.LIST_RECORDS: 0, Verb.LIST_IDENTIFIERS: 1, Verb.LIST_SETS: 8}
_VERBS = {kind: verb for verb, kind in _KINDS.items()}
_HAS_SINCE = 2
_IS_OPEN = 4


@dataclass(frozen=True, slots=True)
class Position:
    """Where a list request stands. Of ListSets: `delivered` sets, the last of them `selection.set_spec`."""

    verb: Verb
    selection: Selection
    """With `until` frozen: the harvest ends, however much changes meanwhile."""
    until: int
    """The frozen `until` of the selection, in seconds."""
    is_open: bool
    """No `until` was asked for: the frozen one is our choice, and may be passed when nothing is left before it."""
    after: Cursor
    delivered: int
    """Records in the pages before: the `cursor` attribute of the next one."""
    total: int
    given: int
    """responseDate of the answer that carries the token, in seconds."""


class Tokens:
    """Signs and reads the tokens of one repository.

    `keys`: secret keys of 16 bytes or more; the first signs, all are accepted (rotation). `path`: the repository.
    `lifetime`: seconds. Raises InputError when a key is missing or too short.
    """

    def __init__(self, keys: Sequence[bytes], path: str, lifetime: int) -> None:
        if not keys or any(len(key) < 16 for key in keys):
            raise InputError(NO_KEY)
        self._keys = tuple(keys)
        self._context = path.encode() + b"\0"
        self.lifetime = lifetime

    def sign(self, position: Position) -> str:
        """The token that leads to the page behind `position`."""
        payload = _pack(position)
        return urlsafe_b64encode(payload + self._mac(self._keys[0], payload)).rstrip(b"=").decode("ascii")

    def read(self, token: str, verb: Verb, now: int) -> Position | OaiError:
        """The position in `token`, or badResumptionToken when it was not given here for `verb` or is too old."""
        raw = _decode(token)
        if raw is None or not self._signed(raw):
            return _bad(f"{shown(token)} was not given by this repository; begin the list again")
        payload = raw[:-_MAC_BYTES]
        if payload[0] != _VERSION:
            return _bad("the token is of another version of this server; begin the list again")
        position = _unpack(payload)
        if position.verb != verb:
            return _bad(f"the token was given for {position.verb}, not for {verb}")
        if now > position.given + self.lifetime:
            return _bad("the token has expired; begin the list again")
        return position

    def _signed(self, raw: bytes) -> bool:
        payload, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
        return any([hmac.compare_digest(mac, self._mac(key, payload)) for key in self._keys])  # noqa: C419 - all, always

    def _mac(self, key: bytes, payload: bytes) -> bytes:
        return hmac.digest(key, self._context + payload, hashlib.sha256)[:_MAC_BYTES]


def position_of(token: str) -> Position | None:
    """What a token says, without asking who signed it: for tokens that were given or accepted here a moment ago."""
    raw = _decode(token)
    if raw is None or raw[0] != _VERSION:
        return None
    try:
        return _unpack(raw[:-_MAC_BYTES])
    except (IndexError, UnicodeDecodeError):
        return None


def _bad(text: str) -> OaiError:
    return OaiError(Code.BAD_RESUMPTION_TOKEN, text)


def _decode(token: str) -> bytes | None:
    if _TEXT.fullmatch(token) is None:
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return None
    # The last character has bits that say nothing; only the spelling we give is ours.
    return raw if urlsafe_b64encode(raw).rstrip(b"=") == token.encode("ascii") else None


def _pack(position: Position) -> bytes:
    selection = position.selection
    kind = _KINDS[position.verb] | (_HAS_SINCE if selection.since is not None else 0)
    numbers = [position.given, position.given - position.until, position.until - position.after.datestamp]
    if selection.since is not None:
        numbers.append(position.until - selection.since)
    numbers += [position.after.record, position.delivered, position.total]
    name = selection.format.encode()
    packed = bytearray((_VERSION, kind | (_IS_OPEN if position.is_open else 0)))
    for number in [*numbers, len(name)]:
        _append(packed, number)
    return bytes(packed) + name + selection.set_spec.encode()


def _unpack(payload: bytes) -> Position:
    """The inverse of `_pack`, of bytes that carry our signature."""
    kind = payload[1]
    numbers: list[int] = []
    place = 2
    for _ in range(8 if kind & _HAS_SINCE else 7):
        number, place = _number(payload, place)
        numbers.append(number)
    given, length = numbers[0], numbers.pop()
    until = given - numbers[1]
    since = until - numbers.pop(3) if kind & _HAS_SINCE else None
    name, set_spec = payload[place : place + length].decode(), payload[place + length :].decode()
    return Position(
        _VERBS[kind & 9],
        Selection(name, set_spec, since, until),
        until,
        bool(kind & _IS_OPEN),
        Cursor(until - numbers[2], numbers[3]),
        numbers[4],
        numbers[5],
        given,
    )


def _append(packed: bytearray, number: int) -> None:
    """A zigzag varint: seven bits to the byte, the least significant first, the sign in the lowest bit."""
    rest = number * 2 if number >= 0 else -number * 2 - 1
    while rest > 0x7F:
        packed.append(rest & 0x7F | 0x80)
        rest >>= 7
    packed.append(rest)


def _number(payload: bytes, place: int) -> tuple[int, int]:
    """The number at `place`, and the place behind it."""
    rest = shift = 0
    while payload[place] > 0x7F:
        rest |= (payload[place] & 0x7F) << shift
        shift += 7
        place += 1
    rest |= payload[place] << shift
    return (rest >> 1) ^ -(rest & 1), place + 1
