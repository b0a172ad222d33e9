"""`marc.unimarc`: UNIMARC to MARC 21."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marc import iso2709, readers, repair, unimarc
from marc.record import Field, Record
from marc.unimarc_table import COUNTRIES, RELATORS, RULES
from tests.marc.samples import SHARED, needs_data, records, sample

GENERAL = "19961119d1996    m  y0fraa50      ba"


def record(*fields: Field, leader: str = "00000nam0a2200000   4500") -> Record:
    return Record.build(repair.leader(leader)[0], [Field("001", value="u1"), *fields])


def data(tag: str, text: str, indicators: str = "  ") -> Field:
    """A field of subfields written `$a… $b…`, each `|` in the text standing for the delimiter."""
    return Field(tag, indicators, tuple((piece[0], piece[1:]) for piece in text.split("|")[1:]))


BOOK = record(
    data("010", "|a2-07-036822-X|bbr.|d55 F"),
    data("100", "|a" + GENERAL),
    data("101", "|afre|cvie", "1 "),
    data("102", "|aFR"),
    data("105", "|aa   a   000y"),
    data("200", "|aKim Van Kiêu|bTexte imprimé|eroman|fNguyen Du|gtrad. par Xuan Phuc", "1 "),
    data("210", "|aParis|cGallimard|d1961"),
    data("215", "|a192 p.|cill.|d22 cm"),
    data("225", "|aConnaissance de l'Orient|v12", "0 "),
    data("700", "|aNguyen|bDu|f1766-1820|3frBN001|4070", " 1"),
    data("702", "|aXuan|bPhuc|4730", " 1"),
    data("801", "|aFR|bBN|c19961119|gAFNOR", " 0"),
)


def made(*fields: Field, leader: str = "00000nam0a2200000   4500") -> list[Field]:
    """What the fields become, without those every record gets."""
    found, _ = unimarc.to_marc21(record(*fields, leader=leader))
    return [field for field in found.fields if field.tag not in ("001", "008")]


def test_a_book_becomes_marc21_with_the_punctuation_of_isbd() -> None:
    found, problems = unimarc.to_marc21(BOOK)
    assert found.fields == [
        Field("001", value="u1"),
        Field("008", value="961119s1996    fr a   g b    000 0 fre d"),
        data("020", "|a2-07-036822-X|qbr.|c55 F"),
        data("040", "|aBN|bfra|eAFNOR"),
        data("041", "|afre|hvie", "1 "),
        data("100", "|aNguyen, Du,|d1766-1820|0frBN001|4aut", "1 "),
        data("245", "|aKim Van Kiêu|h[Texte imprimé] :|broman /|cNguyen Du ; trad. par Xuan Phuc", "10"),
        data("260", "|aParis :|bGallimard,|c1961"),
        data("300", "|a192 p. :|bill. ;|c22 cm"),
        data("490", "|aConnaissance de l'Orient ;|v12", "0 "),
        data("700", "|aXuan, Phuc|4trl", "1 "),
    ]
    assert found.leader == "00000nam a2200000 i 4500"
    assert [problem.code for problem in problems] == ["marc.unimarc"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (data("011", "|a1234-5679"), [data("022", "|a1234-5679")]),
        (data("200", "|a<<The >>Tale of Kieu"), [data("245", "|aThe Tale of Kieu", "04")]),
        (data("200", "|aMột|aHai|fNguyễn Du"), [data("245", "|aMột ; Hai /|cNguyễn Du", "00")]),
        (data("200", "|aKiều|dKieu|h1|iPhần một"), [data("245", "|aKiều =|bKieu.|n1.|pPhần một", "00")]),
        (data("205", "|a2e éd.|frevue par A"), [data("250", "|a2e éd. /|brevue par A")]),
        (data("210", "|aHà Nội|aHuế|cVăn học|d1965|eHà Nội|gNhà in"),
         [data("260", "|aHà Nội ;|aHuế :|bVăn học,|c1965|e(Hà Nội :|fNhà in)")]),
        (data("214", "|aHà Nội|cVăn học|d2020", " 0"), [data("264", "|aHà Nội :|bVăn học,|c2020", " 1")]),
        (data("327", "|aMột|aHai", "1 "), [data("505", "|aMột -- Hai", "0 ")]),
        (data("464", "|tKiều|v2|x1234-5679"), [data("774", "|tKiều|g2|x1234-5679", "0 ")]),
        (data("430", "|tCũ"), [data("780", "|tCũ", "00")]),
        (data("444", "|tMới"), [data("785", "|tMới", "04")]),
        (data("500", "|aKiều|mFrançais"), [data("130", "|aKiều|lFrançais", "0 ")]),
        (data("517", "|aKieu|epoem", "1 "), [data("246", "|aKieu :|bpoem", "3 ")]),
        (data("541", "|aThe Tale|zeng", "1 "), [data("242", "|aThe Tale|yeng", "10")]),
        (data("600", "|aNguyễn|bDu|xPhê bình|2lc", " 1"), [data("600", "|aNguyễn, Du|xPhê bình", "10")]),
        (data("606", "|aThơ|xLịch sử|yViệt Nam|z19e siècle|jBibliographie|2rameau"),
         [data("650", "|aThơ|xLịch sử|zViệt Nam|y19e siècle|vBibliographie|2rameau", " 7")]),
        (data("606", "|aThơ"), [data("650", "|aThơ", " 4")]),
        (data("607", "|aBắc Kạn"), [data("651", "|aBắc Kạn", " 4")]),
        (data("610", "|athơ|atruyện"), [data("653", "|athơ|atruyện")]),
        (data("676", "|a895.9221|v23"), [data("082", "|a895.9221|223", "04")]),
        (data("700", "|aHồ Chí Minh", " 0"), [data("100", "|aHồ Chí Minh", "0 ")]),
        (data("700", "|aAsimov|b, Isaac", " 1"), [data("100", "|aAsimov, Isaac", "1 ")]),
        (data("700", "|aDumas|bA.|gAlexandre", " 1"), [data("100", "|aDumas, A.|q(Alexandre)", "1 ")]),
        (data("702", "|aA|4biên dịch", " 1"), [data("700", "|aA|ebiên dịch", "1 ")]),
        (data("710", "|aViệt Nam|bQuốc hội", "01"), [data("110", "|aViệt Nam.|bQuốc hội", "1 ")]),
        (data("710", "|aHội nghị|d3|f1999|eHà Nội", "12"), [data("111", "|aHội nghị|n(3) :|d1999 :|cHà Nội", "2 ")]),
        (data("899", "|1AL0073|2TO0"), [data("899", "|1AL0073|2TO0")]),
        (data("995", "|aTVBK"), [data("995", "|aTVBK")]),
        (data("856", "|uhttp://x.vn/", "4 "), [data("856", "|uhttp://x.vn/", "4 ")]),
    ],
    ids=lambda value: value.tag if isinstance(value, Field) else "",
)  # fmt: skip
def test_a_field_becomes_what_the_table_says(field: Field, expected: list[Field]) -> None:
    assert made(field) == expected


def test_a_second_main_entry_becomes_an_added_one() -> None:
    fields = made(data("700", "|aMột", " 0"), data("710", "|aHai", " 2"))
    assert [field.tag for field in fields] == ["100", "710"]


def test_a_series_with_its_link_is_traced() -> None:
    fields = made(data("225", "|aTủ sách"), data("410", "|tTủ sách|v1"))
    assert fields == [data("490", "|aTủ sách", "1 "), data("830", "|aTủ sách ;|v1", " 0")]


def test_fields_inside_a_linking_field_are_taken_apart() -> None:
    inside = data("454", "|1001u99|12001 |aSecond foundation|fAsimov|1700 1|aAsimov|b, Isaac|1011  |a1234-5679", " 0")
    assert made(inside) == [data("765", "|aAsimov, Isaac|tSecond foundation|x1234-5679|wu99", "0 ")]
    _, problems = unimarc.to_marc21(record(inside))
    assert problems[-1].values == {"subfields": "454$1"}


def test_what_has_no_place_is_told() -> None:
    _, problems = unimarc.to_marc21(record(data("852", "|aX"), data("106", "|ar"), data("010", "|a1|9x")))
    assert [(problem.code, *problem.values.values()) for problem in problems[1:]] == [
        ("marc.unimarc_left", "106, 852"),
        ("marc.unimarc_subfields", "010$9"),
    ]


@pytest.mark.parametrize(
    ("fields", "leader", "expected"),
    [
        ([], "00000nam0a2200000   4500", "000000nuuuu    xx |||| ||||||||||||und d"),
        ([data("100", "|a20200101a20199999u  y0vieb50      ba")], "00000nas0a2200000   4500",
         "200101c20199999xx  u  |||||||||||||und d"),
        ([data("100", "|a20200101d20--")], "00000nam0a2200000   4500", "200101s20uu    xx |||| ||||||||||||und d"),
        ([data("110", "|aafa   0yy0")], "00000nas0a2200000   4500", "000000nuuuu    xx mr p|||||||||||||und d"),
        ([data("100", "|a20200101f19451954b  y0vieb50      ba"), data("101", "|avie"), data("102", "|aVN")],
         "00000nam0a2200000   4500",
         "200101q19451954vm ||||a||||||||||||vie d"),
    ],
)  # fmt: skip
def test_codes_go_into_008(fields: list[Field], leader: str, expected: str) -> None:
    found, _ = unimarc.to_marc21(record(*fields, leader=leader))
    assert found.control("008") == expected
    assert len(expected) == 40


def test_the_label_becomes_a_leader() -> None:
    found, _ = unimarc.to_marc21(record(leader="00000oas0a22000002  4500"))
    assert found.leader == "00000cas a22000008i 4500"


# --- which records are UNIMARC ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (BOOK, True),
        (record(data("200", "|aKiều"), data("210", "|aHà Nội"), data("700", "|aA")), True),
        (record(data("200", "|aKiều")), False),
        (record(data("200", "|aKiều"), data("245", "|aKiều"), data("100", "|a" + GENERAL)), False),
        (record(data("100", "|a" + GENERAL)), False),
        (sample("one"), False),
    ],
)
def test_unimarc_is_told_from_marc21(found: Record, expected: bool) -> None:
    assert unimarc.recognise(found) is expected


def test_the_room_converts_unimarc_and_says_so() -> None:
    stream = io.BytesIO(iso2709.write(BOOK) + iso2709.write(sample("two")))
    first, second = readers.read(stream, "x.mrc")
    assert first.record == unimarc.to_marc21(BOOK)[0]
    assert first.problems[-1].code == "marc.unimarc"
    assert (second.record, second.problems) == (sample("two"), ())


_UNIMARC = st.lists(
    st.builds(
        Field,
        st.sampled_from([*RULES, "100", "102", "105", "110", "801", "899"]),
        st.sampled_from(["  ", "12", "00", "1 "]),
        st.lists(
            st.tuples(
                st.sampled_from("abcdefghitvxyz1234"),
                st.sampled_from(["", "x", "<<A >>b", "700 1", GENERAL, ", y", ":", "070"]),
            ),
            min_size=1,
            max_size=4,
        ).map(tuple),
    ),
    max_size=8,
)


@given(_UNIMARC.map(lambda fields: record(*fields)) | records)
def test_any_record_becomes_a_sound_one(given_record: Record) -> None:
    found, problems = unimarc.to_marc21(given_record)
    assert repair.check(found) == []
    assert len(found.control("008")) == 40
    assert not unimarc.recognise(found) or "\x1e200" in given_record.text
    assert all(problem.text("vi") and problem.text("en") for problem in problems)


def test_the_tables_hold_codes_of_the_right_form() -> None:
    assert all(len(code) == 3 and name.isdigit() for name, code in RELATORS.items())
    assert all(len(code) in (2, 3) and len(name) == 2 for name, code in COUNTRIES.items())
    assert all(repair.TAG.fullmatch(rule.tag) for rule in RULES.values())
    assert all(repair.CODE.fullmatch(to.code) for rule in RULES.values() for to in rule.subfields.values())


@needs_data
@pytest.mark.parametrize(
    ("name", "total", "converted"),
    [
        ("pymarc__testunimarc.dat", 1, 1),
        ("qa-catalogue__serial.bnr.1993.mrc", 11, 11),
        ("qa-catalogue__short.bnr.1993.mrc", 10, 10),
        ("qa-catalogue__short.firenze.1977.mrc", 10, 0),
        ("marc4j__not_unimarc_errors_3.mrc", 3, 0),
    ],
)
def test_real_files_are_converted_or_left_alone(name: str, total: int, converted: int) -> None:
    with (SHARED / "data/marc/nasty" / name).open("rb") as stream:
        readings = list(readers.read(stream, name))
    told = [reading for reading in readings if any(problem.code == "marc.unimarc" for problem in reading.problems)]
    assert (len(readings), len(told)) == (total, converted)
    for reading in told:
        assert reading.record is not None
        assert repair.check(reading.record) == []
        assert next(reading.record.select("245")).get("a")
