"""The catalogue of a session: the store's records, found by the index."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Hashable, Sequence
from typing import Final, TypeVar

from catalogue import changes, stored
from catalogue.parts import Parts
from catalogue.store import Store
from foundation.errors import InputError, RefusedError, StoreError
from foundation.limits import MIB, SEARCH_WINDOW
from marc.record import Record
from search.fields import HEADINGS
from search.finder import Finder
from search.query import And, Field, Query, SortKey
from z3950_bridge.answers import Answer, Answers, Pace, Shape, shape
from z3950_bridge.databases import Databases
from z3950_bridge.diagnostics import Bib1, Refusal, shortened
from z3950_bridge.port import Browsed, Entry

EVERYTHING: Final = ""
PUBLIC: Final = "public"
_AT_FIRST: Final = 100
"""Hits that are fetched with the search. Most people look at no more, and counting the others costs nothing."""
_POSITION_SECONDS: Final = 0.5
"""How old the position of the change sequence may be: what is published is shown within two seconds."""
_ANSWERS_BYTES: Final = 16 * MIB
_PROMPT: Final = 20
"""Records that the event loop may read and render for one request; they are looked at ten at a time as a rule."""

_Given = TypeVar("_Given")
_Key = tuple[tuple[str, ...], Query, tuple[SortKey, ...]]
"""Databases, query and order: what an answer depends on besides the state of the index."""


class Found:
    """`z3950_bridge.port.Hits`: the first are here, the others are fetched when somebody pages to them."""

    def __init__(self, answer: Answer, fetch: Callable[[], array[int]]) -> None:
        self.count, numbers = answer
        self.reach = min(self.count, SEARCH_WINDOW)
        self.size = 200 + 8 * self.reach
        self._numbers, self._fetch = numbers, fetch

    @property
    def at_hand(self) -> int:
        return len(self._numbers)

    def page(self, start: int, stop: int) -> Sequence[int]:
        if min(stop, self.reach) > len(self._numbers):
            self._numbers = self._fetch()
        return self._numbers[start:stop]


class SearchedCatalogue:
    """`z3950_bridge.port.Catalogue`."""

    def __init__(self, store: Store, finder: Finder) -> None:
        self._store, self._finder = store, finder
        self._databases = Databases(Parts(store))
        self._position = (-1.0, 0)
        self._answers = Answers(_ANSWERS_BYTES)
        self._searches, self._reads = Pace(), Pace()

    def authenticate(self, user: str, group: str, password: str) -> str | None:
        """Everything that is published is everybody's, so nobody is asked who they are."""
        return PUBLIC

    def database(self, name: str, scope: str) -> str | Refusal:
        try:
            part = self._databases.find(name)
        except KeyError:
            return Refusal(Bib1.DATABASE_UNKNOWN, shortened(name))
        return EVERYTHING if part is None else part.code

    def search(self, databases: Sequence[str], query: Query, order: Sequence[SortKey]) -> Found | Refusal:
        key = tuple(databases), query, tuple(order)
        stamp = _asked(lambda: self._stamp(databases))
        if isinstance(stamp, Refusal):
            return stamp
        return self._known(key, stamp) or self._search(key, stamp, shape(query))

    def search_at_once(
        self, databases: Sequence[str], query: Query, order: Sequence[SortKey]
    ) -> Found | Refusal | None:
        key = tuple(databases), query, tuple(order)
        try:
            stamp = self._stamp(databases)
        except (RefusedError, StoreError):
            return None  # `search` says why, and whether it is so the next moment
        known = self._known(key, stamp)
        if known is not None:
            return known
        seen = shape(query)
        if order or not seen.plain or not self._searches.trusted():
            return None
        return self._searches.measured(lambda: self._search(key, stamp, seen))

    def _stamp(self, databases: Sequence[str]) -> Hashable:
        return self._finder.stamp(self._databases.chosen(databases)[0])

    def _known(self, key: _Key, stamp: Hashable) -> Found | None:
        answer = self._answers.get(key, stamp)
        return Found(answer, self._fetching(key)) if answer is not None else None

    def _search(self, key: _Key, stamp: Hashable, seen: Shape) -> Found | Refusal:
        found = _asked(lambda: Answer(*self._identifiers(key, _AT_FIRST)))
        if isinstance(found, Refusal):
            return found
        if seen.small:
            self._answers.put(key, stamp, found, seen.letters)
        return Found(found, self._fetching(key))

    def _fetching(self, key: _Key) -> Callable[[], array[int]]:
        return lambda: self._identifiers(key, SEARCH_WINDOW)[1]

    def _identifiers(self, key: _Key, limit: int) -> tuple[int, array[int]]:
        databases, query, order = key
        scope, part = self._databases.chosen(databases)
        if part is not None:
            query = And((query, part))
        return self._finder.identifiers(query, sort=order, limit=limit, scope=scope)

    def records(self, numbers: Sequence[int]) -> Sequence[Record | None]:
        shown = self._reads.measured(lambda: stored.records(self._store, numbers))
        return [shown.get(number) for number in numbers]

    def prompt(self, count: int) -> bool:
        return count <= _PROMPT and self._reads.trusted()

    def browse(self, databases: Sequence[str], field: Field, term: str, before: int, after: int) -> Browsed | Refusal:
        if field not in HEADINGS:
            return Refusal(Bib1.SCAN_LIST, field.value)
        scope, part = self._databases.chosen(databases)
        page = _asked(lambda: self._finder.scan(field, term, before=before, after=after, scope=scope, part=part))
        if isinstance(page, Refusal):
            return page
        return Browsed([Entry(one.text, one.count) for one in page.entries], page.position + 1)

    def position(self) -> int:
        asked, number = self._position
        now = time.monotonic()
        if now - asked > _POSITION_SECONDS:
            number = changes.last(self._store)
            self._position = now, number
        return number


def _asked(question: Callable[[], _Given]) -> _Given | Refusal:
    """The index's answer, or why it gives none: 3 for what cannot be asked, 2 while there is no index."""
    try:
        return question()
    except InputError as error:
        return Refusal(Bib1.UNSUPPORTED_SEARCH, shortened(error.text("en")))
    except RefusedError as error:
        return Refusal(Bib1.TEMPORARY_ERROR, shortened(error.text("en")))
