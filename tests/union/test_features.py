"""What is read of a record: each habit of cataloguing gives the features of the others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marc.record import Field, Record
from tests.union.records import described, record
from union import editions, extents, features, identifiers, persons, publication
from union.keys import hashed, keys
from union.words import listed

TITLES = [
    # field 245, title proper, rest, volume
    ("$aTiếng Việt lớp 2. Tập một", "tieng viet lop 2", "", "1"),
    ("$aTiếng Việt lớp 2.$nT.1", "tieng viet lop 2", "", "1"),
    ("$aTiếng Việt lớp 2$nTập 1", "tieng viet lop 2", "", "1"),
    ("$aTiếng Việt lớp 2. T. I :$bsách giáo khoa", "tieng viet lop 2", "sach giao khoa", "1"),
    ("$aTIẾNG VIỆT LỚP 2. QUYỂN 1", "tieng viet lop 2", "", "1"),
    ("$aTiếng Việt lớp 3$nTập 1", "tieng viet lop 3", "", "1"),
    ("$aPhần mềm mã nguồn mở", "phan mem ma nguon mo", "", ""),
    ("$aTuyển tập : thơ /$cTố Hữu", "tuyen tap", "tho", ""),
    ("$aThe history of tea. Volume 2", "history of tea", "", "2"),
    ("$aThe history of tea, vol. II", "history of tea", "", "2"),
    ("$aThe history of tea$nPart the third", "history of tea", "", "3"),
    ("$aThe", "the", "", ""),
]


@pytest.mark.parametrize(("field", "proper", "rest", "volume"), TITLES)
def test_title_and_volume(field: str, proper: str, rest: str, volume: str) -> None:
    found = described(t245=field)
    assert (found.title, found.rest, found.volume) == (proper, rest, volume)


@pytest.mark.parametrize(
    ("statement", "ordinal"),
    [
        ("Tái bản lần thứ 2", 3),
        ("TB lần 2", 3),
        ("Tái bản lần thứ hai, có sửa chữa", 3),
        ("In lần thứ 3", 3),
        ("Xuất bản lần thứ nhất", 1),
        ("Tái bản", 0),
        ("2nd ed., rev.", 2),
        ("2d ed.", 2),
        ("Second edition", 2),
        ("Fourth American ed.", 4),
        ("New ed.", 0),
        ("", 0),
    ],
)
def test_editions_are_counted_in_one_row(statement: str, ordinal: int) -> None:
    assert editions.read(statement)[0] == ordinal


@pytest.mark.parametrize(
    "name", ["Giáo dục", "Nxb. Giáo dục", "NXB Giáo dục,", "Nhà xuất bản Giáo dục", "Nxb Giáo dục Việt Nam"]
)
def test_one_publisher_under_his_names(name: str) -> None:
    assert publication.publisher(name) == "giao duc"


@pytest.mark.parametrize(
    ("shown", "known"),
    [
        *[(shown, "ha noi") for shown in ("H. :", "Hà Nội", "Hanoi")],
        *[(shown, "bac kan") for shown in ("Bắc Cạn", "Bắc Kạn", "Tỉnh Bắc Kạn")],
        *[(shown, "ho chi minh") for shown in ("TP.HCM", "Tp. Hồ Chí Minh", "Sài Gòn")],
        ("London ;", "london"),
        ("[S.l.]", ""),
    ],
)
def test_one_place_under_its_names(shown: str, known: str) -> None:
    assert publication.place(shown) == known


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("nong quoc hung", "hung nong quoc", "equal"),
        ("nguyen van an", "nguyen van binh", "different"),
        ("nguyen van an", "nguyen van anh", "different"),
        ("n v an", "nguyen van an", "initials"),
        ("n q hung", "nong quoc hung", "initials"),
        ("abercrombie john", "abercrombie j", "initials"),
        ("abercrombie john", "abercromby john", "similar"),
        ("goethe", "goethe johann wolfgang", "partial"),
        ("nguyen", "nguyen van an", "different"),
    ],
)
def test_names(left: str, right: str, level: str) -> None:
    assert persons.same(left, right) == persons.same(right, left) == level


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("978-604-2-12345-6", ""),
        ("978-604-0-00001-4", identifiers.isbn("9786040000014")),
        ("0306406152", "9780306406157"),
        ("0-306-40615-2 (pbk.)", "9780306406157"),
        ("2415", ""),
        ("35000đ", ""),
    ],
)
def test_isbn(value: str, number: str) -> None:
    assert identifiers.isbn(value) == number


@pytest.mark.parametrize("said", ["$a9780306406157 (trọn bộ)", "$a9780306406157$qbộ", "$a0306406152$q(set)"])
def test_isbn_of_a_set_finds_but_proves_nothing(said: str) -> None:
    found = described(t020=said)
    assert (found.isbns, found.set_isbns) == ((), ("9780306406157",))
    assert "i9780306406157" in keys(found)


@pytest.mark.parametrize(
    ("field", "pages", "volumes", "height"),
    [
        ("300  \x1fa215 tr. ;\x1fc21 cm", 215, 0, 21),
        ("300  \x1faxii, 339 p., [4] leaves ;\x1fc19 1/2 cm.", 339, 0, 19),
        ("300  \x1fa3 v. (1200 p.)", 1200, 3, 0),
        ("300  \x1fa2 t.", 0, 2, 0),
        ("300  \x1fa", 0, 0, 0),
    ],
)
def test_extent(field: str, pages: int, volumes: int, height: int) -> None:
    assert extents.read(field)[:3] == (pages, volumes, height)


@pytest.mark.parametrize(
    ("changes", "carrier"),
    [
        ({"t008": "181210s2010    vm      o     000 0 vie d"}, "o"),
        ({"t300": "$a1 tài liệu điện tử (215 tr.)"}, "o"),
        ({"t245": "$aTruyện$h[microform]"}, "f"),
        ({"t338": "$aonline resource$bcr$2rdacarrier"}, "o"),
        ({}, ""),
    ],
)
def test_carrier(changes: dict[str, str], carrier: str) -> None:
    assert described(**changes).carrier == carrier


def test_stub_008_says_nothing() -> None:
    found = described(t008="181222s9999    xx |||||||||||||||||und d")
    assert (found.years, found.language, found.country) == ((2010,), "", "")


def test_only_fields_of_the_standard_are_seen() -> None:
    known = record(t245="$aTruyện Kiều")
    marked = Record.build(
        known.leader, [*known.fields, Field("CID", "  ", (("a", "the answer"),)), Field("999", "ff", (("a", "x"),))]
    )
    assert features.read(marked) == features.read(known)


def test_dump_and_load_are_inverse() -> None:
    found = described(t020="$a0306406152", t700=["$aTrần Thị Bình", "$aLê, Lợi"], t246="$aFolk tales")
    assert features.load(features.dump(found)) == found


ANY = st.text(st.characters(blacklist_categories=["Cc", "Cs"]), max_size=40)
TAGS = st.sampled_from(sorted(listed("010 020 022 035 041 100 245 246 250 260 264 300 338 490 506 650 700 710 773")))
FIELDS = st.builds(
    lambda tag, ind, pairs: Field(tag, ind, tuple(pairs)),
    TAGS,
    st.sampled_from(["  ", "10", "ff"]),
    st.lists(st.tuples(st.sampled_from("abchnpqtv28"), ANY), min_size=1, max_size=5),
)
RECORDS = st.builds(
    lambda leader, fixed, fields: Record.build(leader, [Field("008", value=fixed), *fields]),
    st.sampled_from(["00000nam a2200000 a 4500", "00000cas a2200000   4500", "00000naa a2200000   4500", " " * 24]),
    ANY,
    st.lists(FIELDS, max_size=12),
)


@given(RECORDS)
def test_any_record_has_features_and_keys(one: Record) -> None:
    found = features.read(one)
    assert features.load(features.dump(found)) == found
    assert all(0 <= hashed(key) < 2**64 for key in keys(found))
