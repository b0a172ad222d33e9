"""What a saved query can ask of a record, worked out only when it is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from dublin_core import kinds, online
from dublin_core.dates import written_date
from dublin_core.spoken import names, spoken
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record
from vietnamese.text import fold

VALUES: Final = ("language", "material", "access", "library", "collection")
"""Names that stand for codes, compared whole."""
_NAMES: Final[dict[str, Mapping[str, tuple[str, str]]]] = {"material": kinds.NAMES, "access": online.NAMES}
FIELDS: Final = {
    "title": ("130 210 222 240 242 245 246 247 730 740", "abnpft"),
    "author": ("100 110 111 700 710 711 720", "abcdq"),
    "subject": ("600 610 611 630 648 650 651 653 655", "abcdxyzv"),
    "series": ("440 490 800 810 811 830", "antp"),
    "publisher": ("260 264", "b"),
    "place": ("260 264 651 662 752", "abcdfg"),
    "note": ("5xx", ""),
    "classification": ("050 080 082 084", "a"),
    "any": ("xxx", ""),
}
"""Names that stand for fields: tags (x: any digit) and the subfields that are read (empty: all but numbers)."""
_CONTROL: Final = frozenset("0123456789")  # $0 … $9 hold links and local numbers, no words
_YEAR: Final = re.compile(r"\d{4}")
_SPANS: Final = frozenset("cdikmqu")  # 008/06 whose second date ends a span


def year_of(text: str | None, otherwise: int) -> int:
    """The year that up to four digits write."""
    return otherwise if text is None else int(text)


class Facts:
    """One record as a query sees it. `libraries`: the codes of those that contributed to it."""

    def __init__(self, record: Record, libraries: tuple[str, ...] = (), collections: tuple[str, ...] = ()) -> None:
        self.record = record
        self._libraries = libraries
        self._collections = collections
        """Slugs of the collections it was assigned to."""
        self._parts: list[str] | None = None
        self._years: tuple[int, int] | None = None
        self._values: dict[str, list[str]] = {}

    def values(self, name: str) -> list[str]:
        """The codes that one of VALUES stands for."""
        found = self._values.get(name)
        if found is None:
            found = self._values[name] = self._coded(name)
        return found

    def has(self, name: str, wanted: str) -> bool:
        """Whether one of the codes is `wanted`, or has it for a name in either language (`language=Tày`)."""
        codes = self.values(name)
        if any(code.lower() == wanted.lower() for code in codes):
            return True
        plain = fold(wanted)
        if name == "language":
            spelt = [fold(one) for code in codes for one in names(code)]
            return any(plain in (one, one.removeprefix("tieng ")) for one in spelt)
        if name in _NAMES:
            return any(plain == fold(one) for code in codes for one in _NAMES[name][code])
        return name == "collection" and any(plain == fold(code) for code in codes)

    def _coded(self, name: str) -> list[str]:
        if name == "language":
            return list(spoken(self.record))
        if name == "material":
            return list(kinds.kinds(self.record))
        if name == "access":
            return [online.ONLINE] if online.online(self.record) else []
        if name == "library":
            return list(self._libraries)
        return [*self._collections, *self.subfields("773", "o"), *self.subfields("773", "t")]

    def fields(self, name: str) -> list[str]:
        """The texts that one of FIELDS stands for, one for each field of the record."""
        tags, codes = FIELDS[name]
        return [text for tag in tags.split() for text in self._joined(tag, codes)]

    def subfields(self, tag: str, codes: str) -> list[str]:
        """The subfields `codes` of the fields `tag` (x: any digit); without codes the fields themselves."""
        if not codes:
            return self._joined(tag, "")
        return [
            piece[1:] for part in self._tagged(tag) for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[0] in codes
        ]

    def positions(self, tag: str, first: int, last: int) -> list[str]:
        """Characters `first` to `last` of the leader (`ldr` or `000`) or of a control field."""
        if tag in ("ldr", "000"):
            return [self.record.leader[first : last + 1]]
        return [part[3 + first : 4 + last] for part in self._tagged(tag) if part.startswith("00")]

    def within(self, low: int, high: int) -> bool:
        """Whether a year of publication lies between `low` and `high`, both included."""
        first, last = self.years
        return bool(first) and first <= high and last >= low

    @property
    def years(self) -> tuple[int, int]:
        """First and last year of publication; (0, 0) when none is known. Of an uncertain year, what it begins with."""
        if self._years is None:
            self._years = self._published()
        return self._years

    def _published(self) -> tuple[int, int]:
        fixed = self.record.control("008")
        first = fixed[7:11].replace("u", "0")
        if len(first) == 4 and first.isascii() and first.isdecimal() and first not in ("9999", "0000"):
            last = fixed[11:15].replace("u", "9")
            spans = fixed[6:7] in _SPANS and len(last) == 4 and last.isascii() and last.isdecimal()
            return int(first), max(int(first), int(last)) if spans else int(first)
        for value in [*self.subfields("264", "c"), *self.subfields("260", "c")]:
            found = _YEAR.search(written_date(value))
            if found:
                return int(found[0]), int(found[0])
        return 0, 0

    def _joined(self, tag: str, codes: str) -> list[str]:
        found = []
        for part in self._tagged(tag):
            if part.startswith("00"):
                found.append(part[3:])
                continue
            pieces = part.split(SUBFIELD_DELIMITER)[1:]
            found.append(" ".join(p[1:] for p in pieces if (p[0] in codes if codes else p[0] not in _CONTROL)))
        return found

    def _tagged(self, tag: str) -> list[str]:
        if self._parts is None:
            self._parts = self.record.text.split(FIELD_TERMINATOR)[1:]
        if "x" not in tag:
            return [part for part in self._parts if part.startswith(tag)]
        fits = [(at, sign) for at, sign in enumerate(tag) if sign != "x"]
        return [part for part in self._parts if all(part[at] == sign for at, sign in fits)]
