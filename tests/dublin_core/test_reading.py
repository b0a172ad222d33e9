"""XML in, statements out: oai_dc, qdc, DSpace's own forms, MODS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dublin_core.mods import mods
from dublin_core.qualified import qualified, write_qdc
from dublin_core.reading import LeftOut, read, statements
from dublin_core.terms import QualifiedDublinCore, QualifiedStatement
from dublin_core.xml import write_oai_dc
from foundation import xml
from foundation.errors import LimitError
from foundation.limits import DC_STATEMENTS
from tests.dublin_core.samples import FIXED, as_qualified, real_records, record
from tests.dublin_core.test_to_marc import _ANY

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
TYPED = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
MODS = 'xmlns="http://www.loc.gov/mods/v3"'
Q = QualifiedStatement


def said(markup: str) -> list[QualifiedStatement]:
    return list(read(xml.parse(markup.encode())).statements)


@given(st.lists(_ANY, max_size=10))
def test_what_is_written_as_qdc_is_read_again(statements: list[QualifiedStatement]) -> None:
    dc = QualifiedDublinCore.of(statements)
    assert read(xml.parse(write_qdc(dc))) == dc


@given(st.lists(_ANY, max_size=10))
def test_what_is_written_as_oai_dc_is_read_again(statements: list[QualifiedStatement]) -> None:
    dc = QualifiedDublinCore.of(statements).simple()
    assert read(xml.parse(write_oai_dc(dc))) == as_qualified(dc)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"<dc {DC}><dc:title xml:lang='vi'>Then  &amp; Tày</dc:title></dc>", [Q("title", "Then & Tày", "vi")]),
        ("<dc><Title>Then</Title><nonsense>x</nonsense></dc>", [Q("title", "Then")]),
        (f"<dc {DC}><dc:title/><dc:title> </dc:title></dc>", []),
        (f"<dc {DC}><dcterms:Abstract>A</dcterms:Abstract></dc>", [Q("description", "A", "", "abstract")]),
        (
            f"<dc {DC} {TYPED}><dc:date xsi:type='dcterms:W3CDTF'>2010</dc:date></dc>",
            [Q("date", "2010", "", "", "W3CDTF")],
        ),
        ("<dc><subject scheme='DDC'>959.7</subject></dc>", [Q("subject", "959.7", "", "", "DDC")]),
        ("<dc><description>Một <b>hai</b> ba</description></dc>", [Q("description", "Một hai ba")]),
    ],
)
def test_dublin_core(markup: str, expected: list[QualifiedStatement]) -> None:
    assert said(markup) == expected


@pytest.mark.parametrize(
    ("schema", "element", "qualifier", "value", "expected"),
    [
        ("dc", "title", "none", "A", Q("title", "A")),
        ("dc", "title", "alternative", "A", Q("title", "A", "", "alternative")),
        ("dc", "contributor", "author", "A", Q("creator", "A")),
        ("dc", "contributor", "advisor", "A", Q("contributor", "A")),
        ("dc", "date", "issued", "2010", Q("date", "2010", "", "issued", "W3CDTF")),
        ("dc", "date", "accessioned", "2010-01-01", Q("date", "2010-01-01", "", "dateAccepted", "W3CDTF")),
        ("dc", "description", "abstract", "A", Q("description", "A", "", "abstract")),
        ("dc", "description", "tableofcontents", "A", Q("description", "A", "", "tableOfContents")),
        ("dc", "description", "sponsorship", "A", Q("description", "A")),
        ("dc", "identifier", "uri", "http://x.vn/1", Q("identifier", "http://x.vn/1", "", "", "URI")),
        ("dc", "identifier", "citation", "A", Q("identifier", "A", "", "bibliographicCitation")),
        ("dc", "relation", "ispartofseries", "A", Q("relation", "A", "", "isPartOf")),
        ("dc", "relation", "isversionof", "A", Q("relation", "A", "", "isVersionOf")),
        ("dc", "subject", "lcsh", "A", Q("subject", "A", "", "", "LCSH")),
        ("dc", "subject", "ddc", "959.7", Q("subject", "959.7", "", "", "DDC")),
        ("dc", "language", "iso", "vi", Q("language", "vi")),
        ("dc", "format", "mimetype", "application/pdf", Q("format", "application/pdf", "", "", "IMT")),
        ("dc", "rights", "uri", "http://x.vn/by", Q("rights", "http://x.vn/by", "", "license", "URI")),
        ("dc", "coverage", "spatial", "A", Q("coverage", "A", "", "spatial")),
        ("dcterms", "abstract", "none", "A", Q("description", "A", "", "abstract")),
        ("dcterms", "title", "none", "A", Q("title", "A")),
        ("dc", "description", "provenance", "Submitted by lan@x.vn", None),
        ("local", "shelf", "none", "A", None),
    ],
)
def test_dspace(schema: str, element: str, qualifier: str, value: str, expected: QualifiedStatement | None) -> None:
    inner = f'element="{element}" qualifier="{qualifier}">{value}'
    wanted = [] if expected is None else [expected]
    assert said(f'<dublin_core schema="{schema}"><dcvalue {inner}</dcvalue></dublin_core>') == wanted
    assert said(f'<dim><field mdschema="{schema}" {inner}</field></dim>') == wanted


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (
            "<titleInfo><nonSort>The</nonSort><title>forest</title><subTitle>a guide</subTitle></titleInfo>",
            Q("title", "The forest : a guide"),
        ),
        (
            "<titleInfo><title>Địa chí</title><partNumber>Tập 2</partNumber><partName>Văn</partName></titleInfo>",
            Q("title", "Địa chí. Tập 2, Văn"),
        ),
        ("<titleInfo type='alternative'><title>B</title></titleInfo>", Q("title", "B", "", "alternative")),
        ("<titleInfo xml:lang='vi-Hani'><title>傳翹</title></titleInfo>", Q("title", "傳翹", "vi-Hani")),
        (
            "<name type='personal'><namePart type='given'>Du</namePart><namePart type='family'>Nguyễn</namePart>"
            "<namePart type='date'>1765-1820</namePart><role><roleTerm>author</roleTerm></role></name>",
            Q("creator", "Nguyễn, Du, 1765-1820"),
        ),
        ("<name><namePart>A</namePart><role><roleTerm>ill</roleTerm></role></name>", Q("contributor", "A")),
        (
            "<name type='corporate'><namePart>Bộ Văn hóa</namePart><namePart>Vụ Thư viện</namePart></name>",
            Q("creator", "Bộ Văn hóa. Vụ Thư viện"),
        ),
        ("<name><etal>và cộng sự</etal><displayForm>Lan</displayForm></name>", Q("creator", "Lan")),
        ("<typeOfResource>moving image</typeOfResource>", Q("type", "MovingImage", "", "", "DCMIType")),
        ("<genre>Dân ca</genre>", Q("type", "Dân ca")),
        ("<originInfo><publisher>Trẻ</publisher></originInfo>", Q("publisher", "Trẻ")),
        (
            "<originInfo><dateIssued encoding='w3cdtf'>2010</dateIssued></originInfo>",
            Q("date", "2010", "", "issued", "W3CDTF"),
        ),
        (
            "<language><languageTerm type='code'>vie</languageTerm></language>",
            Q("language", "vi", "", "", "RFC4646"),
        ),
        (
            "<language><languageTerm type='code' authority='iso639-3'>tyz</languageTerm></language>",
            Q("language", "tyz", "", "", "ISO639-3"),
        ),
        ("<physicalDescription><extent>20 tr.</extent></physicalDescription>", Q("format", "20 tr.", "", "extent")),
        ("<abstract>A</abstract>", Q("description", "A", "", "abstract")),
        ("<note>A</note>", Q("description", "A")),
        (
            "<subject authority='lcsh'><topic>Rừng</topic><geographic>Ba Bể</geographic></subject>",
            Q("subject", "Rừng -- Ba Bể", "", "", "LCSH"),
        ),
        ("<subject><geographic>Ba Bể</geographic></subject>", Q("coverage", "Ba Bể", "", "spatial")),
        (
            "<subject><hierarchicalGeographic><country>Việt Nam</country><city>Huế</city></hierarchicalGeographic>"
            "</subject>",
            Q("coverage", "Việt Nam -- Huế", "", "spatial"),
        ),
        ("<subject><name><namePart>Hồ</namePart></name></subject>", Q("subject", "Hồ")),
        ("<classification authority='ddc'>959.7</classification>", Q("subject", "959.7", "", "", "DDC")),
        (
            "<relatedItem type='host'><titleInfo><title>Tc. Văn</title></titleInfo><part><text>Số 5</text></part>"
            "</relatedItem>",
            Q("relation", "Tc. Văn. Số 5", "", "isPartOf"),
        ),
        (
            "<relatedItem type='original'><titleInfo><title>Bản gốc</title></titleInfo></relatedItem>",
            Q("source", "Bản gốc"),
        ),
        (
            "<relatedItem><location><url>http://x.vn/1</url></location></relatedItem>",
            Q("relation", "http://x.vn/1", "", "", "URI"),
        ),
        (
            "<identifier type='isbn'>978-0-306-40615-7</identifier>",
            Q("identifier", "urn:isbn:9780306406157", "", "", "URI"),
        ),
        ("<identifier type='doi'>10.1/x</identifier>", Q("identifier", "https://doi.org/10.1/x", "", "", "URI")),
        ("<location><url>http://x.vn/1</url></location>", Q("identifier", "http://x.vn/1", "", "", "URI")),
        (
            "<accessCondition type='restriction on access'>Tại chỗ</accessCondition>",
            Q("rights", "Tại chỗ", "", "accessRights"),
        ),
    ],
)
def test_mods(inner: str, expected: QualifiedStatement) -> None:
    assert expected in said(f"<mods {MODS}>{inner}</mods>")


def test_what_mods_marks_as_wrong_is_not_taken() -> None:
    assert said(f"<mods {MODS}><identifier type='isbn' invalid='yes'>1</identifier><recordInfo/></mods>") == []


def test_our_own_mods_says_what_our_own_dublin_core_says() -> None:
    """What both crosswalks put in the same words: titles, people, keywords, dates, languages."""
    made = record(
        FIXED, "24510$aTruyện Kiều :$bkhảo dị", "1001 $aNguyễn, Du", "653  $aThơ", "264 1$aHà Nội$bKim Đồng$c2019"
    )
    ours, theirs = qualified(made), read(xml.parse(mods(made)))
    for name in ("title", "creator", "subject", "publisher", "date", "language", "type"):
        assert set(ours.values(name)) <= set(theirs.values(name))


def test_our_own_mods_of_real_records_can_be_read() -> None:
    for real in real_records("gpo/gpo_utf8_dev.mrc.gz", 300):
        assert read(xml.parse(mods(real))).values("title")


@pytest.mark.parametrize("name", ["dc", "mods"])
def test_an_endless_description_is_refused(name: str) -> None:
    many = "<note>a</note>" if name == "mods" else "<title>a</title>"
    with pytest.raises(LimitError) as refused:
        said(f"<{name}>{many * (DC_STATEMENTS + 1)}</{name}>")
    assert refused.value.problem.values["limit"] == "DC_STATEMENTS"


def test_only_the_first_names_of_what_is_left_out_are_told() -> None:
    left_out = LeftOut()
    statements(xml.parse(f"<dc>{''.join(f'<x{n}>a</x{n}>' for n in range(50))}</dc>".encode()), left_out)
    [problem] = left_out.problems()
    assert problem.values["count"] == 50
    assert len(problem.values["names"].split(", ")) == 10
