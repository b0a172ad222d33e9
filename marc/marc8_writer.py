"""Unicode to MARC-8 (MARC 21 Specifications, Character Sets, Parts 2 to 5)."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from typing import NamedTuple
from unicodedata import normalize

from foundation.errors import Problem
from marc.charset_messages import UNMAPPED
from marc.marc8_reader import (
    ANSEL,
    ASCII,
    CONTROLS,
    EAST_ASIAN,
    HALVES,
    REFERENCE,
    Report,
    cluster,
    code_point,
    combining_marks,
    composed,
    east_asian,
    is_utf8,
    reference,
)
from marc.marc8_tables import MARKS, SETS

# What `decode` would take for a reference or a spelt-out code point, although the text means just these characters.
_LOOKALIKE = re.compile(rf"&(?={REFERENCE.pattern[1:]})|\\(?=U\+[0-9A-Fa-f]{{4,6}}\\)")
_UNIT = re.compile(  # a delimiter with its code; plain ASCII; a letter with its marks
    f"\x1f[!-~]?|[\x1d\x1e]|[\x00-\x1a\x1c\x20-\x7f]+(?![{MARKS}])|.[{MARKS}]*", re.DOTALL
)
_HIGH = "EQ4"
"""Sets written as G1, so that ASCII or the basic set of their script stays in G0; all others as G0."""
_CUSTOM = "bpg"
_ESCAPES = {ANSEL: b"\x1b)!E", EAST_ASIAN: b"\x1b$1", **{name: b"\x1b" + name.encode() for name in _CUSTOM}}
_ORDER = "BESNQ234bpg"
"""Greek symbols last: their use is discouraged (Part 2, Technique 1)."""


class Encoded(NamedTuple):
    """MARC-8 bytes; one problem for each different character that MARC-8 cannot say, with its count."""

    data: bytes
    problems: tuple[Problem, ...] = ()


def encode(text: str) -> Encoded:
    """`text` in MARC-8: every letter in the set that has it, marks before it, ASCII and ANSEL again at every delimiter.

    What MARC-8 cannot say becomes `&#xNNNN;` (Part 4, Lossless conversion) and a problem. `decode` gives NFC of `text`
    again, save that a pair of half marks (U+FE20 U+FE21) comes back as the double mark it stands for. Never raises.
    """
    if text.isascii() and "&#x" not in text and "\x1b" not in text:
        return Encoded(text.encode("ascii"))
    writer = _Writer()
    text = composed(text)
    if "\u0361" in text or "\u0360" in text:
        text = _halved(text)
    if "&#x" in text or "\\U+" in text:
        writer.referred.update(found[0] for found in _LOOKALIKE.finditer(text))
        text = _LOOKALIKE.sub(lambda found: reference(found[0]), text)
    for unit in _UNIT.findall(text):
        if unit[0] in "\x1d\x1e\x1f":
            writer.reset()
            writer.start = len(writer.data)
            writer.data += unit.encode()
        elif unit.isascii() and writer.low == ASCII and unit != "\x1b":
            writer.data += unit.encode()
        elif unit.isascii():
            for character in unit:
                writer.write("", character, "")
        else:
            writer.write(*_spell(unit))
    writer.reset()
    return Encoded(bytes(writer.data), writer.problems())


def _halved(text: str) -> str:
    """The inverse of `_join_halves`."""
    for left, whole in HALVES.items():
        pattern = f"{whole}([{combining_marks()}]*[^{combining_marks()}\x1d-\x1f])"
        text = re.sub(pattern, rf"{left}\1{chr(ord(left) + 1)}", text)
    return text


@cache
def _codes() -> dict[str, dict[str, bytes]]:
    """The code of each character in every set of one byte that has it, the preferred set first."""
    codes: dict[str, dict[str, bytes]] = {character: {ANSEL: bytes([code])} for code, character in CONTROLS.items()}
    for name in _ORDER:
        start = 0xA0 if name in _HIGH else 0x20
        for code, character in enumerate(SETS[name][1:95], start + 1):
            if character != " ":
                codes.setdefault(character, {}).setdefault(name, bytes([code]))
    codes[" "] = {name: b" " for name in _ORDER if name not in _HIGH}
    for code in (*range(0x1B), 0x1C, 0x7F):
        codes[chr(code)] = {name: bytes([code]) for name in _ORDER}
    return codes


@cache
def _wide_codes() -> dict[str, dict[str, bytes]]:
    """EACC: of several codes for one character the lowest, which is the traditional form."""
    codes: dict[str, dict[str, bytes]] = {}
    for code, character in east_asian().items():
        if code[2] > 0x20:
            codes.setdefault(character, {EAST_ASIAN: code})
    return codes


def _options(character: str) -> dict[str, bytes]:
    """Set and code of each way to write `character`; empty when MARC-8 does not have it."""
    return _codes().get(character) or (_wide_codes().get(character, {}) if character > "\u2e7f" else {})


@lru_cache(maxsize=8192)
def _spell(unit: str) -> tuple[str, str, str]:
    """A letter with marks as marks to write before it, the letter, and marks that must follow as references."""
    if len(unit) == 1 and unit not in MARKS and _options(unit):
        return "", unit, ""
    letters = normalize("NFD", unit)
    letter, marks = letters[0], letters[1:]
    while marks and len(whole := normalize("NFC", letter + marks[0])) == 1 and _options(whole):
        letter, marks = whole, marks[1:]  # ơ, ư and й have codes of their own
    if letter in MARKS or not _options(letter):
        return "", "", unit
    # A mark before an ampersand could make a reference of what follows; the other way round it cannot.
    known = len(marks) - len(marks.lstrip(MARKS)) if letter != "&" else 0
    before, after = marks[:known][::-1], marks[known:]
    if normalize("NFC", cluster.__wrapped__(before + letter) + after) != normalize("NFC", unit):
        before, after = "", marks  # the decoder would take it for a Vietnamese letter in the wrong order
    return before, letter, after


class _Writer:
    """The bytes so far, the sets in use, and what had to be written as a reference."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.start = 0
        self.low, self.high = ASCII, ANSEL
        self.referred: Counter[str] = Counter()

    def write(self, before: str, letter: str, after: str) -> None:
        codes = _options(letter)
        name = self._choose(codes)
        for mark in before:
            options = _options(mark)
            self._code(name if name in options else self._choose(options), options)
        if codes:
            self._code(name, codes)
        self._refer(after if codes else letter + after)

    def reset(self) -> None:
        """ASCII as G0 and ANSEL as G1, as every value must begin and end."""
        self._designate(ASCII)
        self._designate(ANSEL)
        if is_utf8(self.data[self.start :]):
            self.data += b"\x1b(B"  # a designation that changes nothing, but no UTF-8 value has one

    def problems(self) -> tuple[Problem, ...]:
        report = Report()
        for character, count in self.referred.items():
            values = {"character": code_point(character), "reference": reference(character), "count": count}
            report.tell(UNMAPPED, -1, **values)
        return report.done()

    def _choose(self, codes: dict[str, bytes]) -> str:
        """The set in use if it has the character, else the preferred one."""
        return next((name for name in (self.low, self.high) if name in codes), next(iter(codes), ASCII))

    def _code(self, name: str, codes: dict[str, bytes]) -> None:
        self._designate(name)
        self.data += codes[name]

    def _refer(self, characters: str) -> None:
        if characters:
            self._designate(ASCII)
            self.data += "".join(map(reference, characters)).encode()
            self.referred.update(characters)

    def _designate(self, name: str) -> None:
        if name in (self.low, self.high):
            return
        if name in _HIGH:
            self.high = name
            self.data += _ESCAPES.get(name) or b"\x1b)" + name.encode()
            return
        if self.low in _CUSTOM:
            self.data += b"\x1bs"
            self.low = ASCII
        if name != self.low:
            self.data += _ESCAPES.get(name) or b"\x1b(" + name.encode()
            self.low = name
