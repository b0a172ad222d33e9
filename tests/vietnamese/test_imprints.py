"""Places of publication by any of the ways they are written."""

from __future__ import annotations

import pytest

from vietnamese.imprints import written


@pytest.mark.parametrize(
    ("place", "texts"),
    [
        ("Hà Nội", ["H.", "H", "h", "[H.]", "HN", "H.N.", "Hanoi", "Ha Noi", "Hà Nội :", "Hà nội", "TP. Hà Nội"]),
        ("Hồ Chí Minh", ["Tp. Hồ Chí Minh", "T.P. Hồ Chí Minh", "TP.HCM", "TPHCM", "Tp. H.C.M", "HCM", "Thành phố Hồ "
         "Chí Minh", "Sài Gòn", "Saigon", "S."]),
        ("Đà Nẵng", ["ĐN", "Đà Nẵng", "Da Nang"]),
        ("Bắc Kạn", ["Bắc Cạn", "bac kan", "Tỉnh Bắc Kạn"]),
    ],
)  # fmt: skip
def test_every_way_to_write_a_place_leads_to_all_of_them(place: str, texts: list[str]) -> None:
    for text in texts:
        assert written(text)[:1] == (place,), text


@pytest.mark.parametrize("text", ["", "Huế", "TP", "Hồ", "Paris", "H. Ba Bể", "1990"])
def test_what_has_one_name_has_no_others(text: str) -> None:
    assert written(text) == ()
