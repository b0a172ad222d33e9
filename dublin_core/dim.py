"""DIM, DSpace Intermediate Metadata: a description as the fields of DSpace's own registry (`dc.element.qualifier`).

Source: DSpace documentation, *Metadata and Bitstream Format Registries*, and the format `dim` of its OAI server.
`dublin_core.reading` reads it back.
"""

from __future__ import annotations

import re
from typing import Final

from dublin_core.qualified import qualified
from dublin_core.terms import QualifiedDublinCore, QualifiedStatement
from dublin_core.xml import XSI, escaped
from marc.record import Record

DIM: Final = "http://www.dspace.org/xmlns/dspace/dim"
DIM_SCHEMA: Final = "http://www.dspace.org/schema/dim.xsd"
_START: Final = f'<dim:dim xmlns:dim="{DIM}" xmlns:xsi="{XSI}" xsi:schemaLocation="{DIM} {DIM_SCHEMA}">'
_END: Final = "</dim:dim>"

_FIELDS: Final = {
    "creator": "contributor.author",
    "dateAccepted": "date.accessioned",
    "dateCopyrighted": "date.copyright",
    "dateSubmitted": "date.submitted",
    "modified": "date.updated",
    "bibliographicCitation": "identifier.citation",
    "tableOfContents": "description.tableofcontents",
    "isPartOf": "relation.ispartof",
    "spatial": "coverage.spatial",
    "temporal": "coverage.temporal",
    "rightsHolder": "rights.holder",
    "license": "rights.uri",
}
"""A term (or element) whose name in DSpace's registry is another one."""
_LOWER: Final = frozenset(
    (
        "isVersionOf",
        "hasVersion",
        "isReplacedBy",
        "isRequiredBy",
        "hasPart",
        "isReferencedBy",
        "isFormatOf",
        "hasFormat",
        "conformsTo",
    )
)
"""Terms that the registry writes in small letters."""
_REGISTERED: Final = frozenset(
    ("alternative", "abstract", "created", "available", "issued", "extent", "medium", "replaces", "requires")
)
"""Terms that the registry has under the same name; the others are of DSpace's schema dcterms."""
_SCHEMES: Final = {"LCSH": "lcsh", "MESH": "mesh", "DDC": "ddc", "LCC": "lcc", "UDC": "udc"}
_NUMBER: Final = re.compile(r"urn:(isbn|issn):")


def dim(record: Record) -> bytes:
    """A MARC record as one `dim:dim` element, UTF-8, without an XML declaration."""
    return write_dim(qualified(record))


def write_dim(dc: QualifiedDublinCore) -> bytes:
    """The description as one `dim:dim` element; each statement is a field of the registry."""
    return "".join([_START, *map(_field, dc.statements), _END]).encode()


def _field(statement: QualifiedStatement) -> str:
    schema, element, qualifier, value = _name(statement)
    said = f' qualifier="{qualifier}"' if qualifier else ""
    language = f' lang="{statement.language}"' if statement.language else ""
    return f'<dim:field mdschema="{schema}" element="{element}"{said}{language}>{escaped(value)}</dim:field>'


def _name(statement: QualifiedStatement) -> tuple[str, str, str, str]:
    """Schema, element, qualifier and value of a statement in DSpace's registry."""
    element, value, _, term, scheme = statement
    known = _FIELDS.get(term or element)
    if known:
        name, _, qualifier = known.partition(".")
        return "dc", name, qualifier, value
    if element == "subject":
        return "dc", element, _SCHEMES.get(scheme, ""), value
    if element == "identifier" and not term:
        number = _NUMBER.match(value)
        if number:
            return "dc", element, number[1], value[number.end() :]
        return "dc", element, "uri" if value.startswith(("http://", "https://")) else "", value
    if element == "language" and not term:
        return "dc", element, "iso", value
    if term in _LOWER:
        return "dc", element, term.lower(), value
    if term in _REGISTERED or not term:
        return "dc", element, term, value
    return "dcterms", term, "", value
