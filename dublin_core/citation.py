"""What a reference list, a spreadsheet and a graph want to know of a record: names apart, publisher and place apart.

Simple Dublin Core joins what these keep separate. Values are cleaned as in the crosswalk (`dublin_core.punctuation`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from dublin_core.crosswalk import crosswalk
from dublin_core.kinds import kind
from dublin_core.punctuation import collapse, persons, strip_brackets, strip_end
from marc.record import Field, Record

AUTHOR, EDITOR, TRANSLATOR, CONTRIBUTOR = "author", "editor", "translator", "contributor"
PERSON, ORGANISATION, MEETING = "person", "organisation", "meeting"

_ROLES: Final = (
    (AUTHOR, ("aut", "tác giả", "author", "viết", "soạn lời")),
    (TRANSLATOR, ("trl", "dịch", "translat")),
    (EDITOR, ("edt", "com", "chủ biên", "ch.b", "biên soạn", "b.s", "tuyển chọn", "sưu tầm", "edit", "compil")),
)
"""What $4 (MARC Code List for Relators) or $e begins with, in the words Vietnamese records use."""
_KINDS: Final = {"00": PERSON, "10": ORGANISATION, "11": MEETING}
_NAME_CODES: Final = {"00": "abcq", "10": "abdn", "11": "acdenq"}
"""A person's dates ($d) tell namesakes apart in a catalogue and have no place in a reference."""
_PAGES: Final = re.compile(r"(?<![\d.,])(\d{1,5}) ?(?:tr\b|trang\b|p\b|pages?\b|pp\b|s\.)")


class Name(NamedTuple):
    """Somebody responsible: as in the heading, without role and identifiers."""

    text: str
    role: str = AUTHOR
    """author, editor, translator or contributor."""
    kind: str = PERSON
    """person, organisation or meeting."""


class Series(NamedTuple):
    """A series as it stands on the resource."""

    title: str
    number: str = ""


class Link(NamedTuple):
    """An electronic location (856)."""

    address: str
    label: str = ""
    media_type: str = ""
    related: bool = False
    """Second indicator 2: another resource than this one."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A record as others cite it. Empty strings and tuples where the record says nothing."""

    kind: str
    """book, serial, article, thesis, map, score, sound, video, image, software, collection, manuscript, website
    or object."""
    title: str
    names: tuple[Name, ...]
    publisher: str
    place: str
    date: str
    """A year, or a day, as W3CDTF."""
    edition: str
    extent: str
    pages: int
    """0 where the extent is not one count of pages."""
    series: tuple[Series, ...]
    host: str
    """The title of what an article is in (773)."""
    isbns: tuple[str, ...]
    issns: tuple[str, ...]
    """Without prefixes, check digits right."""
    languages: tuple[str, ...]
    """BCP 47."""
    subjects: tuple[str, ...]
    abstract: str
    notes: tuple[str, ...]
    links: tuple[Link, ...]
    classification: str
    """The first DDC (082) or other class number."""


def citation(record: Record) -> Citation:
    """What a record says for a citation."""
    dc = crosswalk(record)
    fields = record.fields
    urns = dc.values("identifier")
    imprint = _imprint(fields)
    extent = next((collapse(" ".join(field.all("abc"))) for field in fields if field.tag == "300"), "")
    return Citation(
        kind=kind(record),
        title=next(iter(dc.values("title")), ""),
        names=tuple(_names(fields)),
        publisher=next(iter(dc.values("publisher")), ""),
        place=strip_brackets(imprint.get("a").partition(" : ")[0]),
        date=next(iter(dc.values("date")), ""),
        edition=next((strip_end(" ".join(field.all("ab"))) for field in fields if field.tag == "250"), ""),
        extent=strip_end(extent),
        pages=_pages(fields),
        series=tuple(_series(fields)),
        host=next((strip_end(field.get("t")) for field in fields if field.tag == "773" and field.get("t")), ""),
        isbns=tuple(urn[9:] for urn in urns if urn.startswith("urn:isbn:")),
        issns=tuple(urn[9:] for urn in urns if urn.startswith("urn:issn:")),
        languages=tuple(dc.values("language")),
        subjects=tuple(dc.values("subject")),
        abstract=next((collapse(" ".join(field.all("ab"))) for field in fields if field.tag == "520"), ""),
        notes=tuple(collapse(field.get("a")) for field in fields if field.tag in ("500", "502") and field.get("a")),
        links=tuple(_links(fields)),
        classification=next((collapse(field.get("a")) for field in fields if field.tag in ("082", "080", "084")), ""),
    )


def _names(fields: list[Field]) -> list[Name]:
    found: dict[Name, None] = {}
    for field in fields:
        number = field.tag[1:] if field.tag in ("100", "110", "111", "700", "710", "711") else ""
        if number and not (field.tag[0] == "7" and field.get("t")):
            text = " ".join(field.all(_NAME_CODES[number]))
            role = _role(field, AUTHOR if field.tag[0] == "1" else CONTRIBUTOR)
            for name in persons(text):
                found[Name(name, role, _KINDS[number])] = None
        elif field.tag == "720":
            for name in persons(field.get("a")):
                found[Name(name, _role(field, CONTRIBUTOR))] = None
    return list(found)


def _role(field: Field, otherwise: str) -> str:
    """The role that $4 or $e names; a meeting's $e is a unit of it, and $j its role."""
    said = [value.strip().lower() for value in field.all("4j" if field.tag[1:] == "11" else "4e")]
    for role, beginnings in _ROLES:
        if any(value.startswith(beginnings) for value in said):
            return role
    return CONTRIBUTOR if said else otherwise


def _imprint(fields: list[Field]) -> Field:
    """The statement of publication: 264 with second indicator 1, else 260, else another 264 that names a place."""
    statements = [field for field in fields if field.tag in ("260", "264") and field.get("a")]
    statements.sort(key=lambda field: 0 if field.indicators[1] == "1" and field.tag == "264" else int(field.tag))
    return statements[0] if statements else Field("260", "  ", (("a", ""),))


def _pages(fields: list[Field]) -> int:
    counts = [count for field in fields if field.tag == "300" for count in _PAGES.findall(field.get("a"))]
    return int(counts[0]) if len(counts) == 1 else 0


def _series(fields: list[Field]) -> list[Series]:
    """490 as transcribed; the traced forms (8XX) where nothing was transcribed."""
    transcribed = [field for field in fields if field.tag == "490"]
    traced = [field for field in fields if field.tag in ("800", "810", "811", "830", "440")]
    found: dict[Series, None] = {}
    for field in transcribed or traced:
        title = strip_end(field.get("a" if field.tag in ("490", "440", "830") else "t"))
        if title:
            found[Series(title, strip_end(field.get("v")))] = None
    return list(found)


def _links(fields: list[Field]) -> list[Link]:
    found: dict[Link, None] = {}
    for field in fields:
        if field.tag == "856":
            label = collapse(" ".join(field.all("3yz")))
            for address in field.all("u"):
                if address.strip():
                    media_type = field.get("q").strip()
                    found[Link(address.strip(), label, media_type, field.indicators[1] == "2")] = None
    return list(found)
