"""One SRU database: a request in, the whole answer out (OASIS searchRetrieve Parts 2, 3, 6 and 7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from foundation.errors import InputError, Language
from foundation.limits import SRU_FACET_TERMS, SRU_FACETS, SRU_SORT_KEYS, SRU_WINDOW, XML_DEPTH
from search.query import Field, SortKey
from z3950_bridge import cql, cql_translation, sru_explain, sru_page, sru_writer, xcql
from z3950_bridge.context_sets import FACETED
from z3950_bridge.sru_diagnostics import Diagnostic, RefusedQueryError, of
from z3950_bridge.sru_port import Database, Facet, FacetWanted, Heading, Stored
from z3950_bridge.sru_request import HTML, Request
from z3950_bridge.sru_writer import Found, Row


class Answer(NamedTuple):
    """An answer and its media type."""

    media_type: str
    body: bytes
    searched: bool = False
    """Whether it answers a search from its first record on; the next page of one is no search of its own."""
    records: int = 0
    """Records in it."""
    lasting: bool = False
    """Whether it says the same until something is published: records alone, and all of them there."""
    packed: bool = False
    """Whether its body is compressed (gzip)."""


def answer(database: Database, request: Request, language: Language = "en", html: bool = False) -> Answer:
    """The answer to a request, in XML or (`html`: what the client prefers) as a page. Raises StoreError."""
    page = request.accept == HTML or (html and not request.accept)
    diagnostics = [*request.faults, *request.warnings]
    if request.operation == "scan":
        headings: Sequence[Heading] = ()
        if not request.faults:
            headings, more = _scan(database, request)
            diagnostics = [*more, *diagnostics]
        if page:
            return Answer(HTML, sru_page.scan(database, request, headings, diagnostics, language))
        body = sru_writer.scan(request, headings, diagnostics, language)
    elif request.operation == "searchRetrieve":
        found = Found(0)
        if not request.faults:
            found, more = _search(database, request, page)
            diagnostics = [*more, *diagnostics]
        if page:
            body = sru_page.search(database, request, found, diagnostics, language)
            return Answer(HTML, body, *_seen(request, found))
        body = sru_writer.search(request, found, diagnostics, language)
        lasting = not diagnostics and all(isinstance(row.data, bytes) for row in found.rows)
        return Answer(request.accept or "text/xml", body, *_seen(request, found), lasting)
    else:
        if page:
            return Answer(HTML, sru_page.explain(database, request, diagnostics, language))
        body = sru_writer.explain(request, sru_explain.record(database, request), diagnostics, language)
    return Answer(request.accept or "text/xml", body)


def _seen(request: Request, found: Found) -> tuple[bool, int]:
    """Whether a search began here that could be made (without results, too), and how many records are given."""
    return request.start == 1 and bool(found.total or found.xcql), len(found.rows)


def _search(database: Database, request: Request, page: bool) -> tuple[Found, list[Diagnostic]]:
    try:
        tree = _query(request)
        asked = cql_translation.translate(tree)
        if isinstance(asked, Diagnostic):
            return Found(0), [asked]
        query, order = asked
        order, warnings = _sorted(order, request)
        facets = _facets_wanted(request, database.abilities.fields)
        if facets and not database.abilities.counts:
            facets, warnings = [], [*warnings, Diagnostic(8, "facetLimit")]
        if request.start > SRU_WINDOW:
            raise RefusedQueryError(61, f"startRecord > {SRU_WINDOW}")
    except InputError as error:
        return Found(0), [of(error)]
    except RefusedQueryError as refused:
        return Found(0), [refused.diagnostic]
    count = min(request.count, SRU_WINDOW - request.start + 1)
    try:
        hits = database.catalogue.search(query, order, request.start - 1, count, [wanted for _, wanted in facets])
    except InputError as error:
        return Found(0), [of(error)]
    except RefusedQueryError as refused:
        return Found(0), [refused.diagnostic]
    # A page shows Dublin Core, whatever schema its XML would have.
    format_name = "oai_dc" if page else request.schema.format_name
    records = database.catalogue.records(hits.numbers, format_name) if hits.numbers else ()
    rows = [Row(one.identifier, position, _data(one, request)) for position, one in enumerate(records, request.start)]
    behind = request.start + len(rows)
    if request.start > hits.total and (hits.total or request.start > 1) and request.count:
        warnings = [*warnings, Diagnostic(61, str(request.start))]
    written = xcql.write(tree, xcql.NAMESPACES[request.version])
    # Operators inside each other make elements inside each other, two of each, and readers have a limit.
    echoed = written if written.count("<triple") < XML_DEPTH // 4 else ""
    return Found(
        hits.total,
        rows,
        _named(facets, hits.facets),
        behind if rows and behind <= min(hits.total, SRU_WINDOW) else 0,
        echoed,
    ), warnings


def _data(one: Stored, request: Request) -> bytes | Diagnostic:
    """The record, or why it is not there: gone since it was found, or not to be had in this schema."""
    if one.data is None:
        return Diagnostic(67, request.schema.name) if one.identifier else Diagnostic(65)
    return one.data


def _query(request: Request) -> cql.Query:
    if request.version == "2.0" and request.get("queryType").lower() == "searchterms":
        # The words themselves, in no language (Part 3, "queryType").
        return cql.Query(cql.Clause(cql.SERVER_CHOICE, "all", (cql.Modifier("unmasked"),), request.get("query")))
    return cql.parse(request.get("query"))


def _sorted(order: tuple[SortKey, ...], request: Request) -> tuple[tuple[SortKey, ...], list[Diagnostic]]:
    """The order of sortBy or, without one, of sortKeys: `path,schema,ascending,caseSensitive,missingValue …` (1.1)."""
    keys = request.get("sortKeys").split()
    if not keys:
        return order, []
    if order:
        return order, [Diagnostic(95)]
    if len(keys) > SRU_SORT_KEYS:
        raise RefusedQueryError(84, len(keys))
    made = []
    for key in keys:
        path, schema, ascending, case, missing, *rest = [*key.split(","), "", "", "", ""][: max(5, key.count(",") + 1)]
        if rest or ascending not in ("", "0", "1"):
            raise RefusedQueryError(90 if not rest else 6, key)
        if case not in ("", "0"):
            raise RefusedQueryError(91, case)
        if missing not in ("", "highValue", "lowValue"):
            raise RefusedQueryError(92, missing)
        name = f"{schema}.{path}" if schema == "dc" and "." not in path else path
        descending = ascending == "0"
        made.append(SortKey(_path(name), descending, bool(missing) and (missing == "lowValue") != descending))
    if len({key.field for key in made}) != len(made):
        raise RefusedQueryError(85)
    return tuple(made), []


def _path(name: str) -> Field:
    try:
        return cql_translation.sortable(name.strip("/").replace(":", "."))
    except RefusedQueryError as refused:
        raise RefusedQueryError(88, name) from refused


_SORTS: Final = frozenset(("recordcount", "alphanumeric", "ascending", "descending"))


def _facets_wanted(request: Request, known: frozenset[Field]) -> list[tuple[str, FacetWanted]]:
    """facetLimit, facetStart and facetSort (Part 3, "Facets"): `10:dc.subject,5:dc.date`, `10` for all there are."""
    if request.version != "2.0" or not request.get("facetLimit"):
        return []
    limits = dict(_per_index("facetLimit", request))
    starts = dict(_per_index("facetStart", request))
    sorts: dict[str, set[str]] = {}
    for piece in filter(None, request.get("facetSort").split(",")):
        word, _, index = piece.strip().partition(":")
        if word.lower() not in _SORTS:
            raise RefusedQueryError(6, f"facetSort={word}")
        sorts.setdefault(index, set()).add(word.lower())
    names = [name for name in limits if name] or [f"lt.{field.value}" for field in FACETED if field in known]
    if len(names) > SRU_FACETS:
        raise RefusedQueryError(6, f"facetLimit: {len(names)} > {SRU_FACETS}")
    made = []
    for name in names:
        field = next((field for field in cql_translation.Scope().fields(name) if field in FACETED), None)
        if field is None:
            raise RefusedQueryError(6, f"facetLimit={name}")
        limit = min(limits.get(name) or limits.get("", 0), SRU_FACET_TERMS)
        words = sorts.get(name) or sorts.get("", set())
        by_value = "alphanumeric" in words
        reverse = "descending" in words if by_value else "ascending" in words
        start = max(starts.get(name, starts.get("", 1)), 1)
        made.append((name, FacetWanted(field, limit, start - 1, by_value, reverse)))
    return made


def _per_index(argument: str, request: Request) -> list[tuple[str, int]]:
    made = []
    for piece in filter(None, request.get(argument).split(",")):
        number, _, index = piece.strip().partition(":")
        if not number.isascii() or not number.isdigit() or len(number) > 6:
            raise RefusedQueryError(6, f"{argument}={piece}")
        made.append((index, int(number)))
    return made


def _named(wanted: Sequence[tuple[str, FacetWanted]], found: Sequence[Facet]) -> list[tuple[str, Facet]]:
    by_field = {facet.field: facet for facet in found}
    return [(name, by_field[one.field]) for name, one in wanted if one.field in by_field]


def _scan(database: Database, request: Request) -> tuple[Sequence[Heading], list[Diagnostic]]:
    """The headings around a term: `responsePosition` 1 has the term first, 0 only what stands behind it (Part 6)."""
    try:
        tree = cql.parse(request.get("scanClause"))
    except InputError as error:
        return (), [of(error)]
    if isinstance(tree.root, cql.Boolean) or tree.sort:
        return (), [Diagnostic(10, request.get("scanClause")[:200])]
    found = cql_translation.clause(tree.root)
    if isinstance(found, Diagnostic):
        return (), [found]
    field, term = found
    before = request.position - 1
    # Position 0: the term itself would stand in front of the list.
    try:
        headings = database.catalogue.scan(field, term, max(before, 0), request.terms + (before < 0))
    except RefusedQueryError as refused:
        return (), [refused.diagnostic]
    return headings[1:] if before < 0 else headings, []
