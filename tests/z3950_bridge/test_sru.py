"""SRU answers: the three versions, schemas and packings, order, facets, scan and explain."""

from __future__ import annotations

from html import unescape
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from search.query import Field
from tests.dublin_core.schemas import mods_schema
from tests.z3950_bridge.memory_catalogue import province
from tests.z3950_bridge.world import FACETS, MARC, SCAN, SRU, SRW, ZEEREX, World
from z3950_bridge import sru_schemas
from z3950_bridge.context_sets import SETS
from z3950_bridge.sru_request import VERSIONS


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(("version", "space"), [("1.1", SRW), ("1.2", SRW), ("2.0", SRU), (None, SRU)])
def test_version_decides_the_form(world: World, version: str | None, space: str) -> None:
    named: dict[str, Any] = {"version": version, "operation": "searchRetrieve"} if version else {}
    found = world.ask(query="dc.title = ba", maximumRecords=2, **named)
    children = [str(child.tag).removeprefix(space) for child in found.xml]
    tail = ["resultCountPrecision"] if space == SRU else []
    assert found.xml.tag == f"{space}searchRetrieveResponse"
    assert children == [
        "version",
        "numberOfRecords",
        "records",
        "nextRecordPosition",
        "echoedSearchRetrieveRequest",
        *tail,
    ]
    record = [str(child.tag).removeprefix(space) for child in found.xml.find(f"{space}records")[0]]
    packing = "recordXMLEscaping" if space == SRU else "recordPacking"
    named_record = [] if version == "1.1" else ["recordIdentifier"]
    assert record == ["recordSchema", packing, "recordData", *named_record, "recordPosition"]


def test_records_are_the_stored_bytes(world: World) -> None:
    found = world.ask(query="rec.id = r00005")
    assert found.total == 1
    rendering = next(row for row in province() if row.identifier == "r00005").rendering("marcxml")
    assert rendering is not None
    assert rendering in found.body


@pytest.mark.parametrize(
    ("name", "schema"),
    [(name, schema) for schema in sru_schemas.SCHEMAS for name in (schema.name, schema.identifier, *schema.aliases)],
)
def test_schema_by_every_name(world: World, name: str, schema: sru_schemas.Schema) -> None:
    found = world.ask(query="rec.id = r00005", recordSchema=name.upper() if ":" not in name else name)
    assert found.texts("{*}records/{*}record/{*}recordSchema") == [schema.identifier]
    data = found.xml.find("{*}records/{*}record/{*}recordData")
    assert data is not None
    roots = {"marcxml": "record", "mods": "mods", "dc": "dc", "oai_dc": "dc"}
    assert etree.QName(data[0]).localname == roots[schema.name]


def test_dc_has_sru_s_own_wrapping(world: World) -> None:
    data = world.ask(query="rec.id = r00005", recordSchema="dc").xml.find("{*}records/{*}record/{*}recordData")
    assert data is not None
    assert data[0].tag == "{info:srw/schema/1/dc-schema}dc"
    assert {etree.QName(child).namespace for child in data[0]} == {"http://purl.org/dc/elements/1.1/"}


@pytest.mark.parametrize("version", VERSIONS)
def test_packing_as_string(world: World, version: str) -> None:
    name = "recordXMLEscaping" if version == "2.0" else "recordPacking"
    found = world.ask(query="rec.id = r00005", version=version, operation="searchRetrieve", **{name: "string"})
    (text,) = found.texts("{*}records/{*}record/{*}recordData")
    assert etree.fromstring(text).tag == f"{MARC}record"


@pytest.mark.parametrize("schema", ["marcxml", "mods", "oai_dc"])
def test_records_are_valid(world: World, shared: Path, tmp_path: Path, schema: str) -> None:
    own = etree.XMLSchema(etree.parse(shared / "schemas" / "all.xsd")) if schema != "mods" else None
    xsd = own or mods_schema(tmp_path)
    found = world.ask(query="cql.allRecords = 1", recordSchema=schema, maximumRecords=50)
    records = found.xml.findall("{*}records/{*}record/{*}recordData/*")
    assert len(records) == 50
    for record in records:
        xsd.assertValid(etree.fromstring(etree.tostring(record)))


def test_pages_join_without_gap(world: World) -> None:
    seen, start = [], 1
    while start:
        page = world.ask(query="dc.subject = thơ", startRecord=start, maximumRecords=7, recordSchema="oai_dc")
        seen += page.texts("{*}records/{*}record/{*}recordIdentifier")
        assert page.texts("{*}records/{*}record/{*}recordPosition")[0] == str(start)
        start = int(page.xml.findtext("{*}nextRecordPosition") or 0)
    assert len(seen) == len(set(seen)) == page.total > 14


def test_count_alone(world: World) -> None:
    found = world.ask(query="dc.title = bac", maximumRecords=0)
    assert found.total > 10
    assert found.xml.find("{*}records") is None
    assert found.diagnostics == []


def test_a_library_s_own_records(world: World) -> None:
    whole, own = world.ask(query="cql.allRecords=1"), world.ask("/sru/bk01", query="cql.allRecords=1")
    assert 0 < own.total < whole.total
    assert world.ask(query="lt.library = bk01").total == own.total
    assert world.ask("/sru/nowhere", query="x").status == 404


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("dc.title = bac sortBy dc.title", ""),
        ("dc.title = bac", "title,dc,1"),
        ("dc.title = bac", "title"),
    ],
)
def test_order(world: World, query: str, keys: str) -> None:
    arguments = {"sortKeys": keys} if keys else {}
    rising = world.ask(query=query, maximumRecords=300, **arguments)
    falling = world.ask(
        query=query.replace("sortBy dc.title", "sortBy dc.title/sort.descending"), maximumRecords=300,
        **({"sortKeys": "title,dc,0"} if keys else {}),
    )  # fmt: skip
    path = "{*}records/{*}record/{*}recordIdentifier"
    unsorted = world.ask(query="dc.title = bac", maximumRecords=300).texts(path)
    assert sorted(rising.texts(path)) == sorted(unsorted)
    assert rising.texts(path) != unsorted
    assert rising.texts(path)[0] != falling.texts(path)[0]


def test_facets(world: World) -> None:
    found = world.ask(query="dc.title = bac", maximumRecords=0, facetLimit="3:dc.language,2:dc.subject")
    facets = found.xml.findall(f"{SRU}facetedResults/{FACETS}facet")
    assert [facet.findtext(f"{FACETS}index") for facet in facets] == ["dc.language", "dc.subject"]
    terms = [
        (term.findtext(f"{FACETS}actualTerm"), int(term.findtext(f"{FACETS}count") or 0))
        for term in facets[0].iterfind(f"{FACETS}terms/{FACETS}term")
    ]
    assert len(terms) == 3
    assert terms[0][0] == "vie"
    assert terms[0][1] == world.ask(query="dc.title = bac and dc.language = vie", maximumRecords=0).total
    assert terms == sorted(terms, key=lambda term: -term[1])


def test_facets_by_value_and_further_on(world: World) -> None:
    path = f"{SRU}facetedResults/{FACETS}facet/{FACETS}terms/{FACETS}term/{FACETS}actualTerm"
    asked = {"query": "dc.title = bac", "maximumRecords": 0, "facetSort": "alphanumeric"}
    four = world.ask(facetLimit="4:dc.date", **asked).texts(path)
    assert four == sorted(four)
    assert world.ask(facetLimit="2:dc.date", facetStart="3:dc.date", **asked).texts(path) == four[2:]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("position", [0, 1, 3, 5])
def test_scan_places_the_term(world: World, version: str, position: int) -> None:
    asked = {"version": version, "operation": "scan", "scanClause": "dc.subject = thơ", "maximumTerms": 4}
    found = world.ask(responsePosition=position, **asked)
    space = SCAN if version == "2.0" else SRW
    assert found.xml.tag == f"{space}scanResponse"
    values = found.texts(f"{space}terms/{space}term/{space}value")
    assert len(values) == 4
    if 1 <= position <= 4:
        assert values[position - 1] == "Thơ"
    else:
        assert "Thơ" not in values
    counts = found.texts(f"{space}terms/{space}term/{space}numberOfRecords")
    if "Thơ" in values:
        assert (
            int(counts[values.index("Thơ")])
            == world.ask(query="dc.subject ==/respectAccents Thơ", maximumRecords=0).total
        )


def test_scan_says_where_the_list_begins(world: World) -> None:
    found = world.ask(scanClause='dc.title = ""', maximumTerms=1)
    assert found.texts("{*}terms/{*}term/{*}whereInList") == ["first"]


@pytest.mark.parametrize("version", VERSIONS)
def test_explain_is_whole(world: World, version: str) -> None:
    found = world.ask(version=version, operation="explain")
    explain = found.xml.find(f"{{*}}record/{{*}}recordData/{ZEEREX}explain")
    assert explain is not None
    parts = [etree.QName(child).localname for child in explain]
    assert parts == ["serverInfo", "databaseInfo", "metaInfo", "indexInfo", "schemaInfo", "configInfo"]
    server = explain.find(f"{ZEEREX}serverInfo")
    assert server is not None
    assert server.findtext(f"{ZEEREX}host") == "catalogue.example"
    assert server.findtext(f"{ZEEREX}database") == "sru"
    assert server.find(f"{ZEEREX}database").get("numRecs") == str(len(province()))


def test_whatever_explain_names_can_be_asked(world: World) -> None:
    explain = world.ask("/sru/bk05").xml
    names = [(name.get("set"), name.text) for name in explain.iterfind(f".//{ZEEREX}index/{ZEEREX}map/{ZEEREX}name")]
    assert len(names) > 100
    for prefix, name in names:
        assert world.ask("/sru/bk05", query=f"{prefix}.{name} = 1999", maximumRecords=0).diagnostics == [], name
    for index in explain.iterfind(f".//{ZEEREX}index"):
        name = index.find(f"{ZEEREX}map/{ZEEREX}name")
        full = f"{name.get('set')}.{name.text}"
        sorts = world.ask("/sru/bk05", query=f"x sortBy {full}", maximumRecords=0).diagnostics == []
        assert sorts == (index.get("sort") == "true"), full
        if index.get("scan") == "true":
            assert world.ask("/sru/bk05", scanClause=f"{full} = x").diagnostics == [], full
    for schema in explain.iterfind(f".//{ZEEREX}schema"):
        for called in (schema.get("name"), schema.get("identifier")):
            assert world.ask("/sru/bk05", query="rec.id=r00005", recordSchema=called).diagnostics == []
    for relation in explain.iterfind(f".//{ZEEREX}configInfo/{ZEEREX}supports[@type='relation']"):
        term = '"1980 1990"' if relation.text == "within" else "1990"
        assert world.ask("/sru/bk05", query=f"dc.date {relation.text} {term}", maximumRecords=0).diagnostics == [], (
            relation.text
        )
    for modifier in explain.iterfind(f"{{*}}record//{ZEEREX}supports[@type='relationModifier']"):
        assert world.ask("/sru/bk05", query=f"dc.date =/{modifier.text} 1990", maximumRecords=0).diagnostics == [], (
            modifier.text
        )


def test_every_set_is_found_by_its_uris(world: World) -> None:
    for found in SETS.values():
        for uri in found.identifiers:
            name = next(iter(found.indexes))
            assert world.ask(query=f'>q="{uri}" q.{name} = x', maximumRecords=0).diagnostics == [], uri


def test_post_and_get_are_one(world: World) -> None:
    asked = b"version=1.2&operation=searchRetrieve&query=dc.title%20%3D%20ba&maximumRecords=3"
    posted = world.ask(method="POST", body=asked, content_type="application/x-www-form-urlencoded; charset=UTF-8")
    assert posted.body == world.ask(raw=asked.decode()).body


def test_words_without_a_language(world: World) -> None:
    found = world.ask(queryType="searchTerms", query="kiều truyện and")
    assert found.diagnostics == []
    assert found.total == world.ask(query='cql.anywhere all "kiều truyện and"').total


def test_query_is_echoed_as_xcql(world: World) -> None:
    found = world.ask(query="a and b or c")
    echoed = found.xml.find("{*}echoedSearchRetrieveRequest/{*}xQuery")
    assert echoed is not None
    assert etree.QName(echoed[0]).localname == "triple"


def test_extra_arguments_are_echoed_safely(world: World) -> None:
    found = world.ask(query="a", **{"x-info-1": '<script>"&\x00'})
    (echoed,) = found.xml.findall("{*}echoedSearchRetrieveRequest/{*}extraRequestData/{*}argument")
    assert (echoed.get("name"), echoed.text) == ("x-info-1", '<script>"&\ufffd')
    assert found.diagnostics == []


def test_no_stylesheet_but_ours(world: World) -> None:
    found = world.ask(query="a", stylesheet='javascript:alert(1)"?><x')
    assert b"javascript" not in found.body
    assert b"xml-stylesheet" not in found.body
    assert [number for number, _ in found.diagnostics] == [110]
    assert found.total >= 0


@pytest.mark.parametrize(
    "arguments", [{"query": "dc.title = kieu"}, {}, {"scanClause": "dc.title = k"}, {"query": "("}]
)
def test_browsers_get_a_page(world: World, arguments: dict[str, str]) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = world.ask(http_accept=accept, http_accept_language="vi-VN,vi;q=0.9,en;q=0.8", **arguments)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<html lang="vi">' in page.body.decode()
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert world.ask(http_accept="*/*", **arguments).headers["Content-Type"].startswith("text/xml")
    assert (
        world.ask(http_accept=accept, httpAccept="text/xml", **arguments).headers["Content-Type"].startswith("text/xml")
    )
    assert world.ask(httpAccept="text/html", **arguments).headers["Content-Type"].startswith("text/html")
    assert world.ask(renderedBy="server", **arguments).headers["Content-Type"].startswith("text/html")


def test_programs_in_java_get_xml(world: World) -> None:
    accept = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
    assert world.ask(query="a", http_accept=accept).headers["Content-Type"].startswith("text/xml")


def test_page_shows_records_and_no_markup_of_the_client(world: World) -> None:
    page = world.ask(
        query='dc.title = kieu or dc.title = "<script>alert(1)</script>"', httpAccept="text/html"
    ).body.decode()
    assert "<script" not in page
    assert page.count("<li>") == 10
    assert 'href="/record/r' in page
    assert "Kiều" in unescape(page)


def test_media_types(world: World) -> None:
    for kind in ("application/sru+xml", "text/xml", "application/xml"):
        assert world.ask(query="a", httpAccept=kind).headers["Content-Type"] == f"{kind}; charset=utf-8"


def test_diagnostics_speak_the_client_s_language(world: World) -> None:
    vietnamese = world.ask(query="(", http_accept_language="vi").body.decode()
    assert "Biểu thức tìm sai cú pháp" in vietnamese
    assert "ký tự thứ 2" in vietnamese
    assert "Query syntax error" in world.ask(query="(").body.decode()


def test_record_without_the_schema_is_a_surrogate(world: World) -> None:
    row = next(row for row in province() if row.identifier == "r00005")
    kept, row.renderings["mods"] = row.renderings.get("mods"), None
    try:
        found = world.ask(query="rec.id = r00005", recordSchema="mods")
    finally:
        row.renderings["mods"] = kept or row.rendering("marcxml")
        del row.renderings["mods"]
    assert found.texts("{*}records/{*}record/{*}recordSchema") == [sru_schemas.DIAGNOSTICS]
    assert found.texts("{*}records/{*}record/{*}recordData/{*}diagnostic/{*}uri") == ["info:srw/diagnostic/1/67"]
    assert found.diagnostics == []


def test_every_field_has_a_name_of_its_own(world: World) -> None:
    for field in Field:
        assert world.ask(query=f"lt.{field.value} = 1999", maximumRecords=0).diagnostics == []
