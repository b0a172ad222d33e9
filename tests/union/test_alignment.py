"""What differs between two values is named and marked, and nothing else is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.union.records import BOOK, record
from union import alignment
from union.alignment import KINDS, kind, marked, rows, told

TEXT = st.text(st.sampled_from(list("aàảăâdđeêoôơuưy hòaHOÀ.,-/12\u0301\u0309\u031b")), max_size=40)


@pytest.mark.parametrize(("left", "right", "kinds"), [
    ("Truyện cổ", "Truyện cổ", ()),
    ("Truyện cổ", unicodedata.normalize("NFD", "Truyện cổ"), ("coding",)),
    ("Dân tộc Hoà Bình", "Dân tộc Hòa Bình", ("tone",)),
    ("Kĩ thuật", "Kỹ thuật", ("i_y",)),
    ("TRUYỆN CỔ", "Truyện cổ", ("case",)),
    ("Truyện cổ Tày - Nùng", "Truyện cổ Tày, Nùng", ("punctuation",)),
    ("Đàn tính", "Dàn tính", ("stroke",)),
    ("Truyện cổ Tày", "Truyen co Tay", ("bare",)),
    ("Bán đất", "Bản đất", ("marks",)),
    ("Bán đất", "Bản dất", ("stroke", "marks")),
    ("lớp 2", "lớp 3", ("text",)),
    ("", "lớp 3", ("missing",)),
])  # fmt: skip
def test_a_difference_has_a_name(left: str, right: str, kinds: tuple[str, ...]) -> None:
    assert kind(left, right) == kinds
    assert kind(right, left) == kinds


def test_every_name_is_told_in_both_languages() -> None:
    assert all(vi and en and vi != en for vi, en in KINDS.values())
    assert told(["stroke"], "vi")[0].startswith("bên là d, bên là đ")


@pytest.mark.parametrize(("left", "right", "ours", "theirs"), [
    ("Bán đất", "Bản đất", ["á"], ["ả"]),
    ("Truyện cổ Tày", "Truyện cổ Nùng", ["Tày"], ["Nùng"]),
    ("In lần 2", "In lần thứ 2", [], ["thứ "]),
    ("215 tr.", "216 tr.", ["5"], ["6"]),
    ("Đường", "Dường", ["Đ"], ["D"]),
])  # fmt: skip
def test_the_letters_that_differ_are_marked(left: str, right: str, ours: list[str], theirs: list[str]) -> None:
    line = marked(left, right)
    assert [piece.text for piece in line.left if piece.differs] == ours
    assert [piece.text for piece in line.right if piece.differs] == theirs


@given(TEXT, TEXT)
def test_nothing_is_lost_and_sameness_is_said_of_the_same_alone(left: str, right: str) -> None:
    line = marked(left, right)
    assert "".join(piece.text for piece in line.left) == left
    assert "".join(piece.text for piece in line.right) == right
    assert (line.kinds == ()) == (left == right)
    assert set(line.kinds) <= KINDS.keys()
    assert any(piece.differs for piece in (*line.left, *line.right)) == (left != right)


def test_long_values_are_marked_whole_and_quickly() -> None:
    line = marked("a b " * 20_000, "b a " * 20_000)
    assert [len(line.left), len(line.right)] == [1, 1]


def test_values_of_one_element_stand_against_the_most_alike() -> None:
    fields = {f"t{tag}": text for tag, text in BOOK.items()}
    left = record(**fields, t650=["$aVăn học dân gian", "$aNgười Tày"])
    right = record(**fields, t650=["$aNgười Tày", "$aVăn học dân gian Tày", "$aBắc Kạn"])
    (subjects,) = [row for row in rows(left, right) if row.name == "subjects"]
    sides = [("".join(p.text for p in line.left), "".join(p.text for p in line.right)) for line in subjects.lines]
    assert sides == [("Văn học dân gian", "Văn học dân gian Tày"), ("Người Tày", "Người Tày"), ("", "Bắc Kạn")]


def test_the_marks_of_isbd_are_no_difference() -> None:
    fields = {f"t{tag}": text for tag, text in BOOK.items()}
    left, right = record(**fields), record(**fields | {"t245": "$aTruyện cổ Tày$cNông Văn An", "t260": "$aH$c2010"})
    title, place = (next(row for row in rows(left, right) if row.name == name) for name in ("title", "place"))
    assert title.alike
    assert [line.kinds for line in place.lines] == [("punctuation",)], "H. and H: a full stop is of the word"


def test_members_stand_beside_each_other() -> None:
    found = alignment.beside([record(t245="$aMột"), record(t245="$aHai", t250="$aIn lần 2")])
    assert [(name, values) for name, _, values in found if name in ("title", "edition")] == [
        ("title", [["Một"], ["Hai"]]),
        ("edition", [[], ["In lần 2"]]),
    ]
