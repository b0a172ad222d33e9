"""Extent and carrier: pages, numbers of volumes, height, and what one holds in the hand."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from marc.record import SUBFIELD_DELIMITER
from vietnamese.text import fold

_NUMBER: Final = re.compile(r"\d+")
_VOLUMES: Final = re.compile(r"(\d+)\s*\]?\s*(?:t|tap|v|vols?|volumes?|bd|quyen|q|tomes?)\b")
_HALF: Final = re.compile(r"(?<=\d)\s+\d/\d")
_HEIGHT: Final = re.compile(r"(\d+)(?:[.,]\d+)?\s*(?:x\s*\d+(?:[.,]\d+)?\s*)?cm")
_ONLINE: Final = re.compile(r"\b(?:online|electronic resource|tai lieu dien tu|truc tuyen|web|e ?book|pdf)\b")
_MICRO: Final = re.compile(r"\bmicro(?:form|film|fiche|opaque|card)s?\b|\bvi phim\b")
_BRAILLE: Final = re.compile(r"\bbraille\b|\bchu noi\b")
_DISC: Final = re.compile(r"\b(?:cd rom|dvd|cd|dia|audio dis[ck]|sound dis[ck]|cassettes?|bang)\b")
_LARGEST: Final = 100_000


class Extent(NamedTuple):
    """`pages` is the largest number of pages, `volumes` the number of volumes, `height` in cm; 0 where unknown."""

    pages: int
    volumes: int
    height: int
    said: str
    """Carrier the words name: o online, f microform, d braille, v disc or tape; empty when they name none."""


@lru_cache(maxsize=65_536)
def read(field: str) -> Extent:
    """The extent of a packed field 300 (MARC 21: $a extent, $b other details, $c dimensions)."""
    pages = volumes = height = 0
    said = ""
    for piece in field.split(SUBFIELD_DELIMITER)[1:]:
        code, text = piece[:1], fold(piece[1:])
        if code == "a" and not (pages or volumes):
            said = carrier_words(text)
            counted = [int(one) for one in _VOLUMES.findall(text) if len(one) < 6]
            volumes = max(counted, default=0)
            numbers = [int(one) for one in _NUMBER.findall(_VOLUMES.sub(" ", text)) if len(one) < 7]
            pages = max(numbers, default=0)
        elif code == "c":
            found = _HEIGHT.search(_HALF.sub("", text))
            height = int(found[1]) if found and len(found[1]) < 4 else height
    return Extent(min(pages, _LARGEST), min(volumes, _LARGEST), height, said)


def carrier_words(text: str) -> str:
    """The carrier that folded words name."""
    if _MICRO.search(text):
        return "f"
    if _ONLINE.search(text):
        return "o"
    if _BRAILLE.search(text):
        return "d"
    return "v" if _DISC.search(text) else ""


_FORMS: Final = {
    "a": "f",
    "b": "f",
    "c": "f",
    "f": "d",
    "o": "o",
    "q": "o",
    "s": "o",
    "d": "",
    "r": "",
    " ": "",
    "|": "",
}
"""008/23 or 29, form of item → our carrier; large print and regular print reproduction stay print."""
_CARRIERS: Final = {"cr": "o", "nc": "p", "sd": "v", "vd": "v", "cd": "v", "ha": "f", "he": "f", "hd": "f", "hf": "f"}
"""338 $b (RDA carrier) and 007/00-01 → our carrier."""


def coded_carrier(code: str) -> str:
    """The carrier of a code of 338 $b or of the first two positions of 007."""
    if code[:1] == "h":
        return "f"
    return _CARRIERS.get(code[:2], "")


def form_of_item(fixed: str, map_or_picture: bool) -> str:
    """The carrier in 008/23 (books, music, serials, mixed) or 008/29 (maps, visual materials)."""
    at = 29 if map_or_picture else 23
    return _FORMS.get(fixed[at : at + 1], "")
