"""Dictionary order: one binary key per text, so that every store sorts as a Vietnamese dictionary does.

The order is that of the Unicode Collation Algorithm (UTS #10) with the CLDR rules for `vi`, as ICU has it:

1. base letters of the **whole** text: a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z;
2. only then the tones, from the first letter on: ngang < huyền < hỏi < ngã < sắc < nặng, other marks behind;
3. only then the case: a < A.

Spaces, punctuation and symbols are not ignored, they stand before the digits, and the digits before the letters, each
digit for itself (so "Tập 10" < "Tập 2"; pad numbers where they are to count). Letters of other scripts follow Latin by
code point, then Hán characters of the first block, then Nôm and all other ideographs, by code point. Control and format
characters are ignored. Text that differs only in normal form or mark order has the same key.
"""

from __future__ import annotations

import unicodedata
from typing import Final, NamedTuple

from vietnamese.text import normalise

_LETTERS: Final = "aăâbƀcdđeêǝəɛfƒgɠɣhƕiıjkƙlƚmnɲƞŋoôơɔɵpƥqĸrsʃtŧʈuưʊvʋwxyƴzƶʒþƿ"

_PUNCTUATION: Final = (
    "\t\n\v\f\r\x85\u2028\u2029 \u203e_\u2017-\u2010\u2012\u2013\u2014\u2015\u2053\u301c,\u3001;\u204f:!"
    "¡?¿\u203d.\u3002·\u2055\u2056\u2058\u2059\u205a\u205b\u205c\u205d\u205e'\u2018\u2019\u201a"
    '\u201b\u2039\u203a"\u201c\u201d\u201e\u201f\u301d\u301e\u301f«»()[]{}\u2045\u2046\u3008\u3009\u300a\u300b\u300c'
    "\u300d\u300e\u300f\u3010\u3011\u3014\u3015\u3016\u3017\u3018\u3019\u301a\u301b\u2016§¶\u204b@*\u204e\u2051/\\&"
    "\u204a#%\u2030\u2031\u2020\u2021\u2022\u2023\u2027\u2043\u204c\u204d\u2032\u2035"
    "\u3003\u2038\u203b\u203f\u2054\u2040\u2050\u2041\u2042`´^¯¨¸°©®←→↑↓+±÷×<=>¬|¦~\u2212\u2052\u2044√∞≈≤≥■□▲△◆◇○●"
    "\u3004\u3012\u3013¤¢$£¥\u20a0\u20a1\u20a2\u20a3\u20a4\u20a5\u20a6\u20a7\u20a9\u20aa\u20ab\u20ac\u20ad\u20ae\u20af"
    "\u20b0\u20b1\u20b2\u20b3\u20b4\u20b5\u20b6\u20b7\u20b8\u20b9\u20ba\u20bb\u20bc\u20bd\u20be\u20bf\u20c0"
)
"""White space, punctuation, symbols and currency signs in CLDR root order. The rest decomposes (… is filed as ...)."""

_TONES: Final = "\u0300\u0309\u0303\u0301\u0323"
_MARKS: Final = "\u0332\u0313\u0314" + _TONES + "\u0306\u0302\u030c\u030a\u0308\u030b\u0307\u0338\u0327\u0328\u0304"

_EXPANSIONS: Final = {
    "æ": "a\uffffe", "œ": "o\uffffe", "ß": "s\uffffs", "ø": "o\u0338", "ł": "l\u0335", "ð": "d\uffff", "ħ": "h\u0335",
}  # fmt: skip
"""Letters that the root collation files as others (or as others with a mark) but Unicode does not decompose.

U+FFFF, which is no character, stands for the mark that makes a ligature of two letters, behind every other (œ > ọẻ).
"""

# Lead bytes of level 1; level ends with 0x00, so everything that stops earlier comes first.
SEPARATOR: Final = b"\x00"
_SIGN, _OTHER_SIGN, _DIGIT, _LETTER, _OTHER_LETTER, _HAN, _NOM = 0x03, 0x04, 0x05, 0x10, 0xE0, 0xE1, 0xE2
_COMMON: Final = 0x05  # level 2: no mark; level 3: lower case
_COMPATIBLE, _UPPER = 1, 2  # added to _COMMON on level 3
_MARK, _OTHER_MARK, _LIGATURE = 0x10, 0xFE, 0xFF


class _Element(NamedTuple):
    """The three levels of one character."""

    letters: bytes
    marks: bytes
    case: bytes


def sort_key(text: str) -> bytes:
    """The key of `text`, about three bytes a letter: keys compare as bytes the way a dictionary orders the texts."""
    letters, marks, case = zip(*[_WORDS[word] for word in text.split(" ")], strict=True)
    # the common weight is the lowest of its level, so it may be left off at the end
    second = _BLANK.marks.join(marks).rstrip(LOWEST)
    third = _BLANK.case.join(case).rstrip(LOWEST)
    return _BLANK.letters.join(letters) + SEPARATOR + second + SEPARATOR + third


LOWEST: Final = bytes([_COMMON])
_KEPT: Final = 100_000
_KEPT_LETTERS: Final = 20


class _Words(dict[str, _Element]):
    """Word → its element: the words of a catalogue come again and again. No normal form reaches across a blank."""

    def __missing__(self, word: str) -> _Element:
        elements = [_ELEMENTS[char] for char in normalise(word)]
        found = _Element(*map(b"".join, zip(*elements, strict=True))) if elements else _Element(b"", b"", b"")
        if len(word) <= _KEPT_LETTERS:
            if len(self) >= _KEPT:
                self.clear()
            self[word] = found
        return found


_WORDS: Final = _Words()


class _Elements(dict[str, _Element]):
    """Character → element, worked out when first seen; Hán and Nôm are not stored, there are too many."""

    def __missing__(self, char: str) -> _Element:
        element = weighed(char)
        if char < "\u3000":
            self[char] = element
        return element


_ELEMENTS: Final = _Elements()


def weighed(char: str, compatible: int = 0) -> _Element:
    """The weights of a character."""
    if char in _PUNCTUATION:
        return _single(bytes([_SIGN, _PUNCTUATION.index(char) + 1]), compatible)
    if char == "\uffff":
        return _Element(b"", bytes([_LIGATURE]), b"")
    kind = unicodedata.category(char)
    if kind == "Nd":
        return _single(bytes([_DIGIT + unicodedata.digit(char)]), compatible or (not char.isascii()) * _COMPATIBLE)
    if kind[0] == "M":
        return _Element(b"", _mark(char), b"")
    if kind in ("Cc", "Cf"):
        return _Element(b"", b"", b"")
    lower = char.lower()
    if lower != char and len(lower) == 1:
        element = weighed(lower, compatible)
        return element._replace(case=bytes(weight + _UPPER for weight in element.case))
    parts = unicodedata.normalize("NFD", char)
    if len(parts) > 1:
        return _composed(parts, compatible)
    return _indivisible(char, kind, compatible)


def _composed(parts: str, compatible: int) -> _Element:
    """A base and its marks; a shape that makes another letter of the base (a + breve = ă) belongs to the base."""
    base, marks = parts[0], parts[1:]
    for mark in marks:
        letter = unicodedata.normalize("NFC", base + mark)
        if letter in _LETTERS:
            base, marks = letter, marks.replace(mark, "", 1)
            break
    element = _indivisible(base, unicodedata.category(base), compatible) if base in _LETTERS else weighed(base)
    return element._replace(marks=element.marks + b"".join(map(_mark, marks)))


def _indivisible(char: str, kind: str, compatible: int) -> _Element:
    at = _LETTERS.find(char)
    if at >= 0:
        return _single(bytes([_LETTER + at]), compatible)
    expansion = _EXPANSIONS.get(char) or unicodedata.normalize("NFKD", char)
    if expansion != char:
        elements = [weighed(part, _COMPATIBLE) for part in expansion]
        return _Element(*(b"".join(level) for level in zip(*elements, strict=True)))
    code = ord(char)
    if 0x4E00 <= code <= 0x9FFF:
        lead = _HAN
    elif 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x3FFFF:
        lead = _NOM
    else:
        lead = _OTHER_LETTER if kind[0] in "LC" else _OTHER_SIGN
    return _single(bytes([lead]) + code.to_bytes(3), compatible)


def _single(letters: bytes, compatible: int) -> _Element:
    return _Element(letters, bytes([_COMMON]), bytes([_COMMON + compatible]))


def _mark(mark: str) -> bytes:
    at = _MARKS.find(mark)
    return bytes([_MARK + at]) if at >= 0 else bytes([_OTHER_MARK]) + ord(mark).to_bytes(3)


_BLANK: Final = weighed(" ")
