"""What a record says as a graph, and that every serialisation says the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCMITYPE, DCTERMS, FOAF, PROV, RDF, RDFS, SDO, SKOS, VOID, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from linked_data import vocabularies
from linked_data.concepts import SCHEMES, concept_graph, concepts, named, scheme_graph
from linked_data.dataset import Contributor, dataset_graph
from linked_data.graph import graph, web_iri
from linked_data.serialisation import serialise
from linked_data.vocabularies import BF, BIBO
from marc import mrk
from marc.record import Record
from tests.linked_data.samples import CONTEXT, FIELDS, LEADER, RECORD, data, with_title

SERIALISATIONS = ("turtle", "json-ld", "xml", "nt")
GRAPH = graph(RECORD, CONTEXT)
BOOK = CONTEXT.resource
PROVINCE = Path(__file__).resolve().parents[2] / "fixtures" / "province"
# rdflib's own JSON-LD reader uses what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def concept(name: str) -> URIRef:
    found = named(name, "2015")
    assert found is not None
    return URIRef(f"https://lib.example/concept/{found.identifier}")


def part(name: str) -> URIRef:
    return CONTEXT.part(name)


STATEMENTS: list[tuple[Node, Node, Node]] = [
    (BOOK, RDF.type, BIBO.Book),
    (BOOK, RDF.type, SDO.Book),
    (BOOK, DCTERMS.type, DCMITYPE.Text),
    (BOOK, DCTERMS.title, Literal("Then Tày")),
    (BOOK, DCTERMS.alternative, Literal("Lời then")),
    (BOOK, DCTERMS.alternative, Literal("歌書", lang="vi-Hani")),
    (BOOK, DCTERMS.creator, part("name-1")),
    (part("name-1"), FOAF.name, Literal("Hoàng, Văn Páo")),
    (BOOK, BIBO.translator, part("name-2")),
    (BOOK, BIBO.editor, part("name-3")),
    (part("name-4"), RDF.type, FOAF.Organization),
    (BOOK, DCTERMS.publisher, part("publisher")),
    (part("publisher"), FOAF.name, Literal("Văn hoá dân tộc")),
    (part("publisher"), SDO.location, Literal("Hà Nội")),
    (BOOK, BIBO.isbn13, Literal("9786047003471")),
    (BOOK, BIBO.numPages, Literal(312)),
    (BOOK, BIBO.edition, Literal("Tái bản lần thứ 2")),
    (BOOK, DCTERMS.isPartOf, part("series-1")),
    (part("series-1"), DCTERMS.title, Literal("Vốn cổ Việt Bắc")),
    (BOOK, BIBO.number, Literal("7")),
    (BOOK, DCTERMS.subject, concept("Dân tộc Tày")),
    (BOOK, DCTERMS.subject, concept("Dân tộc Nùng")),
    (BOOK, DCTERMS.spatial, concept("Ba Bể")),
    (BOOK, SDO.associatedMedia, part("file-1")),
    (part("file-1"), SDO.contentUrl, URIRef("https://so.example/then%20bản%201.pdf")),
    (BOOK, RDFS.seeAlso, URIRef("https://so.example/anh")),
    (BOOK, BF.hasItem, part("item-1")),
    (part("item-1"), BF.heldBy, CONTEXT.library),
    (part("item-1-shelf-mark"), RDFS.label, Literal("398.2 TH-T")),
    (part("item-2-barcode"), RDF.value, Literal("CD00018")),
    (CONTEXT.record, PROV.wasDerivedFrom, part("origin")),
    (part("origin"), PROV.wasAttributedTo, CONTEXT.library),
    (part("origin"), DCTERMS.identifier, Literal("CD0001")),
    (CONTEXT.record, FOAF.primaryTopic, BOOK),
    (CONTEXT.record, VOID.inDataset, URIRef("https://lib.example/dataset")),
    (CONTEXT.record, DCTERMS.identifier, Literal("oai:lib.example:4rp7x2k9b3mzqd")),
    (CONTEXT.library, FOAF.name, Literal("Thư viện Chợ Đồn", lang="vi")),
]


@pytest.mark.parametrize(
    "statement", STATEMENTS, ids=lambda one: " ".join(str(node).rpartition("/")[2] for node in one)
)
def test_the_graph_says(statement: tuple[Node, Node, Node]) -> None:
    assert statement in GRAPH


def test_a_time_is_said_once() -> None:
    assert [str(moment) for moment in GRAPH.objects(CONTEXT.record, PROV.generatedAtTime)] == [
        "2027-01-15T08:00:00+00:00"
    ]


def test_neither_prices_nor_scripts_get_out() -> None:
    text = serialise(GRAPH, "nt").decode()
    assert "95000" not in text
    assert "javascript" not in text


def test_there_are_no_blank_nodes() -> None:
    assert not [node for triple in GRAPH for node in triple if isinstance(node, BNode)]


@pytest.mark.parametrize("name", SERIALISATIONS)
def test_what_is_written_is_read_again(name: str) -> None:
    for made in (GRAPH, *province_graphs(15)):
        assert set(Graph().parse(data=serialise(made, name), format=name)) == set(made)


@pytest.mark.parametrize("name", ["turtle", "json-ld", "nt"])
def test_the_same_record_gives_the_same_bytes_in_every_process(name: str) -> None:
    code = (
        "import sys; from linked_data.graph import graph; from linked_data.serialisation import serialise;"
        "from tests.linked_data.samples import CONTEXT, RECORD;"
        f"sys.stdout.buffer.write(serialise(graph(RECORD, CONTEXT), {name!r}))"
    )
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=root, env=environment)
    assert done.stdout == serialise(GRAPH, name)


# --- the words exist ------------------------------------------------------------------------------------------


def every_graph() -> list[Graph]:
    known = concepts().values()
    contributors = [Contributor("bk00", "Tỉnh", "Province", 5)]
    return [
        GRAPH,
        *province_graphs(60),
        *(concept_graph(one, "https://lib.example") for one in known),
        *(scheme_graph(scheme, "https://lib.example") for scheme in SCHEMES),
        dataset_graph("https://lib.example", "Liên Thông", "a@lib.example", 5, contributors),
    ]


def test_every_word_is_in_its_vocabulary() -> None:
    closed = {str(namespace): namespace for namespace in vocabularies.PREFIXES.values()}
    used = {predicate for made in every_graph() for predicate in made.predicates()}
    used |= {kind for made in every_graph() for kind in made.objects(None, RDF.type)}
    unknown = []
    for word in used:
        start = max((one for one in closed if str(word).startswith(one)), key=len, default="")
        if not start or str(word)[len(start) :] not in closed[start]:
            unknown.append(word)
    assert unknown == []


@pytest.mark.parametrize("namespace", [BIBO, BF])
def test_a_word_we_have_not_looked_up_is_refused(namespace: type[BIBO]) -> None:
    with pytest.raises(AttributeError):
        namespace["noSuchWord"]


# --- concepts -------------------------------------------------------------------------------------------------

HEADINGS = [
    ("Dân tộc Tày", "2015", "Tày"),
    ("dân tộc tày.", "", "Tày"),
    ("Người H’Mông", "2015", "Mông"),
    ("Dân tộc Cao Lan", "2015", "Sán Chay"),
    ("Tày", "2015", ""),
    ("Thổ", "2015", ""),
    ("Dân tộc học", "2015", ""),
    ("Ba Bể", "2015", "huyện Ba Bể"),
    ("Ba Bể", "2026", ""),
    ("Ba Bể", "", ""),
    ("Bắc Thái", "1990", "tỉnh Bắc Thái"),
    ("Bắc Thái", "2015", ""),
    ("Chợ Mới", "2015", ""),
]


@pytest.mark.parametrize(("heading", "year", "label"), HEADINGS)
def test_a_heading_means_a_concept_only_where_that_is_certain(heading: str, year: str, label: str) -> None:
    found = named(heading, year)
    assert (found.vi if found else "") == label


def test_one_people_has_a_number_in_each_list() -> None:
    hoa = next(one for one in concepts().values() if one.vi == "Hoa")
    assert dict(hoa.codes) == {"tctk-1979": "04", "tctk-2008": "06"}


def test_no_name_and_no_code_stands_in_an_address() -> None:
    for one in concepts().values():
        assert set(one.identifier) <= set("23456789bcdfghjkmnpqrstvwxz")
        assert len(one.identifier) == 10


def test_every_concept_that_is_named_exists() -> None:
    named_there = {one for found in concepts().values() for one in (found.broader, *found.replaced_by) if one}
    assert named_there <= concepts().keys()


def test_a_concept_says_its_labels_and_its_time() -> None:
    district = next(one for one in concepts().values() if one.vi == "huyện Ba Bể")
    made = concept_graph(district, "https://lib.example")
    [uri] = set(made.subjects(SKOS.prefLabel))
    assert set(made.objects(uri, SKOS.prefLabel)) == {
        Literal("huyện Ba Bể", lang="vi"),
        Literal("Ba Bể District", lang="en"),
    }
    assert [str(period) for period in made.objects(uri, DCTERMS.valid)] == ["start=1997-01-01; end=2025-06-30;"]


# --- anything ------------------------------------------------------------------------------------------------

ADDRESSES = [
    ("https://a.example/x y", "https://a.example/x%20y"),
    ('http://a.example/"><script>', "http://a.example/%22%3E%3Cscript%3E"),
    ("https://a.example/sách", "https://a.example/sách"),
    ("javascript:alert(1)", None),
    ("data:text/html,x", None),
    ("ftp://a.example/x", None),
    ("https:///x", None),
    ("http://[::1", None),
    ("//a.example", None),
    ("", None),
]


@pytest.mark.parametrize(("address", "expected"), ADDRESSES)
def test_only_web_addresses_become_links(address: str, expected: str | None) -> None:
    found = web_iri(address)
    assert (None if found is None else str(found)) == expected


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=30
)


@given(TEXTS, TEXTS)
def test_any_text_goes_through_every_serialisation(title: str, address: str) -> None:
    fields = [*with_title(title).fields, data("856", "40", f"uhttp://a.example/{address}")]
    made = graph(Record.build(LEADER, fields), CONTEXT)
    for name in ("turtle", "xml", "nt"):
        assert len(Graph().parse(data=serialise(made, name), format=name)) == len(made)


def province_graphs(count: int) -> list[Graph]:
    """Graphs of the first records of the demonstration province."""
    made = []
    with (PROVINCE / "bk00.mrk").open("rb") as stream:
        for reading, _ in zip(mrk.readings(stream), range(count), strict=False):
            assert reading.record is not None
            made.append(graph(reading.record, CONTEXT))
    return made


def test_every_field_of_the_sample_holds_the_rules() -> None:
    assert Record.build(LEADER, FIELDS).fields == FIELDS
