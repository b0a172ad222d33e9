"""In which sets a union record is: decided when it is made or when a definition changes, never while somebody lists.

    library:bk01          a library that contributed to it
    material:book         `dublin_core.kinds`; every record is in one
    language:vie          `dublin_core.spoken`; every record is in one at least (`und`: not given)
    collection:dia-chi    an import of a member named it, the record names it, or the collection's query holds
    query:tieng-tay       the saved query holds (`catalogue.set_query`)

Whoever is in `query:a:b` is in `query:a` too (OAI-PMH 2.0, section 2.6: sets are a hierarchy by the colons of setSpec).
The definitions have one number for all of them, the *epoch*; a version remembers by which its sets were decided, and is
decided anew when it is published under another one. A contributed record is in its library's own set
(`catalogue.homes`) and in no other.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import Connection, insert, select, update

from catalogue.homes import is_home, own
from catalogue.set_facts import Facts
from catalogue.set_query import Query, parse
from catalogue.tables import (
    COLLECTIONS,
    EVERYTHING,
    LISTED,
    QUERIES,
    WAITING,
    clock,
    counter,
    defined_set,
    feed_set,
    library,
)
from dublin_core.kinds import KINDS, Names, kind
from dublin_core.spoken import names, spoken
from foundation.errors import InputError
from marc.record import Record

MATERIAL: Final = "material"
LANGUAGE: Final = "language"
COLLECTION: Final = "collection"
QUERY: Final = "query"
WHOLE: Final = {
    "library": Names("Tất cả thư viện", "All libraries"),
    MATERIAL: Names("Tất cả loại tài liệu", "All kinds of material"),
    LANGUAGE: Names("Tất cả ngôn ngữ", "All languages"),
}
"""The sets above those that every record is in one of: the same records as no set at all."""


class Definition(NamedTuple):
    """A set that a person has defined, as it is applied."""

    number: int
    spec: str
    above: tuple[int, ...]
    """The sets above it, the one of its kind included."""
    library: str
    """Code of the library whose records alone can be in it; empty: any."""
    names: tuple[str, ...]
    """Of a collection: what a record may call it."""
    query: Query | None

    def holds(self, facts: Facts, codes: Collection[str], assigned: Collection[int]) -> bool:
        """Whether a union record is in it, to which the libraries `codes` contributed. `assigned`: the collections that
        imports named for its members.
        """
        if self.library and self.library not in codes:
            return False
        if self.number in assigned or (self.query is not None and self.query(facts)):
            return True
        return any(facts.has(COLLECTION, name) for name in self.names)


class Membership:
    """The definitions as one transaction saw them. `known` grows by the numbers of sets that are met."""

    def __init__(self, connection: Connection) -> None:
        self.epoch = epoch_of(connection)
        self.known = _numbers(connection)
        self.definitions = tuple(_definitions(connection, self.known))
        self._above = {one.number: one.above for one in self.definitions}
        groups = (f"{COLLECTION}:", f"{QUERY}:")
        named = {number for spec, number in self.known.items() if spec.startswith(groups)}
        self._removed = named - self._above.keys()
        self._slugs = {one.number: one.spec.partition(":")[2] for one in self.definitions}
        libraries = {spec: number for spec, number in self.known.items() if spec.startswith("library:")}
        self._codes = {str(number): spec.partition(":")[2] for spec, number in libraries.items()}

    def own(self, code: str) -> str:
        """The set of a record that the library `code` contributed, as `record.sets` has it."""
        return str(own(self.known[f"library:{code}"]))

    def libraries(self, sets: str) -> tuple[str, ...]:
        """The codes of the libraries that contributed to a union record with these numbers in `record.sets`."""
        return tuple(filter(None, map(self._codes.get, sets.split())))

    def missing(self, records: Iterable[Record]) -> set[str]:
        """The setSpecs of these records that have no number yet."""
        return {spec for record in records for spec in _specs(record) if spec not in self.known}

    def decide(self, record: Record, codes: Sequence[str], assigned: Collection[int] = ()) -> str:
        """The numbers of the sets of a union record, as `record.sets` has them.

        `codes`: the libraries that contributed to it; `assigned`: the collections that imports named for its members.
        Raises KeyError for a set without a number (`number` gives those that are `missing` one).
        """
        specs = [*(f"library:{code}" for code in codes), *_specs(record)]
        found = list(map(self.known.__getitem__, specs))
        if self.definitions:
            slugs = tuple(self._slugs[number] for number in assigned if number in self._slugs)
            facts = Facts(record, tuple(codes), slugs)
            found += [one.number for one in self.definitions if one.holds(facts, codes, assigned)]
        return " ".join(map(str, found))

    def buried(self, sets: str) -> str:
        """The sets of a deleted record, without those that were removed since."""
        return " ".join(one for one in sets.split() if int(one) not in self._removed)

    def rows(self, sets: str) -> tuple[int, ...]:
        """The sets of the feed for the numbers of `record.sets`: with everything, and with the sets above.

        Of a contributed record its library's own alone.
        """
        if is_contributed(sets):
            return (int(sets),)
        found = dict.fromkeys((EVERYTHING, *map(int, sets.split())))
        for number in tuple(found):
            found |= dict.fromkeys(self._above.get(number, ()))
        return tuple(found)


def is_contributed(sets: str) -> bool:
    """Whether `record.sets` is that of a contributed record."""
    return sets.isdecimal() and is_home(int(sets))


def _numbers(connection: Connection) -> dict[str, int]:
    """Every setSpec there is, and its number."""
    return {row.spec: row.id for row in connection.execute(select(feed_set.c.spec, feed_set.c.id))}


_EPOCH: Final = select(clock.c.epoch)


def epoch_of(connection: Connection) -> int:
    """The number of the definitions that hold now."""
    found: int = connection.execute(_EPOCH).scalar_one()
    return found


def number(connection: Connection, specs: Collection[str]) -> dict[str, int]:
    """The numbers of sets of material and language, new ones for those that have none. In a transaction that writes.

    The series is locked first, so two who meet the same language at once agree on its number.
    """
    wanted = sorted(specs)
    moved = update(counter).where(counter.c.name == "set").values(next=counter.c.next + len(wanted))
    first: int = connection.execute(moved.returning(counter.c.next)).scalar_one() - len(wanted)
    found = _numbers(connection)
    for place, spec in enumerate(wanted):
        if spec not in found:
            vi, en = named(spec)
            found[spec] = first + place
            row = {"id": first + place, "spec": spec, "name_vi": vi, "name_en": en, "state": WAITING}
            connection.execute(insert(feed_set).values(row))
    return found


def show(connection: Connection, used: Collection[int]) -> None:
    """List the sets among `used` that have had no member until now, in the transaction that gives them one."""
    waiting = set(connection.scalars(select(feed_set.c.id).where(feed_set.c.state == WAITING))) & set(used)
    if waiting:
        connection.execute(update(feed_set).where(feed_set.c.id.in_(waiting)).values(state=LISTED))


def named(spec: str) -> Names:
    """The names of a set of material or language."""
    group, _, code = spec.partition(":")
    if group == MATERIAL:
        return KINDS[code]
    vi, en = names(code)
    return Names(f"Tài liệu {vi}" if vi.startswith("tiếng ") else vi[:1].upper() + vi[1:], en)


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, str]:
    return {name: f"{MATERIAL}:{name}" for name in KINDS}


def _specs(record: Record) -> list[str]:
    return [_kinds()[kind(record)], *(f"{LANGUAGE}:{code}" for code in spoken(record))]


def _definitions(connection: Connection, known: Mapping[str, int]) -> Iterable[Definition]:
    query = (
        select(feed_set.c.id, feed_set.c.spec, defined_set.c.query, defined_set.c.names, library.c.code)
        .join(defined_set, defined_set.c.set_id == feed_set.c.id)
        .outerjoin(library, library.c.id == defined_set.c.library_id)
        .where(feed_set.c.state == LISTED)  # of one that was taken away the definition is kept, to bring it back
        .order_by(feed_set.c.id)
    )
    for set_id, spec, text, spelt, code in connection.execute(query):
        parts = spec.split(":")
        above = [known[":".join(parts[:end])] for end in range(2, len(parts))]
        group = COLLECTIONS if parts[0] == COLLECTION else QUERIES
        spellings = tuple(json.loads(spelt)) if spelt else ()
        yield Definition(set_id, spec, (group, *above), code or "", spellings, _parsed(text))


@lru_cache(maxsize=1000)
def _parsed(text: str) -> Query | None:
    """A stored query; one that a later release does not understand any more holds for nothing."""
    try:
        return parse(text) if text else None
    except InputError:
        return None
