"""Small workings on Vietnamese words, checked on words whose answer is known."""

from __future__ import annotations

import pytest

from fixtures import words
from fixtures.card import Person, read_card, read_person


@pytest.mark.parametrize(
    ("new", "old"),
    [
        ("văn hoá", "văn hóa"),
        ("Thuỷ", "Thủy"),
        ("sức khoẻ", "sức khỏe"),
        ("hoà", "hòa"),
        ("Uỷ ban", "Ủy ban"),
        ("VĂN HOÁ", "VĂN HÓA"),
        ("quý", "quý"),
        ("hoàn", "hoàn"),
        ("loài", "loài"),
        ("khuỷu", "khuỷu"),
        ("tuỳ bút", "tùy bút"),
    ],
)
def test_old_tone_placement(new: str, old: str) -> None:
    assert words.old_tones(new) == old


@pytest.mark.parametrize(("text", "bare"), [("Đường về Bắc Kạn", "Duong ve Bac Kan"), ("Nguyễn", "Nguyen")])
def test_without_diacritics(text: str, bare: str) -> None:
    assert words.plain(text) == bare


@pytest.mark.parametrize(("name", "turned"), [("Nông Quốc Chấn", "Nông, Quốc Chấn"), ("Lênin", "Lênin")])
def test_inverted_names(name: str, turned: str) -> None:
    assert words.inverted(name) == turned


def test_isbn_of_the_standard() -> None:
    # The example of ISO 2108: 978-3-16-148410-0.
    assert words.isbn13("978316", 148410) == "9783161484100"


def test_hyphens_follow_the_publisher() -> None:
    assert words.hyphened("9786042123457", "9786042") == "978-604-2-12345-7"


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Tô Hoài, 1920-2014", Person("Tô Hoài", "1920-2014", "", False)),
        ("Vũ Đình Lân (tranh)", Person("Vũ Đình Lân", "", "tranh", False)),
        ("Hoàng Lâm Tú (sưu tầm, biên soạn)", Person("Hoàng Lâm Tú", "", "sưu tầm, biên soạn", False)),
        ("*Bảo tàng tỉnh Bắc Kạn", Person("Bảo tàng tỉnh Bắc Kạn", "", "", True)),
    ],
)
def test_persons_of_a_card(text: str, person: Person) -> None:
    assert read_person(text) == person


def test_a_card_line() -> None:
    line = (
        "k | 0 3 | Tô Hoài | Kẻ Bàng : truyện = Tale >> Tập 1 > Đầu | Kim Đồng 2015 | 9 tr. | 895 | Truyện; @Huế | 10"
    )
    work = read_card(line, {})
    assert work.libraries == ("bk00", "bk03")
    assert (work.title, work.subtitle, work.parallel, work.number, work.part) == (
        "Kẻ Bàng",
        "truyện",
        "Tale",
        "Tập 1",
        "Đầu",
    )
    assert (work.publisher, work.year, work.keywords, work.places) == ("Kim Đồng", "2015", ("Truyện",), ("Huế",))
