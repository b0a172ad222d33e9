"""The port of SRU over records held in memory: slow, plain, and with nothing of the real index in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from dublin_core import mods
from dublin_core import xml as dublin_core
from fixtures import province_files
from foundation.errors import StoreError
from marc import marcxml, mrk
from marc.record import Record
from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, SortKey, Term
from vietnamese.collation import sort_key
from vietnamese.text import fold
from z3950_bridge.sru_port import Facet, FacetWanted, Heading, Hits

from foundation.errors import Message  # isort: skip

F = Field
SUBFIELDS: dict[Field, tuple[tuple[str, str], ...]] = {
    F.TITLE: (("245", "abnp"), ("246", "ab"), ("240", "a")),
    F.TITLE_PROPER: (("245", "abnp"),),
    F.AUTHOR: (("100", "a"), ("110", "a"), ("700", "a"), ("710", "a")),
    F.PERSONAL_AUTHOR: (("100", "a"), ("700", "a")),
    F.CORPORATE_AUTHOR: (("110", "a"), ("710", "a")),
    F.SUBJECT: (("650", "a"), ("651", "a"), ("653", "a"), ("600", "a")),
    F.SUBJECT_PLACE: (("651", "a"),),
    F.PUBLISHER: (("260", "b"), ("264", "b")),
    F.NOTE: (("500", "a"),),
    F.ABSTRACT: (("520", "a"),),
    F.SERIES: (("490", "a"),),
    F.ISBN: (("020", "a"),),
    F.STANDARD_NUMBER: (("020", "a"), ("022", "a")),
    F.DEWEY: (("082", "a"),),
    F.CLASSIFICATION: (("080", "a"), ("082", "a")),
}
RENDER = {"marcxml": marcxml.write, "oai_dc": dublin_core.oai_dc, "mods": mods.mods}
GONE = Message("test.gone", "mất kho", "the store is gone")


class Row:
    """One record with its values."""

    def __init__(self, number: int, record: Record, library: str) -> None:
        self.identifier = f"r{number:05}"
        self.record = record
        self.library = library
        self.renderings: dict[str, bytes | None] = {}
        self._values: dict[Field, list[str]] = {}

    def values(self, field: Field) -> list[str]:
        if field not in self._values:
            self._values[field] = self._read(field)
        return self._values[field]

    def _read(self, field: Field) -> list[str]:
        if field is Field.ANY:
            return [value for one in self.record.fields for _, value in one.subfields]
        if field is Field.DATE:
            return re.findall("[0-9]{4}", self.record.control("008")[7:15])
        if field is Field.LANGUAGE:
            return [self.record.control("008")[35:38]]
        if field is Field.CONTROL_NUMBER:
            return [self.record.control("001")]
        if field is Field.IDENTIFIER:
            return [self.identifier]
        if field is Field.LIBRARY:
            return [self.library]
        return [
            " ".join(one.all(codes)).strip(" /:;,.")
            for tag, codes in SUBFIELDS.get(field, ())
            for one in self.record.select(tag)
            if one.all(codes)
        ]

    def rendering(self, name: str) -> bytes | None:
        if name not in self.renderings:
            self.renderings[name] = RENDER[name](self.record)
        return self.renderings[name]


@lru_cache(200_000)
def words(text: str, exact: bool = False) -> list[str]:
    return re.findall(r"\w+", text.casefold() if exact else fold(text))


MASKS = {"*": r"\w*", "?": r"\w"}


def pattern(word: str) -> re.Pattern[str]:
    """A word with the masks of CQL as an expression."""
    return re.compile("".join(MASKS.get(part) or re.escape(part[-1]) for part in re.findall(r"\\.|.", word)))


class MemoryCatalogue:
    """All rows, or those of one library."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.broken = False
        self.refusal: Exception | None = None

    def size(self) -> int:
        if self.broken:
            raise StoreError(GONE)
        return len(self.rows)

    def modified(self) -> str:
        return "2026-11-22T10:00:00Z" if self.rows else ""

    def search(
        self, query: Query, order: Sequence[SortKey], offset: int, limit: int, facets: Sequence[FacetWanted]
    ) -> Hits:
        if self.broken:
            raise StoreError(GONE)
        if self.refusal:
            raise self.refusal
        found = [row for row in self.rows if self.matches(row, query)]
        for key in reversed(order):
            have = [row for row in found if row.values(key.field)]
            lack = [row for row in found if not row.values(key.field)]
            have.sort(key=lambda row, field=key.field: sort_key(row.values(field)[0]), reverse=key.descending)  # type: ignore[misc]
            found = lack + have if key.missing_first else have + lack
        made = []
        for wanted in facets:
            counts = Counter(value for row in found for value in set(row.values(wanted.field)))
            ranked = sorted(counts.items(), key=lambda one: sort_key(one[0]) if wanted.by_value else -one[1])
            ranked = ranked[::-1] if wanted.reverse else ranked
            made.append(Facet(wanted.field, tuple(ranked[wanted.offset : wanted.offset + wanted.limit])))
        shown = tuple(row.identifier for row in found[offset : offset + limit])
        return Hits(len(found), shown, tuple(made))

    def records(self, identifiers: Sequence[str], format_name: str) -> Sequence[bytes | None]:
        by_name = {row.identifier: row for row in self.rows}
        return [by_name[identifier].rendering(format_name) for identifier in identifiers]

    def scan(self, field: Field, term: str, before: int, count: int) -> Sequence[Heading]:
        counts = Counter(value for row in self.rows for value in set(row.values(field)))
        ranked = sorted(counts, key=sort_key)
        start = sum(sort_key(value) < sort_key(term) for value in ranked) - before
        made = [Heading(value, counts[value], at == 0, at == len(ranked) - 1) for at, value in enumerate(ranked)]
        return made[max(start, 0) : max(start + count, 0)]

    def matches(self, row: Row, query: Query) -> bool:
        match query:
            case Everything():
                return True
            case And(parts):
                return all(self.matches(row, part) for part in parts)
            case Or(parts):
                return any(self.matches(row, part) for part in parts)
            case Not(kept, taken):
                return self.matches(row, kept) and not self.matches(row, taken)
            case Range(field, low, high, low_included, high_included):
                return any(
                    (low is None or value > low or (low_included and value == low))
                    and (high is None or value < high or (high_included and value == high))
                    for value in row.values(field)
                )
            case Near(left, right, distance, ordered):
                return any(self.near(words(value), left, right, distance, ordered) for value in row.values(left.field))
            case Term():
                return self.has(row, query)

    def has(self, row: Row, term: Term) -> bool:
        wanted = [
            re.compile(pattern(word))
            for word in re.findall(r"(?:[\w*?]|\\.)+", term.text.casefold() if term.exact else fold(term.text))
        ]
        if term.match in (Match.ALL, Match.SOME):
            there = [word for value in row.values(term.field) for word in words(value, term.exact)]
            hits = [any(one.fullmatch(word) for word in there) for one in wanted]
            return bool(hits) and (all(hits) if term.match is Match.ALL else any(hits))
        for value in row.values(term.field):
            there, size = words(value, term.exact), len(wanted)
            ends = {Match.PHRASE: range(len(there)), Match.FIRST: range(1), Match.WHOLE: range(1)}[term.match]
            for at in ends if wanted else ():
                run = there[at : at + size]
                whole = term.match is not Match.WHOLE or len(there) == size
                if (
                    whole
                    and len(run) == size
                    and all(one.fullmatch(word) for one, word in zip(wanted, run, strict=True))
                ):
                    return True
        return False

    @staticmethod
    def near(there: list[str], left: Term, right: Term, distance: int, ordered: bool) -> bool:
        first, second = ([at for at, word in enumerate(there) if word == fold(one.text)] for one in (left, right))
        return any(0 < (b - a if ordered else abs(b - a)) <= distance for a in first for b in second)


@lru_cache
def province() -> tuple[Row, ...]:
    """Every record of the demonstration province."""
    rows: list[Row] = []
    for library, path in province_files():
        with path.open("rb") as stream:
            rows += [
                Row(len(rows) + at, one.record, library) for at, one in enumerate(mrk.readings(stream)) if one.record
            ]
    return tuple({row.identifier: row for row in rows}.values())
