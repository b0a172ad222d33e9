"""What was found in one commit of an index and is asked for again and again. Safe for any number of threads: two who
meet make the same twice."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from search.index import EVERYWHERE, Counted, Facet, Scope
from search.query import Everything, Field, Query

LISTS: Final = 8
"""Lists that are kept, of 400 KB at most each."""
ASKED: Final = 64
"""Searches whose facets are kept, of 30 KB at most each."""

Counts = dict[Field, tuple[Counted, ...]]
Listed = tuple[int, "array[int]"]


@dataclass(frozen=True, slots=True)
class Kept:
    """Of the commit that `searcher` sees."""

    searcher: Any
    _whole: dict[Facet, tuple[Counted, ...]] = field(default_factory=dict)
    _counts: dict[Hashable, Counts] = field(default_factory=dict)
    _lists: dict[Hashable, Listed] = field(default_factory=dict)

    def counts(
        self, query: Query, scope: Scope, facets: Sequence[Facet], count: Callable[[Sequence[Facet]], Counts]
    ) -> Counts:
        """The facets of the whole catalogue, which every first page shows, and of what was asked for lately: who turns
        pages, or comes back from a record, asks for the same again."""
        if not facets:
            return {}
        if query == Everything() and scope == EVERYWHERE:
            for facet in facets:
                if facet not in self._whole:
                    self._whole[facet] = count((facet,))[facet.field]
            return {facet.field: self._whole[facet] for facet in facets}
        key = query, scope, tuple(facets)
        found = self._counts.get(key)
        if found is None:
            found = count(facets)
            if len(self._counts) >= ASKED:
                self._counts.clear()
            self._counts[key] = found
        return found

    def listed(self, key: Hashable, find: Callable[[], tuple[int, list[int]]]) -> Listed:
        """How many records an answer has, and the first of them. A page costs the engine what all pages before it cost,
        and who asks for one far behind asks for the next: so the list is made once after a commit, and kept."""
        found = self._lists.get(key)
        if found is None:
            count, numbers = find()
            if len(self._lists) >= LISTS:
                self._lists.clear()
            found = self._lists[key] = count, array("q", numbers)
        return found
