"""Words as matching compares them: folded, without punctuation, and how alike two strings are.

Folding makes "Bắc Kạn", "BẮC KẠN", NFD and "Bac Kan" one; what folding forgets is kept beside it by `marked`, so that
folded finds candidates and exact decides. Pure functions, no state.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from vietnamese.text import fold, word_key


def listed(text: str) -> frozenset[str]:
    """The words of a list that is easier read as a line."""
    return frozenset(text.split())


_WORD: Final = re.compile(r"[^\W_]+")
_MARKED_WORD: Final = re.compile(r"[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*")
_JOINERS: Final = frozenset(("and", "va", "und", "et"))
"""Words for "&": one library writes the sign, the next the word, the third leaves it out."""
_LIGATURES: Final = str.maketrans({"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "&": " and ", "'": "", "’": "", "ʼ": ""})
_WIDTH: Final = 160
"""Letters of a string that are compared; beyond, titles are tables of contents."""

_LOOSE: Final = 0.75
"""Likeness that two strings may have which only begin and end alike."""
_BINS: Final = 64
_HIGH: Final = int.from_bytes(b"\x80" * _BINS)

_ARTICLES: Final = listed("the a an le la les l un une der die das ein eine el los las il lo gli")
LITTLE: Final = listed("of the in a an to for on by with from at as or de du des la le cua cho trong tu ve voi o")
"""Words that one library leaves out of a title and the next does not."""
_NUMBER_WORDS: Final = {
    word: str(number)
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
        "mot hai ba bon nam sau bay tam chin muoi",
        "nhat nhi ba tu nam sau bay tam chin muoi",
        "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme",
        "erster zweiter dritter vierter funfter sechster siebter achter neunter zehnter",
    )
    for number, word in enumerate(words.split(), 1)
}
_ROMAN: Final = re.compile(r"(?=[ivxlc])(c{0,3})(xc|xl|l?x{0,3})(ix|iv|v?i{0,3})")
_ROMAN_VALUES: Final = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


def words(text: str) -> list[str]:
    """The folded words of a text, in order, without "and" and "và"."""
    folded = fold(text).translate(_LIGATURES)
    return [word for word in _WORD.findall(folded) if word not in _JOINERS]


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """The folded words of a text, with one blank between."""
    return " ".join(words(text))


def marked(text: str) -> str:
    """The words with their marks in one spelling (tone placement, i for y); empty when no letter has a mark."""
    return "" if text.isascii() else " ".join(_MARKED_WORD.findall(word_key(text)))


def without_article(found: list[str]) -> list[str]:
    """Words without a leading article; a title that is nothing else keeps it."""
    return found[1:] if len(found) > 1 and found[0] in _ARTICLES else found


def number(word: str) -> str:
    """The number a folded word says ("3", "03", "iii", "third", "ba"), as digits; empty when it says none."""
    if word.isdigit():
        return word.lstrip("0") or "0"
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS[word]
    if _ROMAN.fullmatch(word):
        values = [_ROMAN_VALUES[sign] for sign in word]
        pairs = zip(values, [*values[1:], 0], strict=True)
        return str(sum(-value if value < after else value for value, after in pairs))
    return ""


def common(left: str, right: str) -> int:
    """The length of the longest common subsequence of two strings (Hyyrö's bit-parallel recurrence).

    What both begin and end with is common anyway: its letters are not gone through.
    """
    left, right = left[:_WIDTH], right[:_WIDTH]
    most = min(len(left), len(right))
    start = _beginning(left, right, most)
    end = _ending(left, right, most - start)
    size = len(left) - end
    row = (1 << size) - (1 << start)
    get = _masks(left).get
    for sign in right[start : len(right) - end]:
        mask = get(sign)
        if mask:
            kept = row & mask
            row = (row + kept) | (row - kept)  # what is carried over the end never comes back
    return len(left) - (row & ((1 << size) - 1)).bit_count()


def _beginning(left: str, right: str, most: int) -> int:
    """How many letters two strings begin with alike, by halves; at most so many."""
    least = 0
    while least < most:
        middle = (least + most + 1) // 2
        if left[least:middle] == right[least:middle]:
            least = middle
        else:
            most = middle - 1
    return least


def _ending(left: str, right: str, most: int) -> int:
    """How many letters two strings end with alike; at most so many."""
    return _beginning(left[::-1], right[::-1], most)


@lru_cache(maxsize=4_096)
def _masks(text: str) -> dict[str, int]:
    """Where each letter of a text stands, as bits: one text is compared with many."""
    found: dict[str, int] = {}
    bit = 1
    for sign in text:
        found[sign] = found.get(sign, 0) | bit
        bit <<= 1
    return found


@lru_cache(maxsize=65_536)
def likeness(left: str, right: str) -> float:
    """How alike two strings are, 0 to 1: twice the longest common subsequence over both lengths."""
    if left == right:
        return 1.0
    length = min(len(left), _WIDTH) + min(len(right), _WIDTH)
    return 2 * common(left, right) / length if length else 0.0


def alike(left: str, right: str, least: float) -> bool:
    """Whether `likeness` is at least so much; found out at less cost where lengths and letters forbid it."""
    if left == right:
        return True
    size, other = min(len(left), _WIDTH), min(len(right), _WIDTH)
    wanted = least * (size + other) / 2
    most = min(size, other)
    if most < wanted:
        return False
    left, right = left[:_WIDTH], right[:_WIDTH]
    if least < _LOOSE:  # what both begin and end with is often enough
        start = _beginning(left, right, most)
        if 2 * (start + _ending(left, right, most - start)) / (size + other) >= least:
            return True
    if in_common(left, right) < wanted:
        return False
    return likeness(left, right) >= least


def in_common(left: str, right: str) -> int:
    """How many letters two strings of at most 160 have in common wherever they stand: no common subsequence is longer.

    Letters are counted in bins of eight bits, all bins of a string in one number, and compared all at once; a bin with
    its highest bit set cannot be.
    """
    ours, theirs = _counted(left), _counted(right)
    if (ours | theirs) & _HIGH:
        return min(len(left), len(right))
    more = ((ours | _HIGH) - theirs) & _HIGH
    fewer = ours ^ ((ours ^ theirs) & (more - (more >> 7)))
    return fewer % 255  # the sum of all bins, for it is less than 255


@lru_cache(maxsize=16_384)
def _counted(text: str) -> int:
    bins = bytearray(_BINS)
    for letter in text:
        bins[ord(letter) % _BINS] += 1
    return int.from_bytes(bins)
