"""The store and its index as SRU is given them (`z3950_bridge.sru_port`).

Records come as they were rendered when they were published, so every door gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

from catalogue import stored
from catalogue.libraries import LIBRARY_SETS
from catalogue.parts import LIBRARY, Part
from catalogue.renderings import BY_NAME
from catalogue.snapshot import Feed
from catalogue.store import Store, iso
from catalogue.stored import Recent, Stored
from dublin_core import mods
from foundation.errors import RefusedError, StoreError
from foundation.limits import SEARCH_FACETS, SRU_KEPT_BYTES
from search.finder import Finder
from search.index import Facet as Counting
from search.query import Everything, Field, Query, SortKey
from z3950_bridge import sru_port
from z3950_bridge.databases import Databases, scope
from z3950_bridge.sru_port import Database, FacetWanted, Heading


class SruCatalogue:
    """`z3950_bridge.sru_port.Catalogue` of one part, or of everything."""

    def __init__(self, store: Store, finder: Finder, recent: Recent, part: Part | None = None) -> None:
        self._store, self._finder, self._recent = store, finder, recent
        self._part, self._scope = part, scope(part)

    def state(self) -> Hashable:
        """`Database.state`."""
        try:
            return self._finder.stamp(self._scope), self._recent.commits()
        except (RefusedError, StoreError):
            return None  # `search` says why, and tells the index's writer of damage

    def size(self) -> int:
        """`Catalogue.size`."""
        return self._finder.search(Everything(), limit=0, scope=self._scope).count

    def modified(self) -> str:
        """`Catalogue.modified`. The index orders by days; the feed knows the second."""
        kind, code = ("", "") if self._part is None else self._part[:2]
        own = f"{LIBRARY_SETS}:{code}" if kind == LIBRARY else ""
        with Feed(self._store, own).snapshot() as snapshot:
            latest = snapshot.latest(f"{kind}:{code}" if kind and not own else "")
        return "" if latest is None else iso(latest)

    def search(
        self, asked: Query, order: Sequence[SortKey], offset: int, limit: int, facets: Sequence[FacetWanted]
    ) -> sru_port.Hits:
        """`Catalogue.search`."""
        counting = [Counting(one.field, _values(one)) for one in facets]
        found = self._finder.search(asked, sort=order, offset=offset, limit=limit, facets=counting, scope=self._scope)
        made = []
        for one in facets:
            values = [(counted.value, counted.count) for counted in found.facets[one.field]]
            made.append(sru_port.chosen(one, values))
        return sru_port.Hits(found.count, found.records, tuple(made))

    def records(self, numbers: Sequence[int], format_name: str) -> Sequence[Stored]:
        """`Catalogue.records`. MODS is made behind the publication; what has none yet is made here."""
        found = self._recent.renderings(numbers, format_name) if format_name in BY_NAME else {}
        if format_name == "mods" and (late := [number for number, one in found.items() if one.data is None]):
            plain = stored.records(self._store, late)
            found |= {
                number: Stored(found[number].identifier, mods.mods(plain[number])) for number in late if number in plain
            }
        return [found.get(number, _GONE) for number in numbers]

    def scan(self, field: Field, term: str, before: int, count: int) -> Sequence[Heading]:
        """`Catalogue.scan`."""
        # One more on either side tells whether the list goes on.
        page = self._finder.scan(field, term, before=before + 1, after=max(count - before, 0) + 1, scope=self._scope)
        start = max(page.position - before, 0)
        entries = page.entries
        return [
            Heading(entry.text, entry.count, at == 0 and page.position <= before, at == len(entries) - 1)
            for at, entry in enumerate(entries)
        ][start : page.position - before + count]


_GONE: Final = Stored("", None)


def _values(wanted: FacetWanted) -> int:
    """How many values the index has to be asked for, so that those wanted are among them."""
    every = wanted.by_value or wanted.reverse
    return SEARCH_FACETS if every else max(1, min(wanted.offset + wanted.limit, SEARCH_FACETS))


class SruDatabases:
    """The databases of SRU by the last part of their address; of an empty one, everything."""

    def __init__(
        self, store: Store, finder: Finder, databases: Databases, base_url: str, name: str, email: str
    ) -> None:
        self._store, self._finder, self._databases = store, finder, databases
        self._recent = Recent(store, SRU_KEPT_BYTES)
        self._address, self._record_url = f"{base_url}/sru", f"{base_url}/record/"
        self._name, self._email = name, email
        self._made: dict[str, tuple[Part | None, Database]] = {}

    def __call__(self, code: str) -> Database | None:
        """The database; None when there is none."""
        try:
            part = self._databases.find(code)
        except KeyError:
            return None
        # By its own code, of which there are as many as parts, and not by all the ways to write it.
        key = "" if part is None else f"{part.kind}:{part.code}"
        made = self._made.get(key)
        if made is None or made[0] != part:  # it has another name now
            made = self._made[key] = part, self._database(part)
        return made[1]

    def _database(self, part: Part | None) -> Database:
        catalogue = SruCatalogue(self._store, self._finder, self._recent, part)
        if part is None:
            titles = self._name, self._name, self._email
            return Database(catalogue, self._address, *titles, self._record_url, catalogue.state)
        titles = part.name_vi, part.name_en or part.name_vi, part.email or self._email
        return Database(catalogue, f"{self._address}/{part.code}", *titles, self._record_url, catalogue.state)
