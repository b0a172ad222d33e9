"""oai_dc bytes: valid, escaped, without empty elements, from any record; and the two ways to them agree."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dublin_core.crosswalk import READINGS, crosswalk
from dublin_core.elements import DublinCore
from dublin_core.xml import DC, OAI_DC, OAI_DC_SCHEMA, XSI, oai_dc, write_oai_dc
from marc.record import Field, Record
from tests.dublin_core.samples import FIXED, LEADER, SHARED, real_records, record

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    file = SHARED / "schemas" / "oai_dc.xsd"
    if not file.exists():
        pytest.skip("oai_dc.xsd is not beside the repository")
    return etree.XMLSchema(etree.parse(file))


def test_one_element_without_declaration_says_its_schema() -> None:
    written = oai_dc(record(FIXED, "24500$aThen Tày"))
    assert written.startswith(b"<oai_dc:dc ")
    root = etree.fromstring(written)
    assert root.tag == f"{{{OAI_DC}}}dc"
    assert root.get(f"{{{XSI}}}schemaLocation") == f"{OAI_DC} {OAI_DC_SCHEMA}"
    assert root[0].tag == f"{{{DC}}}title"


@pytest.mark.parametrize(
    "value", ["a & b", "<i>a</i>", "a ]]> b", "&amp;", "\"'", "𠁰", "Bắc Kạn", "👨‍👩‍👧", "\u202eabc"]
)
def test_a_value_survives_exactly(value: str) -> None:
    root = etree.fromstring(write_oai_dc(DublinCore((("title", value, ""),))))
    assert root[0].text == value
    assert etree.fromstring(oai_dc(record("500  $a" + value))).findtext(f"{{{DC}}}description") == value


def test_the_language_of_a_value_is_its_only_attribute() -> None:
    root = etree.fromstring(
        oai_dc(record(FIXED, "530  $aCó vi phim", "88010$6245-01/$1$a傳翹".replace("/$1", "/Hani")))
    )
    assert [dict(child.attrib) for child in root if child.attrib] == [{XML_LANG: "vi-Hani"}]


def test_a_record_that_says_nothing_gives_an_element_without_children() -> None:
    assert len(etree.fromstring(oai_dc(Record(LEADER.replace("nam", "n  "))))) == 0


def test_real_records_are_valid_and_both_ways_agree(schema: etree.XMLSchema) -> None:
    for real in real_records("gpo/gpo_utf8_dev.mrc.gz", 2000):
        written = oai_dc(real)
        schema.assertValid(etree.fromstring(written))
        assert written == write_oai_dc(crosswalk(real))


@pytest.mark.parametrize("path", ["gpo/gpo_vie_hmn.mrc", "vietnam/university_sample.mrc"])
def test_vietnamese_records_are_valid(schema: etree.XMLSchema, path: str) -> None:
    for real in real_records(path, 500):
        schema.assertValid(etree.fromstring(oai_dc(real)))


# --- any record that holds what marc.record says --------------------------------------------------------------

_MARKS = st.sampled_from(
    [".", " /", " :", ";", " -- ", "[", "]", "]]>", "&", "<", "http://x", "\u00a0", "  ", "ề", "字"]
)
TEXT = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=8) | _MARKS,
    max_size=6,
).map(lambda pieces: unicodedata.normalize("NFC", "".join(pieces)))
TAGS = st.sampled_from(sorted(READINGS)) | st.from_regex(r"[1-9A-Z][0-9A-Z]{2}", fullmatch=True)
LINKAGE = st.builds(
    "{}-01/{}".format, st.sampled_from(sorted(READINGS)), st.sampled_from(["$1", "(3", "Hani", "ĐĐĐĐ", ""])
)
CODES = st.sampled_from([chr(sign) for sign in range(33, 127)]) | st.sampled_from("abcvxyzt26")
SUBFIELD = st.tuples(CODES, TEXT) | LINKAGE.map(lambda linkage: ("6", linkage))
INDICATORS = st.text(" 0123456789ab", min_size=2, max_size=2)


def _field(tag: str, indicators: str, subfields: list[tuple[str, str]], value: str) -> Field:
    return Field(tag, value=value) if tag.startswith("00") else Field(tag, indicators, tuple(subfields))


FIELDS = st.builds(_field, TAGS, INDICATORS, st.lists(SUBFIELD, min_size=1, max_size=5), TEXT)
LEADERS = st.from_regex(r"[0-9 ]{5}[0-9a-z ][0-9a-z][0-9a-z ]{3}22[0-9 ]{5}[0-9a-z ]{3}4500", fullmatch=True)


@settings(max_examples=300)
@given(LEADERS, st.lists(FIELDS, max_size=8))
def test_any_record_gives_a_valid_description(schema: etree.XMLSchema, leader: str, fields: list[Field]) -> None:
    made = Record.build(leader, fields)
    written = oai_dc(made)
    root = etree.fromstring(written)  # a forbidden character would end here
    schema.assertValid(root)
    assert all(child.text and child.text == child.text.strip() for child in root)
    assert written == write_oai_dc(crosswalk(made))


@given(st.lists(st.tuples(st.sampled_from(["title", "date", "nonsense"]), st.text(), st.text(max_size=5)), max_size=6))
def test_any_statements_give_a_valid_description(
    schema: etree.XMLSchema, statements: list[tuple[str, str, str]]
) -> None:
    schema.assertValid(etree.fromstring(write_oai_dc(DublinCore.of(statements))))
