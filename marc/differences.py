"""Two versions of a record side by side: which fields differ, and in them which letters, marks told from letters.

Fields that both have are the same wherever they stand. What is left is held against each other tag by tag, in order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final, Literal, NamedTuple

from marc.record import SUBFIELD_DELIMITER, Record
from vietnamese.text import fold, normalise

LEADER: Final = "LDR"
Kind = Literal["same", "changed", "added", "removed"]
Mark = Literal["same", "other", "marks"]
"""`marks`: the same letters with other marks (Bac / Bắc), or in another case."""
_WORDS: Final = re.compile(r"\w+|\W")
_LONGEST: Final = 4_000
"""Letters of a field beyond which it is shown as a whole: comparing takes time in the square of them."""
_MOST: Final = 300
"""Fields that are compared letter by letter."""


class Piece(NamedTuple):
    """A run of letters, and how it differs from the other side."""

    text: str
    mark: Mark = "same"


class Difference(NamedTuple):
    """One field on both sides."""

    tag: str
    kind: Kind
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()


def differences(before: Record, after: Record) -> list[Difference]:
    """Every field of either, in the order of tags as the later one has them."""
    old, new = _parts(before), _parts(after)
    gone, come = Counter(old) - Counter(new), Counter(new) - Counter(old)
    left_old, left_new = _kept(old, gone), _kept(new, come)
    waiting: dict[str, list[tuple[str | None, str | None]]] = {}
    for tag in dict.fromkeys(part[:3] for part in (*left_new, *left_old)):
        mine, theirs = [part for part in left_old if part[:3] == tag], [part for part in left_new if part[:3] == tag]
        waiting[tag] = list(zip_longest(mine, theirs))
    found: list[Difference] = []
    room = _MOST
    shown = Counter(new) - come
    for tag in sorted(dict.fromkeys(part[:3] for part in (*new, *old)), key=_order):
        for part in new:
            if part[:3] == tag and shown[part]:
                shown[part] -= 1
                piece = (Piece(written(part)),)
                found.append(Difference(tag, "same", piece, piece))
        for one, other in waiting.get(tag, ()):
            found.append(_compared(tag, one, other, room > 0))
            room -= 1
    return found


def _order(tag: str) -> str:
    return "" if tag == LEADER else tag


def _parts(record: Record) -> list[str]:
    return [LEADER + record.leader, *record.parts()]


def _kept(parts: Sequence[str], wanted: Counter[str]) -> list[str]:
    left = Counter(wanted)
    kept = []
    for part in reversed(parts):
        if left[part]:
            left[part] -= 1
            kept.append(part)
    return kept[::-1]


def written(part: str) -> str:
    """A packed field as people read it, without its tag."""
    if part[:3] == LEADER or part.startswith("00"):
        return part[3:].replace(" ", "#")
    return part[3:5].replace(" ", "#") + " " + part[5:].replace(SUBFIELD_DELIMITER, " $").strip()


def _compared(tag: str, before: str | None, after: str | None, closely: bool) -> Difference:
    if before is None or after is None:
        whole = (Piece(written(before or after or ""), "other"),)
        return Difference(tag, "added", after=whole) if before is None else Difference(tag, "removed", before=whole)
    one, other = written(before), written(after)
    if not closely or max(len(one), len(other)) > _LONGEST:
        return Difference(tag, "changed", (Piece(one, "other"),), (Piece(other, "other"),))
    return Difference(tag, "changed", *_pieces(one, other))


def _pieces(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Word by word, whatever their marks; words that differ in those alone, letter by letter."""
    old, new = _WORDS.findall(one), _WORDS.findall(other)
    left: list[Piece] = []
    right: list[Piece] = []
    plain = [fold(normalise(word)) or word for word in old], [fold(normalise(word)) or word for word in new]
    for what, a, b, c, d in SequenceMatcher(None, *plain, autojunk=False).get_opcodes():
        if what == "equal":
            for word, its in zip(old[a:b], new[c:d], strict=True):
                _letters(word, its, left, right)
        else:
            left.append(Piece("".join(old[a:b]), "other"))
            right.append(Piece("".join(new[c:d]), "other"))
    return _joined(left), _joined(right)


def _letters(one: str, other: str, left: list[Piece], right: list[Piece]) -> None:
    if len(one) != len(other):
        left.append(Piece(one, "marks"))
        right.append(Piece(other, "marks"))
        return
    for mine, its in zip(one, other, strict=True):
        mark: Mark = "same" if mine == its else "marks"
        left.append(Piece(mine, mark))
        right.append(Piece(its, mark))


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    made: list[Piece] = []
    for piece in pieces:
        if made and made[-1].mark == piece.mark:
            made[-1] = Piece(made[-1].text + piece.text, piece.mark)
        elif piece.text:
            made.append(piece)
    return tuple(made)
