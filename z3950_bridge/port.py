"""What the target needs of the rest of the house: a catalogue to search and query languages to be read.

The target knows the protocol and nothing of indexes, stores and languages; whoever wires it gives it these two.
Everything here may be called from several threads at once. A request that cannot be done is a Refusal that is given
back, not an exception; whatever is raised is taken for our own failure (Bib-1 diagnostic 2) and logged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from marc.record import Record
from search.query import Field, Query, SortKey
from z3950_bridge.diagnostics import Refusal
from z3950_bridge.rpn import Attribute, Operand
from z3950_bridge.rpn import Query as RpnQuery


class Waits(Exception):  # noqa: N818 - a signal inside a session, never seen outside
    """What is asked for cannot be told at once."""


class Hits(Protocol):
    """What a search found, in its order, as it stood then."""

    @property
    def count(self) -> int:
        """How many records, all of them."""

    @property
    def reach(self) -> int:
        """How many of them, from the first, can be asked for."""

    @property
    def size(self) -> int:
        """Bytes of memory it takes, about: a session's result sets together are bounded."""

    @property
    def at_hand(self) -> int:
        """How many of them, from the first, `page` gives without searching again."""

    def page(self, start: int, stop: int) -> Sequence[int]:
        """The numbers of the records from `start` (0 is the first) up to but not including `stop`."""


class Entry(NamedTuple):
    """One line of a browse list."""

    term: str
    """What is searched for to find its records."""
    records: int
    """How many have it."""
    display: str = ""
    """As it is printed in records, where that is not the term."""


class Browsed(NamedTuple):
    """Part of a browse list."""

    entries: Sequence[Entry]
    position: int
    """Where among them (1 is the first) the term asked for stands, or would stand."""


class Catalogue(Protocol):
    """The records and their indexes, as far as a scope may see them."""

    def authenticate(self, user: str, group: str, password: str) -> str | None:
        """The scope of who signs on so (all empty: nobody said who they are); None when they are turned away."""

    def database(self, name: str, scope: str) -> str | Refusal:
        """The database that a client calls `name`, as `search` and `browse` want it named.

        Names are not sensitive to case (Z39.50-2003, 3.2.2.1.2). Refusals: 235 unknown, 236 not for this scope.
        """

    def search(self, databases: Sequence[str], query: Query, order: Sequence[SortKey]) -> Hits | Refusal:
        """Searches several databases as one."""

    def search_at_once(self, databases: Sequence[str], query: Query, order: Sequence[SortKey]) -> Hits | Refusal | None:
        """The same if the answer is known or takes about a millisecond, for the event loop asks this; else None."""

    def records(self, numbers: Sequence[int]) -> Sequence[Record | None]:
        """The records in the order of their numbers; None for one that was deleted meanwhile."""

    def prompt(self, count: int) -> bool:
        """Whether so many records come so soon that the event loop may ask for them."""

    def browse(self, databases: Sequence[str], field: Field, term: str, before: int, after: int) -> Browsed | Refusal:
        """Up to `before` terms in front of `term` and `after` from it on, itself included, as the index orders them."""

    def position(self) -> int:
        """A number that grows whenever a record may read differently than before. Asked at every present: cheap."""


class Languages(Protocol):
    """The query languages. `sets` gives the queries of the session's result sets, for those that are operands.

    Without sets the same query always says the same, so what it says is remembered, by the languages it is in.
    """

    def __hash__(self) -> int: ...

    def rpn(self, asked: RpnQuery, sets: Mapping[str, Query]) -> Query | Refusal:
        """A type-1 query, its terms in UTF-8 whatever the session speaks."""

    def cql(self, text: str, sets: Mapping[str, Query]) -> Query | Refusal:
        """A type-104 query in CQL."""

    def ccl(self, text: str, sets: Mapping[str, Query]) -> Query | Refusal:
        """A type-2 query (ISO 8777)."""

    def browse(self, attribute_set: str, start: Operand) -> tuple[Field, str] | Refusal:
        """The index and the term of a scan."""

    def order(self, attribute_set: str, attributes: Sequence[Attribute]) -> Field | Refusal:
        """What is sorted by, from the attributes of a sort key (1=4: title)."""
