"""Words: the same for every engine, because no engine makes any of its own.

A text becomes tokens here, and engines get them parted by blanks. A token is a run of letters and digits; a Hán or Nôm
character is a token by itself, since nothing marks where a word of them ends. Every token has two forms:

- *exact*: NFC, lower case, tones where the new placement puts them (hòa is hoà), so that spelling habits do not count;
- *folded*: the exact form without any mark, đ as d (`vietnamese.text.fold`).

In the text of an index field two more tokens stand, which no text can contain: before every value its first word behind
an `EDGE`, and behind every value an `EDGE`, so that "at the beginning" and "the whole" are phrases, the first of a rare
token; and `FILLERS` between values, so that none is near to one of the next.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from foundation.limits import SEARCH_NEAR_WORDS
from vietnamese.text import fold, normalise, tone_placement

EDGE: Final = "|"
FILLER: Final = "_"
"""Takes a position and is not indexed."""
FILLERS: Final = f"{FILLER} " * (SEARCH_NEAR_WORDS + 1)
MANY: Final = "\x01"
"""In a word that is asked for: any letters, also none (CQL `*`)."""
ONE: Final = "\x02"
"""In a word that is asked for: one letter (CQL `?`)."""

_KEPT: Final = 400_000
"""Words as they stand in records that are remembered; a catalogue of a million has fewer, its wrong letters aside."""
BEGUN: Final = 2
"""Letters of a truncated word that there may be a token for."""
WORD_LETTERS: Final = 80
"""A token is cut off here: what is longer is no word but damage."""
IDEOGRAPHS: Final = (
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xE000, 0xF8FF),
    (0xF900, 0xFAFF), (0x20000, 0x3FFFF), (0xF0000, 0x10FFFF),
)  # fmt: skip
"""Hán, Nôm, radicals, and the private areas in which older fonts keep Nôm: first and last."""
_IDEOGRAPHS: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in IDEOGRAPHS)
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")


def _ranges(kind: str) -> str:
    """The characters whose category begins with `kind`, as the inside of a class of a regular expression."""
    found: list[list[int]] = []
    for code in range(0x300, 0x20000):
        if unicodedata.category(chr(code))[0] == kind:
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            else:
                found.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in found)


_MARKS: Final = _ranges("M")
_LETTER: Final = rf"[^\W_{_IDEOGRAPHS}]"
_TOKEN: Final = re.compile(rf"[{_IDEOGRAPHS}]|{_LETTER}(?:{_LETTER}|[{_MARKS}])*")
_ASKED: Final = re.compile(rf"[{_IDEOGRAPHS}]|(?:{_LETTER}|[{MANY}{ONE}])(?:{_LETTER}|[{_MARKS}{MANY}{ONE}])*")
_ASCII_TOKEN: Final = re.compile("[0-9a-z]+")
_DIGIT: Final = re.compile("[0-9]")
_TRUNCATED_IDEOGRAPH: Final = re.compile(rf"(?<=[{_IDEOGRAPHS}]){MANY}+|{MANY}+(?=[{_IDEOGRAPHS}])")
_MASK: Final = re.compile(r"\\(.?)|([*?])", re.DOTALL)


Tokens = tuple[str, str, str]
"""The tokens of a text, exact and folded, and the exact ones that are not ASCII; a blank behind each."""


class _Words(dict[str, Tokens]):
    """What stands between two blanks → its tokens."""

    def __missing__(self, raw: str) -> Tokens:
        entry = word(raw)
        # Numbers are hardly ever met again, and not remembered.
        if len(raw) <= WORD_LETTERS and not (raw.isascii() and _DIGIT.search(raw)):
            if len(self) >= _KEPT:
                self.clear()
            self[raw] = entry
        return entry


def word(raw: str) -> Tokens:
    """The tokens of what stands between two blanks."""
    if raw.isascii():  # its own normal form and its own folding
        words = raw.lower()
        if words.isalnum():
            words = words[:WORD_LETTERS] + " "
        else:
            words = "".join([token[:WORD_LETTERS] + " " for token in _ASCII_TOKEN.findall(words)])
        return words, words, ""
    exact = [_exact(token) for token in _TOKEN.findall(_plain(raw))]
    folded = "".join([f"{fold(token)} " for token in exact])
    return "".join([f"{token} " for token in exact]), folded, "".join([f"{one} " for one in exact if not one.isascii()])


WORDS: Final = _Words()
_known: Final = WORDS.__getitem__


def tokens(text: str) -> Tokens:
    """The tokens of `text`."""
    found = list(map(_known, text.split()))
    exact, folded, marked = ("".join([one[form] for one in found]) for form in range(3))
    return exact, folded, marked


def masked(text: str) -> str:
    """`text` of a term with its masks (CQL 1.2, "Masking") as `MANY` and `ONE`, and escaped characters bare."""
    if text.isprintable() and not ("*" in text or "?" in text or "\\" in text):
        return text  # as most are; MANY and ONE cannot be printed
    text = text.replace(MANY, " ").replace(ONE, " ")
    return _MASK.sub(lambda match: {"*": MANY, "?": ONE}.get(match[2], match[1] or ""), text)


def asked(text: str, exact: bool = False) -> list[str]:
    """The tokens that a term (`masked`) asks for, folded or exact; some with masks in them."""
    if text.isascii() and text.isalnum():  # one word, which is its own folding
        return [text.lower()[:WORD_LETTERS]]
    text = _TRUNCATED_IDEOGRAPH.sub("", _plain(text))
    found = _ASKED.findall(text)
    return [_exact(word) for word in found] if exact else [fold(_exact(word)) for word in found]


def opening(one: str, two: str) -> str:
    """What stands for a title that begins with these two words."""
    return one + EDGE + two


def has_mask(token: str) -> bool:
    """Whether `token` stands for more than one."""
    return MANY in token or ONE in token


def _plain(text: str) -> str:
    return normalise(_INVISIBLE.sub("", normalise(text)).lower())


@lru_cache(maxsize=20_000)
def placed(token: str) -> str:
    """A token with its tones where the new placement puts them."""
    return tone_placement(token)


def _exact(token: str) -> str:
    """The token with its tones placed; of a truncated one, as far as it is written."""
    if token.isascii():
        return token[:WORD_LETTERS]
    bare = token.rstrip(MANY)
    return tone_placement(bare)[:WORD_LETTERS] + token[len(bare) :] if not has_mask(bare) else token
