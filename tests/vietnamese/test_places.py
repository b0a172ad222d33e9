"""`vietnamese.places`: one name for several places, what became of them, and what to search for."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vietnamese.places
from vietnamese.places import Place, expand, lookup, parts, place, predecessors, successors
from vietnamese.text import fold

TABLE = Path(vietnamese.places.__file__).with_name("places.csv")
ALL = [
    found
    for row in csv.DictReader(line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#"))
    if (found := place(row["id"]))
]
DISTRICTS = [found for found in ALL if found.part_of and found.kind in ("huyện", "thành phố")]


def one(name: str) -> Place:
    (found,) = lookup(name)
    return found


def test_the_numbers_are_those_of_the_resolution() -> None:
    province = one("tỉnh Bắc Kạn")
    assert parts(province) == DISTRICTS
    assert len(DISTRICTS) == 8
    assert sum(len(parts(district)) for district in DISTRICTS) == 108
    new = {unit.identifier: unit for district in DISTRICTS for unit in successors(district)}
    assert len(new) == 37
    assert sorted(unit.kind for unit in new.values()) == ["phường"] * 2 + ["xã"] * 35


@pytest.mark.parametrize(
    ("district", "communes", "units"),
    [
        ("thành phố Bắc Kạn", 8, "Đức Xuân, Bắc Kạn, Phong Quang"),
        ("huyện Pác Nặm", 10, "Bằng Thành, Cao Minh, Nghiên Loan"),
        ("huyện Ba Bể", 15, "Phúc Lộc, Ba Bể, Chợ Rã, Thượng Minh, Đồng Phúc"),
        ("huyện Ngân Sơn", 10, "Nà Phặc, Bằng Vân, Ngân Sơn, Thượng Quan, Hiệp Lực"),
        ("huyện Bạch Thông", 14, "Phong Quang, Phủ Thông, Vĩnh Thông, Cẩm Giàng, Bạch Thông"),
        (
            "huyện Chợ Đồn",
            20,
            "Đồng Phúc, Bạch Thông, Chợ Đồn, Nam Cường, Quảng Bạch, Yên Thịnh, Nghĩa Tá, Yên Phong",
        ),
        ("huyện Chợ Mới", 14, "Chợ Mới, Thanh Mai, Tân Kỳ, Thanh Thịnh, Yên Bình"),
        ("huyện Na Rì", 17, "Văn Lang, Cường Lợi, Na Rì, Trần Phú, Côn Minh, Xuân Dương"),
    ],
)
def test_what_became_of_a_district(district: str, communes: int, units: str) -> None:
    found = one(district)
    assert len(parts(found)) == communes
    assert {unit.name for unit in successors(found)} == set(units.split(", "))
    assert not found.current


@pytest.mark.parametrize("name", ["Phong Quang", "Đồng Phúc", "Bạch Thông"])
def test_a_straddling_unit_comes_from_two_districts(name: str) -> None:
    unit = next(found for found in lookup(f"xã {name}") if found.current)
    assert sum(earlier.kind in ("huyện", "thành phố") for earlier in predecessors(unit)) == 2


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.identifier)
def test_succession_can_be_read_both_ways(found: Place) -> None:
    assert all(found in predecessors(later) for later in successors(found))
    assert all(found in successors(earlier) for earlier in predecessors(found))
    assert found.current == (not successors(found))


@pytest.mark.parametrize("found", ALL, ids=lambda found: found.identifier)
def test_an_identifier_says_nothing(found: Place) -> None:
    assert not any(code.lstrip("0") in found.identifier for _, code in found.codes if len(code.lstrip("0")) > 2)
    assert not any(word in found.identifier for word in fold(found.name).split())


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("Ba Bể", ["huyện Ba Bể", "xã Ba Bể"]),  # the same name, a new meaning
        ("ba be", ["huyện Ba Bể", "xã Ba Bể"]),
        ("H. Ba Bể", ["huyện Ba Bể"]),
        ("Ba Bể, Bắc Kạn", ["huyện Ba Bể"]),
        ("Ba Bể, Thái Nguyên, Việt Nam", ["xã Ba Bể"]),
        ("Na Rì, Bắc Thái", ["huyện Na Rì"]),
        ("Bắc Cạn", ["tỉnh Bắc Kạn", "thành phố Bắc Kạn", "phường Bắc Kạn"]),
        ("bac can", ["tỉnh Bắc Kạn", "thành phố Bắc Kạn", "phường Bắc Kạn"]),
        ("TP. BẮC KẠN", ["thành phố Bắc Kạn"]),
        ("Chợ Rã", ["huyện Ba Bể", "thị trấn Chợ Rã", "xã Chợ Rã"]),
        ("xã Sỹ Bình", ["xã Sĩ Bình"]),
        ("xã Trung Hòa", ["xã Trung Hoà"]),
        ("Bác Kan", []),  # marks are taken at their word
        ("Ba Bể, Lào Cai", []),
        ("", []),
    ],
)
def test_lookup(name: str, labels: list[str]) -> None:
    assert [found.label for found in lookup(name)] == labels


def test_dates_and_codes() -> None:
    district, commune = lookup("Ba Bể")
    assert (district.codes, district.valid_until) == ((("gso2004", "061"),), "2025-06-30")
    assert (commune.codes, commune.valid_from) == ((("gso2025", "01906"),), "2025-07-01")
    assert [later.label for later in successors(one("Bắc Thái"))] == ["tỉnh Bắc Kạn", "tỉnh Thái Nguyên"]


def test_expand_a_district_to_what_it_was_and_became() -> None:
    found = expand("huyện Ba Bể")
    assert len(found) == 1 + 15 + 5
    assert found[0].label == "huyện Ba Bể"


def test_expand_a_new_commune_to_the_communes_it_was_made_of() -> None:
    assert [found.label for found in expand("xã Ba Bể")] == ["xã Ba Bể", "xã Cao Thượng", "xã Khang Ninh", "xã Nam Mẫu"]


def test_expand_does_not_climb_to_the_merged_province() -> None:
    found = expand("tỉnh Bắc Kạn")
    assert len(found) == 1 + 1 + 8 + 108 + 37  # and Bắc Thái
    assert "Thái Nguyên" not in {each.name for each in found}
    assert set(found) < set(expand("tỉnh Thái Nguyên"))


@given(st.text(max_size=30) | st.text("Bắc Kạnhuyện Ba Bể,. tpx", max_size=20))
def test_any_text_can_be_looked_up(name: str) -> None:
    assert set(lookup(name)) <= set(expand(name)) <= set(ALL)
