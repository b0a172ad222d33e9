"""`vietnamese.collation`: the frozen order, and ICU itself where it is installed."""

import functools
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese.collation import sort_key

FROZEN = [
    ["", " ", "(ba)", "1", "10", "2", "a", "A", "à", "ả", "ã", "á", "ạ", "Ạ", "a b", "ab", "ă", "ắ", "â", "ấ", "b"],
    ["c", "ch", "d", "dz", "đ", "Đ", "e", "é", "ê", "f", "g", "i", "y", "z"],
    ["o", "ó", "oan", "ô", "ổ", "ơ", "ợ", "p", "u", "ụ", "ư", "ự", "v"],
    ["Ba Bể", "Bắc Hà", "Bắc Kạn", "Bắc Thái", "Bằng Vân", "Cao Bằng", "Dương", "Đinh", "Đồng Phúc", "Êđê", "Na Rì"],
    # tones count only after all letters of the whole text
    ["ba ba", "bà ba", "bá ba", "ba bà n", "ba bể"],
    ["hoa", "Hoa", "hoà", "hoạ", "hoa a", "hoan"],
    ["Zola", "Αθήνα", "Москва", "喃", "字", "漢", "㐀", "𠀋", "𡨸"],
]


@pytest.mark.parametrize("order", FROZEN, ids=lambda order: order[-1])
def test_the_frozen_order(order: list[str]) -> None:
    shuffled = random.Random(1).sample(order, len(order))
    assert sorted(shuffled, key=sort_key) == order


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_the_normal_form_does_not_count(text: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))
    assert len(sort_key(text)) <= 60 * len(text) + 2  # no character of Unicode expands without bound


def test_tone_before_shape_sorts_like_the_letter() -> None:
    assert sort_key("ne\u0301\u0302u") == sort_key("nếu")


ICU_ALPHABET = (
    "aAàảãáạăằẳẵắặâầẩẫấậbBcdDđĐeèẻẽéẹêềểễếệfgGhiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵzZ"
    "0123456789 ,.-:;/()[]\"'“”–…&!?=+%€éüñçßœøł"
)


@given(st.lists(st.text(ICU_ALPHABET, max_size=8), min_size=2, max_size=6))
def test_the_order_is_that_of_icu(texts: list[str]) -> None:
    icu = pytest.importorskip("icu", reason="PyICU is not installed; the frozen order is tested instead")
    collator = icu.Collator.createInstance(icu.Locale("vi"))
    expected = sorted(texts, key=functools.cmp_to_key(collator.compare))
    assert [collator.getSortKey(text) for text in sorted(texts, key=sort_key)] == [
        collator.getSortKey(text) for text in expected
    ]
