"""`vietnamese.names`: one person or many, natural or inverted, with roles, dates and initials."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese.names import key, parse, parse_all


@pytest.mark.parametrize(
    ("text", "family", "middle", "given", "inverted"),
    [
        ("Nông Quốc Hưng", "Nông", "Quốc", "Hưng", False),
        ("Nông, Quốc Hưng", "Nông", "Quốc", "Hưng", False),  # the comma proves nothing
        ("Hưng, Nông Quốc", "Nông", "Quốc", "Hưng", True),
        ("Hà, Nguyễn Thị", "Nguyễn", "Thị", "Hà", True),  # Hà is a family name too, but no name ends in Thị
        ("Nguyễn Thị Minh Khai", "Nguyễn", "Thị Minh", "Khai", False),
        ("Nguyễn, Du, 1765-1820", "Nguyễn", "", "Du", False),
        ("Tôn Thất Tùng", "Tôn Thất", "", "Tùng", False),
        ("Ng. Du", "Ng.", "", "Du", False),
        ("N.V. An", "N.", "V.", "An", False),
        ("Nguyen Van An", "Nguyen", "Van", "An", False),
        ("Tố Hữu", "", "", "Tố Hữu", False),  # pen names have no family name
        ("Nam Cao", "", "", "Nam Cao", False),
        ("Donald A. Knuth", "Knuth", "A.", "Donald", False),
        ("Smith, John", "Smith", "", "John", True),
        ("Nhiều tác giả", "", "", "", False),
    ],
)
def test_parts_of_a_name(text: str, family: str, middle: str, given: str, inverted: bool) -> None:
    name = parse(text)
    assert (name.family, name.middle, name.given, name.inverted) == (family, middle, given, inverted)


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("Nông, Quốc Hưng", "Nông Quốc Hưng"),
        ("Hưng, Nông Quốc", "Nông Quốc Hưng"),
        ("Smith, John", "John Smith"),
        ("PGS.TS. Nguyễn Văn An.", "Nguyễn Văn An"),
        ("Lê, Lợi, Vua Việt Nam, 1385-1433", "Lê Lợi"),
        ("Tô Hoài (1920-2014)", "Tô Hoài"),
        ("Trường Đại học Khoa học Xã hội và Nhân văn", "Trường Đại học Khoa học Xã hội và Nhân văn"),
        ("", ""),
    ],
)
def test_display(text: str, display: str) -> None:
    assert parse(text).display == display


def test_dates_and_titles_are_kept_apart() -> None:
    king = parse("Lê, Lợi, Vua Việt Nam, 1385-1433")
    assert (king.dates, king.titles) == ("1385-1433", ("Vua Việt Nam",))
    assert parse("GS. TS. Trần Văn Khê").titles == ("GS. TS",)


@pytest.mark.parametrize(
    ("text", "persons"),
    [
        ("Nguyệt Tú, Nguyệt Tĩnh", [("Nguyệt Tú", ()), ("Nguyệt Tĩnh", ())]),
        ("Võ Xuân Đàn sưu tầm và giới thiệu", [("Võ Xuân Đàn", ("sưu tầm", "giới thiệu"))]),
        ("Đỗ Sanh chủ biên; Lê Doãn Hồng", [("Đỗ Sanh", ("chủ biên",)), ("Lê Doãn Hồng", ())]),
        (
            "Hoàng Văn Thụ, Bàn Tài Đoàn s.t., b.s.",
            [(n, ("sưu tầm", "biên soạn")) for n in ("Hoàng Văn Thụ", "Bàn Tài Đoàn")],
        ),
        ("Lê Ân biên soạn, Hoàng Kiếm hiệu đính", [("Lê Ân", ("biên soạn",)), ("Hoàng Kiếm", ("hiệu đính",))]),
        ("Người dịch: Trần Đăng Khoa", [("Trần Đăng Khoa", ("dịch",))]),
        ("Nguyễn Du (chủ biên)", [("Nguyễn Du", ("chủ biên",))]),
        ("Nguyễn Du và Hồ Xuân Hương", [("Nguyễn Du", ()), ("Hồ Xuân Hương", ())]),
        ("Vũ Công Giao... [và những người khác]", [("Vũ Công Giao", ())]),
        ("Nông, Quốc Hưng dịch", [("Nông Quốc Hưng", ("dịch",))]),
    ],
)
def test_several_persons_and_their_roles(text: str, persons: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(person.display, person.roles) for person in parse_all(text)] == persons


@pytest.mark.parametrize(
    "spelling", ["Nông Quốc Hưng", "NÔNG QUỐC HƯNG", "Nông, Quốc  Hưng.", "No\u0302ng Quo\u0302\u0301c Hu\u031bng"]
)
def test_one_key_for_one_name(spelling: str) -> None:
    assert key(spelling) == key("Nông, Quốc Hưng")


@pytest.mark.parametrize(("one", "other"), [("Thúy Hòa", "Thuý Hoà")])
def test_tone_placement_does_not_count(one: str, other: str) -> None:
    assert key(one) == key(other)


def test_word_order_and_marks_count() -> None:
    assert len({key("Nông Quốc Hưng"), key("Hưng Nông Quốc"), key("Nông Quốc Hùng")}) == 3


@given(st.text(max_size=80) | st.text("Nguyễn Văn,;. ()[]dịch và 1765-", max_size=80))
def test_any_text_is_read(text: str) -> None:
    for person in parse_all(text):
        assert "\n" not in person.display
        assert ";" not in person.display
    assert key(key(text)) == key(text)


def test_long_junk_takes_no_time() -> None:
    for junk in ("dịch ", ",", " ", "Nguyễn Văn An, ", "(", "... ", "N."):
        parse_all(junk * 20_000)
