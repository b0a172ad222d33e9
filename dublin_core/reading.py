"""Dublin Core and MODS from XML: elements in, statements out.

What repositories send under these names differs in namespace, case and wrapping; a statement is taken where its name
says what it is. Elements come from `foundation.xml`, so entities and sizes are dealt with before.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lxml.etree import _Element

from dublin_core import messages, mods_reading
from dublin_core.elements import ELEMENTS
from dublin_core.terms import SCHEMES, TERMS, QualifiedDublinCore, QualifiedStatement
from dublin_core.xml import XSI
from foundation.errors import LimitError, Problem
from foundation.limits import DC_STATEMENTS

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ELEMENTS = {name.lower(): name for name in ELEMENTS}
_TERMS = {name.lower(): name for name in TERMS}

DESCRIPTIONS = frozenset(("dc", "qualifieddc", "mods", "dublin_core", "dim"))
"""Local names of the elements that hold one description."""

_NAMES_TOLD = 10
_NAME_TOLD = 60

_DSPACE = {
    "contributor.author": ("creator", ""),
    "creator": ("creator", ""),
    "date.accessioned": ("date", "dateAccepted"),
    "date.copyright": ("date", "dateCopyrighted"),
    "date.submitted": ("date", "dateSubmitted"),
    "date.updated": ("date", "modified"),
    "identifier.citation": ("identifier", "bibliographicCitation"),
    "description.tableofcontents": ("description", "tableOfContents"),
    "relation.ispartofseries": ("relation", "isPartOf"),
    "coverage.spatial": ("coverage", "spatial"),
    "coverage.temporal": ("coverage", "temporal"),
    "rights.holder": ("rights", "rightsHolder"),
    "rights.uri": ("rights", "license"),
    "rights.license": ("rights", "license"),
}
"""DSpace's registry (`dc.element.qualifier`) where it is not simply a term of the same name."""
_PRIVATE = frozenset(("description.provenance",))
"""Who submitted and approved an item, with addresses: DSpace shows it to its administrators only."""
_DSPACE_SCHEMES = {
    "lcsh": "LCSH",
    "mesh": "MESH",
    "ddc": "DDC",
    "lcc": "LCC",
    "udc": "UDC",
    "mimetype": "IMT",
    "uri": "URI",
    "doi": "URI",
    "iso": "ISO639-2",
}


class LeftOut:
    """What was met that is not of Dublin Core: how many values, and the first few names."""

    def __init__(self) -> None:
        self.count = 0
        self.names: set[str] = set()

    def __call__(self, name: str) -> None:
        self.count += 1
        if len(self.names) < _NAMES_TOLD:
            self.names.add(name[:_NAME_TOLD])

    def problems(self) -> list[Problem]:
        """One problem, or none."""
        values = {"count": self.count, "names": ", ".join(sorted(self.names))}
        return [Problem(messages.LEFT_OUT, values=values)] if self.count else []


def read(element: _Element) -> QualifiedDublinCore:
    """The description in an oai_dc, qdc, MODS or DSpace (`dublin_core`, `dim`) element; empty when it says nothing.

    Raises LimitError when it says more than DC_STATEMENTS things.
    """
    return QualifiedDublinCore.of(statements(element, LeftOut()))


def statements(element: _Element, left_out: LeftOut) -> list[QualifiedStatement]:
    """The statements as they stand; `left_out` is told the name of each element that is not of Dublin Core.

    Raises LimitError when there are more than DC_STATEMENTS.
    """
    made = mods_reading.statements(element) if local(element) == "mods" else _statements(element, left_out)
    found = list(islice(made, DC_STATEMENTS + 1))
    if len(found) > DC_STATEMENTS:
        raise LimitError(
            messages.STATEMENTS_LIMIT, limit="DC_STATEMENTS", seen=f"> {DC_STATEMENTS}", allowed=DC_STATEMENTS
        )
    return found


def _statements(element: _Element, left_out: LeftOut) -> Iterator[QualifiedStatement]:
    dspace = local(element) in ("dublin_core", "dim")
    schema = str(element.get("schema", "dc"))
    for child in element.iter("{*}dcvalue", "{*}field") if dspace else element:
        if dspace:
            own = str(child.get("mdschema", schema))
            made, label = _dspace(child, own), f"{own}.{child.get('element', '')}"
        else:
            made, label = _statement(child), local(child)
        if made is not None:
            yield made
        elif text_of(child).strip():
            left_out(label)


def local(element: _Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: _Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _statement(child: _Element) -> QualifiedStatement | None:
    name = local(child).lower()
    term = _TERMS.get(name, "")
    element = TERMS.get(term) or _ELEMENTS.get(name)
    if element is None:
        return None
    scheme = str(child.get(f"{{{XSI}}}type") or child.get("scheme") or "").rpartition(":")[2]
    language = "" if scheme in SCHEMES else str(child.get(XML_LANG, ""))
    return QualifiedStatement(element, text_of(child), language, term, scheme)


def _dspace(child: _Element, schema: str) -> QualifiedStatement | None:
    """One `dcvalue` (or `field` of DIM): element and qualifier as DSpace's registry has them."""
    name, qualifier = str(child.get("element", "")), str(child.get("qualifier", ""))
    if qualifier == "none":
        qualifier = ""
    value, language = text_of(child), str(child.get("language") or child.get("lang") or "").replace("_", "-")
    full = f"{name}.{qualifier}" if qualifier else name
    if schema not in ("dc", "dcterms") or full in _PRIVATE:
        return None
    element, term = _DSPACE.get(full, ("", ""))
    if not element:
        own, term = _ELEMENTS.get(name.lower(), ""), _TERMS.get((qualifier or name).lower(), "")
        refined = TERMS.get(term, "")
        element, term = (refined, term) if refined and own in ("", refined) else (own, "")
    scheme = _DSPACE_SCHEMES.get(qualifier.lower(), "")
    if element == "date":
        scheme = "W3CDTF"
    elif element == "language":
        scheme = ""
    return QualifiedStatement(element, value, "" if scheme else language, term, scheme) if element else None
