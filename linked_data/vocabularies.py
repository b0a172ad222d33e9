"""The words our graphs use from vocabularies that rdflib does not ship, closed: a word that is not here is an error.

Every word was looked up in its vocabulary; `tests/linked_data/test_terms.py` holds every triple against these and
against the namespaces of rdflib.
"""

# ruff: noqa: N815 - the words are the vocabularies' own

from __future__ import annotations

from typing import Final

from rdflib import DCAT, DCMITYPE, DCTERMS, FOAF, PROV, RDF, RDFS, SDO, SKOS, VOID, XSD, Graph, Namespace, URIRef
from rdflib.namespace import DefinedNamespace


class BIBO(DefinedNamespace):
    """Bibliographic Ontology 1.3, http://purl.org/ontology/bibo/."""

    _NS = Namespace("http://purl.org/ontology/bibo/")
    _fail = True

    Article: URIRef
    AudioDocument: URIRef
    AudioVisualDocument: URIRef
    Book: URIRef
    Collection: URIRef
    Document: URIRef
    Image: URIRef
    Manuscript: URIRef
    Map: URIRef
    Periodical: URIRef
    Series: URIRef
    Thesis: URIRef
    Website: URIRef
    edition: URIRef
    editor: URIRef
    isbn10: URIRef
    isbn13: URIRef
    issn: URIRef
    numPages: URIRef
    number: URIRef
    translator: URIRef


class BF(DefinedNamespace):
    """BIBFRAME 2, http://id.loc.gov/ontologies/bibframe/ (Library of Congress, bibframe.rdf): holdings."""

    _NS = Namespace("http://id.loc.gov/ontologies/bibframe/")
    _fail = True

    Barcode: URIRef
    Identifier: URIRef
    Item: URIRef
    ShelfMark: URIRef
    Sublocation: URIRef
    hasItem: URIRef
    heldBy: URIRef
    identifiedBy: URIRef
    itemOf: URIRef
    shelfMark: URIRef
    sublocation: URIRef


PREFIXES: Final = {
    "bf": BF,
    "bibo": BIBO,
    "dcat": DCAT,
    "dcmitype": DCMITYPE,
    "dcterms": DCTERMS,
    "foaf": FOAF,
    "prov": PROV,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SDO,
    "skos": SKOS,
    "void": VOID,
    "xsd": XSD,
}


def new_graph() -> Graph:
    """An empty graph that knows our prefixes and no others."""
    made = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        made.bind(prefix, str(namespace))
    return made
