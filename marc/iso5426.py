"""ISO 5426 (extended Latin for bibliography), in which much of UNIMARC is written: octets to Unicode.

The left half is ASCII, the right half in one octet each; marks stand before their letter (5.2), in Unicode behind it.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from foundation.errors import Problem

_SIGNS: Final = dict(
    zip(
        (*range(0xA1, 0xB3), *range(0xB6, 0xBD), 0xBD, 0xBE, 0xBF),
        "¡„£$¥†§′‘“«♭©℗®ʻʼ‚‡·″’”»♯ʹʺ¿",
        strict=True,
    )
)
_LETTERS: Final = {
    0xE1: "Æ", 0xE2: "Đ", 0xE6: "Ĳ", 0xE8: "Ł", 0xE9: "Ø", 0xEA: "Œ", 0xEC: "Þ", 0xF1: "æ", 0xF2: "đ", 0xF3: "ð",
    0xF5: "ı", 0xF6: "ĳ", 0xF8: "ł", 0xF9: "ø", 0xFA: "œ", 0xFB: "ß", 0xFC: "þ",
}  # fmt: skip
_MARKS: Final = dict(
    zip(
        (*range(0xC0, 0xDC), 0xDD),
        "\u0309\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0308\u030a\u0315\u0313\u030b\u031b\u030c\u0327\u031c"
        "\u0326\u0328\u0325\u032e\u0323\u0324\u0332\u0333\u0329\u032d\u0360",
        strict=True,
    )
)
_PLAIN: Final = _SIGNS | _LETTERS | {octet: chr(octet) for octet in range(0x80)}
_SKIPPED: Final = (0x88, 0x89)
"""Begin and end of words that are not sorted by (ISO 6630), which have no character."""


def decode(data: bytes) -> tuple[str, tuple[Problem, ...]]:
    """The text in Unicode NFC. Raises UnicodeDecodeError for an octet that the standard leaves free."""
    made: list[str] = []
    marks: list[str] = []
    for at, octet in enumerate(data):
        mark = _MARKS.get(octet)
        if mark is not None:
            marks.append(mark)
            continue
        if octet in _SKIPPED:
            continue
        letter = _PLAIN.get(octet)
        if letter is None:
            raise UnicodeDecodeError("iso-5426", data, at, at + 1, "unassigned")
        made.append(letter)
        made.extend(marks)
        marks.clear()
    made.extend(marks)
    return unicodedata.normalize("NFC", "".join(made)), ()
