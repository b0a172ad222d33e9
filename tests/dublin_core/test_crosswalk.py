"""MARC fields in, Dublin Core values out: the table's rules, every known defect, Vietnamese practice."""

import pytest

from dublin_core import dates, identifiers, languages, punctuation
from dublin_core.crosswalk import crosswalk
from dublin_core.crosswalk_table import RULES
from dublin_core.elements import ELEMENTS
from tests.dublin_core.samples import FIXED, LEADER, real_records, record

# (what it is about, fields, element, values)
DEFECTS = [
    ("264 is read", ["264 1$aHà Nội :$bNxb. Trẻ,$c2019."], "publisher", ["Nxb. Trẻ"]),
    ("264 gives the date", ["264 1$aHà Nội :$bNxb. Trẻ,$c2019."], "date", ["2019"]),
    ("publication before distribution", ["264 2$bPhát hành", "264 1$bXuất bản"], "publisher", ["Xuất bản"]),
    ("distribution when nothing else", ["264 2$bPhát hành,", "260  $bCũ"], "publisher", ["Phát hành"]),
    ("copyright names no publisher", ["264 4$b©$c©2001", "260  $bCũ"], "publisher", ["Cũ"]),
    ("copyright date", ["264 4$c©2001"], "date", ["2001"]),
    (
        "URIs out of creator",
        ["1001 $aPowers, P. J.$0https://id.loc.gov/n88$1http://x.org/1"],
        "creator",
        ["Powers, P. J."],
    ),
    ("URI inside $a", ["100  $aNam Cao http://viaf.org/1"], "creator", ["Nam Cao"]),
    ("relators out of creator", ["1001 $aNam Cao,$eauthor.$4aut"], "creator", ["Nam Cao"]),
    ("subfields not glued", ["1001 $aJohn$bXXIII,$cPope,$d1881-1963,"], "creator", ["John XXIII, Pope, 1881-1963"]),
    ("7xx is contributor", ["7001 $aTô Hoài,$eillustrator"], "contributor", ["Tô Hoài"]),
    ("7xx is not creator", ["7001 $aTô Hoài", "7102 $aHội Nhà văn"], "creator", []),
    ("$n $p of 245 kept", ["24500$aĐịa chí Bắc Kạn.$nTập 2,$pVăn hóa"], "title", ["Địa chí Bắc Kạn. Tập 2, Văn hóa"]),
    (
        "$x $y $z $v of subjects kept",
        ["650 0$aRừng$xLuật$zViệt Nam$y1975-$vSổ tay."],
        "subject",
        ["Rừng -- Luật -- Việt Nam -- 1975- -- Sổ tay"],
    ),
    ("651 is coverage", ["651 0$aBắc Kạn (Việt Nam)"], "coverage", ["Bắc Kạn (Việt Nam)"]),
    ("752 is coverage", ["752  $aViệt Nam$bBắc Kạn$cBa Bể"], "coverage", ["Việt Nam -- Bắc Kạn -- Ba Bể"]),
    ("662 is coverage", ["662  $aViệt Nam$bBắc Kạn"], "coverage", ["Việt Nam -- Bắc Kạn"]),
    ("520 and 521 once", ["520  $aTóm tắt.", "521  $aThiếu nhi."], "description", ["Tóm tắt.", "Thiếu nhi."]),
    ("500 is read", ["500  $aGhi chú chung."], "description", ["Ghi chú chung."]),
    ("notes beyond $a", ["5050 $tChương 1 /$rNam Cao --$tChương 2"], "description", ["Chương 1 / Nam Cao -- Chương 2"]),
    ("no empty description", ["500  $a ", "520  $a", "505  $6x"], "description", []),
    ("place is no publisher", ["260  $aHà Nội :$bKim Đồng,$c1999"], "publisher", ["Kim Đồng"]),
    ("date not verbatim", ["260  $c[1974?]"], "date", ["1974"]),
    ("655 not glued", ["655 7$aDân ca$zViệt Nam.$2lcgft$0http://x.org"], "type", ["Text", "Dân ca -- Việt Nam"]),
    ("300 is format", ["300  $a200 tr. :$bminh họa ;$c21 cm."], "format", ["200 tr. : minh họa ; 21 cm"]),
    ("856 $q is format", ["85640$uhttps://x.vn/1$qapplication/pdf"], "format", ["application/pdf"]),
    ("022 is identifier", ["022  $a0866-7187"], "identifier", ["urn:issn:0866-7187"]),
    ("ISSN with a wrong check digit", ["022  $a0866-7188$y0866-7187"], "identifier", []),
    ("language never empty", ["546  $a "], "language", ["vi"]),
    ("041 is read", ["0411 $avie$aeng$hfre"], "language", ["vi", "en"]),
    ("530 is a plain relation", ["530  $aCó bản vi phim."], "relation", ["Có bản vi phim."]),
    ("999 is nobody's rights", ["999ff$tdiscovery suppressed"], "rights", []),
    ("653 every $a", ["653  $aDân ca$aThen,$aTày"], "subject", ["Dân ca", "Then", "Tày"]),
    (
        "740 and 246 are titles",
        ["24500$aA", "24630$aB :$bC", "74002$aD", "7400 $aThen."],
        "title",
        ["A", "B : C", "Then"],
    ),
    ("130 comes behind 245", ["1300 $aGout.$lVietnamese", "24510$aBệnh gút"], "title", ["Bệnh gút", "Gout"]),
    ("335/336 is not type", ["336  $atext$btxt$2rdacontent"], "type", ["Text"]),
]


@pytest.mark.parametrize(
    ("fields", "element", "expected"), [case[1:] for case in DEFECTS], ids=[case[0] for case in DEFECTS]
)
def test_known_defect_is_absent(fields: list[str], element: str, expected: list[str]) -> None:
    fixed = FIXED.replace("s2019", "s9999") if element == "date" else FIXED
    assert crosswalk(record(fixed, *fields)).values(element) == expected


RULE_CASES = [
    (["24510$aTitle$h[electronic resource] :$brest /$cwho"], "title", ["Title : rest"]),
    (["24510$aTitle$h[text]$bparallel"], "title", ["Title : parallel"]),
    (["24500$aTitle =$bTitre"], "title", ["Title = Titre"]),
    (["24500$aTitle$b= Titre"], "title", ["Title = Titre"]),
    (["24500$a\x98The\x9c title"], "title", ["The title"]),
    (["24500$aA\u00a0 title\u3000here"], "title", ["A title here"]),
    (["1102 $aUnited States.$bCongress.$eauthor"], "creator", ["United States. Congress"]),
    (["1112 $aHội thảo$eBan tổ chức$jhost"], "creator", ["Hội thảo Ban tổ chức"]),
    (["7001 $aKing, M. L.,$cJr."], "contributor", ["King, M. L., Jr."]),
    (["720  $aNguyễn Thị Lan$ebiên tập"], "contributor", ["Nguyễn Thị Lan"]),
    (["70012$aNguyễn, Du.$tTruyện Kiều."], "relation", ["Nguyễn, Du. Truyện Kiều"]),
    (["70012$aNguyễn, Du.$tTruyện Kiều."], "contributor", []),
    (["61010$aU.S.$bArmy$xHistory.$2fast"], "subject", ["U.S. Army -- History"]),
    (["61010$aUnited States.$xHistory."], "subject", ["United States -- History"]),
    (["650 0$aBridges$0http://id.loc.gov/1$zHà Nội."], "subject", ["Bridges -- Hà Nội"]),
    (["650 0$xLịch sử"], "subject", ["Lịch sử"]),
    (["650 0$aRừng$x $zBa Bể"], "subject", ["Rừng -- Ba Bể"]),
    (["651 0$aBắc Kạn$xLịch sử"], "subject", ["Bắc Kạn -- Lịch sử"]),
    (["651 0$aBắc Kạn$xLịch sử"], "coverage", ["Bắc Kạn"]),
    (["648 7$a1945-1975"], "coverage", ["1945-1975"]),
    (["502  $bThạc sĩ$cĐại học Thái Nguyên$d2012"], "description", ["Thạc sĩ, Đại học Thái Nguyên, 2012"]),
    (["5610 $aRiêng.", "5611 $aChung."], "description", ["Chung."]),
    (["590  $a[12 cds]", "5410 $aMua 2 triệu", "583  $alọc"], "description", []),
    (["506  $aĐọc tại chỗ."], "rights", ["Đọc tại chỗ."]),
    (["506  $aA", "506  $aA"], "rights", ["A"]),
    (
        ["540  $aCC BY$uhttps://creativecommons.org/licenses/by/4.0/"],
        "rights",
        ["CC BY", "https://creativecommons.org/licenses/by/4.0/"],
    ),
    (["0247 $a10.1000/182$2doi"], "identifier", ["https://doi.org/10.1000/182"]),
    (["0247 $a2027/x$2hdl"], "identifier", ["https://hdl.handle.net/2027/x"]),
    (["0242 $aM571100511"], "identifier", ["ismn:M571100511"]),
    (["0248 $aX1"], "identifier", ["X1"]),
    (["035  $a(OCoLC)2105618$z(OCoLC)9", "0359 $agp^76001367"], "identifier", ["(OCoLC)2105618"]),
    (["85640$uhttps://a.vn/1$uhttps://a.vn/2"], "identifier", ["https://a.vn/1", "https://a.vn/2"]),
    (["85642$uhttps://a.vn/bìa"], "relation", ["https://a.vn/bìa"]),
    (["020  $a604-2-00001-4 (bìa mềm)"], "identifier", []),
    (["020  $a0306406152 (pbk.) :$c2 USD"], "identifier", ["urn:isbn:0306406152"]),
    (["020  $a978-0-306-40615-7"], "identifier", ["urn:isbn:9780306406157"]),
    (["534  $pNguyên bản:$cHuế, 1831."], "source", ["Nguyên bản: Huế, 1831."]),
    (["7860 $aTổng cục Thống kê.$tNiên giám"], "source", ["Tổng cục Thống kê. Niên giám"]),
    (["4901 $aTủ sách Vàng ;$vt. 2"], "relation", ["Tủ sách Vàng ; t. 2"]),
    (["830 0$aOAQPS series ;$vno. 1.2-102."], "relation", ["OAQPS series ; no. 1.2-102"]),
    (["7730 $tTạp chí Văn học. -$gSố 5 (2010), tr. 3-10$w1"], "relation", ["Tạp chí Văn học. Số 5 (2010), tr. 3-10"]),
    (["73002$aThen Tày."], "relation", ["Then Tày"]),
    (["260  $a[S.l. :$bs.n.],$c1990"], "publisher", []),
    (["260  $aHà Nội : Kim Đồng, 1999"], "publisher", ["Kim Đồng, 1999"]),
    (["260  $a[Hà Nội] :$b[Sự thật],$c1976"], "publisher", ["Sự thật"]),
]


@pytest.mark.parametrize(("fields", "element", "expected"), RULE_CASES)
def test_fields_become_values(fields: list[str], element: str, expected: list[str]) -> None:
    assert crosswalk(record(FIXED, *fields)).values(element) == expected


@pytest.mark.parametrize(
    ("leader", "fixed", "expected"),
    [
        ("am", {}, ["Text"]),
        ("tm", {}, ["Text"]),
        ("ac", {}, ["Collection", "Text"]),
        ("pc", {}, ["Collection"]),
        ("em", {}, ["StillImage"]),
        ("gm", {33: "v"}, ["MovingImage"]),
        ("gm", {33: "s"}, ["StillImage"]),
        ("jm", {}, ["Sound"]),
        ("mm", {26: "a"}, ["Dataset"]),
        ("mm", {26: "g"}, ["Software"]),
        ("rm", {}, ["PhysicalObject"]),
        ("^^", {}, []),
    ],
)
def test_type_is_of_the_dcmi_vocabulary_and_not_run_together(
    leader: str, fixed: dict[int, str], expected: list[str]
) -> None:
    signs = list(FIXED)
    for place, sign in fixed.items():
        signs[place + 3] = sign
    assert crosswalk(record("".join(signs), leader=f"{LEADER[:6]}{leader}{LEADER[8:]}")).values("type") == expected


STUB = "008181222s9999||||xx |||||||||||||| ||und||"
VIETNAMESE = [
    ("a stub 008 gives no date", [STUB], "date", []),
    ("a stub 008 gives no language", [STUB], "language", []),
    ("the date of 260 then", [STUB, "260  $c1992"], "date", ["1992"]),
    ("the language of 041 then", [STUB, "0410 $avie"], "language", ["vi"]),
    ("the language of 546 then", [STUB, "546  $aChính văn bằng tiếng Việt và tiếng Anh"], "language", ["vi", "en"]),
    ("a running number is no ISBN", [STUB, "020  $a2415"], "identifier", []),
    ("a price is no ISBN", [STUB, "020  $c35000đ$a35000"], "identifier", []),
    ("a shelf mark in 082 is no subject", [STUB, "082  $a005.275--LE-T"], "subject", []),
    ("natural order stays", [STUB, "100  $aNông Quốc Hưng"], "creator", ["Nông Quốc Hưng"]),
    ("inverted order stays", [STUB, "1001 $aNông, Quốc Hưng"], "creator", ["Nông, Quốc Hưng"]),
    ("a comma divides no persons", [STUB, "100  $aNguyệt Tú, Nguyệt Tĩnh"], "creator", ["Nguyệt Tú, Nguyệt Tĩnh"]),
    (
        "a semicolon divides persons",
        [STUB, "100  $aNguyễn Thị Hiền; Lê Thanh Mai chủ biên,   ... [và những người khác]"],
        "creator",
        ["Nguyễn Thị Hiền", "Lê Thanh Mai chủ biên"],
    ),
    ("subtitle in $a", [STUB, "245 0$aSản xuất sạch hơn:   Bài giảng"], "title", ["Sản xuất sạch hơn: Bài giảng"]),
    ("local fields stay inside", [STUB, "911  $aLan", "925  $aG", "952  $pVN1", "653  $aThen"], "subject", ["Then"]),
    ("a year of a reign", [STUB, "260  $cMinh Mạng thứ 12 [1831]"], "date", ["1831"]),
    ("collective Tai and exact Tày", ["0410 $atai", "041 7$atyz$2iso639-3"], "language", ["tai", "tyz"]),
]


@pytest.mark.parametrize(
    ("fields", "element", "expected"), [case[1:] for case in VIETNAMESE], ids=[case[0] for case in VIETNAMESE]
)
def test_vietnamese_practice(fields: list[str], element: str, expected: list[str]) -> None:
    assert crosswalk(record(*fields)).values(element) == expected


def test_a_field_in_another_script_repeats_its_element_with_the_language() -> None:
    dc = crosswalk(
        record(
            FIXED,
            "24510$6880-01$aTruyện Kiều /$cNguyễn Du",
            "880 1$6264-02/$1$a河內 :$b觀文堂,$c1902",
            "88010$6245-01/$1$a傳翹 /$c阮攸",
            "880  $6880-03$aloop",
            "880  $6008-04$anone",
        )
    )
    assert [statement for statement in dc.statements if statement[0] in ("title", "publisher", "date")] == [
        ("title", "Truyện Kiều", ""),
        ("title", "傳翹", "vi-Hani"),
        ("publisher", "觀文堂", "vi-Hani"),
        ("date", "2019", ""),
    ]


def test_elements_come_in_their_order_and_nothing_twice() -> None:
    dc = crosswalk(record("540  $aA", "650 0$aThen", "650 7$aThen.", "24500$aC", "651 0$aD"))
    assert [statement[:2] for statement in dc.statements] == [
        ("title", "C"),
        ("subject", "Then"),
        ("type", "Text"),
        ("coverage", "D"),
        ("rights", "A"),
    ]


def test_every_rule_names_an_element_of_the_standard_and_a_tag() -> None:
    assert {rule.element for rule in RULES} == set(ELEMENTS)
    assert all(len(tag) == 3 for rule in RULES for tag in rule.tags.split())


def test_real_records_keep_what_other_crosswalks_lose() -> None:
    """Of 1,000 real records, all of which have 260 or 264, the common stylesheets leave every second without both."""
    found = [crosswalk(real) for real in real_records("gpo/gpo_utf8_dev.mrc.gz", 1000)]
    assert sum(not dc.values("title") for dc in found) == 0
    assert sum(not dc.values("publisher") for dc in found) <= 2
    assert sum(not dc.values("date") for dc in found) <= 5
    assert not [value for dc in found for value in dc.values("creator") + dc.values("contributor") if "http" in value]
    assert not [statement for dc in found for statement in dc.statements if not statement[1].strip()]


def test_real_vietnamese_records_say_nothing_from_their_stub() -> None:
    for real in real_records("vietnam/university_sample.mrc", 500):
        dc = crosswalk(real)
        assert dc.values("title")
        assert "9999" not in dc.values("date")
        assert "und" not in dc.values("language")
        assert not [value for value in dc.values("identifier") if value.isdecimal()]


def test_every_rule_names_a_function_that_cleans() -> None:
    rooms = (punctuation, identifiers, dates, languages)
    assert [rule for rule in RULES if not any(callable(getattr(room, rule.clean, None)) for room in rooms)] == []


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "tag", ["1001 ", "24500", "24630", "260  ", "264 1", "650 0", "7001 ", "500  ", "020  ", "041  ", "546  "]
)
@pytest.mark.parametrize("unit", [" ", ",", "[", ";", "http://", "-- ", "và", "1", "$b1", "$a ", "$b]"])
def test_time_is_bounded_on_hostile_fields(tag: str, unit: str) -> None:
    """A field of the size a record may have takes time in proportion; a quadratic step would not end here."""
    crosswalk(record(FIXED, f"{tag}$a{unit * 200_000}x"))
