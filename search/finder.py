"""The service that doors ask: it finds, browses, and says how far behind the store it is.

One for each process, shared by its threads. It follows the index of this machine as the writing process renews it.
"""

from __future__ import annotations

import threading
import time
from array import array
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from catalogue import changes, contents
from catalogue.contents import Content
from catalogue.store import Store
from dublin_core.online import ONLINE
from foundation.errors import LimitError, RefusedError
from foundation.limits import SEARCH_WINDOW
from foundation.settings import Settings
from search import browse, messages
from search.browse import Page
from search.generations import Generations
from search.index import EVERYWHERE, Answer, BrokenIndexError, Counted, Facet, Index, Scope
from search.query import And, Field, Query, SortKey, Term, without_prefix

_LOOK_SECONDS: Final = 0.005
_ONLINE: Final = Term(Field.ACCESS, ONLINE)
_Found = TypeVar("_Found")


class _Reader:
    """The index of one kind of records, as the writing process renews it."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._lock = threading.Lock()
        self._open: tuple[tuple[int, int, int], Path, Index] | None = None
        self._stamp: tuple[float, Hashable] = -_LOOK_SECONDS, None

    def ask(self, question: Callable[[Index], _Found]) -> _Found:
        folder, index = self.current()
        try:
            index.refresh()
            return question(index)
        except BrokenIndexError:
            if self._generations.current() != folder:  # it was replaced in this moment
                return question(self.current()[1])
            self._generations.report_damage(folder)
            with self._lock:
                self._open = None
            raise

    def stamp(self) -> Hashable:
        now = time.monotonic()
        looked, stamp = self._stamp
        if now - looked > _LOOK_SECONDS:
            folder, index = self.current()
            stamp = folder, index.stamp()
            self._stamp = now, stamp
        return stamp

    def current(self) -> tuple[Path, Index]:
        stamp = self._generations.stamp()
        held = self._open
        if held is not None and held[0] == stamp:
            return held[1], held[2]
        with self._lock:
            if self._open is not None and self._open[0] == stamp:
                return self._open[1], self._open[2]
            folder = self._generations.current()
            if folder is None:
                raise RefusedError(messages.INDEX_MISSING)
            try:
                index = self._generations.open(folder)
            except BrokenIndexError:
                self._generations.report_damage(folder)
                raise
            # An answer that another thread is still giving keeps the old index alive; it goes when that is given.
            self._open = (stamp, folder, index)
            return folder, index

    def close(self) -> None:
        with self._lock:
            if self._open is not None:
                self._open[2].close()
            self._open = None


class Finder:
    """Finds records of a store. Answers come within two seconds of a publication from what it has published, and from
    the union records of it."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Raises InputError when the settings name an engine that does not exist."""
        self._store = store
        self._prefix = f"oai:{settings.repository_domain}:"
        self._union = _Reader(Generations(settings))
        self._contributed = _Reader(Generations(settings, union=False))

    def search(
        self,
        query: Query,
        *,
        sort: Sequence[SortKey] = (),
        offset: int = 0,
        limit: int = 20,
        facets: Sequence[Facet] = (),
        scope: Scope = EVERYWHERE,
    ) -> Answer:
        """`Index.search`. Raises besides RefusedError while there is no index, StoreError when it is damaged.

        Answers are counted by `Field.ACCESS` too."""
        query = self._own(query)
        columns = [facet for facet in facets if facet.field is not Field.ACCESS]

        def found(index: Index) -> Answer:
            answer = index.search(query, sort=sort, offset=offset, limit=limit, facets=columns, scope=scope)
            if len(columns) < len(facets):
                answer.facets[Field.ACCESS] = _online(index, query, scope) if answer.count else ()
            return answer

        return self._reader(scope).ask(found)

    def identifiers(
        self, query: Query, *, sort: Sequence[SortKey] = (), limit: int = SEARCH_WINDOW, scope: Scope = EVERYWHERE
    ) -> tuple[int, array[int]]:
        """`Index.identifiers`: a result set as a session keeps it, eight bytes a record. Raises as `search` does."""
        return self._reader(scope).ask(
            lambda index: index.identifiers(self._own(query), sort=sort, limit=limit, scope=scope)
        )

    def stamp(self, scope: Scope = EVERYWHERE) -> Hashable:
        """Another value whenever the index may answer otherwise than before, a few thousandths of a second late: it is
        asked before every search, and looking takes as long as giving an answer that is known. Raises as `search`
        does."""
        return self._reader(scope).stamp()

    def scan(
        self,
        field: Field,
        start: str = "",
        *,
        before: int = 0,
        after: int = 20,
        scope: Scope = EVERYWHERE,
        part: Query | None = None,
    ) -> Page:
        """`browse.scan`: headings in dictionary order around `start`. Those of a scope, and of the records in it that
        `part` finds, are counted there; they are headings of the union all the same."""
        if scope == EVERYWHERE and part is None:
            return browse.scan(self._store, field, start, before=before, after=after)

        def count(text: str) -> int:
            under = browse.whole(field, text)
            return self.search(under if part is None else And((under, part)), limit=0, scope=scope).count

        return browse.within(self._store, field, start, before, after, count)

    def contents(self, records: Sequence[int]) -> list[Content]:
        """What the store shows of these records, in order; those deleted since they were found are left out."""
        return contents.shown(self._store, records)

    def behind(self) -> int:
        """How many changes of the store cannot be found yet."""
        return changes.count_behind(self._store, self._union.ask(lambda index: index.last_seq))

    def close(self) -> None:
        """Let go of the indexes."""
        self._union.close()
        self._contributed.close()

    def _own(self, query: Query) -> Query:
        """The query with the id of a record in this store for its OAI identifier, which only the settings know."""
        return without_prefix(query, Field.IDENTIFIER, self._prefix)

    def _reader(self, scope: Scope) -> _Reader:
        return self._union if scope.union else self._contributed


def _online(index: Index, query: Query, scope: Scope) -> tuple[Counted, ...]:
    """How many of what `query` finds can be read online: asked for, since a column of it would cost every record."""
    try:
        count = index.search(And((query, _ONLINE)), limit=0, scope=scope).count
    except LimitError:  # by one word more than was asked for
        return ()
    return (Counted(ONLINE, count),) if count else ()
