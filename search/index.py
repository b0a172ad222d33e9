"""The index: one interface, whatever engine is behind it.

Doors ask a `Finder` (`search.finder`), which opens the index of this machine and follows its renewal. This is what an
engine has to do.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from foundation.errors import InputError, LimitError, StoreError
from foundation.limits import SEARCH_FACETS, SEARCH_WINDOW
from search import messages
from search.document import Document
from search.fields import FACETS, SORTS
from search.numbers import compact
from search.query import Field, Query, SortKey

SCHEMA = 11
"""Of the documents and of what engines make of them: with another number an index is built anew."""


@dataclass(frozen=True, slots=True)
class Facet:
    """What to count the records of an answer by: at most `limit` values, the most frequent first."""

    field: Field
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Counted:
    """A value and how many of the records found have it. Of a date: the year a publication began."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the catalogue that is searched; empty: all union records."""

    library: str = ""
    """Code of a library: the records that it contributed."""
    collection: str = ""
    """Slug of a collection: the union records in it."""
    contributed: bool = False
    """What all libraries contributed, and not the union records made of it."""

    @property
    def union(self) -> bool:
        """Whether union records are searched; else contributed ones, which have an index of their own."""
        return not (self.library or self.contributed)

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """(index field, key) that a record of this part has."""
        named = (("library", compact(self.library)), ("collection", compact(self.collection)))
        return tuple((name, key) for name, key in named if key)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found."""

    count: int
    """Exactly how many records."""
    records: tuple[int, ...]
    """The store's numbers of the records asked for, in order (`catalogue.contents.shown` has what they say)."""
    facets: dict[Field, tuple[Counted, ...]]


EVERYWHERE = Scope()
CONTRIBUTED = Scope(contributed=True)


class BrokenIndexError(StoreError):
    """The files of an index are not what its engine has written."""


class Index(Protocol):
    """One generation of the index, open. Reads may come from any thread; one process writes."""

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
        """What `query` finds, the best first or as `sort` says.

        The best: the words in the title before the words elsewhere, and if the query has diacritics, the same ones
        before others. Raises InputError and LimitError (`search.plan`), LimitError SEARCH_WINDOW, BrokenIndexError.
        """

    def identifiers(
        self, query: Query, *, sort: Sequence[SortKey] = (), limit: int = SEARCH_WINDOW, scope: Scope = EVERYWHERE
    ) -> tuple[int, array[int]]:
        """The exact count, and the numbers of the first `limit` records as `array('q')`: a result set to keep."""

    def apply(self, documents: Iterable[Document], removals: Iterable[int], seq: int) -> None:
        """Put in `documents`, take out the records `removals`, and note that changes up to `seq` are in: one commit."""

    @property
    def last_seq(self) -> int:
        """The number of the last change that is in the index; -1 when it was never finished."""

    @property
    def count(self) -> int:
        """How many records it holds."""

    def held(self, first: int, end: int) -> dict[int, int]:
        """Record → version for the records with numbers from `first` to below `end`."""

    def refresh(self) -> None:
        """See what the writer has committed since."""

    def stamp(self) -> Hashable:
        """Another value after every commit. Asked at every search: cheap."""

    def examine(self) -> None:
        """Look at every byte. Raises BrokenIndexError naming the file."""

    def close(self) -> None:
        """Let go of files and locks; what was not committed is gone."""


def check(sort: Sequence[SortKey], offset: int, limit: int, facets: Sequence[Facet]) -> None:
    """Raises LimitError or InputError when this cannot be asked of any engine."""
    if offset < 0 or limit < 0 or offset + limit > SEARCH_WINDOW:
        raise LimitError(messages.WINDOW, limit="SEARCH_WINDOW", seen=offset + limit, allowed=SEARCH_WINDOW)
    for key in sort:
        if key.field not in SORTS:
            raise InputError(messages.SORT_FIELD, field=key.field.value, known=_names(SORTS))
    for facet in facets:
        if facet.field not in FACETS:
            raise InputError(messages.FACET_FIELD, field=facet.field.value, known=_names(FACETS))
        if not 0 < facet.limit <= SEARCH_FACETS:
            raise LimitError(messages.LIMIT, limit="SEARCH_FACETS", seen=facet.limit, allowed=SEARCH_FACETS)


def check_sorted(count: int, sort: Sequence[SortKey]) -> None:
    """Raises LimitError when so many records cannot be sorted by several keys."""
    if len(sort) > 1 and count > SEARCH_WINDOW:
        raise LimitError(messages.SORT_SIZE, limit="SEARCH_WINDOW", seen=count, allowed=SEARCH_WINDOW)


def _names(fields: Iterable[Field]) -> str:
    return ", ".join(field.value for field in fields)
