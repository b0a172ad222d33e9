"""Qualified Dublin Core: terms that refine the fifteen elements, schemes that say how a value is written.

Source: DCMI Metadata Terms; the terms and schemes are those of DCMI's XML schema for qualified Dublin Core
(dcterms.xsd, 2008-02-11), the one DSpace and its harvesters name. There is no language tag on a value with a scheme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from dublin_core.elements import ELEMENTS, DublinCore, clean_language, clean_text

REFINEMENTS = {
    "title": "alternative",
    "description": "tableOfContents abstract audience educationLevel mediator instructionalMethod provenance "
    "accrualMethod accrualPeriodicity accrualPolicy",
    "date": "created valid available issued modified dateAccepted dateCopyrighted dateSubmitted",
    "format": "extent medium",
    "identifier": "bibliographicCitation",
    "relation": "isVersionOf hasVersion isReplacedBy replaces isRequiredBy requires isPartOf hasPart isReferencedBy "
    "references isFormatOf hasFormat conformsTo",
    "coverage": "spatial temporal",
    "rights": "accessRights license rightsHolder",
}
"""The terms that say more exactly what an element says. DCMI gives audience, provenance, rightsHolder and their kin no
element above them; here they stand under the one that simple Dublin Core has always put such notes in."""

TERMS = {term: element for element, terms in REFINEMENTS.items() for term in terms.split()}
"""The element a term is dumbed down to."""

CLASSIFICATIONS = frozenset(("DDC", "LCC", "UDC"))
"""Class numbers: they say nothing without their scheme, so simple Dublin Core does not get them."""

_SCHEMES = "LCSH MESH W3CDTF DCMIType IMT URI ISO639-2 ISO639-3 RFC1766 RFC3066 RFC4646 ISO3166 TGN Box Point Period"
SCHEMES = CLASSIFICATIONS | frozenset(_SCHEMES.split())

_TYPES = (
    "Collection Dataset Event Image InteractiveResource MovingImage PhysicalObject Service Software Sound StillImage "
    "Text"
)
DCMI_TYPES = frozenset(_TYPES.split())

_POSITION = {name: position for position, name in enumerate(ELEMENTS)}
_TIME = r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d)"
_SHAPES = {
    "W3CDTF": re.compile(rf"\d{{4}}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|30|31)({_TIME})?)?)?"),
    "IMT": re.compile(r"[a-z]+/[A-Za-z0-9.+-]+(;.*)?"),
    "URI": re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+"),
    "ISO639-2": re.compile(r"[a-z]{3}"),
    "ISO639-3": re.compile(r"[a-z]{3}"),
    "RFC4646": re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"),
}


class QualifiedStatement(NamedTuple):
    """One statement: `element` says what it is in simple Dublin Core, `term` and `scheme` (both may be empty) more."""

    element: str
    value: str
    language: str = ""
    term: str = ""
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class QualifiedDublinCore:
    """One description: statements in the order of `ELEMENTS`, none empty, none twice."""

    statements: tuple[QualifiedStatement, ...]

    @classmethod
    def of(cls, statements: Iterable[QualifiedStatement]) -> QualifiedDublinCore:
        """A description from statements in any order, made clean as `DublinCore.of` does it.

        A term decides its element; a term or scheme nobody knows is dropped from the statement, and so is a scheme
        the value is not written in, or the scheme of a value with a language.
        """
        kept: dict[QualifiedStatement, None] = {}
        for element, value, language, term, scheme in statements:
            text, said = clean_text(value), clean_language(language)
            known = term if term in TERMS else ""
            name = TERMS.get(known, element)
            if text and name in _POSITION:
                written = scheme if not said and written_in(scheme, text) else ""
                kept[QualifiedStatement(name, text, said, known, written)] = None
        return cls(tuple(sorted(kept, key=lambda statement: _POSITION[statement.element])))

    def simple(self) -> DublinCore:
        """The description in the fifteen elements alone, each value once; class numbers are left out."""
        found: dict[tuple[str, str, str], None] = {}
        for element, value, language, _, scheme in self.statements:
            if scheme not in CLASSIFICATIONS:
                found[element, value, language] = None
        return DublinCore(tuple(found))

    def values(self, name: str) -> list[str]:
        """The values of an element (unrefined and refined) or of one term, in order."""
        if name in TERMS:
            return [statement.value for statement in self.statements if statement.term == name]
        return [statement.value for statement in self.statements if statement.element == name]

    def __bool__(self) -> bool:
        return bool(self.statements)


def written_in(scheme: str, value: str) -> bool:
    """Whether a value is written as a scheme wants it; the vocabularies (LCSH …) want nothing of the form."""
    if scheme == "DCMIType":
        return value in DCMI_TYPES
    shape = _SHAPES.get(scheme)
    return scheme in SCHEMES and (shape is None or shape.fullmatch(value) is not None)
