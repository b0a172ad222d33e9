"""A catalogue in memory for tests of the target: the demonstration province, really searched, by looking at every
record. Slow and simple on purpose: it is the oracle of who searches with an index, not a part of the product."""

from __future__ import annotations

import bisect
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from fixtures import province_files
from marc import mrk
from marc.record import Record
from search.query import And, Everything, Field, Match, Near, Not, Or, Query, Range, SortKey, Term
from vietnamese.text import fold
from z3950_bridge import rpn
from z3950_bridge.diagnostics import Bib1, Refusal
from z3950_bridge.port import Browsed, Entry

TAGS = {
    Field.TITLE: ("245", "abnp"),
    Field.AUTHOR: ("100 110 700 710", "abc"),
    Field.SUBJECT: ("600 610 650 651 653", "axyz"),
    Field.ISBN: ("020", "a"),
    Field.CONTROL_NUMBER: ("001", ""),
    Field.DATE: ("260 264", "c"),
    Field.CALL_NUMBER: ("082 090", "a"),
}
USES = {
    4: Field.TITLE, 1003: Field.AUTHOR, 21: Field.SUBJECT, 7: Field.ISBN, 12: Field.CONTROL_NUMBER, 31: Field.DATE,
    16: Field.CALL_NUMBER, 1016: Field.ANY,
}  # fmt: skip
_WORD = re.compile(r"\w+")


@cache
def province() -> tuple[tuple[str, Record], ...]:
    """(library, record) of all nine libraries."""
    found = []
    for library, path in province_files():
        with path.open("rb") as file:
            found += [(library, one.record) for one in mrk.readings(file) if one.record is not None]
    return tuple(found)


_READ: dict[tuple[int, Field], list[str]] = {}
"""The province is the same for every test."""


def values(record: Record, field: Field) -> list[str]:
    """What a field of the index holds, folded."""
    if field is Field.ANY:
        return [fold(value) for one in record.fields for value in (one.value, *(text for _, text in one.subfields))]
    tags, codes = TAGS[field]
    found = []
    for one in record.select(*tags.split()):
        found.append(fold(one.value or " ".join(one.all(codes))))
    return found


def words(text: str) -> list[str]:
    return _WORD.findall(text)


class Found(NamedTuple):
    """Hits."""

    numbers: tuple[int, ...]

    @property
    def count(self) -> int:  # type: ignore[override]
        return len(self.numbers)

    @property
    def reach(self) -> int:
        return len(self.numbers)

    @property
    def size(self) -> int:
        return 8 * len(self.numbers)

    @property
    def at_hand(self) -> int:
        return len(self.numbers)

    def page(self, start: int, stop: int) -> Sequence[int]:
        return self.numbers[start:stop]


class MemoryCatalogue:
    """Databases: Default and lienthong are everything, each library's code its own records, `closed` nobody's."""

    def __init__(self, passwords: Mapping[str, str] | None = None) -> None:
        self.passwords = dict(passwords or {})
        self.rows = list(province())
        self.deleted: set[int] = set()
        self.changes = 0
        self.searches = 0

    def authenticate(self, user: str, group: str, password: str) -> str | None:
        if not user:
            return "public"
        return user if user in self.passwords and self.passwords[user] == password else None

    def database(self, name: str, scope: str) -> str | Refusal:
        known = {"default": "", "lienthong": "", **{library: library for library, _ in self.rows}}
        if name.lower() == "closed":
            return Refusal(Bib1.DATABASE_DENIED, name)
        return known.get(name.lower(), Refusal(Bib1.DATABASE_UNKNOWN))

    def prompt(self, count: int) -> bool:
        return False

    def search_at_once(self, databases: Sequence[str], query: Query, order: Sequence[SortKey]) -> None:
        """It looks at every record: never at once."""

    def search(self, databases: Sequence[str], query: Query, order: Sequence[SortKey]) -> Found | Refusal:
        self.searches += 1
        if isinstance(query, Term) and query.text == "explode":
            raise RuntimeError("the index is on fire")
        found = [number for number in range(len(self.rows)) if self.holds(number, query)]
        found = [one for one in found if "" in databases or self.rows[one][0] in databases]
        for key in reversed(order):
            found.sort(key=lambda one: self.read(one, key.field)[:1], reverse=key.descending)
        return Found(tuple(found))

    def read(self, number: int, field: Field) -> list[str]:
        key = number, field
        if key not in _READ:
            _READ[key] = values(self.rows[number][1], field)
        return _READ[key]

    def holds(self, number: int, query: Query) -> bool:
        if isinstance(query, And):
            return all(self.holds(number, part) for part in query.parts)
        if isinstance(query, Or):
            return any(self.holds(number, part) for part in query.parts)
        if isinstance(query, Not):
            return self.holds(number, query.kept) and not self.holds(number, query.taken)
        if isinstance(query, Everything):
            return True
        if isinstance(query, Near | Range):
            raise NotImplementedError
        return any(self.matches(value, query) for value in self.read(number, query.field))

    def matches(self, value: str, term: Term) -> bool:
        wanted, there = re.findall(r"[\w*]+", fold(term.text)), words(value)
        patterns = [re.compile(re.escape(word).replace(r"\*", r"\w*")) for word in wanted]
        if term.match is Match.ALL:
            return all(any(pattern.fullmatch(word) for word in there) for pattern in patterns)
        return words(fold(term.text)) == there[: len(wanted)]

    def records(self, numbers: Sequence[int]) -> Sequence[Record | None]:
        return [None if number in self.deleted else self.rows[number][1] for number in numbers]

    def browse(self, databases: Sequence[str], field: Field, term: str, before: int, after: int) -> Browsed | Refusal:
        counts: dict[str, int] = {}
        for number, (library, _) in enumerate(self.rows):
            if "" in databases or library in databases:
                for word in {word for value in self.read(number, field) for word in words(value)}:
                    counts[word] = counts.get(word, 0) + 1
        every = sorted(counts)
        at = bisect.bisect_left(every, fold(term))
        first = max(0, at - before)
        entries = [Entry(word, counts[word]) for word in every[first : at + after]]
        return Browsed(entries, at - first + 1)

    def position(self) -> int:
        return self.changes


class MemoryLanguages:
    """The Use attributes of USES, right truncation, and `field=words` for CQL and CCL."""

    def rpn(self, asked: rpn.Query, sets: Mapping[str, Query]) -> Query | Refusal:
        if asked.attribute_set != rpn.BIB1:
            return Refusal(Bib1.ATTRIBUTE_SET, asked.attribute_set)
        return self.structure(asked.structure, sets)

    def structure(self, one: rpn.Structure, sets: Mapping[str, Query]) -> Query | Refusal:
        if isinstance(one, rpn.ResultSet):
            return sets[one.name]
        if isinstance(one, rpn.Operation):
            left, right = self.structure(one.left, sets), self.structure(one.right, sets)
            if isinstance(left, Refusal) or isinstance(right, Refusal):
                return left if isinstance(left, Refusal) else right
            if one.operator is rpn.Operator.AND_NOT:
                return Not(left, right)
            return (Or if one.operator is rpn.Operator.OR else And)((left, right))
        start = self.browse(rpn.BIB1, one)
        if isinstance(start, Refusal):
            return start
        truncated = any(attribute.type == 5 and attribute.value == 1 for attribute in one.attributes)
        return Term(start[0], start[1] + "*" * truncated)

    def cql(self, text: str, sets: Mapping[str, Query]) -> Query | Refusal:
        name, _, words_ = text.rpartition("=")
        return Term(Field(name.strip() or "any"), words_.strip())

    ccl = cql

    def browse(self, attribute_set: str, start: rpn.Operand) -> tuple[Field, str] | Refusal:
        use = next((one.value for one in start.attributes if one.type == 1), 1016)
        if use not in USES:
            return Refusal(Bib1.USE_ATTRIBUTE, str(use))
        term = start.term if isinstance(start.term, bytes) else str(start.term).encode()
        return USES[int(use)], term.decode("utf-8", "replace")

    def order(self, attribute_set: str, attributes: Sequence[rpn.Attribute]) -> Field | Refusal:
        found = self.browse(attribute_set, rpn.Operand(tuple(attributes), b""))
        return Refusal(Bib1.SORT_SEQUENCE, found.addinfo) if isinstance(found, Refusal) else found[0]
