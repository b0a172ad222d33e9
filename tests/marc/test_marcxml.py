"""`marc.marcxml`: valid for every Record, and read in whatever wrapping it comes."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from foundation import xml
from marc import iso2709, marcxml, mrk, repair
from marc.record import Field, Record
from tests.marc.samples import SHARED, needs_schemas, records, sample

ONE = marcxml.write(sample("one"))
TWO = marcxml.write(sample("two"))


def first_control(record: Record) -> Record:
    """The record in the order of the schema: control fields before data fields."""
    return Record.build(record.leader, sorted(record.fields, key=lambda field: not field.tag.startswith("00")))


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SHARED / "schemas/MARC21slim.xsd")))


@needs_schemas
@settings(max_examples=200)
@given(records)
def test_every_record_is_valid_marcxml(schema: etree.XMLSchema, record: Record) -> None:
    assert schema.validate(xml.parse(marcxml.write(record))), schema.error_log


@given(records)
def test_the_four_forms_say_the_same(record: Record) -> None:
    ordered = first_control(record)
    assert marcxml.read(marcxml.write(record))[0] == ordered
    assert iso2709.read(iso2709.write(record))[0] == record
    assert mrk.read(mrk.write(record))[0] == record
    around, _ = mrk.read(mrk.write(ordered))
    assert around is not None
    assert marcxml.read(marcxml.write(around))[0] == iso2709.read(iso2709.write(ordered))[0]


def test_markup_in_values_and_codes_is_escaped() -> None:
    record = Record.build(
        repair.LEADER_BLANK,
        [
            Field("001", value="<&>"),
            Field("500", "  ", (("a", "]]>&amp;"), ("<", "<b>"), ("&", "&"), ('"', '"'), (">", ""))),
        ],
    )
    assert marcxml.read(marcxml.write(record)) == (record, ())


def test_every_code_and_indicator_the_schema_has_is_read_and_written() -> None:
    codes = [chr(number) for number in range(0x21, 0x7F) if chr(number) not in "@|"]
    record = Record.build(repair.LEADER_BLANK, [Field("500", "z9", tuple((code, code) for code in codes))])
    assert repair.check(record) == []
    assert marcxml.read(marcxml.write(record)) == (record, ())


WRAPPINGS = {
    "collection": b'<?xml version="1.0"?><collection xmlns="http://www.loc.gov/MARC21/slim">%b</collection>',
    "one record": b"%b",
    "oai": b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>x</identifier>'
    b"</header><metadata>%b</metadata></record></ListRecords></OAI-PMH>",
    "sru": b'<z:searchRetrieveResponse xmlns:z="http://www.loc.gov/zing/srw/"><z:records><z:record><z:recordData>%b'
    b"</z:recordData></z:record></z:records></z:searchRetrieveResponse>",
}


@pytest.mark.parametrize("name", WRAPPINGS)
def test_a_record_is_found_in_its_wrapping(name: str) -> None:
    [reading] = marcxml.readings(io.BytesIO(WRAPPINGS[name] % ONE))
    assert (reading.record, reading.problems) == (sample("one"), ())
    assert marcxml.read(reading.original) == (sample("one"), ())


@pytest.mark.parametrize("prefix", ["", "marc:"])
@pytest.mark.parametrize("namespace", ["", marcxml.NAMESPACE, "info:lc/xmlns/marcxchange-v1"])
def test_prefixes_and_namespaces_are_no_matter(prefix: str, namespace: str) -> None:
    if prefix and not namespace:
        namespace = "x"
    declared = f' xmlns{":" if prefix else ""}{prefix[:-1]}="{namespace}"' if namespace else ""
    bare = re.sub(r"<record [^>]*>", "<record>", ONE.decode())
    text = re.sub(r"<(/?)(\w)", rf"<\1{prefix}\2", bare).replace("record>", f"record{declared}>", 1)
    [reading] = marcxml.readings(io.BytesIO(text.encode()))
    assert (reading.record, reading.problems) == (sample("one"), ())


def test_a_deleted_oai_record_is_no_reading() -> None:
    data = b'<ListRecords><record><header status="deleted"/></record></ListRecords>'
    assert list(marcxml.readings(io.BytesIO(data))) == []


BROKEN = {
    "marc.tag_left_out": b'<datafield tag="HLD866" ind1=" " ind2=" "><subfield code="a">x</subfield></datafield>',
    "marc.tag_mended": b'<controlfield tag="3">VN</controlfield>',
    "marc.subfield_code": b'<datafield tag="500" ind1=" " ind2=" "><subfield code="ab">x</subfield></datafield>',
    "marc.indicators": b'<datafield tag="500"><subfield code="a">x</subfield></datafield>',
    "marc.no_subfields": b'<datafield tag="500" ind1=" " ind2=" "/>',
    "marc.control_delimiter": b'<datafield tag="009" ind1=" " ind2=" "><subfield code="a">x</subfield></datafield>',
    "marc.control_characters": b'<controlfield tag="005">x&#10;y</controlfield>',
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_flaw_in_one_record_is_told_and_costs_no_other(code: str) -> None:
    flawed = ONE.replace(b"</record>", BROKEN[code] + b"</record>")
    first, middle, last = marcxml.readings(io.BytesIO(b"<collection>" + TWO + b"\n" + flawed + TWO + b"</collection>"))
    assert [problem.code for problem in middle.problems] == [code]
    assert middle.line == 2
    assert middle.record is not None
    assert repair.check(middle.record) == []
    assert first.record == last.record == sample("two")


@pytest.mark.parametrize(
    "leader", [b"", b"nam", b"01201cam a2200253 a 4500xx", b" 758cam a22 241 a 4500", "é".encode() * 24]
)
def test_a_leader_of_any_kind_is_mended(leader: bytes) -> None:
    record, problems = marcxml.read(ONE.replace(repair.LEADER_BLANK.encode(), leader))
    assert record is not None
    assert repair.check(record) == []
    assert [problem.code for problem in problems] == ["marc.leader"]


def test_a_record_element_without_marc_is_refused_by_line() -> None:
    [reading] = marcxml.readings(io.BytesIO(b"<collection>\n<record><title>x</title></record></collection>"))
    assert reading.record is None
    assert (reading.problems[-1].code, reading.problems[-1].values) == ("marc.no_marc_elements", {"line": 2})


def test_records_before_malformed_xml_are_kept_and_the_line_is_told() -> None:
    good, bad = marcxml.readings(io.BytesIO(b"<collection>" + ONE + b"\n\n<record><leader>&nbsp;"))
    assert good.record == sample("one")
    assert bad.record is None
    assert bad.line == 3


@given(st.binary(max_size=60).map(lambda tail: ONE[:200] + tail + ONE[200:]) | st.binary(max_size=100))
def test_any_bytes_give_records_or_a_reason(data: bytes) -> None:
    for reading in marcxml.readings(io.BytesIO(data)):
        assert reading.problems if reading.record is None else not repair.check(reading.record)
    record, problems = marcxml.read(data)
    assert record is not None or problems
