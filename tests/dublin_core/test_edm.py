"""EDM as Europeana takes it: what its schema and its Schematron rules demand, on records of all kinds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from rdflib import Graph

from dublin_core.edm import EDM, NOT_EVALUATED, ORE, RDF, Showing, edm
from dublin_core.qualified import DCTERMS
from dublin_core.xml import DC
from marc.record import Field, Record
from tests.dublin_core.samples import FIXED, real_records, record
from tests.dublin_core.test_xml import FIELDS, LEADERS, TEXT

SHOWING = Showing("https://thuvien.vn/record/x", "Thư viện Ba Bể", "Thư viện tỉnh")
LINK = "85640$uhttps://vidu.vn/sach"
NAMES = {"rdf": RDF, "edm": EDM, "ore": ORE, "dc": DC, "dcterms": DCTERMS}
_ORDER = "aggregatedCHO dataProvider hasView isShownAt isShownBy object provider rights ugc intermediateProvider"
AGGREGATION = _ORDER.split()
_PROPERTIES = (
    "contributor coverage creator date description format identifier language publisher relation rights source subject "
    "title type alternative conformsTo created extent hasFormat hasPart hasVersion isFormatOf isPartOf isReferencedBy "
    "isReplacedBy isRequiredBy issued isVersionOf medium provenance references replaces requires spatial "
    "tableOfContents temporal"
)
CHO = set(_PROPERTIES.split())


def made(*fields: str, leader: str = "00000nam a2200000 i 4500") -> etree._Element:
    data = edm(record(FIXED, *fields, leader=leader), SHOWING)
    assert data is not None
    return etree.fromstring(data)


def of(root: etree._Element, path: str) -> list[str]:
    return [str(one) for one in root.xpath(path, namespaces=NAMES)]


def assert_valid(data: bytes) -> None:
    """EDM-EXTERNAL-MAIN.xsd, EDM-COMMON-MAIN.xsd, ORE.xsd and the Schematron rules in them."""
    root = etree.fromstring(data)
    assert root.tag == f"{{{RDF}}}RDF"
    cho = root.find(f"{{{EDM}}}ProvidedCHO")
    assert cho is not None
    names = [etree.QName(child).localname for child in cho]
    assert names[-1] == "type"
    assert cho[-1].tag == f"{{{EDM}}}type"
    assert cho[-1].text in ("TEXT", "IMAGE", "SOUND", "VIDEO", "3D")
    assert set(names[:-1]) <= CHO
    assert all((child.text or "").strip() for child in cho)
    assert {"title", "description", "tableOfContents"} & set(names)
    assert {"subject", "type", "spatial", "temporal"} & set(names[:-1])
    assert cho[-1].text != "TEXT" or "language" in names
    aggregation = root.find(f"{{{ORE}}}Aggregation")
    assert aggregation is not None
    order = [AGGREGATION.index(etree.QName(child).localname) for child in aggregation]
    assert order == sorted(order)
    assert {"aggregatedCHO", "dataProvider", "isShownAt", "provider", "rights"} <= {
        etree.QName(child).localname for child in aggregation
    }
    resource = f"{{{RDF}}}resource"
    about = {str(one.get(f"{{{RDF}}}about")) for one in root}
    shown = [str(child.get(resource)) for child in aggregation if child.get(resource)]
    assert all(" " not in one for one in [*shown, *about])
    assert shown[0] == cho.get(f"{{{RDF}}}about")
    assert len(Graph().parse(data=data, format="xml")) > 6


def test_a_page_elsewhere_is_what_the_object_is_shown_at() -> None:
    root = made("24500$aHồ Ba Bể", LINK)
    assert of(root, "//edm:isShownAt/@rdf:resource") == ["https://vidu.vn/sach"]
    assert of(root, "//edm:isShownBy/@rdf:resource") == []
    assert of(root, "//edm:dataProvider/text()") == ["Thư viện Ba Bể"]
    assert of(root, "//edm:provider/text()") == ["Thư viện tỉnh"]


def test_a_file_is_what_the_object_is_shown_by_and_our_page_what_it_is_shown_at() -> None:
    root = made("24500$aHồ Ba Bể", "85640$uhttps://vidu.vn/hồ.pdf$qapplication/pdf", "85641$uhttps://vidu.vn/2.jpg")
    assert of(root, "//edm:isShownBy/@rdf:resource") == ["https://vidu.vn/h%E1%BB%93.pdf"]
    assert of(root, "//edm:isShownAt/@rdf:resource") == [SHOWING.page]
    assert of(root, "//edm:hasView/@rdf:resource") == ["https://vidu.vn/2.jpg"]
    assert of(root, "//edm:WebResource/dc:format/text()") == ["application/pdf"]


@pytest.mark.parametrize(
    "fields",
    [
        ("24500$aHồ Ba Bể",),
        ("24500$aHồ Ba Bể", "85642$uhttps://vidu.vn/lien-quan"),
        ("24500$aHồ Ba Bể", "85640$uftp://vidu.vn/a"),
        ("24500$aHồ Ba Bể", "85640$uhttps://"),
        ("24500$aHồ Ba Bể", "8564 $fa.pdf"),
        (LINK,),
    ],
)
def test_what_cannot_be_shown_or_named_is_not_sent(fields: tuple[str, ...]) -> None:
    assert edm(record(FIXED, *fields), SHOWING) is None


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("540  $uhttps://creativecommons.org/licenses/BY-NC/4.0/", "http://creativecommons.org/licenses/by-nc/4.0/"),
        ("540  $aCC0: https://creativecommons.org/publicdomain/zero/1.0/deed.vi",
         "http://creativecommons.org/publicdomain/zero/1.0/"),
        ("506  $uhttp://rightsstatements.org/page/inc/1.0/?language=en", "http://rightsstatements.org/vocab/InC/1.0/"),
        ("540  $aMọi quyền được bảo lưu", NOT_EVALUATED),
        ("540  $uhttp://vidu.vn/creativecommons.org/x", NOT_EVALUATED),
    ],
)  # fmt: skip
def test_rights_are_an_address_europeana_knows(field: str, expected: str) -> None:
    root = made("24500$aHồ Ba Bể", LINK, field)
    assert of(root, "//ore:Aggregation/edm:rights/@rdf:resource") == [expected]
    assert of(root, "//edm:WebResource/edm:rights/@rdf:resource") == [expected]


@pytest.mark.parametrize(
    ("leader", "link", "expected"),
    [
        ("00000nam a2200000 i 4500", LINK, "TEXT"),
        ("00000nem a2200000 i 4500", LINK, "IMAGE"),
        ("00000njm a2200000 i 4500", LINK, "SOUND"),
        ("00000ngm a2200000 i 4500", LINK, "VIDEO"),
        ("00000ncm a2200000 i 4500", LINK, "TEXT"),
        ("00000ncm a2200000 i 4500", "85640$uhttps://vidu.vn/hat.mp3?x=1", "SOUND"),
    ],
)
def test_type_is_that_of_what_is_seen(leader: str, link: str, expected: str) -> None:
    assert of(made("24500$aThen", link, leader=leader), "//edm:type/text()") == [expected]


def test_a_text_without_a_language_says_so() -> None:
    data = edm(record("24500$aThen", LINK), SHOWING)
    assert data is not None
    assert b"<dc:language>und</dc:language>" in data


ADDRESSES = st.builds("{}{}".format, st.sampled_from(["https://vidu.vn/", "http://", "ftp://", ""]), TEXT)
LINKS = st.builds(
    lambda second, address, media: Field("856", f"4{second}", (("u", address), ("q", media))),
    st.sampled_from(" 0128"),
    ADDRESSES,
    TEXT,
)
RECORDS = st.builds(Record.build, LEADERS, st.lists(FIELDS | LINKS, min_size=1, max_size=8))


@given(RECORDS)
def test_whatever_the_record_it_is_valid_or_nothing(found: Record) -> None:
    data = edm(found, SHOWING)
    if data is not None:
        assert_valid(data)


def test_real_records_are_valid() -> None:
    sent = [data for one in real_records("gpo/gpo_utf8_dev.mrc.gz", 1500) if (data := edm(one, SHOWING))]
    assert len(sent) > 20
    for data in sent:
        assert_valid(data)
