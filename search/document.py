"""A record as an index holds it: words, keys, spans, what it is sorted by and counted by. Pure, and quick.

A catalogue of a million is built anew in a minute only if a record takes little more than the time of its words. So
documents are made of a run of records at once: the packed text of each is gone through once for keys and headings, what
a field says of these is remembered, since a place, a subject, an author come again in thousands of records, letter for
letter; and the words and sort keys of the whole run are made together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from dublin_core.kinds import coded_kinds
from dublin_core.resource_types import dcmi_types
from dublin_core.spoken import coded_languages
from foundation.collecting import paused
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record
from search.numbers import compact, day_number, years
from search.query import Field
from search.said import READ, kept, said
from search.texts import BESIDES, Texts

SORTED_CHARACTERS: Final = 60
"""Letters that titles, names and shelf marks are sorted by."""
_AROUND: Final = "\"'“”«»[(.… "
_REMEMBERED: Final = 30_000
_RUN: Final = 100
"""Records of which documents are made together."""

TITLE, AUTHOR, CALL, LANGUAGE, SUBJECT, GENRE, PLACE = (
    one.value
    for one in (
        Field.TITLE,
        Field.AUTHOR,
        Field.CALL_NUMBER,
        Field.LANGUAGE,
        Field.SUBJECT,
        Field.GENRE,
        Field.PLACE,
    )
)  # values, for a member of an Enum is slow to look up by


_NO_TEXTS: Final = Texts()


@dataclass(slots=True)
class Document:
    """One published record for an index. `shown`, `codes` and `order` go by `Field.value`."""

    number: int
    """The store's own number of the record."""
    version: int
    """Number of the version this was made of."""
    added: int
    modified: int
    """Days as numbers (20261122)."""
    texts: Texts = _NO_TEXTS
    keys: list[str] = field(default_factory=list)
    """What it is asked for by, behind the name of the index field: `isbn:9786049448065`."""
    codes: dict[str, list[str]] = field(default_factory=dict)
    """Languages, kinds of material and the like."""
    years: tuple[int, int] | None = None
    shown: dict[str, list[str]] = field(default_factory=dict)
    """Headings in the form in which people read them, for facets and for browsing."""
    order: dict[str, str] = field(default_factory=dict)
    """What texts are sorted by: the bytes of a key of `vietnamese.collation`, as Latin-1 characters."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store knows of a record besides its text."""

    number: int
    version: int
    identifier: str
    libraries: tuple[str, ...]
    """Codes of those that contributed to it."""
    added: int
    modified: int
    """Seconds since 1970."""
    collections: tuple[str, ...] = ()


def document(record: Record, standing: Standing) -> Document:
    """The document of a published record."""
    return _documents([(record, standing)])[0]


def documents(found: Iterable[tuple[Record, Standing]]) -> Iterator[Document]:
    """The documents of published records, one after the other: made some at a time, as quickly as can be."""
    ahead = iter(found)
    while run := list(islice(ahead, _RUN)):
        with paused():
            made = _documents(run)
        yield from made


def _documents(run: Sequence[tuple[Record, Standing]]) -> list[Document]:
    from search.run_texts import run_texts  # noqa: PLC0415 - numpy, which who only searches need not load
    from vietnamese.run_collation import sort_keys  # noqa: PLC0415

    found = [_document(record.text, standing) for record, standing in run]
    keys = iter(sort_keys([text for one, _ in found for text in one.order.values()]))
    for (one, _), texts in zip(found, run_texts([text for _, text in found]), strict=True):
        one.texts = texts
        for kind in one.order:
            one.order[kind] = next(keys).decode("latin-1")
        one.order[LANGUAGE] = one.codes[LANGUAGE][0]
    return [one for one, _ in found]


def _document(text: str, standing: Standing) -> tuple[Document, str]:
    """The document of a record, and what its texts are to be made of; what it is sorted by is no key yet."""
    shown: dict[str, list[str]] = {}
    order: dict[str, str] = {}
    keys: list[str] = []
    fixed = imprint = carriers = besides = ""
    languages: tuple[str, ...] = ()
    dissertation = False
    for part in text.split(FIELD_TERMINATOR)[1:]:
        tag = part[:3]
        if tag not in READ:
            if tag == "008":
                fixed = fixed or part[3:]
            elif tag == "007":
                carriers += part[3:4]
            elif tag == "041":
                languages += (part,)
            elif tag == "502":
                dissertation = True
            continue
        asked, headings, more = kept(part) or said(part)
        if asked:
            keys += asked
        for kind, heading in headings:
            if kind not in shown:
                shown[kind] = [heading]
            elif heading not in shown[kind]:
                shown[kind].append(heading)
        if more:
            besides += more
        if tag == "245":
            if TITLE not in order and headings and (title := _filed(part[4:5], headings[0][1])):
                order[TITLE] = sorted_by(title)
        elif not imprint and tag in ("260", "264"):
            imprint = part.partition(SUBFIELD_DELIMITER + "c")[2].partition(SUBFIELD_DELIMITER)[0]
    coded = _coded(text[6:8], fixed[6:], imprint, carriers, dissertation, languages)
    here = _stood(standing.libraries, standing.collections)
    keys += coded.keys
    keys += here.keys
    keys.append("identifier:" + standing.identifier)
    codes = coded.codes | here.codes
    if AUTHOR in shown:
        order[AUTHOR] = sorted_by(shown[AUTHOR][0])
    if CALL in shown:
        order[CALL] = sorted_by(shown[CALL][0])
    days = _day(standing.added), _day(standing.modified)
    one = Document(standing.number, standing.version, *days, _NO_TEXTS, keys, codes, coded.years, shown, order)
    return one, f"{text}{FIELD_TERMINATOR}{BESIDES}{besides}" if besides else text


class _Coded(NamedTuple):
    years: tuple[int, int] | None
    codes: dict[str, list[str]]
    """Shared by all records of which the same is said."""
    keys: tuple[str, ...]


@lru_cache(maxsize=_REMEMBERED)
def _coded(
    kind: str, fixed: str, imprint: str, carriers: str, dissertation: bool, languages: tuple[str, ...]
) -> _Coded:
    """What leader/06-07, 008/06-39, the imprint, every 041 and what was seen besides say together."""
    whole = f"{'':6}{fixed}"
    codes = {
        "material": list(coded_kinds(kind, whole[23:30], carriers, dissertation)),
        LANGUAGE: list(coded_languages(whole[35:38], languages)),
    }
    if country := compact(whole[15:18].strip(" |#\\")):
        codes["country"] = [country]
    types = {"type": dcmi_types(f"{'':6}{kind}", whole)}
    return _Coded(years(whole, imprint), codes, _code_keys(codes | types))


@lru_cache(maxsize=1000)
def _stood(libraries: tuple[str, ...], collections: tuple[str, ...]) -> _Coded:
    """What is known of a record by who keeps it."""
    codes = {"library": list(libraries)}
    if collections:
        codes["collection"] = list(collections)
    return _Coded(None, codes, _code_keys(codes))


def _code_keys(codes: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple([f"{name}:{compact(code)}" for name, some in codes.items() for code in some])


_day = lru_cache(maxsize=1000)(day_number)


def _filed(skip: str, title: str) -> str:
    """A title without as many characters as the second indicator of its 245 says not to file by."""
    return title[int(skip) :] if skip.isdecimal() and skip.isascii() else title


def sorted_by(text: str) -> str:
    """As much of a text as it is sorted by, and without what stands around it."""
    return text[:SORTED_CHARACTERS].strip(_AROUND)
