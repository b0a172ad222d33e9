"""A record as an index holds it: words, keys, spans, what it is sorted by and counted by. Pure, and quick.

A catalogue of a million is built anew in a minute only if a record takes little more than the time of its words. So the
packed text is gone through once, words are looked up as they stand in it, and what a field says is remembered as the
engines take it: a place and its publisher, a subject, an author come again in thousands of records, letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from dublin_core.kinds import coded_kinds
from dublin_core.spoken import coded_languages
from marc.record import FIELD_TERMINATOR, SUBFIELD_DELIMITER, Record
from search.analysis import FILLERS
from search.numbers import compact, day_number, years
from search.query import Field
from search.said import READ, Said, said
from vietnamese.collation import sort_key

SORTED_CHARACTERS: Final = 60
"""Letters that titles, names and shelf marks are sorted by."""
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
    words: str = ""
    """The folded tokens of every word, in no order that means anything."""
    titles: str = ""
    """The folded tokens of titles proper, between edges."""
    folded: str = ""
    """Those of everything else between edges, each behind the name of its index field."""
    exact: str = ""
    """The exact ones of everything, likewise; without those of `PLAIN`, which `folded` has."""
    marked: str = ""
    """The exact tokens that are not ASCII, of every word. All these are parted by blanks; between two values of one
    index field stand fillers."""
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
        yield from _documents(run)


def _documents(run: Sequence[tuple[Record, Standing]]) -> list[Document]:
    split = [record.text.split(FIELD_TERMINATOR) for record, _ in run]
    read = [[part for part in parts if part[:3] in READ] for parts in split]
    ahead = iter(said([part for parts in read for part in parts]))
    return [
        _document(parts, list(zip(some, ahead, strict=False)), standing)
        for parts, some, (_, standing) in zip(split, read, run, strict=True)
    ]


def _document(parts: Sequence[str], fields: Sequence[tuple[str, Said]], standing: Standing) -> Document:
    """The document of a record: all its fields, and what those of them that say anything say."""
    shown: dict[str, list[str]] = {}
    order: dict[str, str] = {}
    keys: list[str] = []
    words = titles = folded = exact = marked = ""
    met: set[str] = set()
    imprint = ""
    dissertation = False
    for part, (names, spoken_words, title, plain, placed, marks, asked, headings) in fields:
        if names:
            if met.isdisjoint(names):
                titles += title
                folded += plain
                exact += placed
            else:
                titles += title and FILLERS + title
                folded += plain and FILLERS + plain
                exact += placed and FILLERS + placed
            met |= names
            words += spoken_words
            marked += marks
        if asked:
            keys += asked
        for kind, one in headings:
            if kind not in shown:
                shown[kind] = [one]
            elif one not in shown[kind]:
                shown[kind].append(one)
        tag = part[:3]
        if tag == "245":
            if TITLE not in order:
                order[TITLE] = _title_key(part, headings)
        elif tag == "502":
            dissertation = True
        elif not imprint and tag in ("260", "264"):
            imprint = part.partition(SUBFIELD_DELIMITER + "c")[2].partition(SUBFIELD_DELIMITER)[0]
    fixed = next(filter(None, [part[3:] for part in parts if part[:3] == "008"]), "")
    carriers = "".join([part[3:4] for part in parts if part[:3] == "007"])
    languages = tuple([part for part in parts if part[:3] == "041"])
    coded = _coded(parts[0][6:8], fixed[6:], imprint, carriers, dissertation, languages)
    here = _stood(standing.libraries, standing.collections)
    keys += coded.keys
    keys += here.keys
    keys.append("identifier:" + standing.identifier)
    codes = coded.codes | here.codes
    _complete_order(order, shown, codes)
    return Document(
        standing.number,
        standing.version,
        _day(standing.added),
        _day(standing.modified),
        words,
        titles,
        folded,
        exact,
        marked,
        keys,
        codes,
        coded.years,
        shown,
        order,
    )


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
    return _Coded(years(whole, imprint), codes, _code_keys(codes))


@lru_cache(maxsize=1000)
def _stood(libraries: tuple[str, ...], collections: tuple[str, ...]) -> _Coded:
    """What is known of a record by who keeps it."""
    codes = {"library": list(libraries)}
    if collections:
        codes["collection"] = list(collections)
    return _Coded(None, codes, _code_keys({name: [compact(one) for one in some] for name, some in codes.items()}))


def _code_keys(codes: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple([f"{name}:{code}" for name, some in codes.items() for code in some])


_day = lru_cache(maxsize=1000)(day_number)


def _title_key(part: str, shown: tuple[tuple[str, str], ...]) -> str:
    """The key of a 245: without as many characters as its second indicator says not to file by."""
    skip = part[4:5]
    title = shown[0][1] if shown else ""
    return order_key(title[int(skip) :] if skip.isdecimal() and skip.isascii() else title)


def _complete_order(order: dict[str, str], shown: dict[str, list[str]], codes: dict[str, list[str]]) -> None:
    if not order.get(TITLE):
        order.pop(TITLE, None)
    if AUTHOR in shown:
        order[AUTHOR] = _kept_key(shown[AUTHOR][0])
    if CALL in shown:
        order[CALL] = _kept_key(shown[CALL][0])
    order[LANGUAGE] = codes[LANGUAGE][0]


def order_key(text: str) -> str:
    """What `text` is sorted by, as a string whose characters compare as the bytes of the key do."""
    return sort_key(text[:SORTED_CHARACTERS].strip("\"'“”«»[(.… ")).decode("latin-1") if text else ""


_kept_key = lru_cache(maxsize=_REMEMBERED)(order_key)
