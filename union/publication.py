"""Where, by whom and when: places and publishers under their several names, and the years a record mentions."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from marc.record import SUBFIELD_DELIMITER
from union.words import listed, plain, words
from vietnamese.places import lookup

_GENERIC: Final = listed(
    "nxb cong ty tnhh cp phan mtv sach press co company inc ltd limited corp publishers publisher publishing "
    "pub books and the of sons son printing house verlag editions edition librairie of for by imp brothers "
    "bros printed office university univ u s n"
)
"""Words that many publishers' names have, and that one library writes and the next leaves out."""
_CITIES: Final = {
    "h": "ha noi", "hn": "ha noi", "hanoi": "ha noi", "tp hcm": "ho chi minh", "tphcm": "ho chi minh",
    "hcm": "ho chi minh", "tp ho chi minh": "ho chi minh", "thanh pho ho chi minh": "ho chi minh",
    "sai gon": "ho chi minh", "saigon": "ho chi minh", "s": "ho chi minh", "bac can": "bac kan",
    "n y": "new york", "new york n y": "new york", "nyc": "new york", "phila": "philadelphia", "wash": "washington",
}  # fmt: skip
_KINDS: Final = ("tp ", "thanh pho ", "tinh ", "huyen ", "t p ")
_UNKNOWN: Final = frozenset(("s l", "sl", "kd", "k d", "place of publication not identified", ""))
_YEAR: Final = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_NO_NAME: Final = frozenset(("s n", "sn", "kn", "k n", "publisher not identified"))
_ALIASES: Final = {
    "giao duc viet nam": "giao duc", "phu nu viet nam": "phu nu", "chinh tri quoc gia su that": "chinh tri quoc gia",
    "van hoa thong tin": "van hoa thong tin", "ctqg": "chinh tri quoc gia", "khxh": "khoa hoc xa hoi",
    "khkt": "khoa hoc ki thuat", "khoa hoc va ky thuat": "khoa hoc ki thuat", "khoa hoc ky thuat": "khoa hoc ki thuat",
    "qdnd": "quan doi nhan dan", "vhtt": "van hoa thong tin", "vhdt": "van hoa dan toc",
    "dhqg ha noi": "dai hoc quoc gia ha noi",
    "dhqghn": "dai hoc quoc gia ha noi", "my thuat": "mi thuat", "van hoa va thong tin": "van hoa thong tin",
    "gpo": "govt print off",
}  # fmt: skip
"""Abbreviations and renamed publishers (Giáo dục has been Giáo dục Việt Nam since 2009), folded."""


@lru_cache(maxsize=65_536)
def publisher(text: str) -> str:
    """The telling words of a publisher's name, folded: "Nhà xuất bản Giáo dục" and "Nxb. Giáo dục" are "giao duc"."""
    found = words(text)
    for prefix in (("nha", "xuat", "ban"), ("nxb",)):
        if tuple(found[: len(prefix)]) == prefix:
            found = found[len(prefix) :]
    whole = " ".join(found)
    if whole in _NO_NAME:
        return ""
    if whole in _ALIASES:
        return _ALIASES[whole]
    telling = [word for word in found if word not in _GENERIC and not word.isdigit()]
    return " ".join(telling or found)[:80]


@lru_cache(maxsize=65_536)
def place(text: str) -> str:
    """The name of a place of publication, folded, in its present spelling; empty for "s.l." and the like."""
    name = plain(text.partition(",")[0].partition("(")[0])
    for kind in _KINDS:
        name = name.removeprefix(kind)
    name = _CITIES.get(name, name)
    return "" if name in _UNKNOWN else _present().get(name, name)


@cache
def _present() -> dict[str, str]:
    """Old spellings of Vietnamese places → the spelling of the gazetteer, both folded (Bắc Cạn → Bắc Kạn)."""
    found = {}
    for known in lookup("Bắc Kạn"):
        found.update({plain(other): plain(known.name) for other in known.other_names})
    return found


class Imprint:
    """What 260 and 264 say; filled field by field."""

    __slots__ = ("copyright_year", "names", "places", "years")

    def __init__(self) -> None:
        self.places: list[str] = []
        self.names: list[str] = []
        self.years: list[int] = []
        self.copyright_year = 0

    def add(self, field: str) -> None:
        """A packed 260 or 264 (MARC 21: $a place, $b name, $c date; 264 second indicator 4 is the copyright date)."""
        made = field[:3] == "264" and field[4:5] in "023"
        for piece in field.split(SUBFIELD_DELIMITER)[1:]:
            code, value = piece[:1], piece[1:]
            if code == "c":
                self.years += [int(year) for year in _YEAR.findall(value)]
            elif made:
                continue
            elif code == "a":
                self.places.append(place(value))
            elif code == "b":
                self.names.append(publisher(value))


def coded_years(fixed: str) -> list[int]:
    """The years of 008/07-14 (MARC 21, 008 All Materials), as the type of date in 06 means them.

    A stub ("s9999", "||||", blanks) gives none; of a reprint (r) both are given, the date of the original second.
    """
    kind = fixed[6:7]
    if kind in ("n", "|", "b", ""):
        return []
    pieces = [fixed[7:11]] if kind in ("s", "e", "c", "d", "u") else [fixed[7:11], fixed[11:15]]
    return [int(piece) for piece in pieces if _YEAR.fullmatch(piece) and piece != "9999"]
