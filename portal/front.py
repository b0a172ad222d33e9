"""The figures of the front page: how much there is to find, and whose it is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from catalogue import clock, contents
from catalogue.libraries import Library, all_libraries
from catalogue.membership import COLLECTION, epoch_of
from catalogue.sets import DefinedSet, defined
from catalogue.store import Store
from foundation.errors import RefusedError, StoreError
from foundation.limits import SEARCH_FACETS
from search.finder import Finder
from search.index import Facet
from search.query import Everything, Field


class Front:
    """Counted again only after something was published or a set defined, or once the index has followed."""

    def __init__(self, store: Store, finder: Finder) -> None:
        self._store, self._finder = store, finder
        self._counted: tuple[Hashable, dict[str, Any]] | None = None

    def figures(self) -> dict[str, Any]:
        """What the front page shows; every number is what its link shows, so titles are counted where they are found.

        `libraries`, each with how many records it contributed; `titles`: how many union records a search finds, and
        `held`: code of a library → how many of them it has; `collections`: those that have members. Without an index:
        the titles of the store, and none by library. Raises StoreError.
        """
        with self._store.read() as connection:
            now = clock.read(connection).seq, epoch_of(connection)
        counted = self._counted
        try:
            key = now, self._finder.stamp()
            if counted is None or counted[0] != key:
                libraries = all_libraries(self._store)
                figures = {"libraries": libraries, "collections": self._collections(), **self._titles(libraries)}
                counted = self._counted = key, figures
        except (RefusedError, StoreError):
            titles = contents.extent(self._store, union=True)[0]
            mine = all_libraries(self._store)
            return {"libraries": mine, "collections": self._collections(), "titles": titles, "held": {}}
        return counted[1]

    def _collections(self) -> list[DefinedSet]:
        return [one for one in defined(self._store, COLLECTION) if one.members]

    def _titles(self, libraries: list[Library]) -> dict[str, Any]:
        facet = Facet(Field.LIBRARY, min(max(1, len(libraries)), SEARCH_FACETS))
        found = self._finder.search(Everything(), limit=0, facets=(facet,))
        return {"titles": found.count, "held": {one.value: one.count for one in found.facets[Field.LIBRARY]}}
