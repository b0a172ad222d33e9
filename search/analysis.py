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
from collections.abc import Iterator, Sequence
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
_WORD_LETTERS: Final = 80
"""A token is cut off here: what is longer is no word but damage."""
_IDEOGRAPHS: Final = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff"
    "\U00020000-\U0003ffff\U000f0000-\U0010ffff"
)
"""Hán, Nôm, radicals, and the private areas in which older fonts keep Nôm."""
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
_PART: Final = "\x00"
"""Between texts that are looked at together: a word by itself, which no text contains."""
_PARTED: Final = f" {_PART} "


class _Words(dict[str, Tokens]):
    """What stands between two blanks → its tokens."""

    def __missing__(self, raw: str) -> Tokens:
        if raw == _PART:
            return self.setdefault(raw, (raw, raw, raw))
        if raw.isascii():
            # Its own normal form and its own folding. Numbers are hardly ever met again, and not remembered.
            words = raw.lower()
            if words.isalnum():
                words = words[:_WORD_LETTERS] + " "
            else:
                words = "".join([token[:_WORD_LETTERS] + " " for token in _ASCII_TOKEN.findall(words)])
            entry, kept = (words, words, ""), not _DIGIT.search(raw)
        else:
            exact = [_exact(token) for token in _TOKEN.findall(_plain(raw))]
            folded = "".join([f"{fold(token)} " for token in exact])
            marked = "".join([f"{token} " for token in exact if not token.isascii()])
            entry, kept = ("".join([f"{token} " for token in exact]), folded, marked), True
        if kept and len(raw) <= _WORD_LETTERS:
            if len(self) >= _KEPT:
                self.clear()
            self[raw] = entry
        return entry


WORDS: Final = _Words()
_known: Final = WORDS.__getitem__


def columns(texts: Sequence[str]) -> Iterator[Tokens]:
    """The tokens of each of these texts: all their words are looked up one after the other, which takes a third of the
    time that it takes text by text."""
    found = list(map(_known, _PARTED.join(texts).split()))
    ends = [[one[form] for one in found] for form in range(3)]
    parted = ["".join(end).split(_PART) for end in ends]
    if len(parted[0]) > len(texts):  # a control character, which no record has
        return map(tokens, texts)
    return zip(*parted, strict=True)


def tokens(text: str) -> Tokens:
    """The tokens of `text`."""
    found = list(map(_known, text.replace(_PART, " ").split()))
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
        return [text.lower()[:_WORD_LETTERS]]
    text = _TRUNCATED_IDEOGRAPH.sub("", _plain(text))
    found = _ASKED.findall(text)
    return [_exact(word) for word in found] if exact else [fold(_exact(word)) for word in found]


def has_mask(token: str) -> bool:
    """Whether `token` stands for more than one."""
    return MANY in token or ONE in token


def _plain(text: str) -> str:
    return normalise(_INVISIBLE.sub("", normalise(text)).lower())


def _exact(token: str) -> str:
    """The token with its tones placed; of a truncated one, as far as it is written."""
    if token.isascii():
        return token[:_WORD_LETTERS]
    bare = token.rstrip(MANY)
    return tone_placement(bare)[:_WORD_LETTERS] + token[len(bare) :] if not has_mask(bare) else token
