"""Qualified Dublin Core: terms and schemes from MARC, dumbing down, and the XML."""

import pathlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dublin_core.crosswalk import crosswalk
from dublin_core.crosswalk_table import QUALIFIED_RULES, RULES, Rule
from dublin_core.elements import ELEMENTS
from dublin_core.qualified import DCTERMS, qdc, qualified, write_qdc
from dublin_core.terms import SCHEMES, TERMS, QualifiedDublinCore, QualifiedStatement, written_in
from dublin_core.xml import DC, XSI
from marc import mrk
from marc.record import Field, Record
from tests.dublin_core.samples import FIXED, as_qualified, real_records, record
from tests.dublin_core.test_xml import FIELDS, LEADERS

PROVINCE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "province"

# (fields, element, value, term, scheme)
CASES = [
    (["24630$aĐịa chí"], "title", "Địa chí", "alternative", ""),
    (["650 0$aRừng$xLuật"], "subject", "Rừng -- Luật", "", "LCSH"),
    (["650 2$aSốt rét"], "subject", "Sốt rét", "", "MESH"),
    (["650 7$aRừng$2btktvqg"], "subject", "Rừng", "", ""),
    (["08204$a959.7/03$223"], "subject", "959.703", "", "DDC"),
    (["080  $a94(597)"], "subject", "94(597)", "", "UDC"),
    (["05000$aDS559$b.A1"], "subject", "DS559", "", "LCC"),
    (["5050 $aChương 1"], "description", "Chương 1", "tableOfContents", ""),
    (["520  $aTóm tắt."], "description", "Tóm tắt.", "abstract", ""),
    (["521  $aThiếu nhi."], "description", "Thiếu nhi.", "audience", ""),
    (["5611 $aCủa họ Nông."], "description", "Của họ Nông.", "provenance", ""),
    ([], "date", "2019", "issued", "W3CDTF"),
    (["264 0$c1831"], "date", "1831", "created", "W3CDTF"),
    (["264 4$c©2001"], "date", "2001", "dateCopyrighted", "W3CDTF"),
    (["046  $k19450902"], "date", "1945-09-02", "created", "W3CDTF"),
    (["583  $aavailable$c2020-01-31$2dcterms"], "date", "2020-01-31", "available", "W3CDTF"),
    (["300  $a20 tr. ;"], "format", "20 tr.", "extent", ""),
    (["340  $agiấy dó"], "format", "giấy dó", "medium", ""),
    (["85640$uhttps://x.vn/1$qapplication/pdf"], "format", "application/pdf", "", "IMT"),
    (["85640$uhttps://x.vn/1"], "identifier", "https://x.vn/1", "", "URI"),
    (["85640$uhttps://x.vn/bìa 1"], "identifier", "https://x.vn/bìa 1", "", ""),
    (["020  $a9780306406157"], "identifier", "urn:isbn:9780306406157", "", "URI"),
    (["7730 $tVăn học$gSố 5"], "identifier", "Văn học. Số 5", "bibliographicCitation", ""),
    ([], "language", "vi", "", "RFC4646"),
    (["041 7$atyz$2iso639-3"], "language", "tyz", "", "ISO639-3"),
    (["4901 $aTủ sách Vàng"], "relation", "Tủ sách Vàng", "isPartOf", ""),
    (["77408$tPhụ bản"], "relation", "Phụ bản", "hasPart", ""),
    (["7760 $tBản điện tử"], "relation", "Bản điện tử", "hasFormat", ""),
    (["78000$tBáo cũ"], "relation", "Báo cũ", "replaces", ""),
    (["651 0$aBắc Kạn"], "coverage", "Bắc Kạn", "spatial", ""),
    (["648 7$a1945-1975"], "coverage", "1945-1975", "temporal", ""),
    (["506  $aĐọc tại chỗ."], "rights", "Đọc tại chỗ.", "accessRights", ""),
    (["540  $uhttps://x.vn/by"], "rights", "https://x.vn/by", "license", "URI"),
    ([], "type", "Text", "", "DCMIType"),
    (["655 7$aDân ca"], "type", "Dân ca", "", ""),
]


@pytest.mark.parametrize(("fields", "element", "value", "term", "scheme"), CASES)
def test_a_field_says_its_term_and_scheme(fields: list[str], element: str, value: str, term: str, scheme: str) -> None:
    made = qualified(record(FIXED, "24500$aA", *fields)).statements
    assert QualifiedStatement(element, value, "", term, scheme) in made


@pytest.mark.parametrize("rule", [*RULES, *QUALIFIED_RULES], ids=lambda rule: f"{rule.tags[:7]} {rule.term}")
def test_a_row_names_a_term_of_its_element_and_a_known_scheme(rule: Rule) -> None:
    assert TERMS.get(rule.term, rule.element) == rule.element
    assert rule.scheme in SCHEMES | {"", "headings", "language"}


def assert_simple_leads(made: Record) -> None:
    """In each element the simple description comes first; only rows of qualified Dublin Core follow."""
    dumb = qualified(made).simple()
    for element in ELEMENTS:
        simple = [statement for statement in crosswalk(made).statements if statement[0] == element]
        plain = [statement for statement in simple if not statement[2]]
        after = [statement for statement in dumb.statements if statement[0] == element]
        assert after[: len(plain)] == plain
        assert set(simple) <= set(after)


def test_the_simple_description_of_the_province_is_the_dumb_down_of_the_qualified() -> None:
    for file in sorted(PROVINCE.glob("*.mrk")):
        with file.open("rb") as stream:
            for reading in mrk.readings(stream):
                assert reading.record is not None
                assert_simple_leads(reading.record)


def test_the_simple_description_of_real_records_is_the_dumb_down_of_the_qualified() -> None:
    for real in real_records("gpo/gpo_utf8_dev.mrc.gz", 500):
        assert_simple_leads(real)


@settings(max_examples=200)
@given(LEADERS, st.lists(FIELDS, max_size=8))
def test_any_record_gives_a_description_that_can_be_dumbed_down(leader: str, fields: list[Field]) -> None:
    made = Record.build(leader, fields)
    assert_simple_leads(made)
    root = etree.fromstring(qdc(made))
    assert [child for child in root if not child.text] == []


def test_class_numbers_are_not_dumbed_down() -> None:
    assert qualified(record(FIXED, "08204$a959.703")).simple().values("subject") == []


def test_another_script_keeps_term_and_language() -> None:
    made = qualified(record(FIXED, "24630$6880-01$aĐịa chí", "88030$6246-01/$1$a地誌".replace("/$1", "/Hani")))
    assert QualifiedStatement("title", "地誌", "vi-Hani", "alternative", "") in made.statements


def test_terms_are_elements_of_dcterms_and_schemes_their_type() -> None:
    dc = QualifiedDublinCore.of(
        [
            QualifiedStatement("title", "Then & Tày", "vi"),
            QualifiedStatement("date", "2019", "", "issued", "W3CDTF"),
            QualifiedStatement("subject", "Rừng", "vi", "", "LCSH"),
        ]
    )
    root = etree.fromstring(write_qdc(dc))
    title, subject, date = root
    assert title.tag == f"{{{DC}}}title"
    assert title.text == "Then & Tày"
    assert (date.tag, date.get(f"{{{XSI}}}type")) == (f"{{{DCTERMS}}}issued", "dcterms:W3CDTF")
    assert subject.get(f"{{{XSI}}}type") is None  # dcterms.xsd: no language on a value with a scheme


@pytest.mark.parametrize(
    ("scheme", "value", "expected"),
    [
        ("W3CDTF", "2019", True),
        ("W3CDTF", "2019-12", True),
        ("W3CDTF", "2012-05-03T08:11:05Z", True),
        ("W3CDTF", "thế kỷ XIX", False),
        ("W3CDTF", "2019-13", False),
        ("DCMIType", "Text", True),
        ("DCMIType", "text", False),
        ("URI", "urn:isbn:9780306406157", True),
        ("URI", "a b", False),
        ("IMT", "application/pdf", True),
        ("IMT", "PDF", False),
        ("LCSH", "anything", True),
        ("nonsense", "anything", False),
    ],
)
def test_a_scheme_is_said_of_what_is_written_in_it(scheme: str, value: str, expected: bool) -> None:
    assert written_in(scheme, value) is expected


def test_a_description_is_made_clean() -> None:
    made = QualifiedDublinCore.of(
        [
            QualifiedStatement("nonsense", "x"),
            QualifiedStatement("nonsense", " x\x00  y ", "", "abstract"),
            QualifiedStatement("title", "a", "not a tag"),
            QualifiedStatement("title", "a", "", "nonsense", "nonsense"),
            QualifiedStatement("title", " "),
        ]
    )
    assert made.statements == (
        QualifiedStatement("title", "a"),
        QualifiedStatement("description", "x y", "", "abstract"),
    )
    assert made.values("abstract") == made.values("description") == ["x y"]
    assert as_qualified(made.simple()).simple() == made.simple()


def test_no_mark_is_left_out_of_the_schema() -> None:
    written = qdc(record(FIXED, "24510$aThen Tày")).decode()
    assert re.search(r'xsi:schemaLocation="\S+ \S+dcterms\.xsd \S+ \S+dc\.xsd"', written)
