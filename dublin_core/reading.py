"""Dublin Core and MODS from XML: elements in, statements out.

What repositories send under these names differs in namespace, case and wrapping; a statement is taken where its name
says what it is. Elements come from `foundation.xml`, so entities and sizes are dealt with before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml.etree import _Element

from dublin_core import mods_reading
from dublin_core.elements import ELEMENTS
from dublin_core.terms import SCHEMES, TERMS, QualifiedDublinCore, QualifiedStatement
from dublin_core.xml import XSI

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_ELEMENTS = {name.lower(): name for name in ELEMENTS}
_TERMS = {name.lower(): name for name in TERMS}

DESCRIPTIONS = frozenset(("dc", "qualifieddc", "mods", "dublin_core", "dim"))
"""Local names of the elements that hold one description."""

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


def read(element: _Element) -> QualifiedDublinCore:
    """The description in an oai_dc, qdc, MODS or DSpace (`dublin_core`, `dim`) element; empty when it says nothing."""
    return QualifiedDublinCore.of(statements(element))


def statements(element: _Element, left_out: Callable[[str], None] = lambda name: None) -> Iterator[QualifiedStatement]:
    """The statements as they stand; `left_out` is told the name of each element that is not of Dublin Core."""
    name = local(element)
    if name == "mods":
        yield from mods_reading.statements(element)
        return
    schema = element.get("schema", "dc")
    for child in element.iter("{*}dcvalue", "{*}field") if name in ("dublin_core", "dim") else element:
        if name in ("dublin_core", "dim"):
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
