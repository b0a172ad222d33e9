"""What kind of material a record describes: the same in sets, in search, in citations and on record pages.

The names are those of `KINDS`, of which every record has one, and of `FORMS`, which may be true of it besides; codes
are MARC 21's leader/06-07, 008/23-29 and 007, read as the format says.
"""

from __future__ import annotations

from functools import lru_cache
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
FORMS: Final = {
    "electronic": Names("Bản điện tử", "Electronic form"),
    "large-print": Names("Bản chữ lớn", "Large print"),
    "braille": Names("Bản chữ nổi", "Braille"),
    "microform": Names("Vi phim, vi phiếu", "Microforms"),
}
"""Form of item (008/23, of maps and visual materials 008/29): what something is on, whatever it is."""
NAMES: Final = KINDS | FORMS


_MATERIAL: Final = {
    "c": "score", "d": "score", "e": "map", "f": "map", "g": "video", "i": "sound", "j": "sound", "k": "image",
    "m": "software", "o": "collection", "p": "collection", "r": "object", "t": "manuscript",
}  # fmt: skip
"""Leader/06; text (`a`) and whatever is unknown go by leader/07."""
_LEVEL: Final = {"a": "article", "b": "article", "s": "serial", "i": "website"}
_CARRIERS: Final = {"a": "map", "d": "map", "q": "score", "s": "sound", "v": "video", "m": "video", "k": "image"}
"""007/00 of records whose leader/06 names nothing: map, globe, score, sound, video, film, picture."""
_HANDWRITTEN: Final = "dft"
_FORMS: Final = {
    "a": "microform", "b": "microform", "c": "microform", "d": "large-print", "f": "braille", "o": "electronic",
    "q": "electronic", "s": "electronic",
}  # fmt: skip
_REMEMBERED: Final = 30_000


def kind(record: Record) -> str:
    """The kind of material, one of `KINDS`. Every record has one."""
    return kinds(record)[0]


def kinds(record: Record) -> tuple[str, ...]:
    """The kind of material and what else is true of it: `KINDS` first, then other names of `NAMES`."""
    text = record.text
    at = text.find(f"{FIELD_TERMINATOR}008")
    end = text.find(FIELD_TERMINATOR, at + 1)
    fixed = "" if at < 0 else text[at + 4 :] if end < 0 else text[at + 4 : end]
    carriers = ""
    at = text.find(f"{FIELD_TERMINATOR}007")
    while at >= 0:
        carriers += text[at + 4 : at + 5]
        at = text.find(f"{FIELD_TERMINATOR}007", at + 1)
    return coded_kinds(text[6:8], fixed[23:30], carriers, f"{FIELD_TERMINATOR}502" in text)


@lru_cache(maxsize=_REMEMBERED)
def coded_kinds(coded: str, form: str, carriers: str, dissertation: bool) -> tuple[str, ...]:
    """The same by leader/06-07, 008/23-29, 007/00 of every 007, and whether there is a note of a dissertation (502).

    A dissertation is a thesis whatever its form, and so is text whose nature of contents (008/24-27) is `m`. 007 is
    asked for the kind only where leader/06 is no code.
    """
    code, level = coded[:1], coded[1:2]
    book = (code in ("a", "t")) and level in ("m", "c")
    if dissertation or (book and "m" in form[1:5]):
        # One in typescript is no old manuscript.
        found = ["thesis"]
    else:
        main = _LEVEL.get(level, "book") if code == "a" else _MATERIAL.get(code)
        carried = next((_CARRIERS[one] for one in carriers[:1] if one in _CARRIERS), "")
        found = [main or carried or _LEVEL.get(level, "book")]
        if code and code in _HANDWRITTEN and "manuscript" not in found:
            found.append("manuscript")
    item = _FORMS.get(form[6:7] if code and code in "efgkor" else form[:1], "")
    if item or "c" in carriers:
        found.append(item or "electronic")
    return tuple(found)
