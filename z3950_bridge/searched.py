"""The catalogue of a session: the store's records, found by the index."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from catalogue import changes, stored
from catalogue.parts import Parts
from catalogue.store import Store
from foundation.errors import InputError, RefusedError
from foundation.limits import SEARCH_WINDOW
from marc.record import Record
from search.fields import HEADINGS
from search.finder import Finder
from search.index import EVERYWHERE
from search.query import And, Field, Query, SortKey
from z3950_bridge.databases import Databases
from z3950_bridge.databases import query as finding
from z3950_bridge.diagnostics import Bib1, Refusal, shortened
from z3950_bridge.port import Browsed, Entry

EVERYTHING: Final = ""
PUBLIC: Final = "public"
_AT_FIRST: Final = 100
"""Hits that are fetched with the search. Most people look at no more, and counting the others costs nothing."""
_POSITION_SECONDS: Final = 0.5
"""How old the position of the change sequence may be: what is published is shown within two seconds."""

_Answer = TypeVar("_Answer")


class Found:
    """`z3950_bridge.port.Hits`: the first are here, the others are fetched when somebody pages to them."""

    def __init__(self, count: int, numbers: array[int], fetch: Callable[[], array[int]]) -> None:
        self.count = count
        self.reach = min(count, SEARCH_WINDOW)
        self.size = 200 + 8 * self.reach
        self._numbers, self._fetch = numbers, fetch

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
        scope = self._databases.scope(databases[0]) if len(databases) == 1 else EVERYWHERE
        if len(databases) > 1 and (others := self._databases.together(list(databases))) is not None:
            query = And((query, others))

        def fetch(limit: int = SEARCH_WINDOW) -> tuple[int, array[int]]:
            return self._finder.identifiers(query, sort=order, limit=limit, scope=scope)

        found = _asked(lambda: fetch(_AT_FIRST))
        if isinstance(found, Refusal):
            return found
        return Found(*found, lambda: fetch()[1])

    def records(self, numbers: Sequence[int]) -> Sequence[Record | None]:
        shown = stored.records(self._store, numbers)
        return [shown.get(number) for number in numbers]

    def browse(self, databases: Sequence[str], field: Field, term: str, before: int, after: int) -> Browsed | Refusal:
        if field not in HEADINGS:
            return Refusal(Bib1.SCAN_LIST, field.value)
        names = list(databases)
        part = finding(self._databases.scope(names[0])) if len(names) == 1 else self._databases.together(names)
        page = _asked(lambda: self._finder.scan(field, term, before=before, after=after, scope=part))
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


def _asked(question: Callable[[], _Answer]) -> _Answer | Refusal:
    """The index's answer, or why it gives none: 3 for what cannot be asked, 2 while there is no index."""
    try:
        return question()
    except InputError as error:
        return Refusal(Bib1.UNSUPPORTED_SEARCH, shortened(error.text("en")))
    except RefusedError as error:
        return Refusal(Bib1.TEMPORARY_ERROR, shortened(error.text("en")))
