"""MARC 21 → MODS: what each field becomes, other scripts, and validity for any record."""

import pathlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dublin_core.mods import _READERS, MODS, XLINK, mods
from dublin_core.mods_codes import NOTES
from dublin_core.mods_parts import address
from marc import mrk
from marc.record import Field, Record
from tests.dublin_core.samples import FIXED, LEADER, real_records, record
from tests.dublin_core.schemas import mods_schema
from tests.dublin_core.test_xml import FIELDS, LEADERS, TEXT

PROVINCE = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "province"
NAMES = {"m": MODS, "xlink": XLINK}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    return mods_schema(tmp_path_factory.mktemp("schemas"))


def found(path: str, *fields: str, leader: str = LEADER, fixed: str = FIXED) -> list[str]:
    """What an XPath finds in the MODS of a record: text, or attribute values."""
    root = etree.fromstring(mods(record(fixed, *fields, leader=leader)))
    steps = path.replace("//", "/descendant::").split("/")
    named = "/".join(step if step[:1] in ("", "@", ".") or ":" in step.split("[")[0] else f"m:{step}" for step in steps)
    return [one if isinstance(one, str) else "".join(one.itertext()) for one in root.xpath(named, namespaces=NAMES)]


# (path, values, fields)
CASES = [
    ("titleInfo[@usage='primary']/title", ["Địa chí Bắc Kạn"], ["24510$aĐịa chí Bắc Kạn :$bkhảo cứu /$cNông Quốc"]),
    ("titleInfo/subTitle", ["khảo cứu"], ["24510$aĐịa chí Bắc Kạn :$bkhảo cứu /$cNông Quốc"]),
    ("note[@type='statement of responsibility']", ["Nông Quốc"], ["24510$aĐịa chí /$cNông Quốc."]),
    ("titleInfo/partNumber", ["Tập 2"], ["24510$aĐịa chí.$nTập 2,$pVăn hóa"]),
    ("titleInfo/partName", ["Văn hóa"], ["24510$aĐịa chí.$nTập 2,$pVăn hóa"]),
    ("titleInfo/nonSort", ["The"], ["24514$aThe forest"]),
    ("titleInfo/title", ["forest"], ["24514$aThe forest"]),
    ("titleInfo/title", ["Therest"], ["24512$aTherest"]),
    ("titleInfo[@type='translated']/title", ["Forest"], ["24510$aRừng =$bForest"]),
    ("titleInfo[@type='alternative']/title", ["Rừng xanh"], ["24618$aRừng xanh"]),
    ("titleInfo/@displayLabel", ["Spine title"], ["24618$aRừng xanh"]),
    ("titleInfo[@type='uniform']/title", ["Truyện Kiều"], ["24010$aTruyện Kiều"]),
    ("titleInfo[@type='abbreviated']/title", ["Tc. Văn học"], ["210  $aTc. Văn học"]),
    ("name[@type='personal'][@usage='primary']/namePart[1]", ["Nguyễn, Du"], ["1001 $aNguyễn, Du,$d1765-1820"]),
    ("name/namePart[@type='date']", ["1765-1820"], ["1001 $aNguyễn, Du,$d1765-1820"]),
    ("name/namePart[@type='termsOfAddress']", ["Pope"], ["1000 $aJohn XXIII,$cPope"]),
    ("name[@type='corporate']/namePart", ["Bộ Văn hóa", "Thư viện"], ["1102 $aBộ Văn hóa.$bThư viện"]),
    ("name[@type='conference']/namePart", ["Hội thảo Then"], ["7112 $aHội thảo Then"]),
    ("name/role/roleTerm[@type='text']", ["biên soạn"], ["7001 $aTô Hoài,$ebiên soạn"]),
    ("name/role/roleTerm[@authority='marcrelator']", ["ill"], ["7001 $aTô Hoài$4ill"]),
    ("name/role/roleTerm/@valueURI", ["http://id.loc.gov/vocabulary/relators/ill"],
     ["7001 $aTô Hoài$4http://id.loc.gov/vocabulary/relators/ill"]),
    ("name/@valueURI", ["http://viaf.org/viaf/1"], ["7001 $aTô Hoài$0(x)1$1http://viaf.org/viaf/1"]),
    ("name/namePart", ["Nam Cao", "Tô Hoài"], ["100  $aNam Cao; Tô Hoài"]),
    ("typeOfResource", ["text"], []),
    ("genre[@authority='lcgft']", ["Dân ca -- Việt Nam"], ["655 7$aDân ca$zViệt Nam.$2lcgft"]),
    ("genre[@authority='rdacontent']", ["văn bản"], ["336  $avăn bản$btxt$2rdacontent"]),
    ("originInfo[@eventType='publication']/publisher", ["Kim Đồng"], ["264 1$aHà Nội :$bKim Đồng,$c2019"]),
    ("originInfo/place/placeTerm[@type='text']", ["Hà Nội"], ["264 1$aHà Nội :$bKim Đồng,$c2019"]),
    ("originInfo/place[@supplied='yes']/placeTerm", ["Huế"], ["260  $a[Huế]"]),
    ("originInfo/place/placeTerm[@authority='marccountry']", ["vm"], ["24510$aA"]),
    ("originInfo/dateIssued[not(@encoding)]", ["2019"], ["264 1$aHà Nội :$bKim Đồng,$c2019"]),
    ("originInfo/dateIssued[@encoding='marc']", ["2019"], []),
    ("originInfo/copyrightDate", ["©2001"], ["264 4$c©2001"]),
    ("originInfo[@eventType='manufacture']/dateOther", ["1999"], ["264 3$c1999"]),
    ("originInfo/edition", ["In lần 2"], ["250  $aIn lần 2"]),
    ("originInfo/issuance", ["monographic"], []),
    ("originInfo/frequency", ["Hằng tháng"], ["310  $aHằng tháng"]),
    ("language[@usage='primary']/languageTerm", ["vie"], []),
    ("language[@objectPart='original']/languageTerm", ["fre"], ["0411 $avie$hfre"]),
    ("language/languageTerm[@authority='iso639-3']", ["tyz"], ["041 7$atyz$2iso639-3"]),
    ("language[not(@objectPart)]/languageTerm", ["vie", "eng"], ["0410 $avieeng"]),
    ("physicalDescription/extent", ["200 tr. : minh họa ; 21 cm"], ["300  $a200 tr. :$bminh họa ;$c21 cm."]),
    ("physicalDescription/form[@authority='rdacarrier']", ["tập"], ["338  $atập$bnc$2rdacarrier"]),
    ("physicalDescription/internetMediaType", ["application/pdf"], ["85640$uhttps://x.vn/1$qapplication/pdf"]),
    ("abstract", ["Tóm tắt."], ["520  $aTóm tắt."]),
    ("tableOfContents", ["Chương 1 -- Chương 2"], ["5050 $aChương 1 -- Chương 2"]),
    ("targetAudience", ["Thiếu nhi."], ["521  $aThiếu nhi."]),
    ("note[@type='thesis']", ["Luận văn"], ["502  $aLuận văn"]),
    ("note[not(@type)]", ["Ghi chú"], ["500  $aGhi chú"]),
    ("note", [], ["5610 $aRiêng", "541  $aMua", "590  $aNội bộ"]),
    ("subject[@authority='lcsh']/topic", ["Rừng", "Luật"], ["650 0$aRừng$xLuật"]),
    ("subject/geographic", ["Việt Nam"], ["650 0$aRừng$zViệt Nam"]),
    ("subject/temporal", ["1945-1975"], ["648 7$a1945-1975"]),
    ("subject/genre", ["Sổ tay"], ["650 0$aRừng$vSổ tay."]),
    ("subject/name[@type='personal']/namePart[1]", ["Hồ, Chí Minh"], ["60010$aHồ, Chí Minh,$d1890-1969.$tNhật ký"]),
    ("subject/titleInfo/title", ["Nhật ký"], ["60010$aHồ, Chí Minh,$d1890-1969.$tNhật ký"]),
    ("subject/titleInfo/title", ["Kinh Thi"], ["63000$aKinh Thi"]),
    ("subject/topic", ["Then", "Tày"], ["653  $aThen$aTày"]),
    ("subject/geographic", ["Ba Bể"], ["653 5$aBa Bể"]),
    ("subject/occupation", ["Thủ thư"], ["656 7$aThủ thư"]),
    ("subject/hierarchicalGeographic/state", ["Bắc Kạn"], ["752  $aViệt Nam$bBắc Kạn$cBa Bể"]),
    ("subject/geographicCode", ["a-vt"], ["043  $aa-vt---"]),
    ("subject/cartographics/coordinates", ["E1050000 E1060000"], ["0341 $aa$dE1050000$eE1060000"]),
    ("subject/cartographics/projection", ["UTM"], ["255  $aTỷ lệ 1:50.000 ;$bUTM"]),
    ("classification[@authority='ddc'][@edition='23']", ["959.703 N100"], ["08204$a959.703$bN100$223"]),
    ("classification[@authority='sudocs']", ["C 46.17"], ["0860 $aC 46.17"]),
    ("classification[@authority='bbk']", ["63.3"], ["084  $a63.3$2bbk"]),
    ("relatedItem[@type='series']/titleInfo/title", ["Tủ sách Vàng"], ["4900 $aTủ sách Vàng ;$v2"]),
    ("relatedItem[@type='series']/titleInfo/partNumber", ["2"], ["4900 $aTủ sách Vàng ;$v2"]),
    ("relatedItem[@type='series']", ["Tủ sách Vàng"], ["4901 $aTủ sách vàng", "830 0$aTủ sách Vàng"]),
    ("relatedItem[@type='host']/titleInfo/title", ["Văn học"], ["7730 $tVăn học.$gSố 5 (2010), tr. 3-10$x0866-7187"]),
    ("relatedItem/part/extent[@unit='pages']/end", ["10"], ["7730 $tVăn học.$gSố 5 (2010), tr. 3-10"]),
    ("relatedItem/identifier[@type='issn']", ["0866-7187"], ["7730 $tVăn học.$x0866-7187"]),
    ("relatedItem[@type='otherFormat']/@displayLabel", ["Bản điện tử"], ["77608$iBản điện tử:$tRừng"]),
    ("relatedItem[@type='preceding']/titleInfo/title", ["Báo cũ"], ["78000$tBáo cũ"]),
    ("relatedItem[@type='constituent']/titleInfo/title", ["Truyện Kiều"], ["70012$aNguyễn, Du.$tTruyện Kiều"]),
    ("relatedItem[@type='constituent']/name/namePart", ["Nguyễn, Du"], ["70012$aNguyễn, Du.$tTruyện Kiều"]),
    ("relatedItem[@type='isReferencedBy']/note", ["Thư mục Hán Nôm 12"], ["5104 $aThư mục Hán Nôm$c12"]),
    ("relatedItem/location/url", ["https://x.vn/bia"], ["85642$uhttps://x.vn/bia"]),
    ("identifier[@type='isbn'][not(@invalid)]", ["9786042123457"], ["020  $a9786042123457$z123"]),
    ("identifier[@type='isbn'][@invalid='yes']", ["123"], ["020  $a9786042123457$z123"]),
    ("identifier[@type='doi']", ["10.1/x"], ["0247 $a10.1/x$2doi"]),
    ("identifier[@type='oclc']", ["2105618"], ["035  $a(OCoLC)2105618"]),
    ("location/url[@usage='primary display']", ["https://x.vn/1"], ["85640$uhttps://x.vn/1"]),
    ("location/shelfLocator", ["959.703 N"], ["852  $aBKTP$bKho mượn$h959.703$iN"]),
    ("location/physicalLocation", ["BKTP, Kho mượn"], ["852  $aBKTP$bKho mượn$h959.703$iN"]),
    ("accessCondition[@type='restriction on access']", ["Đọc tại chỗ."], ["506  $aĐọc tại chỗ."]),
    ("accessCondition/@xlink:href", ["https://x.vn/by"], ["540  $aCC BY$uhttps://x.vn/by"]),
    ("recordInfo/recordIdentifier[@source='BKTP']", ["17"], ["00117", "003BKTP"]),
    ("recordInfo/recordCreationDate", ["260101"], []),
    ("recordInfo/recordChangeDate", ["20260102030405.0"], ["00520260102030405.0"]),
    ("recordInfo/languageOfCataloging/languageTerm", ["vie"], ["040  $aBKTP$bvie"]),
    ("recordInfo/recordContentSource", ["BKTP"], ["040  $aBKTP$bvie"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "values", "fields"), CASES)
def test_a_field_becomes_its_element(path: str, values: list[str], fields: list[str]) -> None:
    assert found(path, *fields) == values


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("s2019    ", {("", "2019")}),
        ("c20019999", {("start", "2001"), ("end", "9999")}),
        ("m19982001", {("start", "1998"), ("end", "2001")}),
        ("q19501959", {("start", "1950"), ("end", "1959")}),
        ("s9999||||", set()),
        ("n        ", set()),
        ("s19uu    ", {("", "19uu")}),
    ],
)
def test_coded_dates(dates: str, expected: set[tuple[str, str]]) -> None:
    fixed = FIXED[:9] + dates + FIXED[18:]
    root = etree.fromstring(mods(record(fixed)))
    assert {(one.get("point", ""), one.text) for one in root.iter(f"{{{MODS}}}dateIssued")} == expected


@pytest.mark.parametrize(
    ("leader", "signs", "path", "expected"),
    [
        ("em", {}, "typeOfResource", ["cartographic"]),
        ("gm", {33: "v"}, "typeOfResource", ["moving image"]),
        ("gm", {33: "s"}, "typeOfResource", ["still image"]),
        ("pc", {}, "typeOfResource/@collection", ["yes"]),
        ("tm", {}, "typeOfResource/@manuscript", ["yes"]),
        ("tm", {}, "originInfo/dateCreated", ["2019"]),
        ("am", {22: "j"}, "targetAudience", ["juvenile"]),
        ("am", {33: "1"}, "genre", ["fiction"]),
        ("am", {24: "b", 25: "b"}, "genre", ["bibliography"]),
        ("as", {21: "p"}, "genre", ["periodical"]),
        ("as", {18: "m"}, "originInfo/frequency", ["Monthly"]),
        ("as", {}, "originInfo/issuance", ["serial"]),
        ("am", {23: "o"}, "physicalDescription/form", ["electronic"]),
        ("em", {29: "a"}, "physicalDescription/form", ["microfilm"]),
    ],
)
def test_codes_become_words(leader: str, signs: dict[int, str], path: str, expected: list[str]) -> None:
    fixed = list(FIXED)
    for place, sign in signs.items():
        fixed[place + 3] = sign
    assert found(path, leader=f"{LEADER[:6]}{leader}{LEADER[8:]}", fixed="".join(fixed)) == expected


def test_a_field_and_its_other_script_share_a_group() -> None:
    pair = ["24500$6880-02$aTruyện Kiều", "88000$6245-02/$1$a傳翹".replace("/$1", "/Hani")]
    assert found("titleInfo/@altRepGroup", *pair) == ["02", "02"]
    assert found("titleInfo[@script='Hani']/title", *pair) == ["傳翹"]
    assert found("titleInfo[@script='Hani']/@xml:lang", *pair) == ["vi-Hani"]


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        (["264 1$6880-01$aHà Nội", "880 1$6264-01/Hani$a河內"], "originInfo/@altRepGroup"),
        (["250  $6880-01$aIn lần 2", "880  $6250-01/Hani$a第二"], "originInfo[edition]/@altRepGroup"),
        (["300  $6880-01$a20 tr.", "880  $6300-01/Hani$a二十"], "physicalDescription/@altRepGroup"),
        (["1001 $6880-01$aNguyễn Du", "8801 $6100-01/Hani$a阮攸"], "name/@altRepGroup"),
    ],
)
def test_other_scripts_of_every_part(fields: list[str], path: str) -> None:
    assert "01" in found(path.replace("[edition]", "[m:edition]"), *fields)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://x.vn/bìa 1", "https://x.vn/b%C3%ACa%201"),
        ("https://x.vn/100%", "https://x.vn/100%25"),
        ("http://x.vn:8080/a#b", "http://x.vn:8080/a#b"),
        ("http://x.vn/[a]", "http://x.vn/%5Ba%5D"),
        ("urn:isbn:1", "urn:isbn:1"),
        ("http://x.vn:abc/", ""),
        ("www.x.vn", ""),
        ("http://", ""),
        ("a b", ""),
        ("", ""),
    ],
)
def test_an_address_is_a_uri_or_nothing(value: str, expected: str) -> None:
    assert address(value) == expected


def test_what_is_no_address_becomes_a_note() -> None:
    assert found("note[@type='electronic location']", "85640$uwww.x.vn") == ["www.x.vn"]


def test_real_records_are_valid(schema: etree.XMLSchema) -> None:
    for real in real_records("gpo/gpo_utf8_dev.mrc.gz", 2000):
        schema.assertValid(etree.fromstring(mods(real)))


@pytest.mark.parametrize("path", ["gpo/gpo_vie_hmn.mrc", "vietnam/university_sample.mrc"])
def test_vietnamese_records_are_valid(schema: etree.XMLSchema, path: str) -> None:
    for real in real_records(path, 600):
        schema.assertValid(etree.fromstring(mods(real)))


def test_the_province_is_valid(schema: etree.XMLSchema) -> None:
    for file in sorted(PROVINCE.glob("*.mrk")):
        with file.open("rb") as stream:
            for reading in mrk.readings(stream):
                assert reading.record is not None
                schema.assertValid(etree.fromstring(mods(reading.record)))


_TAGS = sorted({*_READERS, *NOTES, "040", "041", "250", "260", "264", "300", "310", "337", "338", "340"})
_STARTS = st.sampled_from(["http://", "https://x.vn:", "urn:", "doi:", "//", "x:%", ""])
_ADDRESSES = st.builds("{}{}".format, _STARTS, TEXT)
_OCCURRENCES, _SCRIPTS = st.sampled_from(["01", "00", "x"]), st.sampled_from(["Hani", "$1", "(3"])
_LINKED = st.builds("{}-{}/{}".format, st.sampled_from(_TAGS), _OCCURRENCES, _SCRIPTS)
_SUBFIELDS = st.tuples(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"), TEXT | _ADDRESSES) | _LINKED.map(
    lambda linkage: ("6", linkage)
)
_DATA = st.builds(
    lambda tag, indicators, subfields: Field(tag, indicators, tuple(subfields)),
    st.sampled_from([*_TAGS, "880"]),
    st.text(" 0123456789ab", min_size=2, max_size=2),
    st.lists(_SUBFIELDS, min_size=1, max_size=6),
)
_FIXED = st.builds(lambda value: Field("008", value=value), st.text("abcdeimprst0129u| -", max_size=40) | TEXT)


@settings(max_examples=500)
@given(LEADERS, st.lists(_DATA | _FIXED | FIELDS, max_size=8))
def test_any_record_is_valid(schema: etree.XMLSchema, leader: str, fields: list[Field]) -> None:
    root = etree.fromstring(mods(Record.build(leader, fields)))
    schema.assertValid(root)
    assert [one.tag for one in root.iter() if not len(one) and not (one.text or "").strip()] == []
