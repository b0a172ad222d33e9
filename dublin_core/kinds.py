"""What kind of material a record describes: one name, the same in sets, in search, in citations and on record pages.

The names are those of `KINDS`; codes are MARC 21's leader/06-07, 008/21 and 007, read as the format says.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from marc.record import FIELD_TERMINATOR, Record


class Names(NamedTuple):
    """A name in both languages."""

    vi: str
    en: str


KINDS: Final = {
    "book": Names("Sách", "Books"),
    "serial": Names("Báo, tạp chí", "Serials"),
    "article": Names("Bài trích", "Articles and parts"),
    "thesis": Names("Luận văn, luận án", "Theses"),
    "map": Names("Bản đồ", "Maps"),
    "score": Names("Bản nhạc", "Scores"),
    "sound": Names("Tài liệu âm thanh", "Sound recordings"),
    "video": Names("Phim, video", "Films and videos"),
    "image": Names("Tranh, ảnh", "Pictures"),
    "software": Names("Tài liệu điện tử, phần mềm", "Computer files"),
    "collection": Names("Tài liệu tổng hợp", "Mixed materials"),
    "manuscript": Names("Bản viết tay", "Manuscripts"),
    "website": Names("Trang thông tin điện tử", "Websites and databases"),
    "object": Names("Hiện vật", "Objects"),
}

_MATERIAL: Final = {
    "c": "score", "d": "score", "e": "map", "f": "map", "g": "video", "i": "sound", "j": "sound", "k": "image",
    "m": "software", "o": "collection", "p": "collection", "r": "object", "t": "manuscript",
}  # fmt: skip
"""Leader/06; text (`a`) and whatever is unknown go by leader/07."""
_LEVEL: Final = {"a": "article", "b": "article", "s": "serial", "i": "website"}
_CARRIERS: Final = {"a": "map", "d": "map", "q": "score", "s": "sound", "v": "video", "m": "video", "k": "image"}
"""007/00 of records whose leader/06 names nothing: map, globe, score, sound, video, film, picture."""


def kind(record: Record) -> str:
    """The kind of material, one of `KINDS`. Every record has one.

    A note of a dissertation (502) makes a thesis whatever its form; 007 is asked only where leader/06 is no code.
    """
    text = record.text
    if "\x1e502" in text:
        return "thesis"
    code, level = text[6:7], text[7:8]
    if code == "a":
        return _LEVEL.get(level, "book")
    found = _MATERIAL.get(code)
    if found is None:
        at = text.find(f"{FIELD_TERMINATOR}007")
        found = _CARRIERS.get(text[at + 4 : at + 5]) if at >= 0 else None
    return found or _LEVEL.get(level, "book")
