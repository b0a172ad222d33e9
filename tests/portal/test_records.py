"""The pages and forms of a record over HTTP, from a real store."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from lxml import html
from rdflib import Graph

from catalogue import changesets, libraries, publishing
from catalogue.exporting import pages, settle
from catalogue.ingest import Staging
from catalogue.libraries import Library
from catalogue.store import Store
from dublin_core import mods, ris
from dublin_core.xml import oai_dc
from foundation import xml
from foundation.settings import Settings
from linked_data.graph import ItemContext, graph
from linked_data.negotiation import FORMS, HTML
from marc import iso2709, marcjson, marcxml
from marc.reading import Reading
from marc.record import Field, Record
from portal import app
from tests.linked_data.samples import FIELDS, LEADER, RECORD, data, with_title
from tests.province import Province

BASE = "https://lib.example"
HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}'
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


def put(store: Store, *records: Record) -> None:
    """Import records into the library bk06, and publish them."""
    found = [Reading(n, 0, marcxml.write(one), one).placed("nhap.xml") for n, one in enumerate(records, 1)]
    with store.write() as connection:
        source = libraries.uploads(connection, "bk06")
        number = changesets.create(connection, store.now(connection), source, "import", "thử")
    Staging(store, number).stage(found, lambda counts: None)
    publishing.publish(store, number)


def numbered(record: Record, number: str) -> Record:
    return Record.build(record.leader, [Field("001", value=number), *record.fields[1:]])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, FlaskClient, dict[str, str]]]:
    """A store, a client, and the identifier of each record by its local number."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), repository_domain="lib.example")
    store = Store.open(settings, lambda: 1_800_000_000)
    libraries.add(store, Library("bk06", "Thư viện Chợ Đồn", "Cho Don Library"))
    long = Record.build(LEADER, [*FIELDS, *(data("500", "  ", f"a{'x' * 9000}") for _ in range(12))])
    gone = Record.build("00000dam a2200000 a 4500", [Field("001", value="GONE")])
    hostile = numbered(with_title(HOSTILE), "EVIL")
    put(store, RECORD, hostile, numbered(long, "LONG"), numbered(RECORD, "GONE"))
    put(store, gone)
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT local_id, identifier FROM record").all()
    yield store, app.create(store, settings, BASE).test_client(), {row[0]: row[1] for row in rows}
    store.close()


@pytest.fixture
def client(world: tuple[Store, FlaskClient, dict[str, str]]) -> FlaskClient:
    return world[1]


@pytest.fixture
def names(world: tuple[Store, FlaskClient, dict[str, str]]) -> dict[str, str]:
    return world[2]


def test_the_page_shows_the_record(client: FlaskClient, names: dict[str, str]) -> None:
    page = client.get(f"/record/{names['CD0001']}").text
    for shown in ("Then Tày", "Hoàng, Văn Páo", "Thư viện Chợ Đồn", "Tái bản lần thứ 2", "CD00017", "852"):
        assert shown in page


def test_the_page_speaks_english_where_wished(client: FlaskClient, names: dict[str, str]) -> None:
    page = client.get(f"/record/{names['CD0001']}?lang=en").text
    assert "Cho Don Library" in page


def test_no_record_can_put_markup_into_the_page(client: FlaskClient, names: dict[str, str]) -> None:
    answer = client.get(f"/record/{names['EVIL']}")
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "{{ 7*7 }}" in answer.text
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_only_web_addresses_are_links(client: FlaskClient, names: dict[str, str]) -> None:
    page = client.get(f"/record/{names['CD0001']}").text
    hrefs = re.findall(r'href="([^"]*)"', page)
    assert [href for href in hrefs if not href.startswith(("/", "?", "#", "https://"))] == []
    assert "https://so.example/then%20bản%201.pdf" in hrefs


@pytest.mark.parametrize("form", [form for form in FORMS if form.rdf], ids=lambda form: form.suffix)
def test_every_serialisation_says_the_same(client: FlaskClient, names: dict[str, str], form: object) -> None:
    context = ItemContext(
        names["CD0001"], BASE, "lib.example", "bk06", "Thư viện Chợ Đồn", "Cho Don Library", "CD0001", 1_800_000_000
    )
    answer = client.get(f"/record/{names['CD0001']}.{form.suffix}")  # type: ignore[attr-defined]
    found = Graph().parse(data=answer.data, format=form.rdf)  # type: ignore[attr-defined]
    assert set(found) == set(graph(RECORD, context))
    assert answer.content_type == form.content_type  # type: ignore[attr-defined]


def test_files_hold_the_record(client: FlaskClient, names: dict[str, str]) -> None:
    def body(suffix: str) -> bytes:
        return client.get(f"/record/{names['CD0001']}.{suffix}").data

    assert iso2709.read(body("mrc"))[0] == RECORD
    assert marcxml.read(body("xml"))[0] == RECORD
    assert body("dc").endswith(oai_dc(RECORD))
    assert body("mods").endswith(mods.mods(RECORD))
    assert marcjson.read(body("json"))[0] == RECORD
    assert body("ris") == ris.write(RECORD, names["CD0001"])
    assert body("bib").startswith(b"@book{" + names["CD0001"].encode())


ASKED = [("text/turtle", "ttl"), ("application/ld+json", "jsonld"), ("application/marcxml+xml;q=0.9, image/png", "xml")]


@pytest.mark.parametrize(("accept", "suffix"), ASKED)
def test_a_program_is_sent_to_the_form_it_asks_for(
    client: FlaskClient, names: dict[str, str], accept: str, suffix: str
) -> None:
    answer = client.get(f"/record/{names['CD0001']}", headers={"Accept": accept})
    assert answer.status_code == 303
    assert answer.location == f"/record/{names['CD0001']}.{suffix}"
    assert "Accept" in answer.headers["Vary"]


def test_who_takes_nothing_we_have_is_told_what_there_is(client: FlaskClient, names: dict[str, str]) -> None:
    answer = client.get(f"/record/{names['CD0001']}", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert f"/record/{names['CD0001']}.ttl" in answer.text


@pytest.mark.parametrize("suffix", ["", ".ttl", ".mrc", ".xml"])
def test_what_a_client_has_is_not_sent_again(client: FlaskClient, names: dict[str, str], suffix: str) -> None:
    path = f"/record/{names['CD0001']}{suffix}"
    first = client.get(path)
    assert first.last_modified is not None
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    dated = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert dated.status_code == 304
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_pages_in_two_languages_have_two_tags(client: FlaskClient, names: dict[str, str]) -> None:
    path = f"/record/{names['CD0001']}"
    assert client.get(f"{path}?lang=vi").headers["ETag"] != client.get(f"{path}?lang=en").headers["ETag"]


@pytest.mark.parametrize("suffix", ["", ".ttl", ".xml"])
def test_a_deleted_record_is_gone_and_not_unknown(client: FlaskClient, names: dict[str, str], suffix: str) -> None:
    answer = client.get(f"/record/{names['GONE']}{suffix}?lang=vi")
    assert answer.status_code == 410
    assert "Thư viện Chợ Đồn" in answer.text
    assert "Then Tày" not in answer.text


@pytest.mark.parametrize(
    "path", ["/record/unknown", "/record/unknown.ttl", "/record/%00", "/record/.ttl", "/concept/x", "/dataset.exe"]
)
def test_what_never_was_is_unknown(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_unknown_suffix_is_unknown(client: FlaskClient, names: dict[str, str]) -> None:
    assert client.get(f"/record/{names['CD0001']}.exe").status_code == 404
    assert client.get("/concept/peoples.mrc").status_code == 404


def test_a_record_too_long_for_iso_2709_is_whole_elsewhere(client: FlaskClient, names: dict[str, str]) -> None:
    refused = client.get(f"/record/{names['LONG']}.mrc")
    assert refused.status_code == 406
    assert "ISO2709_RECORD_BYTES" in refused.text
    assert len(client.get(f"/record/{names['LONG']}.xml").data) > 100_000


# --- signposting ----------------------------------------------------------------------------------------------


def links(header: str) -> dict[str, list[str]]:
    """Relation → targets of a Link header."""
    found: dict[str, list[str]] = {}
    for target, relations in re.findall(r'<([^>]*)>; rel="([^"]*)"', header):
        for relation in relations.split():
            found.setdefault(relation, []).append(target)
    return found


def test_the_page_signposts_its_metadata_files_kind_and_collection(client: FlaskClient, names: dict[str, str]) -> None:
    address = f"{BASE}/record/{names['CD0001']}"
    found = links(client.get(f"/record/{names['CD0001']}").headers["Link"])
    assert found["cite-as"] == [address]
    assert found["describedby"] == [f"{address}.{form.suffix}" for form in FORMS if form is not HTML]
    assert found["alternate"] == found["describedby"]
    assert found["item"] == ["https://so.example/then%20b%E1%BA%A3n%201.pdf"]
    assert found["type"] == ["https://schema.org/AboutPage", "https://schema.org/Book"]
    assert found["collection"] == [f"{BASE}/dataset"]


def test_metadata_signposts_the_page_it_describes(client: FlaskClient, names: dict[str, str]) -> None:
    for form in FORMS:
        if form is not HTML:
            header = client.get(f"/record/{names['CD0001']}.{form.suffix}").headers["Link"]
            assert links(header)["describes"] == [f"{BASE}/record/{names['CD0001']}"]


def test_a_link_header_is_ascii_whatever_the_record_says(client: FlaskClient, names: dict[str, str]) -> None:
    for name in ("CD0001", "EVIL", "LONG"):
        assert client.get(f"/record/{names[name]}").headers["Link"].isascii()


# --- concepts and the dataset ---------------------------------------------------------------------------------


def test_a_concept_is_not_a_page(client: FlaskClient) -> None:
    people = "/concept/99hcwmmdw8"
    assert client.get(people).location == f"{people}.html"
    assert client.get(people, headers={"Accept": "text/turtle"}).location == f"{people}.ttl"
    assert "Ngạn" in client.get(f"{people}.html").text
    assert len(Graph().parse(data=client.get(f"{people}.ttl").data, format="turtle")) > 5


def test_every_address_of_ours_in_a_graph_leads_somewhere(client: FlaskClient, names: dict[str, str]) -> None:
    found = Graph().parse(data=client.get(f"/record/{names['CD0001']}.nt").data, format="nt")
    ours = {str(node).partition("#")[0] for triple in found for node in triple if str(node).startswith(BASE)}
    answers = {address: client.get(address.removeprefix(BASE)).status_code for address in ours}
    assert set(answers.values()) <= {200, 303}
    assert len(ours) == 5  # the record, the dataset, two peoples and a place


def test_the_dataset_describes_itself(client: FlaskClient) -> None:
    sent = client.get("/.well-known/void")
    assert (sent.status_code, sent.location) == (302, "/dataset")
    assert client.get("/dataset", headers={"Accept": "text/turtle"}).location == "/dataset.ttl"
    assert "3" in client.get("/dataset").text
    found = Graph().parse(data=client.get("/dataset.ttl").data, format="turtle")
    assert '"3"^^<http://www.w3.org/2001/XMLSchema#integer>' in found.serialize(format="nt")


# --- unAPI ----------------------------------------------------------------------------------------------------


def test_unapi_leads_from_the_page_to_the_record(client: FlaskClient, names: dict[str, str]) -> None:
    page = client.get(f"/record/{names['CD0001']}").text
    assert 'rel="unapi-server"' in page
    [identifier] = re.findall(r'class="unapi-id" title="([^"]*)"', page)
    several = client.get(f"/unapi?id={identifier}")
    assert several.status_code == 300
    offered = [str(element.get("name")) for element in xml.parse(several.data)]
    for name in offered:
        sent = client.get(f"/unapi?id={identifier}&format={name}")
        assert sent.status_code == 302
        assert client.get(sent.location).status_code == 200


UNAPI = [("/unapi", 200), ("/unapi?id=unknown", 404), ("/unapi?id=unknown&format=ris", 404)]


@pytest.mark.parametrize(("path", "status"), UNAPI)
def test_unapi_answers(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_unapi_refuses_a_format_it_does_not_have(client: FlaskClient, names: dict[str, str]) -> None:
    assert client.get(f"/unapi?id={names['CD0001']}&format=docx").status_code == 406


def test_the_dump_has_what_the_pages_show(world: tuple[Store, FlaskClient, dict[str, str]]) -> None:
    store, client, _ = world
    dump = [one for page in pages(store, settle(store, library_code="bk06")) for one in page.records]
    assert dump
    for one in dump:
        if one.record is not None:
            assert client.get(f"/record/{one.identifier}.xml").data.endswith(marcxml.write(one.record or RECORD))


def test_a_union_record_says_who_has_it_and_what_it_is_made_of(province: Province) -> None:
    client = province.client()
    found = client.get("/search?q=vi%E1%BB%87t+nam+s%E1%BB%AD+l%C6%B0%E1%BB%A3c&format=json").json["records"][0]
    assert found["libraries"] == ["bk00", "bk03", "bk08"]
    page = html.document_fromstring(client.get(f"/record/{found['identifier']}").text)
    held = page.xpath("//section[@aria-labelledby='holdings']//tbody/tr")
    rows = [" ".join(" ".join(row.itertext()).split()) for row in held]
    assert [row for row in rows if "KM.000012" in row] == ["Thư viện tỉnh Bắc Kạn Kho mượn 959.7 TR-K KM.000012"]
    assert {row.partition(" Kho")[0] for row in rows} == {"Thư viện tỉnh Bắc Kạn", "Thư viện Ba Bể", "Thư viện Na Rì"}
    links = page.xpath("//section[@aria-labelledby='contributors']//a/@href")
    contributed = [link for link in links if re.fullmatch(r"/record/[a-z0-9]+\.mrc", link)]
    assert len(contributed) == 3
    shown = {link.text for link in page.xpath("//section[@aria-labelledby='contributors']//td[1]/a")}
    assert {iso2709.read(client.get(link).data)[0].control("001") for link in contributed} == shown
    assert [link for link in links if link.startswith("/oai/bk03?verb=GetRecord")]
    said = " ".join(page.xpath("//ol[@class='happened']")[0].text_content().split())
    assert "biểu ghi chung được lập" in said
    assert "Tiếng Việt" in page.text_content()
