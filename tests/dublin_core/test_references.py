"""Citations, copies, RIS and BibTeX: tables of fields and what they become."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dublin_core import bibtex, ris
from dublin_core.citation import Name, Series, citation
from dublin_core.copies import Copy, copies
from marc.record import Field, Record

LEADER = "00000nam a2200000 a 4500"


def data(written: str) -> Field:
    """`245 10 $aTruyện $cNguyễn Du` as a field."""
    tag, indicators, rest = written[:3], written[4:6].replace("_", " "), written[7:]
    return Field(tag, indicators, tuple((piece[0], piece[1:].strip()) for piece in rest.split("$")[1:]))


def record(*fields: str, leader: str = LEADER) -> Record:
    return Record.build(leader, [Field("001", value="a1"), *map(data, fields)])


NAMES = [
    ("100 1_ $aNgô, Sĩ Liên,$d1400-1498", Name("Ngô, Sĩ Liên", "author", "person")),
    ("100 1_ $aHà, Văn Tấn$ech.b.", Name("Hà, Văn Tấn", "editor", "person")),
    ("700 1_ $aHoàng, Văn Lâu$edịch", Name("Hoàng, Văn Lâu", "translator", "person")),
    ("700 1_ $aPeter$4trl", Name("Peter", "translator", "person")),
    ("700 1_ $aTrần, Văn A$etác giả", Name("Trần, Văn A", "author", "person")),
    ("700 1_ $aLê, B$ehiệu đính", Name("Lê, B", "contributor", "person")),
    ("700 1_ $aLê, B", Name("Lê, B", "contributor", "person")),
    ("110 2_ $aViệt Nam.$bBộ Y tế", Name("Việt Nam. Bộ Y tế", "author", "organisation")),
    ("711 2_ $aHội thảo Then", Name("Hội thảo Then", "contributor", "meeting")),
]


@pytest.mark.parametrize(("field", "name"), NAMES)
def test_names_keep_their_role(field: str, name: Name) -> None:
    assert citation(record(field)).names == (name,)


def test_a_work_is_nobody() -> None:
    assert citation(record("700 1_ $aNguyễn, Du$tTruyện Kiều")).names == ()


KINDS = [
    (LEADER, (), "book"),
    ("00000nas a2200000 a 4500", (), "serial"),
    ("00000nab a2200000 a 4500", (), "article"),
    ("00000nem a2200000 a 4500", (), "map"),
    ("00000njm a2200000 a 4500", (), "sound"),
    ("00000ntm a2200000 a 4500", (), "manuscript"),
    ("00000nai a2200000 a 4500", (), "website"),
    (LEADER, ("502 __ $aLuận án tiến sĩ",), "thesis"),
]


@pytest.mark.parametrize(("leader", "fields", "kind"), KINDS)
def test_kinds(leader: str, fields: tuple[str, ...], kind: str) -> None:
    found = record(*fields, leader=leader)
    assert citation(found).kind == kind
    assert ris.write(found).startswith(b"TY  - ")


PAGES = [
    ("300 __ $a578 tr. ;$c24 cm", 578),
    ("300 __ $a1068tr.", 1068),
    ("300 __ $axii, 246 p. :$bill.", 246),
    ("300 __ $a2 tập (300 tr., 412 tr.)", 0),
    ("300 __ $a1 đĩa", 0),
    ("300 __ $a24 cm", 0),
]


@pytest.mark.parametrize(("field", "pages"), PAGES)
def test_pages_are_one_count_or_none(field: str, pages: int) -> None:
    assert citation(record(field)).pages == pages


IMPRINTS = [
    (("260 __ $aHà Nội :$bKim Đồng,$c2004",), "Hà Nội", "Kim Đồng"),
    (("264 _4 $c2010", "264 _1 $a[H.] :$bTrẻ"), "H", "Trẻ"),
    (("260 __ $aHà Nội : Kim Đồng",), "Hà Nội", "Kim Đồng"),
    ((), "", ""),
]


@pytest.mark.parametrize(("fields", "place", "publisher"), IMPRINTS)
def test_place_and_publisher_stay_apart(fields: tuple[str, ...], place: str, publisher: str) -> None:
    found = citation(record(*fields))
    assert (found.place.rstrip("."), found.publisher) == (place, publisher)


def test_a_series_is_transcribed_or_traced_but_not_both() -> None:
    both = record("490 1_ $aVốn cổ ;$v7", "830 _0 $aVốn cổ Việt Bắc ;$v7")
    assert citation(both).series == (Series("Vốn cổ", "7"),)
    assert citation(record("830 _0 $aVốn cổ Việt Bắc ;$v7")).series == (Series("Vốn cổ Việt Bắc", "7"),)


COPIES = [
    ("852 8_ $aBKTVT$bKho mượn$h959.7 TR-K$jKM.000012", Copy("BKTVT", "Kho mượn", "959.7 TR-K", "", "KM.000012")),
    ("852 0_ $aBK$bA$cB$kR$h398$iT4$p0001", Copy("BK", "A B", "R 398 T4", "0001", "")),
    ("952 __ $aBK1$bBK2$cKho đọc$o959 N$pBC1$g95000", Copy("BK2", "Kho đọc", "959 N", "BC1", "")),
]


@pytest.mark.parametrize(("field", "copy"), COPIES)
def test_copies(field: str, copy: Copy) -> None:
    assert copies(record(field, field)) == [copy]


def test_a_field_that_names_a_library_alone_is_no_copy() -> None:
    assert copies(record("852 __ $aBK")) == []


BOOK = record(
    "020 __ $a9786047003471",
    "100 1_ $aHoàng, Văn Páo",
    "245 10 $aThen Tày {1} & hơn /$cHoàng Văn Páo",
    "250 __ $aTái bản lần thứ 2",
    "264 _1 $aHà Nội :$bVăn hoá dân tộc,$c2014",
    "300 __ $a312 tr. ;$c21 cm",
    "490 0_ $aVốn cổ ;$v7",
    "650 _7 $aDân tộc Tày",
    "700 0_ $aThích Nhất Hạnh$edịch",
    "710 2_ $aSở Văn hoá and Du lịch$echủ biên",
    "856 40 $uhttps://a.example/then bản{1}",
)


def test_ris_is_what_reference_managers_read() -> None:
    assert ris.write(BOOK, "id1").decode() == "\r\n".join(
        [
            "TY  - BOOK",
            "ID  - id1",
            "TI  - Then Tày {1} & hơn",
            "AU  - Hoàng, Văn Páo",
            "A4  - Thích Nhất Hạnh",
            "A2  - Sở Văn hoá and Du lịch",
            "T2  - Vốn cổ ; 7",
            "ET  - Tái bản lần thứ 2",
            "CY  - Hà Nội",
            "PB  - Văn hoá dân tộc",
            "PY  - 2014",
            "SP  - 312",
            "SN  - 9786047003471",
            "KW  - Dân tộc Tày",
            "UR  - https://a.example/then bản{1}",
            "ER  - ",
            "",
            "",
        ]
    )


def test_bibtex_keeps_names_whole_and_escapes() -> None:
    assert bibtex.write(BOOK, "id1").decode().splitlines() == [
        "@book{id1,",
        r"  title = {{Then Tày \textbraceleft{}1\textbraceright{} \& hơn}},",
        "  author = {Hoàng, Văn Páo},",
        "  editor = {{Sở Văn hoá and Du lịch}},",
        "  translator = {{Thích Nhất Hạnh}},",
        "  series = {Vốn cổ},",
        "  number = {7},",
        "  edition = {Tái bản lần thứ 2},",
        "  address = {Hà Nội},",
        "  publisher = {Văn hoá dân tộc},",
        "  year = {2014},",
        "  pagetotal = {312},",
        "  isbn = {9786047003471},",
        "  keywords = {Dân tộc Tày},",
        "  url = {https://a.example/then%20bản%7B1%7D}",
        "}",
        "",
    ]


TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
)


@given(TEXTS, TEXTS, TEXTS)
def test_no_text_breaks_out_of_its_line_or_braces(title: str, name: str, address: str) -> None:
    fields = [("245", "a", title), ("100", "a", name), ("856", "u", address), ("500", "a", title)]
    found = Record.build(LEADER, [Field(tag, "  ", ((code, value),)) for tag, code, value in fields])
    for line in ris.write(found, "id").decode().split("\r\n"):
        assert line == "" or re.match("[A-Z][A-Z0-9]  - ", line)
    entry = bibtex.write(found, "id").decode()
    depth = 0
    for sign in entry.rstrip():
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    assert entry.count("\n@") == 0
