"""The answers of SRU as XML: 1.1 and 1.2 by srw-types.xsd, 2.0 by sruResponse.xsd, scan.xsd and facetedResults.xsd.

Records are stored renderings and go into the answer as the bytes they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from foundation.errors import Language
from foundation.xml import escape, escape_attribute
from z3950_bridge import sru_schemas
from z3950_bridge.sru_diagnostics import Diagnostic
from z3950_bridge.sru_port import Facet, Heading
from z3950_bridge.sru_request import Request

SRW: Final = "http://www.loc.gov/zing/srw/"
SRU: Final = "http://docs.oasis-open.org/ns/search-ws/sruResponse"
SCAN: Final = "http://docs.oasis-open.org/ns/search-ws/scan"
FACETS: Final = "http://docs.oasis-open.org/ns/search-ws/facetedResults"
EXACT: Final = "info:srw/vocabulary/resultCountPrecision/1/exact"
_DIAGNOSTIC: Final = {
    "1.1": "http://www.loc.gov/zing/srw/diagnostic/",
    "1.2": "http://www.loc.gov/zing/srw/diagnostic/",
    "2.0": "http://docs.oasis-open.org/ns/search-ws/diagnostic",
}
_EXTRA: Final = "tag:lienthong.example.vn,2026:sru"
_START: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True)
class Row:
    """One record of an answer, or the diagnostic that stands in its place (a surrogate)."""

    identifier: str
    position: int
    data: bytes | Diagnostic


@dataclass(frozen=True, slots=True)
class Found:
    """What a searchRetrieve found. `xcql`: the query as an element, empty if it is not echoed."""

    total: int
    rows: Sequence[Row] = ()
    facets: Sequence[tuple[str, Facet]] = ()
    """Name of the index as the client wrote it, and its values."""
    next: int = 0
    """Position of the first record behind this answer, 0: there is none."""
    xcql: str = ""


def namespace(version: str, operation: str = "") -> str:
    """The namespace of an answer."""
    if version != "2.0":
        return SRW
    return SCAN if operation == "scan" else SRU


def search(request: Request, found: Found, diagnostics: Sequence[Diagnostic], language: Language) -> bytes:
    """A searchRetrieveResponse."""
    modern = request.version == "2.0"
    parts = [
        _open(request, "searchRetrieveResponse"),
        f"<zs:numberOfRecords>{found.total}</zs:numberOfRecords>".encode(),
    ]
    if found.rows:
        parts.append(b"<zs:records>")
        start = _before(request, request.schema.identifier)
        for row in found.rows:
            parts += _record(request, row, start, language)
        parts.append(b"</zs:records>")
    if found.next:
        parts.append(f"<zs:nextRecordPosition>{found.next}</zs:nextRecordPosition>".encode())
    tail = _echo(request, found.xcql) + _diagnostics(request, diagnostics, language)
    if modern:
        # No result set is kept, whatever resultSetTTL asks for.
        tail += "<zs:resultSetTTL>0</zs:resultSetTTL>" if request.get("resultSetTTL") else ""
        tail += f"<zs:resultCountPrecision>{EXACT}</zs:resultCountPrecision>"
        tail += _facets(found.facets)
    parts.append(f"{tail}</zs:searchRetrieveResponse>\n".encode())
    return b"".join(parts)


def scan(request: Request, headings: Sequence[Heading], diagnostics: Sequence[Diagnostic], language: Language) -> bytes:
    """A scanResponse."""
    parts: list[str] = []
    for heading in headings:
        where = (
            "only" if heading.first and heading.last else "first" if heading.first else "last" if heading.last else ""
        )
        parts.append(
            f"<zs:term><zs:value>{escape(heading.text)}</zs:value>"
            f"<zs:numberOfRecords>{heading.records}</zs:numberOfRecords>"
            f"<zs:displayTerm>{escape(heading.text)}</zs:displayTerm>"
            + (f"<zs:whereInList>{where}</zs:whereInList>" if where else "")
            + "</zs:term>"
        )
    terms = f"<zs:terms>{''.join(parts)}</zs:terms>" if parts else ""
    tail = terms + _echo(request, "") + _diagnostics(request, diagnostics, language)
    return _open(request, "scanResponse") + f"{tail}</zs:scanResponse>\n".encode()


def explain(request: Request, record: bytes, diagnostics: Sequence[Diagnostic], language: Language) -> bytes:
    """An explainResponse around a ZeeRex record."""
    data = escape(record.decode()).encode() if request.as_string else record
    return b"".join(
        (
            _open(request, "explainResponse"),
            b"<zs:record><zs:recordSchema>http://explain.z3950.org/dtd/2.0/</zs:recordSchema>",
            _packing(request),
            b"<zs:recordData>",
            data,
            b"</zs:recordData></zs:record>",
            (_echo(request, "") + _diagnostics(request, diagnostics, language)).encode(),
            b"</zs:explainResponse>\n",
        )
    )


def _open(request: Request, name: str) -> bytes:
    space = namespace(request.version, request.operation)
    return f'{_START}<zs:{name} xmlns:zs="{space}"><zs:version>{request.version}</zs:version>'.encode()


def _packing(request: Request) -> bytes:
    name = "recordXMLEscaping" if request.version == "2.0" else "recordPacking"
    return f"<zs:{name}>{'string' if request.as_string else 'xml'}</zs:{name}>".encode()


def _before(request: Request, schema: str) -> bytes:
    """What stands before the data of a record."""
    return b"<zs:record><zs:recordSchema>%b</zs:recordSchema>%b<zs:recordData>" % (schema.encode(), _packing(request))


def _record(request: Request, row: Row, start: bytes, language: Language) -> tuple[bytes, bytes, bytes]:
    """`start`: what stands before a record in the schema asked for."""
    if isinstance(row.data, Diagnostic):
        start, data = _before(request, sru_schemas.DIAGNOSTICS), _diagnostic(request, row.data, language).encode()
    else:
        data = sru_schemas.data(request.schema, row.data)
    if request.as_string:
        data = escape(data.decode()).encode()
    # 1.1 knows no recordIdentifier (srw-types.xsd 1.1).
    named = (
        ""
        if request.version == "1.1" or not row.identifier
        else f"<zs:recordIdentifier>{escape(row.identifier)}</zs:recordIdentifier>"
    )
    end = f"</zs:recordData>{named}<zs:recordPosition>{row.position}</zs:recordPosition></zs:record>"
    return start, data, end.encode()


def _diagnostics(request: Request, diagnostics: Sequence[Diagnostic], language: Language) -> str:
    if not diagnostics:
        return ""
    inner = "".join(_diagnostic(request, found, language) for found in diagnostics)
    return f"<zs:diagnostics>{inner}</zs:diagnostics>"


def _diagnostic(request: Request, found: Diagnostic, language: Language) -> str:
    details = found.detail(language)
    return (
        f'<diag:diagnostic xmlns:diag="{_DIAGNOSTIC[request.version]}"><diag:uri>{found.uri}</diag:uri>'
        + (f"<diag:details>{escape(details)}</diag:details>" if details else "")
        + f"<diag:message>{escape(found.message(language))}</diag:message></diag:diagnostic>"
    )


_ECHOED: Final = {
    "searchRetrieve": (
        "version", "query", "startRecord", "maximumRecords", "recordPacking", "recordXMLEscaping", "recordSchema",
        "recordXPath", "resultSetTTL", "sortKeys",
    ),
    "scan": ("version", "scanClause", "responsePosition", "maximumTerms"),
    "explain": ("version", "recordPacking", "recordXMLEscaping"),
}  # fmt: skip


def _echo(request: Request, xcql: str) -> str:
    """The request as it was understood. A stylesheet is never echoed: a browser would run it with our address."""
    name = f"echoed{request.operation[0].upper()}{request.operation[1:]}Request"
    parts = []
    for argument in _ECHOED[request.operation]:
        value = request.version if argument == "version" else request.get(argument)
        if value:
            parts.append(f"<zs:{argument}>{escape(value)}</zs:{argument}>")
        if argument == "query" and xcql:
            parts.append(f"<zs:xQuery>{xcql}</zs:xQuery>")
    if request.extra:
        inner = "".join(
            f'<lt:argument name="{escape_attribute(name)}">{escape(value)}</lt:argument>'
            for name, value in request.extra
        )
        parts.append(f'<zs:extraRequestData xmlns:lt="{_EXTRA}">{inner}</zs:extraRequestData>')
    return f"<zs:{name}>{''.join(parts)}</zs:{name}>"


def _facets(facets: Sequence[tuple[str, Facet]]) -> str:
    if not facets:
        return ""
    parts = []
    for index, facet in facets:
        terms = "".join(
            f"<fr:term><fr:actualTerm>{escape(value)}</fr:actualTerm><fr:count>{count}</fr:count></fr:term>"
            for value, count in facet.values
        )
        parts.append(f"<fr:facet><fr:index>{escape(index)}</fr:index><fr:terms>{terms}</fr:terms></fr:facet>")
    return f'<zs:facetedResults xmlns:fr="{FACETS}">{"".join(parts)}</zs:facetedResults>'
