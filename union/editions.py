"""Edition statements: of what kind, which number, revised or not.

"Tái bản lần thứ 2", "TB lần 2" and "Tái bản lần thứ hai" are the second reprint and therefore the third edition;
"In lần thứ 3" is the third printing, which Vietnamese publishers count in the same row. "2nd ed., rev." is a second
edition. So every statement has one ordinal, counted from the first edition.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from union.words import number, plain

_REPRINTED: Final = re.compile(r"\b(?:tai ban|tb)\b")
_TIMES: Final = re.compile(r"lan (?:thu )?(\w+)")
_PRINTED: Final = re.compile(r"\b(?:in|xuat ban|xb) lan (?:thu )?(\w+)")
_NUMBERED: Final = re.compile(
    r"\b(\d{1,3}) ?(?:st|nd|rd|th|d|e|ere|eme|ed|te)?\b ?(?:\w+ ){0,3}?"
    r"(?:ed|editions?|aufl|auflage|printing|impression)\b"
)
_WORDED: Final = re.compile(r"\b(\w+) (?:\w+ ){0,2}?(?:ed|edition|printing|impression|auflage)\b")
_BEHIND: Final = re.compile(r"\b(?:ed|edition) (\d{1,2})\b")
_REVISED: Final = re.compile(
    r"\b(?:tai ban|tb|sua chua|bo sung|chinh li|chinh ly|rev|revised|enl|enlarged|corr|corrected|aug)\b"
)
_LETTERS: Final = 60


@lru_cache(maxsize=16_384)
def read(statement: str) -> tuple[int, bool, str]:
    """(ordinal from 1, 0 unknown; revised; folded words) of 250 $a."""
    text = plain(statement)
    revised = bool(_REVISED.search(text))
    return _ordinal(text), revised, text[:_LETTERS]


def _ordinal(text: str) -> int:
    printed = _PRINTED.search(text)
    if printed and _value(printed[1]):
        return _value(printed[1])
    if _REPRINTED.search(text):
        said = _TIMES.search(text)
        times = _value(said[1]) if said else 0
        return times + 1 if times else 0
    for pattern in (_NUMBERED, _BEHIND, _WORDED):
        found = pattern.search(text)
        if found and _value(found[1]):
            return _value(found[1])
    return 0


def _value(word: str) -> int:
    said = number(word.removesuffix("st").removesuffix("nd").removesuffix("rd").removesuffix("th") or word)
    if not said:
        said = number(word)
    return int(said) if said and len(said) < 4 else 0
