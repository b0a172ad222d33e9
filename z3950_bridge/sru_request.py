"""An SRU request: the arguments of a URL or form → values, or diagnostics that name the argument.

The version decides everything else (OASIS searchRetrieve Parts 2 and 3): 1.1 and 1.2 where they are named, else 2.0.
The operation is named in 1.1 and 1.2; in 2.0 it shows in `query` or `scanClause`, and neither means explain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from foundation.limits import SRU_ARGUMENTS, SRU_RECORDS, SRU_TERMS
from z3950_bridge import sru_schemas
from z3950_bridge.sru_diagnostics import Diagnostic
from z3950_bridge.sru_schemas import Schema

VERSIONS: Final = ("1.1", "1.2", "2.0")
RECORDS: Final = 10
"""Records of an answer whose request does not say how many."""
TERMS: Final = 20
"""Headings of a scan whose request does not say how many."""

_COMMON: Final = frozenset(
    ("operation", "version", "stylesheet", "extraRequestData", "httpAccept", "renderedBy", "responseType")
)
_ARGUMENTS: Final = {
    "explain": _COMMON | {"recordPacking", "recordXMLEscaping"},
    "scan": _COMMON | {"scanClause", "responsePosition", "maximumTerms"},
    "searchRetrieve": _COMMON
    | {
        "query", "queryType", "startRecord", "maximumRecords", "recordPacking", "recordXMLEscaping", "recordSchema",
        "recordXPath", "resultSetTTL", "sortKeys", "facetLimit", "facetStart", "facetSort",
    },
}  # fmt: skip
_MODERN: Final = frozenset(("queryType", "recordXMLEscaping", "facetLimit", "facetStart", "facetSort"))
"""Arguments that 1.1 and 1.2 do not know."""
_NUMBER: Final = re.compile(r"[0-9]{1,9}")
XML_TYPES: Final = ("application/sru+xml", "text/xml", "application/xml")
HTML: Final = "text/html"


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `faults` refuse it; `warnings` stand beside its answer."""

    operation: str
    version: str
    arguments: Mapping[str, str]
    faults: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    schema: Schema = sru_schemas.DEFAULT
    start: int = 1
    count: int = RECORDS
    as_string: bool = False
    """Records as escaped text (recordPacking of 1.x, recordXMLEscaping of 2.0)."""
    position: int = 1
    """Where among the headings the scan's term stands."""
    terms: int = TERMS
    accept: str = ""
    """The form that `httpAccept` or `renderedBy` asks for, one of XML_TYPES or HTML."""
    extra: tuple[tuple[str, str], ...] = ()
    """Arguments that begin with `x-`."""

    def get(self, name: str) -> str:
        """An argument, empty if it was not given."""
        return self.arguments.get(name, "")


@dataclass(slots=True)
class _Draft:
    """What is found while the arguments are looked at."""

    arguments: dict[str, str] = field(default_factory=dict)
    extra: list[tuple[str, str]] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number; `most` is what is given instead of more."""
        value = self.arguments.get(name)
        if value is None:
            return default
        if not _NUMBER.fullmatch(value.strip()) or int(value) < least:
            self.faults.append(Diagnostic(6, f"{name}={value[:60]}"))
            return default
        return min(int(value), most)

    def choice(self, name: str, known: tuple[str, ...], number: int = 6) -> str:
        """One of the known values, in letters of any case; the first where it is not given."""
        value = self.arguments.get(name)
        if value is None:
            return known[0]
        if value.lower() not in known:
            self.faults.append(Diagnostic(number, f"{name}={value[:60]}" if number == 6 else value[:60]))
            return known[0]
        return value.lower()


def parse(raw: bytes) -> Request:
    """The request of a query string or form body. Never raises; what is wrong stands in `faults`."""
    draft = _Draft()
    _split(raw, draft)
    given = draft.arguments
    version = given.get("version", "2.0").strip()
    if version not in VERSIONS:
        draft.faults.append(Diagnostic(5, VERSIONS[-1]))
        version = VERSIONS[-1]
    operation = given.get("operation", "")
    if not operation:
        operation = "scan" if "scanClause" in given else "searchRetrieve" if "query" in given else "explain"
    if operation not in _ARGUMENTS:
        draft.faults.append(Diagnostic(4, operation[:60]))
        operation = "explain"
    known = _ARGUMENTS[operation] - (_MODERN if version != "2.0" else frozenset())
    draft.warnings += [Diagnostic(8, name[:60]) for name in given if name not in known]
    needed = {"searchRetrieve": "query", "scan": "scanClause"}.get(operation)
    if needed and not given.get(needed, "").strip():
        draft.faults.append(Diagnostic(7, needed))
    return _made(draft, operation, version)


def _made(draft: _Draft, operation: str, version: str) -> Request:
    given = draft.arguments
    schema = sru_schemas.find(given.get("recordSchema") or sru_schemas.DEFAULT.name)
    if schema is None:
        draft.faults.append(Diagnostic(66, given["recordSchema"][:200]))
    if given.get("recordXPath"):
        draft.faults.append(Diagnostic(72, given["recordXPath"][:60]))
    if version == "2.0" and given.get("queryType", "cql").lower() not in ("cql", "searchterms"):
        draft.faults.append(Diagnostic(11, given["queryType"][:60]))
    if given.get("stylesheet"):
        # A stylesheet of somebody else would run with our address; ours is not needed, since pages are made here.
        draft.warnings.append(Diagnostic(110, "use httpAccept=text/html", "hãy dùng httpAccept=text/html"))
    draft.number("resultSetTTL", 0, 0, 0)
    if version == "2.0":
        packing = draft.choice("recordXMLEscaping", ("xml", "string"), 71)
        draft.choice("recordPacking", ("packed", "unpacked"))
    else:
        packing = draft.choice("recordPacking", ("xml", "string"), 71)
    accept = draft.choice("httpAccept", ("", HTML, "*/*", *XML_TYPES)) if given.get("httpAccept") else ""
    if draft.choice("renderedBy", ("client", "server")) == "server" and not accept:
        accept = HTML
    start = draft.number("startRecord", 1, 1, 999_999_999)
    count = draft.number("maximumRecords", RECORDS, 0, SRU_RECORDS)
    terms = draft.number("maximumTerms", TERMS, 1, SRU_TERMS)
    position = draft.number("responsePosition", 1, 0, SRU_TERMS + 1)
    if position > terms + 1:
        draft.faults.append(Diagnostic(120, str(position)))
    return Request(
        operation=operation,
        version=version,
        arguments=given,
        faults=tuple(draft.faults),
        warnings=tuple(draft.warnings),
        schema=schema or sru_schemas.DEFAULT,
        start=start,
        count=count,
        as_string=packing == "string",
        position=position,
        terms=terms,
        accept="" if accept == "*/*" else accept,
        extra=tuple(draft.extra),
    )


def _split(raw: bytes, draft: _Draft) -> None:
    """Names and values, in UTF-8 or, where they are not, in Latin-1. Given twice is a fault, `x-` is kept apart."""
    try:
        # Latin-1 has a character for each byte, so that what a value is encoded in can be seen afterwards.
        text = raw.decode("latin-1")
        pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=SRU_ARGUMENTS)
    except ValueError:
        draft.faults.append(Diagnostic(8, f"more than {SRU_ARGUMENTS} arguments", f"hơn {SRU_ARGUMENTS} tham số"))
        return
    for pair in pairs:
        name, value = map(_text, pair)
        if name.lower().startswith("x-"):
            draft.extra.append((name[:60], value[:200]))
        elif name in draft.arguments:
            draft.faults.append(Diagnostic(6, f"{name[:60]}: given twice", f"{name[:60]}: lặp lại"))
        else:
            draft.arguments[name] = value


def _text(octets: str) -> str:
    try:
        return octets.encode("latin-1").decode()
    except UnicodeDecodeError:
        return octets
