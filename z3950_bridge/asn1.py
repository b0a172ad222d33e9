"""ASN.1 types as values that read and write BER: with them the APDUs are written down as tables (`z3950_bridge.apdu`).

A type knows the identifier octets it may begin with and, for each, how its contents are read. A SEQUENCE of named
members, a CHOICE and a tag are made of other types once, when the module is loaded; reading a PDU is then one look-up
and one call for each element.

Values: INTEGER int, BOOLEAN bool, NULL True, OCTET STRING bytes, strings str, OBJECT IDENTIFIER dotted str, BIT STRING
int (bit 0 first), SEQUENCE OF tuple, SEQUENCE the NamedTuple it was given, CHOICE (name, value). What is OPTIONAL and
absent is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

from foundation.errors import FormatError, LimitError
from foundation.limits import BER_DEPTH, BER_ELEMENTS
from z3950_bridge import ber
from z3950_bridge import ber_messages as messages
from z3950_bridge.ber import CONSTRUCTED, CONTEXT, UNIVERSAL, header, long_length, long_tag, truncated

_SHORT: Final = 64
"""Octets of contents that are remembered."""

Reader = Callable[[bytes, int, int], Any]
"""Data, start and end of the contents → the value."""
Writer = Callable[[Any], bytes]


class Encoded(bytes):
    """An element that is written as it stands: a record that was encoded once and is sent many times."""


class Type:
    """A type: how it is read and written."""

    __slots__ = ("forms", "write")

    def __init__(self, forms: Mapping[int, Reader], write: Writer) -> None:
        self.forms = dict(forms)
        """Identifier octets as a number → reader of the contents behind them."""
        self.write = write
        """The whole element."""


class Tagged(Type):
    """A type with a tag of its own, which can be given another: `INTEGER[5]` is `[5] IMPLICIT INTEGER`."""

    __slots__ = ("_body", "_constructed", "_primitive", "_written")

    def __init__(
        self,
        octet: int,
        number: int,
        body: Writer,
        *,
        primitive: Reader | None = None,
        constructed: Reader | None = None,
    ) -> None:
        """`octet`: class; `body` writes the contents. At least one reader; with both, it is written primitive."""
        self._primitive, self._constructed, self._body = primitive, constructed, body
        forms: dict[int, Reader] = {}
        if primitive is not None:
            forms[int.from_bytes(ber.identifier(octet, number), "big")] = primitive
        if constructed is not None:
            forms[int.from_bytes(ber.identifier(octet | CONSTRUCTED, number), "big")] = constructed
        tag = ber.identifier(octet | (CONSTRUCTED if primitive is None else 0), number)
        super().__init__(forms, _writer(tag, body))

    def __getitem__(self, number: int) -> Tagged:
        return Tagged(CONTEXT, number, self._body, primitive=self._primitive, constructed=self._constructed)

    def universal(self, number: int) -> Tagged:
        """The same with a tag of the class UNIVERSAL."""
        return Tagged(UNIVERSAL, number, self._body, primitive=self._primitive, constructed=self._constructed)


def _writer(tag: bytes, body: Writer) -> Writer:
    short = tuple(tag + bytes((length,)) for length in range(0x80))

    def write(value: Any) -> bytes:
        contents = body(value)
        length = len(contents)
        return (short[length] if length < 0x80 else tag + ber.length_octets(length)) + contents

    return write


# --- primitive types ------------------------------------------------------------------------------------------


def _boolean(data: bytes, start: int, end: int) -> bool:
    if end - start != 1:
        raise FormatError(messages.VALUE, kind="BOOLEAN")
    return data[start] != 0


def _null(data: bytes, start: int, end: int) -> bool:
    return True


def _octets(data: bytes, start: int, end: int) -> bytes:
    return data[start:end]


def _pieces(data: bytes, start: int, end: int, depth: int = 0) -> bytes:
    """A string in pieces (X.690 8.7.3.2)."""
    if depth > BER_DEPTH:
        raise LimitError(messages.LIMIT, limit="BER_DEPTH", seen=depth, allowed=BER_DEPTH)
    parts = []
    while start < end:
        key, at, stop = header(data, start)
        if stop > end:
            raise truncated(at)
        parts.append(_pieces(data, at, stop, depth + 1) if key & CONSTRUCTED else data[at:stop])
        start = stop
    return b"".join(parts)


def _text(octets: Reader) -> Reader:
    # What is not UTF-8 is kept as it is and comes back the same: the session knows what it was agreed to be.
    return lambda data, start, end: octets(data, start, end).decode("utf-8", "surrogateescape")


def _text_octets(value: str) -> bytes:
    return value.encode("utf-8", "surrogateescape")


# TRUE as 01, as both YAZ and what it talks to write it; any other than 00 is read (X.690 8.2.2).
BOOLEAN: Final = Tagged(UNIVERSAL, 1, lambda value: b"\1" if value else b"\0", primitive=_boolean)
INTEGER: Final = Tagged(UNIVERSAL, 2, ber.integer_octets, primitive=lambda data, a, b: ber.integer(data[a:b]))
BITS: Final = Tagged(UNIVERSAL, 3, ber.bits_octets, primitive=lambda data, a, b: ber.bits(data[a:b]))
OCTETS: Final = Tagged(UNIVERSAL, 4, bytes, primitive=_octets, constructed=_pieces)
NULL: Final = Tagged(UNIVERSAL, 5, lambda value: b"", primitive=_null)
OID: Final = Tagged(UNIVERSAL, 6, ber.oid_octets, primitive=lambda data, a, b: ber.oid(data[a:b]))
STRING: Final = Tagged(UNIVERSAL, 27, _text_octets, primitive=_text(_octets), constructed=_text(_pieces))
"""InternationalString, which is a GeneralString."""
VISIBLE: Final = STRING.universal(26)
DESCRIPTOR: Final = STRING.universal(7)
CONTENTS: Final = Tagged(UNIVERSAL, 16, bytes, constructed=_octets)
"""Contents of something constructed that is read later, if ever."""


# --- constructed types ----------------------------------------------------------------------------------------


class Sequence(Tagged):
    """SEQUENCE of named members; `value` is the NamedTuple they make."""

    __slots__ = ("value",)

    def __init__(self, value: type, body: Writer, read: Reader) -> None:
        super().__init__(UNIVERSAL, 16, body, constructed=read)
        self.value = value


def sequence(value: Any, *members: Type) -> Sequence:
    """SEQUENCE: `value` is a NamedTuple whose fields are the members in their order; those that may be None are
    OPTIONAL. Elements that no member knows are passed over, as later versions of the standard may add some."""
    name, fields = value.__name__, value._fields
    found: dict[int, tuple[int, Reader]] = {}
    for place, member in enumerate(members):
        for key, reader in member.forms.items():
            found.setdefault(key, (place, reader))
    blank = [None] * len(members)
    mandatory = [place for place, kind in enumerate(value.__annotations__.values()) if "None" not in str(kind)]
    writers = [member.write for member in members]
    make, look_up = value._make, found.get

    def read(data: bytes, at: int, end: int) -> Any:
        values: list[Any] = blank[:]
        last = -1
        while at < end:
            key = data[at]
            if key & 0x1F == 0x1F:
                key, at = long_tag(data, at)
            else:
                at += 1
            length = data[at]
            at += 1
            if length & 0x80:
                length, at = long_length(data, at, length)
            stop = at + length
            if stop > end:
                raise truncated(at)
            member = look_up(key)
            if member is not None:
                place, reader = member
                if place <= last:
                    raise FormatError(messages.ORDER, offset=at, name=name)
                last = place
                values[place] = reader(data, at, stop)
            at = stop
        for place in mandatory:
            if values[place] is None:
                raise FormatError(messages.MISSING, name=name, element=fields[place])
        return make(values)

    def body(value: Any) -> bytes:
        return b"".join([write(item) for write, item in zip(writers, value, strict=True) if item is not None])

    return Sequence(value, body, read)


def sequence_of(member: Type) -> Tagged:
    """SEQUENCE OF: a tuple. `Encoded` among its values is written as it stands."""
    forms, write = member.forms, member.write

    def read(data: bytes, at: int, end: int) -> tuple[Any, ...]:
        values: list[Any] = []
        while at < end:
            key, start, stop = header(data, at)
            reader = forms.get(key)
            if reader is None or stop > end:
                raise FormatError(messages.TAG, offset=at)
            if len(values) >= BER_ELEMENTS:
                raise LimitError(messages.LIMIT, limit="BER_ELEMENTS", seen=len(values) + 1, allowed=BER_ELEMENTS)
            values.append(reader(data, start, stop))
            at = stop
        return tuple(values)

    def body(values: tuple[Any, ...]) -> bytes:
        return b"".join([item if type(item) is Encoded else write(item) for item in values])

    return Tagged(UNIVERSAL, 16, body, constructed=read)


def remembered(kind: Type) -> Type:
    """The same type, for what is sent over and over and is short: its contents are read once."""

    def reader(read: Reader) -> Reader:
        lately = lru_cache(maxsize=1024)(lambda contents: read(contents, 0, len(contents)))

        def look_up(data: bytes, start: int, end: int) -> Any:
            return lately(data[start:end]) if end - start <= _SHORT else read(data, start, end)

        return look_up

    return Type({key: reader(read) for key, read in kind.forms.items()}, kind.write)


def choice(**alternatives: Type) -> Type:
    """CHOICE: (name of the alternative, its value)."""
    forms: dict[int, Reader] = {}
    for name, one in alternatives.items():
        for key, reader in one.forms.items():
            forms[key] = _named(name, reader)
    writers = {name: one.write for name, one in alternatives.items()}
    return Type(forms, lambda pair: writers[pair[0]](pair[1]))


def _named(name: str, reader: Reader) -> Reader:
    return lambda data, start, end: (name, reader(data, start, end))


def explicit(number: int, inner: Type) -> Tagged:
    """A context tag around the whole of another type."""

    def read(data: bytes, at: int, end: int) -> Any:
        return element_at(inner, data, at, end)

    return Tagged(CONTEXT, number, inner.write, constructed=read)


def later(get: Callable[[], Type]) -> Type:
    """A SEQUENCE inside itself: `get` gives the type once it is made."""
    key = ber.identifier(CONSTRUCTED, 16)[0]

    def read(data: bytes, at: int, end: int) -> Any:
        return get().forms[key](data, at, end)

    return Type({key: read}, lambda value: get().write(value))


def decode(kind: Type, data: bytes) -> Any:
    """The value of the one element that `data` is.

    Raises FormatError or LimitError, and nothing else.
    """
    try:
        try:
            return _decode(kind, data)
        except ber.Indefinite:
            return _decode(kind, ber.definite(data))
    except IndexError as error:
        raise truncated(len(data)) from error


def _decode(kind: Type, data: bytes) -> Any:
    return element_at(kind, data, 0, len(data))


def element_at(kind: Type, data: bytes, at: int, end: int) -> Any:
    """The value of the one element that lies from `at` to `end`, inside a decoding that somebody else guards."""
    key, start, stop = header(data, at)
    reader = kind.forms.get(key)
    if reader is None:
        raise FormatError(messages.TAG, offset=at)
    if stop != end:
        raise FormatError(messages.LENGTH, offset=stop, reason="trailing octets")
    return reader(data, start, stop)
