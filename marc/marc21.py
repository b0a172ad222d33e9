"""MARC 21 Format for Bibliographic Data as values: what a field may hold, what a coded position may say.

The table is read when it is first asked for, which takes a few milliseconds.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from marc import marc21_table

PROVENANCE = "7"
"""$7 is Data Provenance in every data field that has no older use for it (MARC 21, Control Subfields, 2022)."""

CONTROL_REPEATABLE = {"001": False, "003": False, "005": False, "006": True, "007": True, "008": False}

_MATERIALS = {"p": "MX", "c": "MU", "d": "MU", "i": "MU", "j": "MU", "e": "MP", "f": "MP", "m": "CF"}
_MATERIALS |= dict.fromkeys("gkor", "VM")
_SIX = {"a": "BK", "t": "BK", "s": "CR"} | _MATERIALS


class FieldRule(NamedTuple):
    """What the format says of one data field. Indicators are strings of the values they may have, with blanks."""

    tag: str
    repeatable: bool
    indicators: tuple[str, str]
    obsolete_indicators: tuple[str, str]
    subfields: dict[str, bool]
    """Code → whether it may be repeated."""
    obsolete_subfields: str


class PositionRule(NamedTuple):
    """What the format says of some positions of a fixed field: `first` to `last`, both counted, in units of `unit`."""

    first: int
    last: int
    unit: int
    codes: frozenset[str]
    obsolete: frozenset[str]

    def allows(self, code: str) -> bool:
        """Whether `code` (of `unit` characters) is defined; numbers are where the format asks for one."""
        return code in self.codes or ("#" * self.unit in self.codes and code.isascii() and code.isdigit())


@cache
def fields() -> dict[str, FieldRule]:
    """Every data field that is defined, by tag."""
    rules = (_field(line.split()) for line in marc21_table.FIELDS.split("\n") if line)
    return {rule.tag: rule for rule in rules}


def _field(words: list[str]) -> FieldRule:
    head, first, second, subfields, *gone = words
    obsolete = {word[1]: word[2:].replace("_", " ") for word in gone}
    return FieldRule(
        head[:3],
        head[3] == "*",
        (first.replace("_", " "), second.replace("_", " ")),
        (obsolete.get("1", ""), obsolete.get("2", "")),
        {code: bool(star) for code, star in re.findall(r"(\w)(\*?)", subfields)},
        obsolete.get("$", ""),
    )


@cache
def positions(tag: str, material: str) -> tuple[PositionRule, ...]:
    """The coded positions of a fixed field: `LDR`, `006`, `007`, `008`.

    `material` is `--` for those of every material, a kind of `material` for 006 and 008, the category (00) for 007.
    """
    lines = (line.split() for line in marc21_table.POSITIONS.split("\n") if line)
    return tuple(_position(words[2:]) for words in lines if words[:2] == [tag, material])


def _position(words: list[str]) -> PositionRule:
    place, unit, codes, *gone = words
    first, _, last = place.partition("-")
    size = int(unit)
    return PositionRule(
        int(first), int(last or first), size, _codes(codes, size), _codes(gone[0][1:] if gone else "", size)
    )


def _codes(text: str, unit: int) -> frozenset[str]:
    pieces = list(text) if unit == 1 else text.split(",")
    return frozenset(piece.replace("_", " ") for piece in pieces if piece)


def material(leader: str) -> str:
    """Which 008 a record has, by leader/06-07: BK, CF, CR, MP, MU, MX or VM; empty for an unknown type of record."""
    kind = leader[6:7]
    if kind in ("a", "t"):
        return "CR" if kind == "a" and leader[7:8] in ("b", "i", "s") else "BK"
    return _MATERIALS.get(kind, "")


def additional_material(value: str) -> str:
    """The same for field 006, by its first character."""
    return _SIX.get(value[:1], "")


LENGTHS_007 = {
    "a": (8,), "c": (6, 14), "d": (6,), "f": (10,), "g": (9,), "h": (13,), "k": (6,), "m": (8, 23), "o": (2,),
    "q": (2,), "r": (11,), "s": (14,), "t": (2,), "v": (9,), "z": (2,),
}  # fmt: skip
"""Characters of a 007 by its category (00). Those of electronic resources that describe an image of the original
(06-13) and those of films for archives (08-22) came later, and older records end before them."""


class CodeList(NamedTuple):
    """A list of codes: those in use, and those that were."""

    codes: frozenset[str]
    obsolete: frozenset[str]


@cache
def code_list(name: str) -> CodeList:
    """A list of `marc21_table` by its name there: LANGUAGES, AREAS, RELATORS, CONTENT, OBSOLETE_FIELDS …"""
    words = str(getattr(marc21_table, name)).split()
    return CodeList(
        frozenset(word for word in words if not word.startswith("!")),
        frozenset(word[1:] for word in words if word.startswith("!")),
    )
