"""Peoples and places as concepts of our own, with opaque identifiers.

A people has other code numbers in other lists (1979: Hoa 04; 2008: Hoa 06), and a place gives its name to another one
when it is abolished. So neither a code nor a name stands in an address: names are labels, codes are notations of the
list they come from, and a place says from when to when it was one.

`peoples.csv`: Decision 121-TCTK/PPCĐ (2 March 1979) and Decision 1019/QĐ-TCTK (12 November 2008) of the statistics
office. `places.csv`: the statistics office's list of 2004, Resolutions 202/2025/QH15 and 1683/NQ-UBTVQH15.
"""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from rdflib import DCTERMS, RDF, SDO, SKOS, Graph, Literal, URIRef

from linked_data.vocabularies import new_graph

PEOPLES, PLACES = "peoples", "places"
_HERE: Final = Path(__file__).resolve().parent
_COLUMNS: Final = frozenset(
    ("id", "vi", "en", "alternatives", "headings", "valid_from", "valid_until", "broader", "replaced_by")
)
SCHEMES: Final = {PEOPLES: ("Các dân tộc", "Peoples"), PLACES: ("Địa danh", "Places")}


@dataclass(frozen=True, slots=True)
class Concept:
    """A people or a place."""

    identifier: str
    """Opaque, for ever."""
    scheme: str
    """peoples or places."""
    vi: str
    en: str
    alternatives: tuple[str, ...]
    """Other Vietnamese names; not all of them are its alone, so none is matched."""
    headings: tuple[str, ...]
    """Subject headings that mean this concept and no other."""
    codes: tuple[tuple[str, str], ...]
    """(code list, code)."""
    valid_from: str = ""
    valid_until: str = ""
    """ISO dates; empty: not known, or still so."""
    broader: str = ""
    """Identifier of the place it is part of."""
    replaced_by: tuple[str, ...] = ()

    def held(self, year: str) -> bool:
        """Whether it bore its name in `year`. A place with an end and no year to compare with: no."""
        if not self.valid_until:
            return True
        return bool(year) and self.valid_from[:4] <= year <= self.valid_until[:4]


@cache
def concepts() -> dict[str, Concept]:
    """Every concept by its identifier."""
    found = {}
    for scheme in (PEOPLES, PLACES):
        with (_HERE / f"{scheme}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found[row["id"]] = _concept(scheme, row)
    return found


def _concept(scheme: str, row: dict[str, str]) -> Concept:
    def several(column: str) -> tuple[str, ...]:
        return tuple(filter(None, row.get(column, "").split("|")))

    codes = tuple((name, code) for name, code in row.items() if name not in _COLUMNS and code)
    return Concept(
        row["id"],
        scheme,
        row["vi"],
        row["en"],
        several("alternatives"),
        several("headings"),
        codes,
        row.get("valid_from", ""),
        row.get("valid_until", ""),
        row.get("broader", ""),
        several("replaced_by"),
    )


@cache
def _by_heading() -> dict[str, Concept]:
    return {_key(heading): concept for concept in concepts().values() for heading in concept.headings}


def _key(text: str) -> str:
    """Equal for two writings of one heading: case, apostrophes, spaces and the last mark do not count."""
    folded = unicodedata.normalize("NFC", text).casefold().replace("’", "'")
    return " ".join(folded.split()).rstrip(" .,;")


def named(heading: str, year: str = "") -> Concept | None:
    """The concept that a heading means in a record catalogued in `year`; None when that is not certain.

    A heading with parts (`Hát then -- Dân tộc Tày`) is asked for part by part.
    """
    found = _by_heading().get(_key(heading))
    return found if found is not None and found.held(year) else None


def concept_uri(base_url: str, identifier: str) -> URIRef:
    """The address of a concept, or of a scheme (`peoples`, `places`)."""
    return URIRef(f"{base_url}/concept/{identifier}")


def concept_graph(concept: Concept, base_url: str) -> Graph:
    """One concept as SKOS."""
    made = new_graph()
    _describe(made, concept, base_url)
    return made


def scheme_graph(scheme: str, base_url: str) -> Graph:
    """All concepts of `peoples` or `places`."""
    made = new_graph()
    uri = concept_uri(base_url, scheme)
    made.add((uri, RDF.type, SKOS.ConceptScheme))
    for label, language in zip(SCHEMES[scheme], ("vi", "en"), strict=True):
        made.add((uri, SKOS.prefLabel, Literal(label, lang=language)))
    for concept in concepts().values():
        if concept.scheme == scheme:
            _describe(made, concept, base_url)
    return made


def _describe(made: Graph, concept: Concept, base_url: str) -> None:
    uri = concept_uri(base_url, concept.identifier)
    scheme = concept_uri(base_url, concept.scheme)
    made.add((uri, RDF.type, SKOS.Concept))
    if concept.scheme == PLACES:
        made.add((uri, RDF.type, SDO.Place))
    made.add((uri, SKOS.inScheme, scheme))
    made.add((uri, SKOS.prefLabel, Literal(concept.vi, lang="vi")))
    made.add((uri, SKOS.prefLabel, Literal(concept.en, lang="en")))
    for name in concept.alternatives:
        made.add((uri, SKOS.altLabel, Literal(name, lang="vi")))
    for code_list, code in concept.codes:
        # SKOS Reference, 6.5.1: a notation's datatype says which system of codes it is of.
        made.add((uri, SKOS.notation, Literal(code, datatype=URIRef(f"{scheme}#{code_list}"))))
    if concept.valid_from or concept.valid_until:
        ends = [f"start={concept.valid_from};" if concept.valid_from else ""]
        ends.append(f"end={concept.valid_until};" if concept.valid_until else "")
        # DCMI Period Encoding Scheme.
        made.add((uri, DCTERMS.valid, Literal(" ".join(filter(None, ends)), datatype=DCTERMS.Period)))
    if concept.broader:
        made.add((uri, SKOS.broader, concept_uri(base_url, concept.broader)))
    for successor in concept.replaced_by:
        made.add((uri, DCTERMS.isReplacedBy, concept_uri(base_url, successor)))
