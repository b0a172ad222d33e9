"""The whole catalogue as a dataset: VoID (W3C Interest Group Note, 2011) and DCAT 3 (W3C Recommendation, 2024)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from rdflib import DCAT, DCTERMS, FOAF, RDF, RDFS, VOID, XSD, Graph, Literal, URIRef

from linked_data.concepts import SCHEMES, concept_uri
from linked_data.graph import library_statements, library_uri
from linked_data.vocabularies import PREFIXES, new_graph

_FEATURES: Final = ("Turtle", "JSON-LD", "RDF_XML", "N-Triples")
"""W3C, Unique URIs for File Formats, http://www.w3.org/ns/formats/."""
_OAI_PMH: Final = URIRef("http://www.openarchives.org/OAI/2.0/")


class Contributor(NamedTuple):
    """A library and how many of its records are shown."""

    code: str
    name_vi: str
    name_en: str
    records: int


def dataset_graph(base_url: str, name: str, email: str, modified: int, contributors: Iterable[Contributor]) -> Graph:
    """What the server offers, from whom, and by which doors. `modified` is in seconds since 1970."""
    made = new_graph()
    dataset = URIRef(f"{base_url}/dataset")
    service = URIRef(f"{base_url}/dataset#oai-pmh")
    for kind in (DCAT.Dataset, VOID.Dataset):
        made.add((dataset, RDF.type, kind))
    made.add((dataset, DCTERMS.title, Literal(name, lang="vi")))
    moment = datetime.fromtimestamp(modified, UTC).isoformat()
    made.add((dataset, DCTERMS.modified, Literal(moment, datatype=XSD.dateTime)))
    made.add((dataset, DCTERMS.publisher, URIRef(f"{base_url}/dataset#publisher")))
    made.add((URIRef(f"{base_url}/dataset#publisher"), RDF.type, FOAF.Organization))
    made.add((URIRef(f"{base_url}/dataset#publisher"), FOAF.name, Literal(name, lang="vi")))
    made.add((URIRef(f"{base_url}/dataset#publisher"), FOAF.mbox, URIRef(f"mailto:{email}")))
    made.add((dataset, VOID.uriSpace, Literal(f"{base_url}/record/")))
    for feature in _FEATURES:
        made.add((dataset, VOID.feature, URIRef(f"http://www.w3.org/ns/formats/{feature}")))
    for namespace in PREFIXES.values():
        made.add((dataset, VOID.vocabulary, URIRef(str(namespace))))
    for scheme in SCHEMES:
        made.add((dataset, DCAT.themeTaxonomy, concept_uri(base_url, scheme)))
    made.add((service, RDF.type, DCAT.DataService))
    made.add((service, DCTERMS.title, Literal("OAI-PMH 2.0", lang="en")))
    made.add((service, DCTERMS.conformsTo, _OAI_PMH))
    made.add((service, DCAT.endpointURL, URIRef(f"{base_url}/oai")))
    made.add((service, DCAT.servesDataset, dataset))
    total = 0
    for one in contributors:
        total += one.records
        _subset(made, dataset, base_url, one)
    made.add((dataset, VOID.entities, Literal(total)))
    return made


def _subset(made: Graph, dataset: URIRef, base_url: str, one: Contributor) -> None:
    """The records of one library: a part of the dataset, and a repository of its own."""
    subset, library = URIRef(f"{base_url}/dataset#records-{one.code}"), library_uri(base_url, one.code)
    made.add((dataset, VOID.subset, subset))
    made.add((subset, RDF.type, VOID.Dataset))
    made.add((subset, DCTERMS.publisher, library))
    made.add((subset, VOID.entities, Literal(one.records)))
    made.add((subset, RDFS.seeAlso, URIRef(f"{base_url}/oai/{one.code}?verb=Identify")))
    for statement in library_statements(library, one.name_vi, one.name_en):
        made.add(statement)
