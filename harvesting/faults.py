"""Where the fault of a quarantined piece is, and the bytes around it as a person can look at them. Pure."""

from __future__ import annotations

from io import BytesIO
from typing import Final, NamedTuple

from foundation import xml
from foundation.errors import LienThongError
from marc import iso2709

_AROUND: Final = 240
_AT: Final = 12
_SHOWN: Final = {0x1D: "␝", 0x1E: "␞", 0x1F: "␟", 0x00: "␀", 0x0A: "\n", 0x0D: "␍", 0x09: "␉", 0x7F: "␡"}
"""The separators of ISO 2709 and what else is invisible, as the pictures Unicode has for them."""


class Fault(NamedTuple):
    """A place in the bytes of a piece."""

    offset: int
    """Of the first byte at fault, from 0."""
    line: int
    """From 1."""
    before: str
    at: str
    """What is at fault, some bytes of it."""
    after: str
    hex: str
    """The same bytes as `at`."""
    found: bool
    """Whether this is where the fault was found; if not, it is where the piece begins."""


def fault(data: bytes) -> Fault:
    """Where a piece of XML, or one ISO 2709 record, stops being what it should be; its beginning when nobody knows."""
    offset = _offset(data)
    place = 0 if offset is None else min(offset, max(0, len(data) - 1))
    begin, end = _edge(data, max(0, place - _AROUND)), _edge(data, min(len(data), place + _AROUND))
    until = _edge(data, min(len(data), place + (_AT if offset is not None else 0)))
    return Fault(
        place,
        data.count(b"\n", 0, place) + 1,
        ("… " if begin else "") + visible(data[begin:place]),
        visible(data[place:until]),
        visible(data[until:end]) + (" …" if end < len(data) else ""),
        data[place:until].hex(" "),
        offset is not None,
    )


def visible(data: bytes) -> str:
    """Bytes as text: UTF-8 where it is that, the others as \\xNN, invisible characters as pictures of them."""
    text = data.decode("utf-8", "backslashreplace").translate(_SHOWN)
    return "".join(one if one.isprintable() or one == "\n" else f"\\u{ord(one):04x}" for one in text)


def _offset(data: bytes) -> int | None:
    if data.lstrip()[:1] == b"<":
        broken = _undecodable(data)
        malformed = xml.fault(data)
        known = [one for one in (broken, malformed) if one is not None]
        return min(known, default=None)
    if data[:5].isdigit():
        try:
            problems = [problem for one in iso2709.readings(BytesIO(data)) for problem in one.problems]
        except LienThongError as error:
            problems = [error.problem]
        return next((one.place.offset for one in problems if one.place.offset >= 0), None)
    return _undecodable(data)


def _undecodable(data: bytes) -> int | None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _edge(data: bytes, place: int) -> int:
    """`place`, moved back to where a character of UTF-8 begins."""
    for back in range(min(4, place + 1)):
        if place - back >= len(data) or data[place - back] & 0xC0 != 0x80:
            return place - back
    return place
