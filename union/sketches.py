"""A description in two hundred bytes of one width, so that a thousand pairs can be looked at in one stroke.

Texts are a number of 32 bits each, 0 where there is none; words and standard numbers are bits of a set. Two texts whose
numbers differ are two, and two sets without a common bit have nothing in common; the other way round nothing follows.
So a sketch can prove that two descriptions differ and never that they agree: `union.screening` drops by it what a
comparison would drop, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from struct import Struct
from typing import Final
from zlib import crc32

from union.features import Features, tells
from union.persons import FREQUENT
from union.rules import KINDS
from union.vetoes import start, stems, told

YEARS: Final = 6
WORDS: Final = 64
STEMS: Final = 256
_MOST: Final = 255
"""The largest number that one byte holds."""

HERE: Final = 1
"""Flags: catalogued as Vietnamese books are (`union.scoring.here`)."""
VIETNAMESE: Final = 2
"""The title is Vietnamese or the language is, as vetoes ask."""
MARKED: Final = 4
"""The title was typed with the marks of Vietnamese."""
REVISED: Final = 8
INITIALS: Final = 16
"""A word of a name is one letter."""
MAIN: Final = 32
MUTE: Final = 64
"""It says too little to be told from others (`union.features.tells`)."""

COLUMNS: Final = (
    ("kind", "u1", 1), ("carrier", "u1", 1), ("flags", "u1", 1), ("ordinal", "u1", 1), ("languages", "u1", 1),
    ("years", "<i2", YEARS), ("height", "<u2", 1), ("pages", "<u4", 1), ("volumes", "<u4", 1), ("telling", "<u4", 1),
    *((name, "<u4", 1) for name in (
        "title", "start", "volume", "part", "edition", "publisher", "place", "country", "language", "series", "host",
        "statement", "name",
    )),
    *((name, "<u8", 1) for name in (
        "language_set", "number_set", "isbn_set", "issn_set", "identifier_set", "subject_set", "publisher_words",
        "name_words", "first_words", "statement_words",
    )),
    ("stems", "<u8", STEMS // 64), ("told", "<u8", STEMS // 64),
)  # fmt: skip
"""(name, type as numpy calls it, how many) of everything in a sketch, in its order."""

_PACKED: Final = Struct(f"<5B{YEARS}hH16I10Q{STEMS // 8}s{STEMS // 8}s")
SIZE: Final = _PACKED.size


def sketch(one: Features) -> bytes:
    """The sketch of a description, of `SIZE` bytes."""
    years = one.years[:YEARS]
    titled, begun = stems(one.title), told(one)
    names = [word for name in one.names for word in name.split()]
    vie = one.vietnamese or "vie" in one.language
    flags = (
        (HERE if vie or one.country == "vm" else 0)
        | (VIETNAMESE if vie else 0)
        | (MARKED if one.vietnamese else 0)
        | (REVISED if one.revised else 0)
        | (INITIALS if min(map(len, names), default=2) == 1 else 0)
        | (MAIN if one.main else 0)
        | (0 if tells(one) else MUTE)
    )
    spoken = one.language.split("+") if one.language else []
    return _PACKED.pack(
        KINDS.index(one.kind),
        ord(one.carrier or "p"),
        flags,
        min(one.ordinal, _MOST),
        len(spoken),
        *years,
        *(years[:1] or (0,)) * (YEARS - len(years)),
        one.height,
        one.pages,
        one.volumes,
        len(titled),
        _number(one.title),
        _number(start(one.title)),
        _number(one.volume),
        _number(one.part),
        _number(one.edition),
        _number(one.publisher),
        _number(one.place),
        _number(one.country),
        _number(one.language),
        _number(one.series),
        _number(one.host),
        _number(one.statement),
        _number(one.names[0] if one.names else ""),
        _set(spoken),
        _set(one.numbers),
        _set(one.isbns),
        _set(one.issns),
        _set(one.identifiers),
        _set(one.subjects),
        _set(one.publisher.split()),
        _set(names),
        _set(_telling(one.names[0])) if one.names else 0,
        _set(one.statement.split()),
        _stems(titled),
        _stems(begun),
    )


def _telling(name: str) -> list[str]:
    """The words of a name that have to be in a statement which says it (`union.persons.said`)."""
    found = [word for word in name.split() if len(word) > 1]
    return [] if FREQUENT.issuperset(found) else found


def _number(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass")) or 1 if text else 0


@lru_cache(maxsize=65_536)
def _bits(word: str) -> tuple[int, int]:
    """The bit of a word in a set of words, and in one of stems."""
    place = crc32(word.encode("utf-8", "surrogatepass"))
    return 1 << place % WORDS, 1 << place % STEMS


def _set(words: Iterable[str]) -> int:
    found = 0
    for word in words:
        found |= _bits(word)[0]
    return found


def _stems(words: Iterable[str]) -> bytes:
    found = 0
    for word in words:
        found |= _bits(word)[1]
    return found.to_bytes(STEMS // 8, "little")
