"""What the six requests answer, by the rules of the standard."""

from __future__ import annotations

import re

import pytest

from oaipmh.repository import Repository
from oaipmh.writer import escape
from tests.oaipmh.memory_feed import MemoryStore
from tests.oaipmh.world import ALIASES, DC, FORMATS, OAI, World, library, oai_dc, renderings

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NS_OAI = "http://www.openarchives.org/OAI/2.0/"
ID = "oai:thuvien.example.vn:"
BOTH = ("ListRecords", "ListIdentifiers")


@pytest.fixture
def world() -> World:
    return library(5)


# --- the envelope ---


def test_rule_5_declaration_and_encoding(world: World) -> None:
    answer = world.get("Identify")
    assert answer.body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<')
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert "Mục lục liên hợp Bắc Kạn &amp; các huyện" in answer.body.decode("utf-8")


def test_rule_6_root_names_its_schema(world: World) -> None:
    root = world.get("Identify").root
    assert root.tag == OAI + "OAI-PMH"
    assert root.get(XSI + "schemaLocation").split() == [NS_OAI, NS_OAI + "OAI-PMH.xsd"]


@pytest.mark.parametrize("query", ["verb=Identify", "verb=Junk", "verb=ListRecords&metadataPrefix=oai_dc"])
def test_rule_7_response_date_is_utc_in_seconds(world: World, query: str) -> None:
    assert world.ask(query).texts("responseDate") == ["2023-11-14T22:13:25Z"]


@pytest.mark.parametrize("path", ["/oai", "/oai/bk"])
def test_rules_8_15_request_and_base_url_are_the_configured_address(world: World, path: str) -> None:
    answer = world.ask("verb=Identify", path, HTTP_HOST="evil.example", SERVER_NAME="evil.example")
    address = world.base_url + path.removeprefix("/oai")
    assert answer.texts("baseURL") == [address]
    assert answer.request.text == address
    assert dict(answer.request.attrib) == {"verb": "Identify"}


# --- Identify ---


def test_rule_30_identify_is_complete_and_in_order(world: World) -> None:
    tags = [element.tag.removeprefix(OAI) for element in world.get("Identify").root.find(f"{OAI}Identify")]
    expected = "repositoryName baseURL protocolVersion adminEmail earliestDatestamp deletedRecord granularity"
    assert tags == [*expected.split(), "compression", "description"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("protocolVersion", "2.0"),
        ("adminEmail", "thuvien@example.vn"),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ("compression", "gzip"),
        ("earliestDatestamp", "2023-11-14T22:13:20Z"),
    ],
)
def test_identify_says(world: World, path: str, value: str) -> None:
    assert world.get("Identify").texts(path) == [value]


def test_a_library_has_its_own_name_and_address(world: World) -> None:
    answer = world.get("Identify", "/oai/bk")
    assert answer.texts("repositoryName") == ["Thư viện tỉnh"]
    assert answer.texts("adminEmail") == ["bk@example.vn"]


def test_rule_32_earliest_datestamp_counts_deleted_records(world: World) -> None:
    for number in range(2, 6):
        world.store.publish(f"w{number}", renderings("mới"))
    world.store.delete("w1")
    earliest = world.get("Identify").texts("earliestDatestamp")[0]
    assert earliest <= min(world.get("ListRecords", metadataPrefix="oai_dc").texts("header/datestamp"))


def test_rule_37_sample_identifier_exists(world: World) -> None:
    world.store.delete("w1")
    tag = "{http://www.openarchives.org/OAI/2.0/oai-identifier}sampleIdentifier"
    sample = next(world.get("Identify").root.iter(tag)).text
    answer = world.get("GetRecord", identifier=sample, metadataPrefix="oai_dc")
    assert answer.identifiers == [sample]


def test_an_empty_repository_identifies_itself() -> None:
    assert World().get("Identify").texts("earliestDatestamp") == ["2023-11-14T22:13:20Z"]


@pytest.mark.parametrize(
    ("domain", "good"),
    [
        ("a.vn", True),
        ("thu-vien.p.vn", True),
        ("localhost", False),
        ("3d.vn", False),
        ("a.3d", False),
        ("a.vn:80", False),
    ],
)
def test_rule_36_only_a_domain_with_a_dot_is_described(domain: str, good: bool) -> None:
    repository = Repository(name="", base_url="", domain=domain, admin_emails=(), formats=())
    assert repository.has_oai_identifiers == good


@pytest.mark.parametrize(
    ("opaque", "local"),
    [("w1", "w1"), ("a b", "a%20b"), ("kiều", "ki%E1%BB%81u"), ("50%", "50%25"), ("a&b'?", "a%26b%27%3F")],
)
def test_rule_38_local_part_is_encoded_and_found_again(opaque: str, local: str) -> None:
    world = World()
    world.store.publish(opaque, renderings("một"))
    assert world.get("ListIdentifiers", metadataPrefix="oai_dc").identifiers == [ID + local]
    assert world.get("GetRecord", identifier=ID + local, metadataPrefix="oai_dc").identifiers == [ID + local]


# --- ListMetadataFormats ---


def test_rules_41_43_formats_and_their_aliases_are_announced(world: World) -> None:
    answer = world.get("ListMetadataFormats")
    assert answer.texts("metadataPrefix") == ["oai_dc", "marcxml", *ALIASES]
    assert answer.texts("metadataNamespace") == [entry.namespace for entry in FORMATS] + [FORMATS[1].namespace] * 2
    assert answer.texts("schema") == [entry.schema for entry in FORMATS] + [FORMATS[1].schema] * 2


def test_rule_44_formats_of_one_item(world: World) -> None:
    world.store.publish("dc", {"oai_dc": oai_dc("chỉ có DC")})
    assert world.get("ListMetadataFormats", identifier=ID + "dc").texts("metadataPrefix") == ["oai_dc"]
    assert len(world.get("ListMetadataFormats", identifier=ID + "w1").texts("metadataPrefix")) == 4


def test_rule_45_item_without_a_format_of_this_repository(world: World) -> None:
    world.store.publish("other", {"unheard": b"<x/>"})
    assert world.get("ListMetadataFormats", identifier=ID + "other").codes == ["noMetadataFormats"]


def test_rule_46_a_deleted_item_has_the_formats_it_had(world: World) -> None:
    before = world.get("ListMetadataFormats", identifier=ID + "w1").texts("metadataPrefix")
    world.store.delete("w1")
    assert world.get("ListMetadataFormats", identifier=ID + "w1").texts("metadataPrefix") == before


def test_an_alias_gives_the_format_and_is_echoed(world: World) -> None:
    answers = [world.get("ListRecords", metadataPrefix=prefix) for prefix in ("marcxml", "marc21", "marc-xml")]
    assert [answer.request.get("metadataPrefix") for answer in answers] == ["marcxml", "marc21", "marc-xml"]
    assert len({answer.body.partition(b"<ListRecords>")[2] for answer in answers}) == 1


# --- ListSets ---


@pytest.mark.parametrize(
    "query", ["verb=ListSets", *(f"verb={verb}&metadataPrefix=oai_dc&set=lib:bk" for verb in BOTH)]
)
def test_rule_47_no_sets(query: str) -> None:
    assert library(1).ask(query, "/oai/bk").codes == ["noSetHierarchy"]
    assert library(1, has_sets=False).ask(query).codes == ["noSetHierarchy"]


@pytest.mark.parametrize("verb", BOTH)
def test_rule_47_no_set_spec_where_there_are_no_sets(verb: str) -> None:
    assert library(3).get(verb, "/oai/bk", metadataPrefix="oai_dc").texts("setSpec") == []


def test_rules_49_51_sets_are_unique_and_complete(world: World) -> None:
    listed = world.get("ListSets").texts("setSpec")
    used = world.get("ListRecords", metadataPrefix="oai_dc").texts("setSpec")
    parents = {spec.rpartition(":")[0] for spec in listed if ":" in spec}
    assert len(set(listed)) == len(listed)
    assert set(used) | parents <= set(listed)


def test_rule_54_a_repository_whose_sets_are_all_gone_has_no_sets() -> None:
    assert World().get("ListSets").codes == ["noSetHierarchy"]
    assert World().get("ListRecords", metadataPrefix="oai_dc", set="lib").codes == ["noSetHierarchy"]


def test_rule_56_sets_are_named_in_vietnamese_and_described_in_english(world: World) -> None:
    answer = world.get("ListSets")
    assert answer.texts("setName") == ["Thư viện", "Thư viện tỉnh Bắc Kạn", "Thư viện Chợ Đồn <cũ>", "Địa chí"]
    titles = list(answer.root.iter(DC + "title"))
    assert [title.text for title in titles] == ["Libraries", "Bắc Kạn provincial library", "Local history & geography"]
    assert {title.get("{http://www.w3.org/XML/1998/namespace}lang") for title in titles} == {"en"}


def test_rules_50_53_a_set_has_the_records_below_it(world: World) -> None:
    world.store.describe("empty", "Tập rỗng")
    for spec, numbers in {"lib": [1, 2, 3, 4, 5], "lib:cd": [2, 4], "diachi": [1, 3, 5]}.items():
        found = world.get("ListIdentifiers", metadataPrefix="oai_dc", set=spec).identifiers
        assert found == [f"{ID}w{number}" for number in numbers]
    assert world.get("ListIdentifiers", metadataPrefix="oai_dc", set="empty").codes == ["noRecordsMatch"]


# --- records ---


def test_rule_92_header_and_its_metadata(world: World) -> None:
    answer = world.get("GetRecord", identifier=ID + "w1", metadataPrefix="oai_dc")
    assert answer.identifiers == [ID + "w1"]
    assert answer.texts("header/datestamp") == ["2023-11-14T22:13:20Z"]
    assert answer.texts("header/setSpec") == ["lib:bk", "diachi"]
    assert [title.text for title in answer.root.iter(DC + "title")] == ["Truyện Kiều 1"]


@pytest.mark.parametrize("prefix", ["oai_dc", "marcxml"])
def test_rule_98_metadata_has_one_child_that_names_its_schema(world: World, prefix: str) -> None:
    for metadata in world.get("ListRecords", metadataPrefix=prefix).root.iter(OAI + "metadata"):
        (child,) = metadata
        assert child.get(XSI + "schemaLocation")


def test_rule_88_both_lists_have_the_same_headers(world: World) -> None:
    world.store.delete("w3")
    headers = [re.findall(rb"<header.*?</header>", world.get(verb, metadataPrefix="oai_dc").body) for verb in BOTH]
    assert headers[0] == headers[1]
    assert len(headers[0]) == 5


@pytest.mark.parametrize("verb", ["GetRecord", *BOTH])
def test_rule_93_a_deleted_record_is_its_header(world: World, verb: str) -> None:
    world.store.delete("w3")
    argument = {"identifier": ID + "w3"} if verb == "GetRecord" else {"from_": "2023-11-14T22:13:25Z"}
    answer = world.get(verb, metadataPrefix="oai_dc", **argument)
    (header,) = answer.root.iter(OAI + "header")
    assert header.get("status") == "deleted"
    assert header.find(OAI + "identifier").text == ID + "w3"
    assert not list(answer.root.iter(OAI + "metadata"))


def test_rule_96_undelete(world: World) -> None:
    world.store.delete("w3")
    world.store.tick(5)
    world.store.publish("w3", renderings("trở lại"), ("lib:bk",))
    answer = world.get("GetRecord", identifier=ID + "w3", metadataPrefix="oai_dc")
    assert b"status=" not in answer.body
    assert answer.texts("header/datestamp") == ["2023-11-14T22:13:30Z"]


def test_rule_57_leaving_a_set_is_told_to_those_who_harvest_it(world: World) -> None:
    world.store.publish("w1", renderings("Truyện Kiều 1"), ("diachi",))
    since = "2023-11-14T22:13:25Z"
    left = world.get("ListRecords", metadataPrefix="oai_dc", set="lib:bk", from_=since)
    assert [header.get("status") for header in left.root.iter(OAI + "header")] == ["deleted"]
    assert left.identifiers == [ID + "w1"]
    whole = world.get("ListRecords", metadataPrefix="oai_dc", from_=since)
    assert [header.get("status") for header in whole.root.iter(OAI + "header")] == [None]


def test_rules_73_97_an_item_without_the_format(world: World) -> None:
    world.store.publish("dc", {"oai_dc": oai_dc("chỉ có DC")})
    answer = world.get("GetRecord", identifier=ID + "dc", metadataPrefix="marcxml")
    assert answer.codes == ["cannotDisseminateFormat"]
    assert ID + "dc" not in world.get("ListIdentifiers", metadataPrefix="marcxml").identifiers
    world.store.publish("w1", {"oai_dc": oai_dc("mất MARC")})
    last = list(world.get("ListIdentifiers", metadataPrefix="marcxml").root.iter(OAI + "header"))[-1]
    assert (last[0].text, last.get("status")) == (ID + "w1", "deleted")


def test_a_record_of_another_library_does_not_exist_in_this_one(world: World) -> None:
    answer = world.get("GetRecord", "/oai/bk", identifier=ID + "w2", metadataPrefix="oai_dc")
    assert answer.codes == ["idDoesNotExist"]
    assert world.get("ListMetadataFormats", "/oai/bk", identifier=ID + "w2").codes == ["idDoesNotExist"]


@pytest.mark.parametrize("verb", BOTH)
def test_a_library_lists_its_own_records(world: World, verb: str) -> None:
    found = world.get(verb, "/oai/bk", metadataPrefix="oai_dc").identifiers
    assert found == [ID + "w1", ID + "w3", ID + "w5"]


def test_rule_107_a_record_without_its_metadata_is_left_out(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.store.publish("w2", {"oai_dc": None})
    found = world.get("ListRecords", metadataPrefix="oai_dc").identifiers
    assert found == [f"{ID}w{number}" for number in (1, 3, 4, 5)]
    assert "w2" in caplog.text
    answer = world.get("GetRecord", identifier=ID + "w2", metadataPrefix="oai_dc")
    assert answer.codes == ["cannotDisseminateFormat"]


@pytest.mark.parametrize("title", ["\U0002070e", "e\u0323\u0302", "\u200d\u200f", "]]&gt; &amp; &lt;", "&#13;"])
def test_rules_104_105_metadata_goes_out_byte_for_byte(title: str) -> None:
    world = World()
    world.store.publish("w1", {"oai_dc": oai_dc(title)})
    assert b"<metadata>" + oai_dc(title) + b"</metadata>" in world.get("ListRecords", metadataPrefix="oai_dc").body


def test_rule_103_what_xml_cannot_carry_is_left_out() -> None:
    assert escape('a\x00\x0b\ud800\ufffe<&>"\r\n]]>') == b"a&lt;&amp;&gt;&quot;&#13;&#10;]]&gt;"


def test_a_feed_of_its_own_has_its_own_earliest_datestamp() -> None:
    world = World(store=MemoryStore())
    world.store.publish("w0", renderings("huyện"), ("lib:cd",))
    world.store.tick()
    world.store.publish("w1", renderings("tỉnh"), ("lib:bk",))
    assert world.get("Identify", "/oai/bk").texts("earliestDatestamp") == ["2023-11-14T22:13:21Z"]
