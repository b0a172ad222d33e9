"""Places of publication as title pages and cards write them: "H.", "HN" and "Hanoi" are Hà Nội."""

from __future__ import annotations

import re
from typing import Final

from vietnamese.text import fold

_WRITTEN: Final = (
    ("Hà Nội", "Hanoi", "HN", "H.N.", "H."),
    ("Hồ Chí Minh", "Hochiminh", "TPHCM", "HCM", "H.C.M.", "Sài Gòn", "Saigon", "S."),
    ("Đà Nẵng", "Danang", "ĐN"),
    ("Hải Phòng", "Haiphong", "HP"),
    ("Thái Nguyên", "TN"),
    ("Bắc Kạn", "Bắc Cạn", "BK"),
)
"""Each place in full, then its other names and abbreviations."""
_OTHER_SIGNS: Final = re.compile(r"[^a-z]+")
_KIND: Final = re.compile(r"^(?:thanhpho|tp|tinh)(?=.)")


def _key(text: str) -> str:
    return _KIND.sub("", _OTHER_SIGNS.sub("", fold(text.lower())))


_BY_KEY: Final = {_key(one): ways for ways in _WRITTEN for one in ways}


def written(text: str) -> tuple[str, ...]:
    """All the ways to write a place of publication, by any of them, whatever stands around it ("TP. HCM", "[H.]");
    none for a place that has but one name."""
    return _BY_KEY.get(_key(text), ())
