"""The query languages as a session uses them: RPN by Bib-1, CQL and CCL, each to what the index is asked.

CQL is refused with the diagnostics of SRU; a session of Z39.50 has those of Bib-1, so the numbers are told over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from foundation.errors import InputError
from search.fields import SORTS
from search.query import Field, Query
from z3950_bridge import attributes, ccl, cql, cql_translation
from z3950_bridge.diagnostics import Bib1, Refusal, shortened
from z3950_bridge.rpn import BIB1, Attribute, Operand
from z3950_bridge.rpn import Query as RpnQuery

_USE: Final = 1
_ANY: Final = 1016
_FROM_SRU: Final = {
    10: Bib1.MALFORMED_QUERY, 15: Bib1.ATTRIBUTE_SET, 16: Bib1.USE_ATTRIBUTE, 22: Bib1.ATTRIBUTE_COMBINATION,
    38: Bib1.TOO_MANY_OPERATORS, 50: Bib1.SET_UNKNOWN, 51: Bib1.SET_UNKNOWN,
}  # fmt: skip
"""Diagnostics of SRU → of Bib-1; what is not here is diagnostic 3, unsupported search, with the words of SRU."""


class QueryLanguages:
    """`z3950_bridge.port.Languages`."""

    def rpn(self, asked: RpnQuery, sets: Mapping[str, Query]) -> Query | Refusal:
        found = attributes.translate(asked, sets)
        return Refusal(found.number, found.addinfo) if isinstance(found, attributes.Diagnostic) else found

    def cql(self, text: str, sets: Mapping[str, Query]) -> Query | Refusal:
        try:
            found = cql_translation.translate(cql.parse(text), sets)
        except InputError as error:
            return _malformed(error)
        if not isinstance(found, tuple):
            return Refusal(_FROM_SRU.get(found.number, Bib1.UNSUPPORTED_SEARCH), shortened(found.details))
        asked, order = found
        return Refusal(Bib1.SORT_SEQUENCE, "sortBy: Sort") if order else asked

    def ccl(self, text: str, sets: Mapping[str, Query]) -> Query | Refusal:
        try:
            return self.rpn(ccl.parse(text), sets)
        except InputError as error:
            return _malformed(error)

    def browse(self, attribute_set: str, start: Operand) -> tuple[Field, str] | Refusal:
        fields = _fields(attribute_set, start.attributes)
        if isinstance(fields, Refusal):
            return fields
        term = start.term
        return fields[0], str(term) if isinstance(term, int) else term.decode("utf-8", "replace")

    def order(self, attribute_set: str, attributes: Sequence[Attribute]) -> Field | Refusal:
        fields = _fields(attribute_set, attributes)
        if isinstance(fields, Refusal):
            return Refusal(Bib1.SORT_SEQUENCE, fields.addinfo)
        found = next((field for field in fields if field in SORTS), None)
        return Refusal(Bib1.SORT_SEQUENCE, fields[0].value) if found is None else found


def _malformed(error: InputError) -> Refusal:
    return Refusal(Bib1.MALFORMED_QUERY, shortened(error.text("en")))


def _fields(attribute_set: str, found: Sequence[Attribute]) -> tuple[Field, ...] | Refusal:
    """The fields of a Use attribute; any where there is none."""
    if attribute_set != BIB1:
        return Refusal(Bib1.ATTRIBUTE_SET, shortened(attribute_set))
    use = next((one.value for one in found if one.type == _USE), _ANY)
    fields = attributes.USE.get(use) if isinstance(use, int) else None
    return Refusal(Bib1.USE_ATTRIBUTE, shortened(str(use))) if fields is None else fields
