"""MARC-8 to Unicode (MARC 21 Specifications, Character Sets, Parts 2 to 5).

MARC-8 writes marks before their letter "in the order in which they appear, reading left to right and top to bottom"
(Part 2, Combining characters); Unicode writes them behind it from the letter outwards. So a stack is not only moved but
also reversed.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from codecs import charmap_decode
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import Any, NamedTuple
from unicodedata import combining, normalize

from foundation.errors import Message, Place, Problem
from foundation.limits import MARC8_MARKS, MARC8_PROBLEMS
from marc.charset_messages import (
    BAD_REFERENCE,
    LOST,
    MARK_ALONE,
    MORE,
    SPELT_OUT,
    TOO_MANY_MARKS,
    TRUNCATED,
    UNKNOWN_CODE,
    UNKNOWN_ESCAPE,
    UTF8_VALUE,
)
from marc.marc8_tables import EACC, MARKS, SETS

ASCII, ANSEL, EAST_ASIAN = "B", "E", "1"
REPLACEMENT = "\ufffd"
CONTROLS = {0x88: "\x98", 0x89: "\x9c", 0x8D: "\u200d", 0x8E: "\u200c"}
"""Non-sorting begin and end, joiner, non-joiner: C1 controls, the same beside every set (Part 2, Control functions)."""

ESC = b"\x1b"
_LOST = REPLACEMENT.encode()
_LOST_PIECE = re.compile(b"(" + _LOST + b")")
_VALUE = re.compile(rb"\x1f?[^\x1d-\x1f]+|[\x1d-\x1f]")
_MAYBE_UTF8 = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_SWITCH = re.compile(  # a delimiter; or an escape to a custom set, to a G0 set, to a G1 set, or (ISO 2022) to another
    rb"[\x1d-\x1f]|\x1b(?:([bgps])|(?:\$[(,]?(?=1)|[(,]!?)([1-4BENQS])|(?:\$[)-](?=1)|[)-]!?)([1-4BENQS])|[ -/]+[0-~])?"
)
# EACC in G0 and what is left of it; the same in G1; anything else. 21 23 20 is the ideographic space.
_WIDE = re.compile(
    rb"((?:[!-~]{3}|!# )+)|([!-~]{1,2})|((?:[\xa1-\xfe]{3}|\xa1\xa3\xa0)+)|([\xa1-\xfe]{1,2})|([^!-~\xa1-\xfe]+)"
)
_SEVEN_BITS = bytes(code & 0x7F for code in range(256))
REFERENCE = re.compile("&#x([0-9A-Fa-f]{2,6});")
# Some systems spell a code point out; the marks that follow it have slipped in front of the closing backslash.
_SPELT_OUT = re.compile(f"\\\\U\\+([0-9A-Fa-f]{{4,6}})([{MARKS}]*)\\\\")
# A subfield code is not a letter: it carries no mark. (A pattern that begins with a class is searched for fastest.)
_STACK = re.compile(f"[{MARKS}](?<!\x1f.)[{MARKS}]*(?:{REFERENCE.pattern}|[^{MARKS}\x1d-\x1f])?", re.DOTALL)
_ODD = re.compile(f"[{MARKS}](?:(?![^\x1d-\x1f])|[{MARKS}]{{{MARC8_MARKS}}})")  # without a letter, or too many
# The same in ANSEL, and what references, escapes and UTF-8 begin with: in one pattern, for it looks at every value.
_PECULIAR = re.compile(
    rb"[&\\\x1b\xc2-\xfe](?:(?<=&)#x|(?<=\\)U\+|(?<=\x1b)|(?<=[\xc2-\xf4])[\x80-\xbf]"
    rb"|(?<=[\xe0-\xfe])(?:(?![^\x1d-\x1f])|[\xe0-\xfe]{%d}))" % MARC8_MARKS
)
_SHORT = 512
_CODE = re.compile("(\x1f.)", re.DOTALL)
_NOT_XML = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
HALVES = {"\ufe20": "\u0361", "\ufe22": "\u0360"}
_SHAPES = {"\u0302": "AaEeOo", "\u0306": "Aa"}
_TONES = "\u0300\u0301\u0303\u0309\u0323"


class Decoded(NamedTuple):
    """Text in NFC; problems carry the byte offset in the data."""

    text: str
    problems: tuple[Problem, ...] = ()


def decode(data: bytes) -> Decoded:
    """The text that MARC-8 `data` says, in NFC; delimiters stay in their places. Never raises.

    `&#xNNNN;` becomes its character (Part 4, Lossless conversion) unless XML forbids it or it is a control character.
    A value that is UTF-8 as a whole is read as UTF-8, with a problem: sources mix the two in one record.
    """
    text = _plain(data)
    if text is not None:
        return Decoded(text)
    report = Report()
    texts = []
    values = _VALUE.findall(data)
    for value in values:
        text = _plain(value) if len(values) > 1 else None
        if text is None and is_utf8(value):
            text = composed(_stream_safe(value.decode()))
            report.tell(UTF8_VALUE, 0)
        elif text is None:
            text = _finish("".join([text for text, _, _ in _designated(value, report)]), _Offsets(value), report)
        texts.append(text)
        report.start += len(value)
    return Decoded("".join(texts), report.done())


def _plain(data: bytes) -> str | None:
    """The text of ASCII and ANSEL without escapes, references, UTF-8 or damage, as nearly all data is; else None."""
    if data.isascii():
        return None if ESC in data or b"&#x" in data or b"\\U+" in data else data.decode("ascii")
    if _PECULIAR.search(data):
        return None
    text = charmap_decode(data, "strict", _LATIN)[0]
    if REPLACEMENT in text:
        return None
    text = _STACK.sub(_arrange, text)  # each cluster is NFC, and no Latin letter composes with the next letter
    return normalize("NFC", _join_halves(text)) if "\ufe20" in text or "\ufe22" in text else text


def is_utf8(value: bytes | bytearray) -> bool:
    """Whether a value is UTF-8. Of 34 real values that could be either, their twins showed all to be UTF-8."""
    if value.isascii() or ESC in value:
        return False
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


@cache
def _table(low: str, high: str) -> str:
    """The 256 characters of one byte with these sets as G0 and G1; U+FFFD where nothing is assigned."""
    codes = [chr(code) if code < 0x80 else REPLACEMENT for code in range(256)]
    for start, name in ((0x20, low), (0xA0, high)):
        cells = SETS.get(name, " " * 96)[1:95]
        codes[start + 1 : start + 95] = [REPLACEMENT if cell == " " else cell for cell in cells]
    for code, character in CONTROLS.items():
        codes[code] = character
    return "".join(codes)


_LATIN = _table(ASCII, ANSEL)


@cache
def east_asian() -> dict[bytes, str]:
    """EACC code to character, made when the first one is met."""
    return {
        bytes.fromhex(line[:4]) + bytes([cell]): character
        for line in EACC.splitlines()
        for cell, character in enumerate(line[4:], 0x20)
        if character != " "
    }


class Report:
    """Problems up to the limit, and the count of the rest. Offsets are told from `start`, where the value begins."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.more = 0
        self.start = 0

    def tell(self, message: Message, offset: int, **values: Any) -> None:
        if len(self.problems) < MARC8_PROBLEMS:
            self.problems.append(Problem(message, Place(offset=self.start + offset), values))
        else:
            self.more += 1

    def done(self) -> tuple[Problem, ...]:
        rest = [Problem(MORE, values={"count": self.more, "allowed": MARC8_PROBLEMS})] if self.more else []
        return (*sorted(self.problems, key=lambda problem: problem.place.offset), *rest)


class _Offsets:
    """Where in the data a character of the text stands: asked only when there is a problem, and worked out then.

    Two flat arrays (offset and width share a number), because hostile data can have a run for every three bytes.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.texts, self.bytes = array("Q"), array("Q")

    def find(self, index: int) -> int:
        if not self.texts:
            length = 0
            for text, offset, width in _designated(self.data, Report()):
                self.texts.append(length)
                self.bytes.append(offset * 4 + width)
                length += len(text)
        at = bisect_right(self.texts, index) - 1
        return self.bytes[at] // 4 + (index - self.texts[at]) * (self.bytes[at] % 4)


Pieces = Iterator[tuple[str, int, int]]
"""Text, the offset where it begins, and how many bytes make one of its characters."""


def _designated(data: bytes, report: Report) -> Pieces:
    """Characters in the order of the bytes, following the escape sequences (Part 2, Techniques 1 and 2)."""
    low, high = ASCII, ANSEL
    start = 0
    lost = _LOST in data
    for switch in chain(_SWITCH.finditer(data), [None]):
        end = switch.start() if switch else len(data)
        if start < end and (lost or EAST_ASIAN in (low, high)):
            yield from _characters(data, start, end, (low, high), report)
        elif start < end:
            text = charmap_decode(data[start:end], "strict", _table(low, high))[0]
            if REPLACEMENT in text:
                _tell_unknown(text, data, start, (low, high), report)
            yield text, start, 1
        if not switch:
            break
        start = switch.end()
        kind = switch.lastindex
        if kind == 3:
            high = switch[3].decode()
        elif kind:
            low = switch[kind].decode().replace("s", ASCII)
        elif data[end] == ESC[0]:
            yield REPLACEMENT + switch[0][1:].decode(), end, 1
            report.tell(UNKNOWN_ESCAPE, end, escape=switch[0].hex(" ").upper())
        else:
            yield switch[0].decode(), end, 1
            low, high = ASCII, ANSEL


def _characters(data: bytes, start: int, end: int, sets: tuple[str, str], report: Report) -> Pieces:
    """What data[start:end] says in these sets, as pieces of text with their offset and bytes per character."""
    table = _table(*sets)
    if EAST_ASIAN not in sets:
        run = data[start:end]
        for piece in _LOST_PIECE.split(run) if sets[1] == ANSEL and _LOST in run else [run]:
            if piece == _LOST:
                yield REPLACEMENT, start, 3
                report.tell(LOST, start)
            else:
                text = charmap_decode(piece, "strict", table)[0]
                _tell_unknown(text, data, start, sets, report)
                yield text, start, 1
            start += len(piece)
        return
    for match in _WIDE.finditer(data, start, end):
        piece, offset, kind = match[0], match.start(), match.lastindex or 0
        if kind < 5 and sets[(kind - 1) // 2] == EAST_ASIAN:
            piece = piece.translate(_SEVEN_BITS)
            if kind % 2:
                yield _wide(piece, offset, report), offset, 3
            else:
                yield piece.decode("ascii"), offset, 1
                report.tell(TRUNCATED, offset, code=match[0].hex(" ").upper())
        else:
            text = charmap_decode(piece, "strict", table)[0]
            _tell_unknown(text, data, offset, sets, report)
            yield text, offset, 1


def _wide(codes: bytes, offset: int, report: Report) -> str:
    known = east_asian()
    text = "".join([known.get(codes[at : at + 3], REPLACEMENT) for at in range(0, len(codes), 3)])
    for match in re.finditer(REPLACEMENT, text):
        at = 3 * match.start()
        report.tell(UNKNOWN_CODE, offset + at, code=codes[at : at + 3].hex().upper(), name=EAST_ASIAN)
    return text


def _tell_unknown(text: str, data: bytes, start: int, sets: tuple[str, str], report: Report) -> None:
    if REPLACEMENT not in text:
        return
    for match in re.finditer(REPLACEMENT, text):
        code = data[start + match.start()]
        report.tell(UNKNOWN_CODE, start + match.start(), code=f"{code:02X}", name=sets[code >= 0x80])


def _finish(text: str, offsets: _Offsets, report: Report) -> str:
    """Marks behind their letters, references as characters, halves joined, all in NFC."""
    safe = "\u0670" not in text  # the one sign that sorts like a mark and is none in MARC-8
    if _ODD.search(text):
        safe = False
        _tell_odd(text, offsets, report)
    if "\\U+" in text:
        for match in _SPELT_OUT.finditer(text):
            report.tell(SPELT_OUT, offsets.find(match.start()), code="U+" + match[1].upper())
    if "&#x" in text:
        for match in REFERENCE.finditer(text):
            if _referred(match) == match[0]:
                report.tell(BAD_REFERENCE, offsets.find(match.start()), reference=match[0])
    if "\\U+" in text:
        text = _SPELT_OUT.sub(lambda spelt: "".join(map(reference, chr(_number(spelt[1])) + spelt[2])), text)
    text = _STACK.sub(_arrange, text)
    if "&#x" in text:
        safe = False
        text = REFERENCE.sub(_referred, text)
    text = _join_halves(text)
    return composed(text if safe else _stream_safe(text))


def _tell_odd(text: str, offsets: _Offsets, report: Report) -> None:
    for match in _ODD.finditer(text):
        if match.end() - match.start() == 1:
            report.tell(MARK_ALONE, offsets.find(match.start()), code=code_point(match[0]))
    for match in _STACK.finditer(text):
        count = len(match[0]) - len(match[0].lstrip(MARKS))
        if count > MARC8_MARKS:
            report.tell(TOO_MANY_MARKS, offsets.find(match.start()), seen=count, allowed=MARC8_MARKS)


def composed(text: str) -> str:
    """`text` in NFC, but a mark at the very start of a value does not melt into the subfield code before it."""
    return (
        "".join([normalize("NFC", value) for value in _CODE.split(text)]) if "\x1f" in text else normalize("NFC", text)
    )


def _arrange(match: re.Match[str]) -> str:
    stack = match[0]
    return cluster(stack) if len(stack) <= 4 else cluster.__wrapped__(stack)


@lru_cache(maxsize=8192)
def cluster(stack: str) -> str:
    """One letter with its marks behind it, from MARC-8 order, in NFC. Marks without a letter stay as they are."""
    letter = stack.lstrip(MARKS)
    if not letter:
        return stack
    marks = stack[: len(stack) - len(letter)][::-1]
    # Vietnamese sources have both orders in one title; the shape belongs to the letter and the tone to the syllable,
    # so the shape is always the inner one, and no other language puts these on these letters the other way.
    if len(marks) == 2 and letter in _SHAPES.get(marks[1], "") and marks[0] in _TONES:
        marks = marks[::-1]
    return normalize("NFC", letter + _parted(marks))


def _parted(marks: str) -> str:
    """`marks` with U+034F between the pieces of a run too long to sort (UAX #15, Stream-Safe Text Format)."""
    return "\u034f".join(marks[at : at + MARC8_MARKS] for at in range(0, len(marks), MARC8_MARKS))


def _stream_safe(text: str) -> str:
    """`text` without runs too long to sort; in a short text no run is."""
    return text if len(text) <= _SHORT else _long_run().sub(lambda run: _parted(run[0]), text)


@cache
def combining_marks() -> str:
    """Every character with a combining class, for a class of a pattern; planes 2 and up have none."""
    return "".join(chr(code) for code in range(0x300, 0x20000) if combining(chr(code)))


@cache
def _long_run() -> re.Pattern[str]:
    return re.compile(f"[{combining_marks()}]{{{MARC8_MARKS + 1},}}")


@cache
def _pair(left: str, right: str) -> re.Pattern[str]:
    """A left half mark, the rest of its letter's marks, the next letter, and the right half mark among its marks."""
    others = re.sub(f"[{left}{right}]", "", combining_marks())
    return re.compile(f"{left}([{others}]{{,99}}[^{combining_marks()}\x1d-\x1f][{others}]{{,99}}){right}")


def _join_halves(text: str) -> str:
    """Ligature and double tilde as one mark that spans two letters; a half without the other stays a half."""
    for left, whole in HALVES.items():
        if left in text:
            text = _pair(left, chr(ord(left) + 1)).sub(rf"{whole}\1", text)
    return text


def _referred(match: re.Match[str]) -> str:
    character = chr(_number(match[1]))
    return match[0] if _NOT_XML.match(character) else character


def _number(digits: str) -> int:
    """The code point, or 0 beyond the last one."""
    code = int(digits, 16)
    return code if code < 0x110000 else 0


def reference(character: str) -> str:
    """`character` as Part 4 (Lossless conversion) writes what MARC-8 does not have."""
    return f"&#x{ord(character):04X};"


def code_point(character: str) -> str:
    return f"U+{ord(character):04X}"
