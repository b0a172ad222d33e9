"""The Search, Sort and Scan services (Z39.50-2003, 3.2.2, 3.2.7, 3.2.8), from a request to a result set or a list.

Every function raises Refused for what cannot be done; the session makes the answer of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, TypeVar

from foundation.errors import FormatError, InputError
from foundation.limits import (
    Z3950_DATABASES,
    Z3950_SCAN_TERMS,
    Z3950_SORT_KEYS,
    Z3950_TERM_BYTES,
)
from search.query import Field, Query, SortKey
from z3950_bridge import rpn
from z3950_bridge.apdu_lists import ScanRequest, SortKeySpecification, SortRequest
from z3950_bridge.apdu_parts import Choice, External
from z3950_bridge.apdu_search import SearchRequest
from z3950_bridge.asn1 import STRING, decode
from z3950_bridge.charsets import spoken
from z3950_bridge.diagnostics import Bib1, Refusal, Refused, shortened
from z3950_bridge.initialisation import Terms
from z3950_bridge.port import Browsed, Catalogue, Languages, Waits
from z3950_bridge.result_sets import ResultSet, ResultSets
from z3950_bridge.rpn_ber import attributes, operand, read_query

CQL_QUERY: Final = "1.2.840.10003.16.2"
"""What the EXTERNAL of a type-104 query is, when it is CQL."""
EXPLAIN: Final = "ir-explain-1"
_SHORT: Final = 512
"""Octets of a query that is remembered."""

Given = TypeVar("Given")


def granted(found: Given | Refusal) -> Given:
    """What the rest of the house gave. Raises Refused where it is a refusal."""
    if isinstance(found, Refusal):
        raise Refused(found.condition, found.addinfo)
    return found


def databases(names: Sequence[str], catalogue: Catalogue, scope: str, explain: str) -> tuple[str, ...]:
    """The databases that a request names, each once. Refuses none (235), too many (111), and the Explain database
    (1007: `explain` is the address where the same is told over SRU)."""
    if not names:
        raise Refused(Bib1.DATABASE_UNKNOWN)
    if len(names) > Z3950_DATABASES:
        raise Refused(Bib1.TOO_MANY_DATABASES, str(Z3950_DATABASES))
    if any(name.lower() == EXPLAIN for name in names):
        raise Refused(Bib1.NO_EXPLAIN, explain)
    found: dict[str, None] = {}
    for name in names:
        given = catalogue.database(name, scope)
        if isinstance(given, Refusal):
            raise Refused(given.condition, given.addinfo or shortened(name))
        found[given] = None
    return tuple(found)


def search(
    request: SearchRequest,
    sets: ResultSets,
    catalogue: Catalogue,
    languages: Languages,
    terms: Terms,
    explain: str,
    at_once: bool = False,
) -> ResultSet:
    """The result set that a search makes; it is not among the sets yet. Raises Waits when that takes time and is to be
    done `at_once`."""
    chosen = databases(request.databases, catalogue, terms.scope, explain)
    query = _query(request.query, sets, languages, terms)
    found = catalogue.search_at_once(chosen, query, ()) if at_once else catalogue.search(chosen, query, ())
    if found is None:
        raise Waits
    return ResultSet(chosen, request.databases[0], query, (), granted(found))


def _query(asked: Choice, sets: ResultSets, languages: Languages, terms: Terms) -> Query:
    kind, value = asked
    if kind in ("type_1", "type_101"):
        found = _lately(languages, value, terms.charset) if len(value) <= _SHORT else None
        found = found or _translated(languages, value, terms.charset, sets)
    elif kind == "type_2":
        found = languages.ccl(_text(value), sets.queries())
    elif kind == "type_104" and value.direct_reference == CQL_QUERY:
        found = languages.cql(_text(_cql(value)), sets.queries())
    else:
        raise Refused(Bib1.QUERY_TYPE, kind.removeprefix("type_"))
    if isinstance(found, Refusal):
        raise Refused(found.condition, found.addinfo)
    return found


def _tree(value: bytes) -> rpn.Query:
    try:
        return read_query(value)
    except FormatError as error:
        raise Refused(Bib1.MALFORMED_QUERY, error.text("en")) from error


def _translated(languages: Languages, value: bytes, charset: str, sets: ResultSets) -> Query | Refusal:
    tree = _tree(value)
    for name in _operands(tree.structure):
        sets.get(name)  # which refuses a set that is not there
    return languages.rpn(_spoken(tree, charset), sets.queries())


@lru_cache(maxsize=4096)
def _lately(languages: Languages, value: bytes, charset: str) -> Query | Refusal | None:
    """What a query says that has no result set in it, for then it always says the same. None: it has."""
    tree = _tree(value)
    return None if _operands(tree.structure) else languages.rpn(_spoken(tree, charset), {})


def _spoken(query: rpn.Query, charset: str) -> rpn.Query:
    """The same query with its terms in UTF-8."""

    def told(one: rpn.Structure) -> rpn.Structure:
        if isinstance(one, rpn.Operation):
            left, right = told(one.left), told(one.right)
            same = left is one.left and right is one.right
            return one if same else replace(one, left=left, right=right)
        if isinstance(one, rpn.Operand) and (term := spoken(one.term, charset)) is not one.term:
            return rpn.Operand(one.attributes, term)
        return one

    structure = told(query.structure)
    return query if structure is query.structure else rpn.Query(query.attribute_set, structure)


def _operands(structure: rpn.Structure) -> list[str]:
    """The names of the result sets in a query."""
    found, waiting = [], [structure]
    while waiting:
        one = waiting.pop()
        if isinstance(one, rpn.ResultSet):
            found.append(one.name)
        elif isinstance(one, rpn.Operation):
            waiting += [one.left, one.right]
    return found


def _cql(external: External) -> bytes:
    kind, data = external.encoding or ("", b"")
    if kind == "single":
        try:
            text: str = decode(STRING, data)
        except InputError as error:
            raise Refused(Bib1.MALFORMED_QUERY, error.text("en")) from error
        return text.encode("utf-8", "surrogateescape")
    return bytes(data)


def _text(data: bytes) -> str:
    """A query in words. Those that are no UTF-8 are read as Latin-1, the only other that is written into a query."""
    if len(data) > Z3950_TERM_BYTES:
        raise Refused(Bib1.TERM_TOO_LONG, f"Z3950_TERM_BYTES {Z3950_TERM_BYTES}")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


# --- sort -----------------------------------------------------------------------------------------------------

_SORT_FIELDS: Final = {
    "title": Field.TITLE, "author": Field.AUTHOR, "date": Field.DATE, "year": Field.DATE,
    "callnumber": Field.CALL_NUMBER, "call number": Field.CALL_NUMBER, "language": Field.LANGUAGE,
    "added": Field.ADDED, "modified": Field.MODIFIED,
}  # fmt: skip
"""Names of `sortfield`, in small letters."""
_ASCENDING, _DESCENDING = 0, 1


def sort(request: SortRequest, sets: ResultSets, catalogue: Catalogue, languages: Languages) -> ResultSet:
    """The result set that sorting another makes."""
    if not request.inputs:
        raise Refused(Bib1.SORT_NO_SET)
    if len(request.inputs) > 1:
        raise Refused(Bib1.SORT_TOO_MANY_INPUTS, "1")
    if len(request.keys) > Z3950_SORT_KEYS:
        raise Refused(Bib1.SORT_TOO_MANY_KEYS, str(Z3950_SORT_KEYS))
    found = sets.get(request.inputs[0])
    order = tuple(_key(key, languages) for key in request.keys)
    if not order:
        raise Refused(Bib1.SORT_SEQUENCE)
    hits = granted(catalogue.search(found.databases, found.query, order))
    return ResultSet(found.databases, found.shown, found.query, order, hits)


def _key(asked: SortKeySpecification, languages: Languages) -> SortKey:
    if asked.relation not in (_ASCENDING, _DESCENDING):
        raise Refused(Bib1.SORT_RELATION, str(asked.relation))
    if asked.case not in (0, 1):
        raise Refused(Bib1.SORT_CASE, str(asked.case))
    # Case never matters here, which is not refused: nobody orders a catalogue with all capitals first.
    if asked.missing is not None and asked.missing[0] != "null":
        raise Refused(Bib1.SORT_MISSING_VALUE, asked.missing[0])
    form, key = asked.element
    if form == "specific":
        if not key:
            raise Refused(Bib1.SORT_SEQUENCE)
        key = key[0].key
    kind, value = key
    if kind == "field":
        field = _SORT_FIELDS.get(value.strip().lower())
        if field is None:
            raise Refused(Bib1.SORT_SEQUENCE, shortened(value))
    elif kind == "attributes":
        field = granted(languages.order(value.attribute_set, attributes(value.attributes)))
    else:
        raise Refused(Bib1.SORT_SEQUENCE, kind)
    return SortKey(field, descending=asked.relation == _DESCENDING)


# --- scan -----------------------------------------------------------------------------------------------------


def scan(request: ScanRequest, catalogue: Catalogue, languages: Languages, terms: Terms, explain: str) -> Browsed:
    """Part of a list of terms, with the start term where the client wants it."""
    chosen = databases(request.databases, catalogue, terms.scope, explain)
    if request.step_size:
        raise Refused(Bib1.STEP_SIZE, str(request.step_size))
    if request.number <= 0:
        raise Refused(Bib1.MALFORMED_SCAN, str(request.number))
    number = min(request.number, Z3950_SCAN_TERMS)
    position = 1 if request.position is None else request.position
    # 0 asks for the terms behind the start term, number + 1 for those before it (3.2.8.1.5).
    if not 0 <= position <= request.number + 1:
        raise Refused(Bib1.SCAN_POSITION, str(position))
    before = min(max(position - 1, 0), number)
    start = operand(request.term)
    start = replace(start, term=spoken(start.term, terms.charset))
    field, term = granted(languages.browse(request.attribute_set or rpn.BIB1, start))
    after = number - before + (1 if position == 0 else 0)
    found = granted(catalogue.browse(chosen, field, term, before, after))
    if position == 0 and found.entries and found.position == 1 and found.entries[0].term == term:
        return Browsed(found.entries[1:], 0)
    return Browsed(found.entries[:number], found.position)
