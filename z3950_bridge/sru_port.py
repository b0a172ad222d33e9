"""What SRU needs of a catalogue, whatever is behind it: to search, to hand out stored renderings, to list headings."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from catalogue.stored import Stored
from search.query import Field, Query, SortKey
from vietnamese.collation import sort_key

__all__ = ["Abilities", "Catalogue", "Database", "Facet", "FacetWanted", "Heading", "Hits", "Stored"]


def chosen(wanted: FacetWanted, values: Sequence[tuple[str, int]]) -> Facet:
    """The facet of a field's values, the most frequent first, in the order and of the length that are wanted."""
    ordered = sorted(values, key=lambda one: sort_key(one[0])) if wanted.by_value else list(values)
    if wanted.reverse:
        ordered.reverse()
    return Facet(wanted.field, tuple(ordered[wanted.offset : wanted.offset + wanted.limit]))


@dataclass(frozen=True, slots=True)
class FacetWanted:
    """Values of a field among what was found, with their numbers."""

    field: Field
    limit: int
    offset: int = 0
    """How many are left out in front."""
    by_value: bool = False
    """In the order of the dictionary; else the most frequent first."""
    reverse: bool = False


class Facet(NamedTuple):
    """The values of one field and how many of the records found have each."""

    field: Field
    values: tuple[tuple[str, int], ...]


class Hits(NamedTuple):
    """What a search found."""

    total: int
    numbers: tuple[int, ...]
    """The catalogue's own numbers of the records from `offset` on, in order."""
    facets: tuple[Facet, ...] = ()


class Heading(NamedTuple):
    """A heading, as it is shown, and how many records have it."""

    text: str
    records: int
    first: bool = False
    """The very first of its list."""
    last: bool = False
    """The very last of its list."""


class Catalogue(Protocol):
    """All records, or those of one library. Every method raises StoreError when the catalogue does not answer."""

    def size(self) -> int:
        """How many records there are."""

    def modified(self) -> str:
        """When the last of them changed, `2026-11-22T10:00:00Z`; empty when there are none."""

    def search(
        self, query: Query, order: Sequence[SortKey], offset: int, limit: int, facets: Sequence[FacetWanted]
    ) -> Hits:
        """The hits from `offset` (0: the first) on, at most `limit` (0: the number alone), and the facets.

        Raises InputError for what the index cannot be asked, LimitError for what costs it too much, RefusedQueryError
        (as `scan` may) where there is a diagnostic to give.
        """

    def records(self, numbers: Sequence[int], format_name: str) -> Sequence[Stored]:
        """Each record in `marcxml`, `oai_dc` or `mods`, in the order of `numbers` and as many."""

    def scan(self, field: Field, term: str, before: int, count: int) -> Sequence[Heading]:
        """`count` headings of a field, of which `before` stand before the first that is not before `term`."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What can be asked of a database, as its explain record says."""

    fields: frozenset[Field] = frozenset(Field)
    all_records: bool = True
    own: bool = True
    """Whether the index is ours: it sorts, scans, knows masks anywhere and tells diacritics apart."""
    counts: bool = True
    """Whether it counts facets."""


@dataclass(frozen=True, slots=True)
class Database:
    """One SRU database: everything, or a library's own records."""

    catalogue: Catalogue
    base_url: str
    """Its address, `https://…/sru` or `https://…/sru/bk01`."""
    title_vi: str
    title_en: str
    contact: str
    """An e-mail address; empty if there is none."""
    record_url: str = ""
    """What stands before an identifier in the address of its page."""
    state: Callable[[], Hashable] = lambda: None
    """Another value whenever the same search may be answered otherwise than before; None: one never knows."""
    abilities: Abilities = Abilities()
