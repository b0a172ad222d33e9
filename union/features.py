"""What matching knows of one record: a small value with everything already folded, parsed and counted.

`read(record)` looks at fields of the standard alone, by their tags; whatever else a record carries (local fields, keys
of test sets) it cannot see. A `Features` is stored beside the record (`dump`, `load`), so comparing never parses again.
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from marc.record import SUBFIELD_DELIMITER, Record
from union import editions, extents, identifiers, persons, publication, titles
from union.words import plain
from vietnamese.text import fold

VERSION: Final = 3
"""Moves when a record gives other features, keys or another sketch; stored ones of another version are read again from
the record."""


class Features(NamedTuple):
    """One record for matching. Strings are folded unless said otherwise; 0 and "" are unknown."""

    kind: str
    """book, serial, map, music or part: which table of weights compares it."""
    carrier: str
    """p print, o online, f microform, d braille, v disc or tape; empty unknown, which mostly means print."""
    title: str
    """Title proper without article and volume."""
    rest: str
    """Other title information."""
    exact: str
    """Both with their marks, in one spelling; empty when typed without any."""
    volume: str
    part: str
    numbers: tuple[str, ...]
    """Numbers in the title proper."""
    others: tuple[str, ...]
    """Parallel, varying and uniform titles."""
    names: tuple[str, ...]
    """Persons and bodies of 1XX and 7XX, the main entry first."""
    main: bool
    """Whether there is a main entry."""
    statement: str
    """Statement of responsibility."""
    years: tuple[int, ...]
    """Every year the record gives for itself, the likeliest year of publication first."""
    ordinal: int
    """Of the edition, counted from 1."""
    revised: bool
    edition: str
    publisher: str
    place: str
    country: str
    """008/15-17."""
    language: str
    """Codes of 041 $a, joined by +, else that of 008/35-37."""
    pages: int
    volumes: int
    height: int
    series: str
    series_number: str
    subjects: tuple[str, ...]
    isbns: tuple[str, ...]
    set_isbns: tuple[str, ...]
    issns: tuple[str, ...]
    identifiers: tuple[str, ...]
    host: str
    """Title of the host of a component part (773 $t)."""
    restricted: bool
    """Whether access is restricted (506, first indicator 1)."""
    vietnamese: bool
    """Whether the title is Vietnamese text that was typed with its marks."""


_KINDS: Final = {"e": "map", "f": "map", "c": "music", "d": "music", "i": "music", "j": "music", "g": "music"}
"""Leader/06, type of record (MARC 21, Leader); whatever is not here is compared as a book."""
_PARTS: Final = "ab"
_SERIALS: Final = "si"
_UNKNOWN_LANGUAGES: Final = frozenset(("und", "zxx", "mul", "|||", "   ", "", "xxx", "n/a"))
_NAME_TAGS: Final = frozenset(("100", "110", "111", "700", "710", "711"))
_SUBJECT_TAGS: Final = frozenset(("600", "610", "630", "650", "651", "653"))
_NUMBER_TAGS: Final = frozenset(("010", "024", "035"))
_READ: Final = (
    _NAME_TAGS
    | _SUBJECT_TAGS
    | _NUMBER_TAGS
    | frozenset(
        ("020", "022", "041", "130", "240", "245", "246", "250", "260", "264", "300", "338", "490", "506", "773", "830")
    )
)
"""Every tag of a data field that `_Draft.add` knows."""
_SUBJECTS: Final = 10
_LANGUAGES: Final = 6
_STATEMENT: Final = 200
_MARKS_OF_VIETNAMESE: Final = frozenset("ăâđêôơưảẻỉỏủỷạẹịọụỵắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữự")


class _Draft:
    """What has been found so far; fields add to it in the order of the record."""

    __slots__ = (
        "carrier", "edition", "extent", "host", "identifiers", "imprint", "isbns", "issns", "language", "main",
        "names", "others", "restricted", "series", "series_number", "set_isbns", "statement", "subjects", "title",
    )  # fmt: skip

    def __init__(self) -> None:
        self.title = titles.Title("", "", "", "", "", (), ())
        self.extent = extents.Extent(0, 0, 0, "")
        self.edition = (0, False, "")
        self.imprint = publication.Imprint()
        self.carrier = self.host = self.language = self.series = self.series_number = self.statement = ""
        self.main = self.restricted = False
        self.names: list[str] = []
        self.others: list[str] = []
        self.subjects: list[str] = []
        self.isbns: list[str] = []
        self.set_isbns: list[str] = []
        self.issns: list[str] = []
        self.identifiers: list[str] = []

    def add(self, tag: str, part: str) -> None:
        if tag == "245":
            if not self.title.proper:
                self.title = titles.read(part)
                self.statement = plain(_subfields(part, "c"))[:_STATEMENT]
                self.carrier = self.carrier or extents.carrier_words(fold(_subfields(part, "h")))
        elif tag in _NAME_TAGS:
            self.main = self.main or tag[0] == "1"
            self.names += persons.read(part)
        elif tag in ("260", "264"):
            self.imprint.add(part)
        elif tag == "300":
            if not (self.extent.pages or self.extent.volumes):
                self.extent = extents.read(part)
        elif tag in _SUBJECT_TAGS:
            if len(self.subjects) < _SUBJECTS:
                self.subjects.append(plain(_subfields(part, "a")))
        elif tag == "020":
            number, of_set = identifiers.of_book(part)
            (self.set_isbns if of_set else self.isbns).append(number)
        elif tag == "022":
            self.issns.append(identifiers.of_serial(part))
        elif tag in _NUMBER_TAGS:
            self.identifiers.append(identifiers.numbered(part))
        elif tag == "041":
            self.language = self.language or _languages(part)
        elif tag == "250":
            if not self.edition[2]:
                self.edition = editions.read(_subfields(part, "a"))
        elif tag in ("130", "240", "246"):
            self.others.append(titles.other(part))
        elif tag in ("490", "830"):
            if not self.series:
                self.series = plain(_subfields(part, "a"))[:60]
                self.series_number = titles.series_number(_subfields(part, "v"))
        elif tag == "338":
            self.carrier = self.carrier or extents.coded_carrier(_subfields(part, "b"))
        elif tag == "506":
            self.restricted = self.restricted or part[3:4] == "1"
        elif tag == "773" and not self.host:
            self.host = plain(_subfields(part, "t"))


def _subfields(part: str, code: str) -> str:
    return " ".join([piece[1:] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[:1] == code])


def _languages(part: str) -> str:
    """The MARC codes of 041 $a in order of the alphabet, joined by +; old practice ran them together ("engvie")."""
    if part[4:5] == "7":
        return ""
    said = "".join([piece[1:] for piece in part.split(SUBFIELD_DELIMITER)[1:] if piece[:1] == "a"]).lower()
    codes = {said[at : at + 3] for at in range(0, len(said) - 2, 3)}
    return "+".join(sorted(codes - _UNKNOWN_LANGUAGES)[:_LANGUAGES])


def read(record: Record) -> Features:
    """The features of a record. Any record gives some; nothing is raised."""
    leader, draft = record.leader, _Draft()
    fixed = physical = ""
    for part in record.parts():
        tag = part[:3]
        if tag == "008":
            fixed = fixed or part[3:]
        elif tag == "007":
            physical = physical or part[3:5]
        elif tag in _READ:
            draft.add(tag, part)
    kind = "part" if leader[7:8] in _PARTS else "serial" if leader[7:8] in _SERIALS else _KINDS.get(leader[6:7], "book")
    title, extent, imprint = draft.title, draft.extent, draft.imprint
    carrier = extents.form_of_item(fixed, leader[6:7] in "efgkor") or draft.carrier or extent.said
    carrier = carrier or extents.coded_carrier(physical)
    if carrier == "v" and kind == "music":
        carrier = ""  # a recording is on a disc as a book is on paper
    coded = fixed[35:38].lower()
    language = draft.language or ("" if coded in _UNKNOWN_LANGUAGES else coded)
    country = fixed[15:18].strip().lower()
    return Features(
        kind=kind,
        carrier=carrier,
        title=title.proper,
        rest=title.rest,
        exact=title.exact,
        volume=title.volume,
        part=title.part,
        numbers=title.numbers,
        others=tuple(dict.fromkeys(other for other in (*title.others, *draft.others) if other))[:4],
        names=persons.limited(draft.names),
        main=draft.main,
        statement=draft.statement,
        years=_years(imprint.years, publication.coded_years(fixed)),
        ordinal=draft.edition[0],
        revised=draft.edition[1],
        edition=draft.edition[2],
        publisher=next(filter(None, imprint.names), ""),
        place=next(filter(None, imprint.places), ""),
        country="" if country in ("xx", "|||", "") else country,
        language="" if language in _UNKNOWN_LANGUAGES else language,
        pages=extent.pages,
        volumes=extent.volumes,
        height=extent.height,
        series=draft.series,
        series_number=draft.series_number,
        subjects=tuple(sorted(set(filter(None, draft.subjects)))),
        isbns=identifiers.limited(draft.isbns),
        set_isbns=identifiers.limited(draft.set_isbns),
        issns=identifiers.limited(draft.issns),
        identifiers=identifiers.limited(draft.identifiers),
        host=draft.host,
        restricted=draft.restricted,
        vietnamese=not _MARKS_OF_VIETNAMESE.isdisjoint(title.exact),
    )


def _years(shown: list[int], coded: list[int]) -> tuple[int, ...]:
    """The years in order of belief: the first of 008 when the imprint shows it too, else what the imprint shows."""
    first = coded[:1] if coded and (not shown or coded[0] in shown) else shown[:1] or coded[:1]
    return tuple(dict.fromkeys([*first, *shown, *coded]))[:6]


_WESTERN: Final = 5
"""Letters of a word on the average: more in Western titles, fewer in Vietnamese, whose words are syllables."""


def tells(features: Features) -> bool:
    """Whether a record says enough to be told from others: a standard number, or a title with two of author, year,
    extent, publisher and host. A long title needs less beside it, a long Western one nothing. Two records that say
    "Báo cáo" and nothing else are equal and prove nothing."""
    if features.isbns or features.issns or features.identifiers:
        return True
    if not features.title:
        return False
    beside = (
        features.names or features.statement,
        features.years,
        features.pages or features.volumes,
        features.publisher,
        features.host,
    )
    count = features.title.count(" ") + 1
    western = len(features.title) - count + 1 >= _WESTERN * count
    wanted = max(0, 3 - max(1, count - 1)) if western else 1 if count > 3 else 2
    return sum(map(bool, beside)) >= wanted


_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_DECODE: Final = json.JSONDecoder().raw_decode
"""Made once: there are several descriptions to read for each record that comes."""


def dump(features: Features) -> bytes:
    """Features as JSON in UTF-8, compact, for the store."""
    return _ENCODE(features).encode()


def load(data: bytes) -> Features:
    """The features that `dump` wrote."""
    values, _ = _DECODE(data.decode())
    return Features._make([tuple(value) if value.__class__ is list else value for value in values])
