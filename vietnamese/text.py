"""One text, one form: canonical Unicode, the folded form for search, tone placement, i and y.

Pure functions `str → str`; ASCII passes through untouched on a fast path.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Final, Literal

from vietnamese.syllables import is_vietnamese_syllable, parse, styles

__all__ = ["fold", "is_vietnamese_syllable", "normalise", "tone_placement", "word_key"]

Style = Literal["new", "old"]

_TONED: Final = "ÀÁÃẢàáãảÈÉẼẺèéẽẻÒÓÕỎòóõỏ"
_DISORDER: Final = re.compile(f"[{_TONED}]\u0302|[{_TONED[:8]}]\u0306")
"""Tone typed (or taken over from MARC-8) before the shape: NFC keeps the order of two marks above a letter, so it
cannot compose é + U+0302. Vietnamese has one reading only: the shape belongs inside, the tone outside."""

_COMMA: Final = re.compile("[\u0313\u0315]")
_COMMAS: Final = 3  # in one word; no syllable has more
_WORD: Final = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")
_SUSPECTS: Final = re.compile("[\u0302\u0306\u0313\u0315]")


def normalise(text: str) -> str:
    """NFC with the mark order of Vietnamese: shape (circumflex, breve, horn) inside, tone outside.

    Also mends commas above (U+0313, U+0315) that were typed for the horn of ơ, ư or for the tone hỏi: Cư̓ is Cử and
    tru̓o̓̀ng is trường. Only where one reading alone is a Vietnamese syllable: tho̓ (thơ or thỏ) stays. Idempotent.
    """
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    if not _SUSPECTS.search(text):
        return text
    text = _DISORDER.sub(_shape_first, text)
    return _WORD.sub(_repaired, text) if _COMMA.search(text) else text


def _shape_first(match: re.Match[str]) -> str:
    toned = unicodedata.normalize("NFD", match[0][0])
    return unicodedata.normalize("NFC", toned[0] + match[0][1] + toned[1])


def _repaired(match: re.Match[str]) -> str:
    """The word with its commas read as horns and hooks, when only one reading is a Vietnamese syllable."""
    word = match[0]
    pieces = _COMMA.split(word)
    if not 2 <= len(pieces) <= _COMMAS + 1:
        return word
    readings = set()
    for marks in product("\u031b\u0309", repeat=len(pieces) - 1):
        read = pieces[0] + "".join(mark + piece for mark, piece in zip(marks, pieces[1:], strict=True))
        readings.add(_DISORDER.sub(_shape_first, unicodedata.normalize("NFC", read)))
    good = [reading for reading in readings if is_vietnamese_syllable(reading)]
    return good[0] if len(good) == 1 else word


_STROKES: Final = {ord(letter): plain for letter, plain in zip("đðøłħŧı", "ddolhti", strict=True)}
"""Letters whose mark is a stroke, or a missing dot: Unicode does not decompose them."""
_MARKS: Final = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")


class _FoldTable(dict[int, str]):
    """Code point of NFC lower-case text → folded letter, worked out when first seen; Hán and Nôm never stored."""

    def __missing__(self, code: int) -> str:
        plain = _MARKS.sub("", unicodedata.normalize("NFD", chr(code))).translate(_STROKES)
        folded = unicodedata.normalize("NFC", plain)
        if code < 0x3000:
            self[code] = folded
        return folded


_FOLD: Final = _FoldTable()


def fold(text: str) -> str:
    """The form that accent-insensitive search compares: lower case, đ → d, no marks ("Bắc Kạn" → "bac kan").

    Holds for every Latin, Greek and Cyrillic letter; Hán and Nôm characters, kana, Indic vowel signs stay as they are.
    NFC and NFD give the same; the result is NFC. Idempotent.
    """
    if text.isascii():
        return text.lower()
    # lower first: İ has a mark only as a lower-case letter
    plain = unicodedata.normalize("NFC", text.lower()).translate(_FOLD)
    return plain if plain.isascii() else unicodedata.normalize("NFC", plain)


MOVABLE: Final = (
    ("òóỏõọ", "aăe"), ("ùúủũụ", "yê"), ("o", "àáảãạèéẻẽẹ"), ("u", "ỳýỷỹỵ"), ("g", "ìíỉĩị"), ("q", "ùúủũụ"),
)  # fmt: skip
"""One of these letters before one of those: where a tone may stand on the other letter. Most titles have no such
place."""
_MOVABLE: Final = re.compile("|".join(f"[{one}][{other}]" for one, other in MOVABLE), re.IGNORECASE)


def tone_placement(text: str, style: Style = "new") -> str:
    """`text` (normalised) with the tones of oa, oe, uy in one style: new hoà, khoẻ, thuý; old hòa, khỏe, thúy.

    A tone on the glide of a closed syllable, or on the u of qu or the i of gi, is a mistake in both styles and goes
    to its vowel (hòan → hoàn, qúy → quý). Everything else stays: quý and già have no choice, and foreign words are
    no syllables.
    """
    text = normalise(text)
    if not _MOVABLE.search(text):
        return text
    at = 0 if style == "new" else 1
    return _WORD.sub(lambda match: _placed(match[0], at), text)


@lru_cache(maxsize=16_384)
def _placed(word: str, at: int) -> str:
    found = styles(word.lower())
    if found is None or found[at] == word.lower():
        return word
    # both spellings have the same letters, so the case of each letter keeps its place
    return "".join(new.upper() if old.isupper() else new for new, old in zip(found[at], word, strict=True))


_I_OR_Y: Final = ("h", "k", "l", "m", "s", "t", "qu")
_OPEN_Y: Final = re.compile("[hklmstu][yỳýỷỹỵ]")
"""What every word has whose y varies with i; most texts have none."""


def word_key(text: str) -> str:
    """A key that is equal for two spellings of the same words: lower case, new tone placement, and i for y.

    The y that varies with i is an open rime of its own after h, k, l, m, s, t (mỹ = mĩ, kỹ = kĩ, lý = lí) and after qu
    (Quy Nhơn = Qui Nhơn). Tones and shapes count; y elsewhere distinguishes words (tay ≠ tai, thúy ≠ thúi, ý, Thy).
    """
    placed = tone_placement(text).lower()
    return _WORD.sub(_i_for_y, placed) if _OPEN_Y.search(placed) else placed


def _i_for_y(match: re.Match[str]) -> str:
    word = match[0]
    found = parse(word) if word[-1] in "yỳỷỹýỵ" else None
    if found is None or found.rime != "y" or found.onset not in _I_OR_Y:
        return word
    return unicodedata.normalize("NFC", found.onset + "i" + found.tone)
