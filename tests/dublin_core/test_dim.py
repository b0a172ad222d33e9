"""DIM: the fields of DSpace's registry, and what comes back when it is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dublin_core.dim import DIM, dim, write_dim
from dublin_core.qualified import qualified
from dublin_core.reading import read
from dublin_core.terms import QualifiedDublinCore, QualifiedStatement
from marc.record import Record
from tests.dublin_core.samples import FIXED, real_records, record
from tests.dublin_core.test_xml import FIELDS, LEADERS

CASES = [
    ("24500$aHồ Ba Bể", "dc.title", "Hồ Ba Bể"),
    ("24630$aBa Bể", "dc.title.alternative", "Ba Bể"),
    ("1001 $aNông Quốc Chấn", "dc.contributor.author", "Nông Quốc Chấn"),
    ("7001 $aNông Văn A$4trl", "dc.contributor", "Nông Văn A"),
    ("650 0$aRừng", "dc.subject.lcsh", "Rừng"),
    ("653  $aRừng", "dc.subject", "Rừng"),
    ("08204$a959.7$223", "dc.subject.ddc", "959.7"),
    ("520  $aTóm tắt.", "dc.description.abstract", "Tóm tắt."),
    ("020  $a9786041000001", "dc.identifier.isbn", None),
    ("85640$uhttps://vidu.vn/a", "dc.identifier.uri", "https://vidu.vn/a"),
    ("300  $a200 tr.", "dc.format.extent", "200 tr."),
    ("651  $aBắc Kạn", "dc.coverage.spatial", "Bắc Kạn"),
    ("521  $aThiếu nhi.", "dcterms.audience", "Thiếu nhi."),
]


def fields(data: bytes) -> list[tuple[str, str]]:
    root = etree.fromstring(data)
    assert root.tag == f"{{{DIM}}}dim"
    return [
        (".".join(filter(None, (one.get("mdschema"), one.get("element"), one.get("qualifier")))), one.text or "")
        for one in root
    ]


@pytest.mark.parametrize(("field", "name", "value"), CASES)
def test_each_statement_is_a_field_of_the_registry(field: str, name: str, value: str | None) -> None:
    found = fields(dim(record(FIXED, field)))
    assert name in dict(found)
    assert value is None or (name, value) in found


def test_date_type_and_language_stand_where_dspace_looks_for_them() -> None:
    found = fields(dim(record(FIXED, "24500$aA")))
    assert ("dc.date.issued", "2019") in found
    assert ("dc.type", "Text") in found
    assert ("dc.language.iso", "vi") in found


def said(dc: QualifiedDublinCore) -> list[tuple[str, str, str]]:
    """What must survive: the value, its element and its term. DSpace has no field for some schemes."""
    numbers = ("urn:isbn:", "urn:issn:")
    return sorted(
        (one.element, one.term, next((one.value[9:] for start in numbers if one.value.startswith(start)), one.value))
        for one in dc.statements
        if one.term != "provenance"  # DSpace keeps its own there, which is not read from others
    )


@given(st.builds(Record.build, LEADERS, st.lists(FIELDS, max_size=8)))
def test_any_record_can_be_read_back(found: Record) -> None:
    dc = qualified(found)
    back = said(read(etree.fromstring(dim(found))))
    assert sorted(set(back)) == sorted(set(said(dc)))


def test_real_records_can_be_read_back() -> None:
    for one in real_records("gpo/gpo_utf8_dev.mrc.gz", 300):
        assert sorted(set(said(read(etree.fromstring(dim(one)))))) == sorted(set(said(qualified(one))))


def test_a_language_stands_in_lang() -> None:
    dc = QualifiedDublinCore((QualifiedStatement("title", "A & <B>", "vi-Hani"),))
    assert write_dim(dc).endswith(b'element="title" lang="vi-Hani">A &amp; &lt;B&gt;</dim:field></dim:dim>')
