"""A record as a graph: the record, the resource it describes, the copies, and where the description comes from.

    …/record/ID            the description: a prov:Entity with its library, its time and its origin
    …/record/ID#resource   the book, map, recording …: Dublin Core terms; BIBO and schema.org for what those lack
    …/record/ID#item-1     a copy (BIBFRAME), held by a library
    …/concept/ID           a people or a place (`linked_data.concepts`)
    …/dataset#library-CODE a library (`linked_data.dataset`)

There are no blank nodes: everything has an address, so that graphs of different records can simply be put together
and two serialisations compared line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from rdflib import DCMITYPE, DCTERMS, FOAF, PROV, RDF, RDFS, SDO, SKOS, VOID, XSD, Graph, Literal, URIRef
from rdflib.term import Node

from dublin_core.citation import AUTHOR, EDITOR, PERSON, TRANSLATOR, Citation, citation
from dublin_core.copies import copies
from dublin_core.crosswalk import crosswalk
from dublin_core.online import on_web
from linked_data.concepts import PLACES, concept_uri, named
from linked_data.vocabularies import BF, BIBO, new_graph
from marc.record import FIELD_TERMINATOR, Record

_TYPES: Final = {
    "book": (BIBO.Book, SDO.Book),
    "serial": (BIBO.Periodical, SDO.Periodical),
    "article": (BIBO.Article, SDO.Article),
    "thesis": (BIBO.Thesis, SDO.Thesis),
    "map": (BIBO.Map, SDO.Map),
    "score": (BIBO.Document, SDO.SheetMusic),
    "sound": (BIBO.AudioDocument, SDO.AudioObject),
    "video": (BIBO.AudioVisualDocument, SDO.VideoObject),
    "image": (BIBO.Image, SDO.ImageObject),
    "software": (SDO.SoftwareApplication,),
    "collection": (BIBO.Collection, SDO.Collection),
    "manuscript": (BIBO.Manuscript, SDO.Manuscript),
    "website": (BIBO.Website, SDO.WebSite),
    "object": (SDO.CreativeWork,),
}
_IRI: Final = "!#$%&'()*+,/:;=?@[]~-._"
_STRUCTURED: Final = re.compile("100|11[01]|440|490|6..|7[01]0|711|720|8[0135]")
"""Fields that become things of their own here and not values."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A record that a library contributed to a union record."""

    identifier: str
    library_code: str
    library_vi: str
    library_en: str = ""


@dataclass(frozen=True, slots=True)
class ItemContext:
    """What a record does not know of itself."""

    identifier: str
    """The item's opaque identifier."""
    base_url: str
    """The server's public address, without a slash at its end."""
    domain: str
    """Of the OAI identifier."""
    library_code: str
    library_vi: str
    library_en: str = ""
    local_id: str = ""
    """What the library calls the record."""
    datestamp: int = 0
    """When this state of it was published, in seconds since 1970."""
    origins: tuple[Origin, ...] = ()
    """Of a union record, whose `library_code` is empty: the records it was made of."""

    @property
    def record(self) -> URIRef:
        """The address of the description."""
        return URIRef(f"{self.base_url}/record/{self.identifier}")

    @property
    def resource(self) -> URIRef:
        """The address of what it describes."""
        return self.part("resource")

    @property
    def library(self) -> URIRef:
        return library_uri(self.base_url, self.library_code)

    def part(self, name: str) -> URIRef:
        """The address of a part of this graph."""
        return URIRef(f"{self.record}#{name}")


def library_uri(base_url: str, code: str) -> URIRef:
    """The address of a library of the dataset."""
    return URIRef(f"{base_url}/dataset#library-{code}")


def web_iri(address: str) -> URIRef | None:
    """An http or https address as an IRI, with what an IRI may not hold percent-encoded; None for any other."""
    text = address.strip()
    if not on_web(text):
        return None
    # RFC 3987 lets letters of any script stand; what IRIs exclude are blanks and a few ASCII signs.
    return URIRef("".join(char if char in _IRI or char.isalnum() else quote(char) for char in text))


def schema_type(kind: str) -> str:
    """The schema.org type of a kind of `Citation`."""
    return str(_TYPES[kind][-1])


def graph(record: Record, context: ItemContext) -> Graph:
    """The graph of one record. The same record in the same context gives the same triples."""
    made = new_graph()
    found = citation(record)
    for statement in _statements(record, found, context):
        made.add(statement)
    return made


_Statements = Iterator[tuple[Node, Node, Node]]


def _statements(record: Record, found: Citation, context: ItemContext) -> _Statements:
    yield from _description(context)
    for kind in _TYPES[found.kind]:
        yield context.resource, RDF.type, kind
    yield from _values(record, context)
    yield from _names(found, context)
    yield from _publication(found, context)
    yield from _series(found, context)
    yield from _subjects(record, context)
    yield from _links(found, context)
    yield from _copies(record, context)


def _description(context: ItemContext) -> _Statements:
    """The record as a document, and its provenance (PROV-O): derived from the library's own record, or a union record
    from those that libraries contributed."""
    record = context.record
    moment = datetime.fromtimestamp(context.datestamp, UTC).isoformat()
    yield record, RDF.type, FOAF.Document
    yield record, RDF.type, PROV.Entity
    yield record, FOAF.primaryTopic, context.resource
    yield record, VOID.inDataset, URIRef(f"{context.base_url}/dataset")
    yield record, DCTERMS.identifier, Literal(f"oai:{context.domain}:{context.identifier}")
    yield record, PROV.generatedAtTime, Literal(moment, datatype=XSD.dateTime)
    for one in context.origins:
        contributed = URIRef(f"{context.base_url}/record/{one.identifier}")
        yield record, PROV.wasDerivedFrom, contributed
        yield contributed, PROV.wasAttributedTo, library_uri(context.base_url, one.library_code)
        yield from library_statements(library_uri(context.base_url, one.library_code), one.library_vi, one.library_en)
    if context.library_code:
        yield from _origin(context)


def _origin(context: ItemContext) -> _Statements:
    record, origin, library = context.record, context.part("origin"), context.library
    yield record, PROV.wasDerivedFrom, origin
    yield origin, RDF.type, PROV.Entity
    yield origin, PROV.wasAttributedTo, library
    if context.local_id:
        yield origin, DCTERMS.identifier, Literal(context.local_id)
    yield from library_statements(library, context.library_vi, context.library_en)


def library_statements(library: URIRef, name_vi: str, name_en: str) -> _Statements:
    """A library as an organisation."""
    for kind in (FOAF.Organization, PROV.Organization, SDO.Library):
        yield library, RDF.type, kind
    yield library, FOAF.name, Literal(name_vi, lang="vi")
    if name_en:
        yield library, FOAF.name, Literal(name_en, lang="en")


def _values(record: Record, context: ItemContext) -> _Statements:
    """What Dublin Core says in plain values: the crosswalk, without the fields that become things of their own."""
    leader, *parts = record.text.split(FIELD_TERMINATOR)
    kept = [part for part in parts if not _STRUCTURED.match(part)]
    resource = context.resource
    titled = False
    for element, value, language in crosswalk(Record(FIELD_TERMINATOR.join([leader, *kept]))).statements:
        text = Literal(value, lang=language or None)
        match element:
            case "title":
                yield resource, DCTERMS.alternative if titled or language else DCTERMS.title, text
                titled = titled or not language
            case "date":
                yield resource, DCTERMS.issued, Literal(value, datatype=XSD.date if "-" in value else XSD.gYear)
            case "type" if value in DCMITYPE:
                yield resource, DCTERMS.type, DCMITYPE[value]
            case "format" if "/" not in value:
                yield resource, DCTERMS.extent, text
            case "language":
                yield resource, DCTERMS.language, text
                yield resource, SDO.inLanguage, text
            case "identifier":
                yield resource, DCTERMS.identifier, text
            case "description" | "source" | "relation" | "rights" | "type":
                yield resource, DCTERMS[element], text
            case "coverage":
                yield resource, DCTERMS.spatial, text
    for field in record.select("648"):
        yield resource, DCTERMS.temporal, Literal(field.get("a"))


def _names(found: Citation, context: ItemContext) -> _Statements:
    for number, name in enumerate(found.names, 1):
        somebody = context.part(f"name-{number}")
        yield somebody, RDF.type, FOAF.Person if name.kind == PERSON else FOAF.Organization
        yield somebody, FOAF.name, Literal(name.text)
        yield context.resource, DCTERMS.creator if name.role == AUTHOR else DCTERMS.contributor, somebody
        if name.role == EDITOR:
            yield context.resource, BIBO.editor, somebody
        if name.role == TRANSLATOR:
            yield context.resource, BIBO.translator, somebody


def _publication(found: Citation, context: ItemContext) -> _Statements:
    resource = context.resource
    if found.publisher:
        publisher = context.part("publisher")
        yield resource, DCTERMS.publisher, publisher
        yield publisher, RDF.type, FOAF.Organization
        yield publisher, RDF.type, SDO.Organization
        yield publisher, FOAF.name, Literal(found.publisher)
        if found.place:
            yield publisher, SDO.location, Literal(found.place)
    for isbn in found.isbns:
        yield resource, BIBO.isbn13 if len(isbn) == 13 else BIBO.isbn10, Literal(isbn)
        yield resource, SDO.isbn, Literal(isbn)
    for issn in found.issns:
        yield resource, BIBO.issn, Literal(issn)
        yield resource, SDO.issn, Literal(issn)
    if found.edition:
        yield resource, BIBO.edition, Literal(found.edition)
        yield resource, SDO.bookEdition, Literal(found.edition)
    if found.pages:
        yield resource, BIBO.numPages, Literal(found.pages)
        yield resource, SDO.numberOfPages, Literal(found.pages)


def _series(found: Citation, context: ItemContext) -> _Statements:
    for number, one in enumerate(found.series, 1):
        series = context.part(f"series-{number}")
        yield context.resource, DCTERMS.isPartOf, series
        yield series, RDF.type, BIBO.Series
        yield series, DCTERMS.title, Literal(one.title)
        if one.number:
            yield context.resource, BIBO.number, Literal(one.number)


def _subjects(record: Record, context: ItemContext) -> _Statements:
    """Every heading is a concept; its parts that name a people or a place lead to ours as well."""
    subjects = crosswalk(Record(FIELD_TERMINATOR.join([record.leader, *_parts(record, "6")])))
    year = _catalogued(record)
    labels = dict.fromkeys(subjects.values("subject") + subjects.values("coverage"))
    places = {field.get("a").strip(" .,") for field in record.select("651")}
    for number, label in enumerate(labels, 1):
        known = [concept for part in label.split(" -- ") if (concept := named(part, year)) is not None]
        for concept in known:
            relation = DCTERMS.spatial if concept.scheme == PLACES else DCTERMS.subject
            yield context.resource, relation, concept_uri(context.base_url, concept.identifier)
        if known and " -- " not in label:
            continue
        subject = context.part(f"subject-{number}")
        yield context.resource, DCTERMS.spatial if label in places else DCTERMS.subject, subject
        yield subject, RDF.type, SKOS.Concept
        yield subject, SKOS.prefLabel, Literal(label)


def _parts(record: Record, first: str) -> list[str]:
    return [part for part in record.parts() if part[:1] == first]


def _catalogued(record: Record) -> str:
    """The year a record was made (008/00-05), else last changed (005): headings name the places of that time."""
    entered, changed = record.control("008")[:6], record.control("005")[:4]
    if len(entered) == 6 and entered.isascii() and entered.isdigit():
        return ("19" if entered[:2] > "68" else "20") + entered[:2]
    return changed if len(changed) == 4 and changed.isascii() and changed.isdigit() else ""


def _links(found: Citation, context: ItemContext) -> _Statements:
    """Digital objects (856): the file itself, or a page about something related."""
    number = 0
    for link in found.links:
        address = web_iri(link.address)
        if address is None:
            continue
        if link.related:
            yield context.resource, RDFS.seeAlso, address
            continue
        number += 1
        file = context.part(f"file-{number}")
        yield context.resource, SDO.associatedMedia, file
        yield file, RDF.type, SDO.MediaObject
        yield file, SDO.contentUrl, address
        if link.label:
            yield file, SDO.name, Literal(link.label)
        if link.media_type:
            yield file, SDO.encodingFormat, Literal(link.media_type)


def _copies(record: Record, context: ItemContext) -> _Statements:
    """Holdings as BIBFRAME items. The library is the one that contributed; its own code for a branch is a label.

    In a union record 852 $a or $5 is the library, wherever it did not write a code of its own there.
    """
    codes = {one.library_code for one in context.origins}
    for number, copy in enumerate(copies(record), 1):
        item = context.part(f"item-{number}")
        yield context.resource, BF.hasItem, item
        yield item, RDF.type, BF.Item
        yield item, BF.itemOf, context.resource
        if context.library_code:
            yield item, BF.heldBy, context.library
        elif copy.location in codes:
            yield item, BF.heldBy, library_uri(context.base_url, copy.location)
        elif len(codes) == 1:
            yield item, BF.heldBy, library_uri(context.base_url, *codes)
        if copy.location:
            yield item, RDFS.label, Literal(copy.location)
        parts = (
            ("sublocation", BF.sublocation, BF.Sublocation, copy.sublocation),
            ("shelf-mark", BF.shelfMark, BF.ShelfMark, copy.shelf_mark),
            ("barcode", BF.identifiedBy, BF.Barcode, copy.barcode),
            ("number", BF.identifiedBy, BF.Identifier, copy.number),
        )
        for name, relation, kind, value in parts:
            if value:
                part = context.part(f"item-{number}-{name}")
                yield item, relation, part
                yield part, RDF.type, kind
                yield part, RDF.value if kind in (BF.Barcode, BF.Identifier) else RDFS.label, Literal(value)
