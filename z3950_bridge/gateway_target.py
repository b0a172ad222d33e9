"""The gateway at the Z39.50 port: databases of others beside our own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from marc.record import Record
from search.query import Field, Query, SortKey
from z3950_bridge import gateway
from z3950_bridge.diagnostics import BIB1_DIAGNOSTICS, Bib1, Refusal, Refused, shortened
from z3950_bridge.gateway import Failure, Gateway
from z3950_bridge.origin_messages import NO_FIELD, NO_MARKS, NO_MASK, NOT_ASKABLE
from z3950_bridge.port import Browsed, Catalogue, Hits
from z3950_bridge.sru_diagnostics import URI

_FROM_SRU: Final = {
    2: Bib1.TEMPORARY_ERROR, 3: Bib1.ACCESS_FAILURE, 10: Bib1.MALFORMED_QUERY, 15: Bib1.ATTRIBUTE_SET,
    16: Bib1.USE_ATTRIBUTE, 22: Bib1.ATTRIBUTE_COMBINATION, 38: Bib1.TOO_MANY_OPERATORS,
    20: Bib1.ATTRIBUTE_COMBINATION, 61: Bib1.PRESENT_OUT_OF_RANGE, 66: Bib1.SYNTAX_NOT_AVAILABLE,
    67: Bib1.SYNTAX_NOT_AVAILABLE, 235: Bib1.DATABASE_UNKNOWN, 236: Bib1.DATABASE_DENIED,
}  # fmt: skip

_WRONG_QUERY: Final = {
    NOT_ASKABLE.code: Bib1.UNSUPPORTED_SEARCH, NO_FIELD.code: Bib1.USE_ATTRIBUTE, NO_MASK.code: Bib1.TRUNCATION,
    NO_MARKS.code: Bib1.UNSUPPORTED_SEARCH,
}  # fmt: skip


class GatewayCatalogue:
    """`z3950_bridge.port.Catalogue`: what is the gateway's goes out, everything else to `inner`."""

    def __init__(self, inner: Catalogue, outside: Gateway) -> None:
        self._inner, self._outside = inner, outside

    def authenticate(self, user: str, group: str, password: str) -> str | None:
        return self._inner.authenticate(user, group, password)

    def database(self, name: str, scope: str) -> str | Refusal:
        small = name.lower()
        if not _outside(small):
            return self._inner.database(name, scope)
        return small if self._outside.has(small) else Refusal(Bib1.DATABASE_UNKNOWN, shortened(name))

    def search(self, databases: Sequence[str], query: Query, order: Sequence[SortKey]) -> Hits | Refusal:
        """Refuses our own databases together with those of others (23), and to sort what others have (207)."""
        theirs = [name for name in databases if _outside(name)]
        if not theirs:
            return self._inner.search(databases, query, order)
        if len(theirs) < len(databases):
            return Refusal(Bib1.NO_DATABASE_COMBINATION, shortened("+".join(databases)))
        if order:
            return Refusal(Bib1.SORT_SEQUENCE, gateway.NAME)
        try:
            return _Paged(self._outside.search(theirs, query))
        except Failure as failure:
            return refusal(failure)

    def search_at_once(self, databases: Sequence[str], query: Query, order: Sequence[SortKey]) -> Hits | Refusal | None:
        """What goes out is waited for."""
        return None if any(map(_outside, databases)) else self._inner.search_at_once(databases, query, order)

    def prompt(self, count: int) -> bool:
        return self._inner.prompt(count)

    def records(self, numbers: Sequence[int]) -> Sequence[Record | None]:
        own = [number for number in numbers if number < gateway.FIRST_NUMBER]
        found = dict(zip(own, self._inner.records(own), strict=True)) if own else {}
        return [
            found[number] if number < gateway.FIRST_NUMBER else self._outside.shelf.get(number) for number in numbers
        ]

    def browse(self, databases: Sequence[str], field: Field, term: str, before: int, after: int) -> Browsed | Refusal:
        if any(_outside(name) for name in databases):
            return Refusal(Bib1.SERVICE_NOT_FOR_DATABASE, shortened("+".join(databases)))
        return self._inner.browse(databases, field, term, before, after)

    def position(self) -> int:
        return self._inner.position()


class _Paged:
    """Hits whose failures are refusals. None is ever at hand: any of them may have to be fetched again."""

    at_hand = 0

    def __init__(self, found: gateway.Found) -> None:
        self._found = found
        self.count, self.reach, self.size = found.count, found.reach, found.size

    def page(self, start: int, stop: int) -> Sequence[int]:
        try:
            return self._found.page(start, stop)
        except Failure as failure:
            found = refusal(failure)
            raise Refused(found.condition, found.addinfo) from failure


def refusal(failure: Failure) -> Refusal:
    """The other side's own diagnostic where it gave one; else 109, database unavailable, and why."""
    said = failure.said
    if said is not None and said.condition:
        addinfo = shortened(f"{failure.problem.values.get('name', '')}: {said.addinfo}")
        if said.diagnostic_set == BIB1_DIAGNOSTICS:
            return Refusal(said.condition, addinfo)
        if said.diagnostic_set == URI:
            return Refusal(_FROM_SRU.get(said.condition, Bib1.UNSUPPORTED_SEARCH), addinfo)
    words = shortened(failure.problem.text("en"))
    if failure.busy:
        return Refusal(Bib1.BUSY, words)
    return Refusal(_WRONG_QUERY.get(failure.problem.code, Bib1.DATABASE_UNAVAILABLE), words)


def _outside(name: str) -> bool:
    return name == gateway.NAME or name.startswith(f"{gateway.NAME}/")
