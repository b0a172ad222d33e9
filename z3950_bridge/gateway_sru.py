"""The gateway over SRU: `/sru/gateway` and `/sru/gateway/NAME`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from dublin_core.mods import mods
from dublin_core.xml import oai_dc
from foundation.errors import InputError
from foundation.limits import SRU_FACET_TERMS
from marc import marcxml
from marc.record import Record
from search.query import Field, Query, SortKey
from z3950_bridge.diagnostics import BIB1_DIAGNOSTICS
from z3950_bridge.gateway import Failure, Gateway
from z3950_bridge.origin_messages import NO_FIELD, NO_MARKS, NO_MASK, NOT_ASKABLE
from z3950_bridge.sru_diagnostics import DIAGNOSTICS, URI, Diagnostic, RefusedQueryError
from z3950_bridge.sru_port import Abilities, Database, Facet, FacetWanted, Heading, Hits, Stored, chosen

_WRITERS: Final[dict[str, Callable[[Record], bytes]]] = {"marcxml": marcxml.write, "oai_dc": oai_dc, "mods": mods}
_FROM_BIB1: Final = {
    1: 1, 2: 2, 3: 48, 4: 35, 5: 12, 6: 38, 7: 30, 8: 32, 9: 29, 10: 10, 11: 12, 12: 60, 13: 61, 14: 63, 15: 68, 16: 70,
    17: 70, 24: 66, 25: 66, 26: 66, 31: 60, 108: 10, 109: 2, 110: 37, 113: 48, 114: 16, 115: 16, 116: 16, 117: 19,
    118: 22, 119: 32, 120: 28, 121: 15, 122: 32, 123: 22, 124: 24, 125: 36, 126: 36, 127: 36, 129: 39, 130: 43, 131: 40,
    132: 42, 201: 44, 202: 41, 203: 43, 227: 66, 229: 36, 235: 235, 236: 236, 238: 67, 239: 66, 244: 66, 1018: 2,
    1024: 16, 1066: 66,
}  # fmt: skip
"""Bib-1 → SRU, as YAZ and with it most clients read the one for the other."""
_WRONG_QUERY: Final = {NOT_ASKABLE.code: 48, NO_FIELD.code: 16, NO_MASK.code: 28, NO_MARKS.code: 20}


class GatewayDatabase:
    """`z3950_bridge.sru_port.Catalogue` of the others."""

    def __init__(self, outside: Gateway, database: str) -> None:
        self._outside, self._database = outside, database

    def size(self) -> int:
        """Nobody says how much others have."""
        return 0

    def modified(self) -> str:
        return ""

    def search(
        self, query: Query, order: Sequence[SortKey], offset: int, limit: int, facets: Sequence[FacetWanted]
    ) -> Hits:
        """Raises RefusedQueryError with the other side's own diagnostic, or 80 where an order is wanted."""
        if order:
            raise RefusedQueryError(80, self._database)
        try:
            found = self._outside.search([self._database], query)
            numbers = tuple(found.page(offset, offset + limit)) if limit and offset < found.reach else ()
            counted = self._facets(query, facets) if facets else ()
        except Failure as failure:
            said = diagnostic(failure)
            raise RefusedQueryError(said.number, said.details, said.details_vi) from failure
        return Hits(found.count, numbers, counted)

    def _facets(self, query: Query, wanted: Sequence[FacetWanted]) -> tuple[Facet, ...]:
        every = [SRU_FACET_TERMS if one.by_value or one.reverse else one.offset + one.limit for one in wanted]
        asked = [(one.field, number) for one, number in zip(wanted, every, strict=True)]
        found = self._outside.facets(self._database, query, asked)
        return tuple(chosen(one, values) for one, values in zip(wanted, found, strict=True))

    def records(self, numbers: Sequence[int], format_name: str) -> Sequence[Stored]:
        return [self._stored(number, format_name) for number in numbers]

    def scan(self, field: Field, term: str, before: int, count: int) -> Sequence[Heading]:
        raise RefusedQueryError(4, "scan")

    def _stored(self, number: int, format_name: str) -> Stored:
        if number not in self._outside.shelf:
            return Stored("", None)
        record = self._outside.shelf.get(number)
        if record is None:  # it is there, in a form that cannot be read
            return Stored(str(number), None)
        identifier = record.control("001").strip() or str(number)
        try:
            return Stored(identifier, _WRITERS[format_name](record))
        except InputError:
            return Stored(identifier, None)


def lookup(outside: Gateway, base_url: str, contact: str) -> Callable[[str], Database | None]:
    """The database of a code that begins with `gateway`; None where there is none. `base_url`: `https://…/sru`."""

    def find(code: str) -> Database | None:
        name = code.lower()
        if not outside.has(name):
            return None
        title = outside.title(name)
        return Database(
            GatewayDatabase(outside, name),
            f"{base_url}/{name}",
            title or "Thư viện khác",
            title or "Other libraries",
            contact,
            abilities=Abilities(outside.askable(name), outside.lists_all(name), own=False, counts=outside.counts(name)),
        )

    return find


def diagnostic(failure: Failure) -> Diagnostic:
    """The other side's own diagnostic where it gave one; else 2, temporarily unavailable, and why."""
    said, problem = failure.said, failure.problem
    if said is not None:
        number = said.condition if said.diagnostic_set == URI else 0
        if said.diagnostic_set == BIB1_DIAGNOSTICS:
            number = _FROM_BIB1.get(said.condition, 48)
        if number in DIAGNOSTICS:
            return Diagnostic(number, problem.text("en"), problem.text("vi"))
    return Diagnostic(_WRONG_QUERY.get(problem.code, 2), problem.text("en"), problem.text("vi"))
