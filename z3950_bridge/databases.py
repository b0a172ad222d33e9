"""Databases as Z39.50 and SRU call them: everything, each library, each collection.

`Default` and `lienthong` are the union, the code of a library is what it contributed, the slug of a collection the
union records in it. Several libraries together are what they contributed; a library together with a collection, the
union records that come from it or are in that.
Both protocols ask here, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from accounts.access import NOBODY, Act, may
from catalogue.parts import LIBRARY, Part, Parts
from search.index import CONTRIBUTED, EVERYWHERE, Scope
from search.query import Field, Or, Query, Term

_LATELY: Final = 1_000
"""Choices of databases that are remembered while no part changes."""
WHOLE: Final = ("", "default", "lienthong")
"""Names of the database of everything, in small letters."""


class Databases:
    """Names → what of the index they are."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._chosen: tuple[tuple[Part, ...], dict[tuple[str, ...], tuple[Scope, Query | None]]] = (), {}

    def find(self, name: str) -> Part | None:
        """The library or collection; None for everything. Raises KeyError for a name that there is not."""
        if name.lower() in WHOLE:
            part = None
        elif (part := self._parts.find(name)) is None:
            raise KeyError(name)
        library = part.code if part is not None and part.kind == LIBRARY else None
        if not may(NOBODY, Act.READ, library):  # these protocols know no accounts: everybody is nobody
            raise KeyError(name)
        return part

    def scope(self, name: str) -> Scope:
        """What of the index is searched; nothing for a database that was removed meanwhile."""
        try:
            return scope(self.find(name))
        except KeyError:
            return Scope(library=name)

    def chosen(self, names: Sequence[str]) -> tuple[Scope, Query | None]:
        """What of the index several databases are, and the search for what is in one of them; None: all of it."""
        parts, lately = self._chosen
        if parts is not (now := self._parts.all()):  # they were read anew, and may have changed
            lately = {}
            self._chosen = now, lately
        key = tuple(names)
        found = lately.get(key)
        if found is None:
            found = self._choose(key)
            if len(lately) < _LATELY:
                lately[key] = found
        return found

    def _choose(self, names: Sequence[str]) -> tuple[Scope, Query | None]:
        scopes = [self.scope(name) for name in names]
        if len(scopes) == 1:
            return scopes[0], None
        if EVERYWHERE in scopes:
            return EVERYWHERE, None
        found = Or(tuple(filter(None, map(query, scopes))))
        return (EVERYWHERE if any(one.union for one in scopes) else CONTRIBUTED), found


def scope(part: Part | None) -> Scope:
    """What of the index a part is."""
    if part is None:
        return EVERYWHERE
    return Scope(library=part.code) if part.kind == LIBRARY else Scope(collection=part.code)


def query(chosen: Scope) -> Query | None:
    """The search that finds a scope; None: everything."""
    if chosen.library:
        return Term(Field.LIBRARY, chosen.library)
    return Term(Field.COLLECTION, chosen.collection) if chosen.collection else None
