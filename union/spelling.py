"""Where two titles differ, word by word: misspelt words are one, little words are nothing.

Every candidate pair with unequal titles passes here, so a word is compared letter by letter only with those that
lengths and letters allow to be it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from union.words import LITTLE, alike, common, likeness


def difference(ours: str, theirs: str) -> str:
    """How the words of two unequal titles differ: `spelling`, `little_words`, `word_more`, `words_more`,
    `replaced_like`, `replaced_one`, `replaced` or `unlike`. Both are folded, with one blank between words."""
    left, right = ours.split(), theirs.split()
    known, others = set(left), set(right)
    more = [word for word in left if word not in others]
    less = [word for word in right if word not in known]
    if more and less:
        _spelt(more, less)
    if (more or less) and alike(" ".join(more), " ".join(less), 0.9):
        more = less = []  # written together or apart
    if not more and not less:
        return "spelling"
    more = [word for word in more if word not in LITTLE]
    less = [word for word in less if word not in LITTLE]
    if not more and not less:
        return "little_words"
    if not more or not less:
        count = len(more) + len(less)
        size = min(len(left), len(right))
        return "word_more" if count == 1 and size > 2 else "words_more" if size > 2 and count <= size else "unlike"
    if len(more) == 1 and len(less) == 1:
        return "replaced_like" if _slip(more[0], less[0]) else "replaced_one"
    return "replaced" if 2 * max(len(more), len(less)) <= min(len(left), len(right)) else "unlike"


def _slip(word: str, other: str) -> bool:
    """Whether two short words are a slip of the finger apart: one letter more, one other, or two changed round."""
    if word.isdigit() or other.isdigit() or min(len(word), len(other)) < 2:
        return False
    shared = common(word, other)
    return sorted(word) == sorted(other) or (shared >= max(len(word), len(other)) - 1 and shared > 1)


def _spelt(more: list[str], less: list[str]) -> None:
    """Strike out, of the words that either title has alone, those that are one word misspelt."""
    there = [(other, len(other), _letters(other)) for other in less]
    stems = {other[:_STEM] for other in less}
    for word in list(more):
        size, letters = len(word), _letters(word)
        if not letters or size < _SHORTEST:
            continue
        if size >= _WIDEST or word[:_STEM] in stems:
            likely = less
        else:
            # No common subsequence has letters that one of the two does not have.
            row = _SHARED[size]
            likely = [
                other
                for other, length, theirs in there
                if length >= _WIDEST
                or (
                    (letters & ~theirs).bit_count() <= size - row[length] >= 0
                    and (theirs & ~letters).bit_count() <= length - row[length]
                )
            ]
        for other in likely:
            if _misspelt(word, other):
                more.remove(word)
                place = less.index(other)
                del less[place], there[place]
                break


@lru_cache(maxsize=65_536)
def _letters(word: str) -> int:
    """The letters of a word as bits; two letters may have one bit. 0 for a number, which is never misspelt."""
    if word.isdigit():
        return 0
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found


_SHORTEST: Final = 3
_STEM: Final = 4
_WIDEST: Final = 33


def _least(size: int, length: int) -> int:
    """How long the longest common subsequence of two words is at least when one is the other misspelt; too long to be
    had where their lengths forbid it."""
    shorter = min(size, length)
    least = 0.8 if shorter > _STEM else 0.85
    found = next((shared for shared in range(1, shorter + 1) if 2 * shared / (size + length) >= least), _WIDEST)
    return found if shorter >= _SHORTEST else _WIDEST


_SHARED: Final = [[_least(size, length) for length in range(_WIDEST)] for size in range(_WIDEST)]


def _misspelt(word: str, other: str) -> bool:
    if word.isdigit() or other.isdigit():
        return False
    shorter = min(len(word), len(other))
    if shorter < _SHORTEST:
        return False
    if shorter >= _STEM and (word.startswith(other) or other.startswith(word)):
        return True
    return likeness(word, other) >= (0.8 if shorter > _STEM else 0.85)
