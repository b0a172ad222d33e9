"""The Basic Encoding Rules (ITU-T X.690) as Z39.50 needs them, bounded: framing, headers and primitive values.

Whole PDUs are read in definite form only. A PDU with an indefinite length in it (YAZ servers send them) is first
rewritten by `definite`, so that everything above this module knows one kind of length.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NoReturn

from foundation.errors import FormatError, LimitError
from foundation.limits import BER_DEPTH, BER_INTEGER_BYTES, BER_OID_ARCS
from z3950_bridge import ber_messages as messages

UNIVERSAL: Final = 0x00
CONTEXT: Final = 0x80
CONSTRUCTED: Final = 0x20
_LONG_FORM: Final = 0x1F
_MOST_TAG_OCTETS: Final = 4
_MOST_LENGTH_OCTETS: Final = 4
_ARC_BITS: Final = 32


class Indefinite(Exception):  # noqa: N818 - a signal inside the codec, never seen outside
    """An indefinite length was met where only definite ones are read."""


def truncated(offset: int) -> FormatError:
    return FormatError(messages.TRUNCATED, offset=offset)


def _beyond(limit: str, seen: int, allowed: int) -> NoReturn:
    raise LimitError(messages.LIMIT, limit=limit, seen=seen, allowed=allowed)


# --- headers --------------------------------------------------------------------------------------------------


def identifier(octet: int, number: int) -> bytes:
    """The identifier octets (X.690 8.1.2) of a class and form (`octet`, low bits clear) and a tag number."""
    if number < _LONG_FORM:
        return bytes((octet | number,))
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes((octet | _LONG_FORM, *reversed(digits)))


def long_tag(data: bytes | bytearray, at: int) -> tuple[int, int]:
    """The identifier octets at `at`, which are several, as one number, and where they end.

    Raises FormatError for more than four octets and for a number with zeros in front; IndexError where data ends.
    """
    key, start = data[at], at
    at += 1
    if data[at] == 0x80:
        raise FormatError(messages.TAG, offset=start)
    while True:
        octet = data[at]
        at += 1
        key = key << 8 | octet
        if octet < 0x80:
            return key, at
        if at - start >= _MOST_TAG_OCTETS:
            raise FormatError(messages.TAG, offset=start)


def long_length(data: bytes | bytearray, at: int, octet: int) -> tuple[int, int]:
    """The length that the octet before `at` announces in more octets (X.690 8.1.3.5), and where its octets end.

    Zeros in front are allowed, as YAZ clients write them. Raises Indefinite for an indefinite length.
    """
    count = octet & 0x7F
    if not count:
        raise Indefinite
    if count > _MOST_LENGTH_OCTETS:
        raise FormatError(messages.LENGTH, offset=at - 1, reason=f"{count} octets")
    if at + count > len(data):
        raise IndexError
    return int.from_bytes(data[at : at + count], "big"), at + count


def header(data: bytes, at: int) -> tuple[int, int, int]:
    """The element at `at`: identifier octets as a number, start of contents, end of contents.

    Raises Indefinite, FormatError, and IndexError where data ends.
    """
    key = data[at]
    if key & _LONG_FORM == _LONG_FORM:
        key, at = long_tag(data, at)
    else:
        at += 1
    length = data[at]
    at += 1
    if length & 0x80:
        length, at = long_length(data, at, length)
    if at + length > len(data):
        raise truncated(at)
    return key, at, at + length


def length_octets(length: int) -> bytes:
    """The shortest definite form (X.690 8.1.3)."""
    if length < 0x80:
        return bytes((length,))
    count = (length.bit_length() + 7) // 8
    return bytes((0x80 | count,)) + length.to_bytes(count, "big")


def element(tag: bytes, contents: bytes) -> bytes:
    """One element from its identifier octets and contents."""
    return tag + length_octets(len(contents)) + contents


# --- indefinite lengths ---------------------------------------------------------------------------------------


def definite(data: bytes) -> bytes:
    """The one element that `data` is, every length in it definite. Looks into everything that is constructed.

    Raises FormatError, and LimitError for more than BER_DEPTH levels.
    """
    try:
        made, end = _definite(data, 0, len(data), 1)
    except IndexError as error:
        raise truncated(len(data)) from error
    if end != len(data):
        raise FormatError(messages.LENGTH, offset=end, reason="trailing octets")
    return made


def _definite(data: bytes, start: int, limit: int, depth: int) -> tuple[bytes, int]:
    if depth > BER_DEPTH:
        _beyond("BER_DEPTH", depth, BER_DEPTH)
    constructed, at = _past_tag(data, start)
    tag = data[start:at]
    length = data[at]
    at += 1
    end = -1
    if length != 0x80:
        if length & 0x80:
            length, at = long_length(data, at, length)
        end = at + length
        if end > limit:
            raise truncated(at)
        if not constructed:
            return element(tag, data[at:end]), end
    elif not constructed:
        raise FormatError(messages.LENGTH, offset=at, reason="indefinite, primitive")
    parts: list[bytes] = []
    while at != end:
        if end < 0 and data[at] == 0:
            _end_of_contents(data, at)
            return element(tag, b"".join(parts)), at + 2
        part, at = _definite(data, at, limit if end < 0 else end, depth + 1)
        parts.append(part)
    return element(tag, b"".join(parts)), end


def _past_tag(data: bytes | bytearray, at: int) -> tuple[bool, int]:
    octet = data[at]
    after = long_tag(data, at)[1] if octet & _LONG_FORM == _LONG_FORM else at + 1
    return bool(octet & CONSTRUCTED), after


def _end_of_contents(data: bytes | bytearray, at: int) -> None:
    if data[at + 1]:
        raise FormatError(messages.LENGTH, offset=at, reason="end-of-contents")


# --- framing --------------------------------------------------------------------------------------------------


class Framer:
    """Cuts a stream of octets into PDUs. Looks at every octet once, however small the pieces arrive.

    `limit` bounds one PDU. A definite one is refused by its first octets, before anything of it is kept.
    """

    def __init__(self, limit: int, name: str) -> None:
        """`name` is what LimitError calls `limit`."""
        self._limit, self._name = limit, name
        self._buffer = bytearray()
        self._at = 0
        self._depth = 0
        self._end = 0
        """Of the PDU at the front, once it is known."""

    def __len__(self) -> int:
        """Octets that wait."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> bytes | None:
        """The next whole PDU; None while more octets are needed.

        Raises FormatError or LimitError; there is no going on behind it.
        """
        buffer = self._buffer
        if not self._end:
            self._find()
            if not self._end:
                if len(buffer) > self._limit:
                    _beyond(self._name, len(buffer), self._limit)
                return None
        if len(buffer) < self._end:
            return None
        pdu = bytes(memoryview(buffer)[: self._end])
        del buffer[: self._end]
        self._at = self._depth = self._end = 0
        return pdu

    def _find(self) -> None:
        """Sets `_end` when it can be told. Inside an indefinite length, goes from element to element."""
        buffer = self._buffer
        try:
            while self._at < len(buffer):
                at = self._at
                if self._depth and not buffer[at]:
                    _end_of_contents(buffer, at)
                    self._depth -= 1
                    self._at = at + 2
                else:
                    self._step(at)
                if not self._depth:
                    self._end = self._at
                    return
        except IndexError:
            return  # the header itself is not whole yet

    def _step(self, start: int) -> None:
        constructed, at = _past_tag(self._buffer, start)
        if not start and not PDU_TAGS.get(int.from_bytes(self._buffer[:at], "big")):
            raise FormatError(messages.TAG, offset=0)
        length = self._buffer[at]
        at += 1
        if length == 0x80:
            if not constructed:
                raise FormatError(messages.LENGTH, offset=start, reason="indefinite, primitive")
            if self._depth >= BER_DEPTH:
                _beyond("BER_DEPTH", self._depth + 1, BER_DEPTH)
            self._depth += 1
            length = 0
        elif length & 0x80:
            length, at = long_length(self._buffer, at, length)
        if at + length > self._limit:
            _beyond(self._name, at + length, self._limit)
        self._at = at + length


PDU_TAGS: Final = {
    int.from_bytes(identifier(CONTEXT | CONSTRUCTED, number), "big"): number
    for number in (*range(20, 37), *range(43, 51))
}
"""Identifier octets as a number → tag of the APDU (Z39.50-2003, ASN.1 `PDU`)."""


def pdu_tag(pdu: bytes) -> int:
    """The tag of a PDU from a Framer; 0 if it is none."""
    return PDU_TAGS.get(pdu[0]) or PDU_TAGS.get(int.from_bytes(pdu[:2], "big")) or 0


# --- primitive values -----------------------------------------------------------------------------------------


def integer(data: bytes) -> int:
    """Contents of an INTEGER."""
    if not 0 < len(data) <= BER_INTEGER_BYTES:
        raise FormatError(messages.VALUE, kind="INTEGER")
    return int.from_bytes(data, "big", signed=True)


def integer_octets(value: int) -> bytes:
    """The shortest contents of an INTEGER (X.690 8.3.2)."""
    return value.to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True)


@lru_cache(maxsize=512)
def oid(data: bytes) -> str:
    """Contents of an OBJECT IDENTIFIER as dotted numbers (X.690 8.19)."""
    if not data or data[-1] & 0x80 or len(data) > BER_OID_ARCS * 5:
        raise FormatError(messages.VALUE, kind="OBJECT IDENTIFIER")
    arcs: list[int] = []
    value = 0
    for octet in data:
        if not value and octet == 0x80:
            raise FormatError(messages.VALUE, kind="OBJECT IDENTIFIER")
        value = value << 7 | octet & 0x7F
        if value >> _ARC_BITS:
            raise FormatError(messages.VALUE, kind="OBJECT IDENTIFIER")
        if octet < 0x80:
            arcs.append(value)
            value = 0
    if len(arcs) >= BER_OID_ARCS:
        _beyond("BER_OID_ARCS", len(arcs) + 1, BER_OID_ARCS)
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


@lru_cache(maxsize=512)
def oid_octets(value: str) -> bytes:
    """Contents of an OBJECT IDENTIFIER from dotted numbers."""
    first, second, *rest = map(int, value.split("."))
    arcs = (first * 40 + second, *rest)
    # The digits of an arc are those of a tag number behind its first octet.
    return b"".join(identifier(0, arc)[1:] if arc >= _LONG_FORM else bytes((arc,)) for arc in arcs)


def bits(data: bytes) -> int:
    """Contents of a BIT STRING: bit 0 of the standard's lists is bit 0 of the number."""
    if not data or data[0] > 7 or (len(data) == 1 and data[0]) or len(data) > BER_INTEGER_BYTES + 1:
        raise FormatError(messages.VALUE, kind="BIT STRING")
    value = int.from_bytes(data[1:], "big") >> data[0]
    count = 8 * (len(data) - 1) - data[0]
    return int(f"{value:0{count}b}"[::-1], 2) if count else 0


def bits_octets(value: int) -> bytes:
    """Contents of a BIT STRING in whole octets, as every implementation writes them."""
    if not value:
        return b"\0\0"
    count = (value.bit_length() + 7) // 8
    return b"\0" + int(f"{value:0{8 * count}b}"[::-1], 2).to_bytes(count, "big")
