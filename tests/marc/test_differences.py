"""What differs between two versions, to the mark on a letter."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from marc.differences import Piece, differences
from marc.record import Record

LEADER = "00000nam a2200000 a 4500"


def made(*parts: str) -> Record:
    return Record("\x1e".join([LEADER, *(part.replace("$", "\x1f") for part in parts)]))


def test_marks_are_told_from_other_letters() -> None:
    found = differences(made("24500$aHồ Bac Kạn"), made("24500$aHồ Bắc Kạn"))[1]
    assert found.kind == "changed"
    assert found.before == (Piece("00 $aHồ B"), Piece("a", "marks"), Piece("c Kạn"))
    assert found.after == (Piece("00 $aHồ B"), Piece("ắ", "marks"), Piece("c Kạn"))
    other = differences(made("24500$aHồ Ba Bể"), made("24500$aHồ Núi Cốc"))[1]
    assert [piece.text for piece in other.after if piece.mark == "other"] == ["Núi", "Cốc"]


def test_fields_that_came_went_and_stayed() -> None:
    found = differences(made("24500$aA", "500  $aB", "650 4$aC"), made("24500$aA", "520  $aD", "650 4$aC", "650 4$aC"))
    assert [(one.tag, one.kind) for one in found] == [
        ("LDR", "same"), ("245", "same"), ("500", "removed"), ("520", "added"), ("650", "same"), ("650", "added"),
    ]  # fmt: skip


def test_order_alone_is_no_difference() -> None:
    found = differences(made("650 4$aA", "650 4$aB"), made("650 4$aB", "650 4$aA"))
    assert {one.kind for one in found} == {"same"}


def test_long_fields_are_shown_whole() -> None:
    found = differences(made("500  $a" + "a " * 5000), made("500  $a" + "b " * 5000))[1]
    assert [piece.mark for piece in (*found.before, *found.after)] == ["other", "other"]


_PARTS = st.lists(
    st.sampled_from(["24500$aHồ", "24500$aHo", "500  $aa b", "500  $aa c", "001x", "650 4$aa"]), max_size=6
)


@given(_PARTS, _PARTS)
def test_both_sides_are_all_there(before: list[str], after: list[str]) -> None:
    found = differences(made(*before), made(*after))
    assert sum(one.kind != "added" for one in found) == len(before) + 1
    assert sum(one.kind != "removed" for one in found) == len(after) + 1
