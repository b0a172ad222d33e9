"""`vietnamese.collation`: the frozen order, and ICU itself."""

import json
import os
import random
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import missing
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


@pytest.fixture(scope="module")
def icu() -> list[str]:
    """The command that asks ICU: of this Python where it has PyICU, else of Debian's."""
    script = str(Path(__file__).resolve().parents[1] / "peers" / "collate_icu.py")
    for python in filter(os.path.exists, (sys.executable, "/usr/bin/python3")):
        if subprocess.run([python, script, "--there"], capture_output=True, check=False).returncode == 0:
            return [python, script]
    missing("PyICU is not installed (Debian: python3-icu)")
    raise AssertionError


@pytest.mark.peer
def test_the_order_is_that_of_icu(icu: list[str]) -> None:
    chance = random.Random(7)
    texts = ["".join(chance.choices(ICU_ALPHABET, k=chance.randrange(9))) for _ in range(20_000)]
    asked = subprocess.run(icu, input=json.dumps(texts), capture_output=True, text=True, check=True)
    keys = dict(zip(texts, json.loads(asked.stdout), strict=True))
    ours = [keys[text] for text in sorted(texts, key=sort_key)]
    assert ours == sorted(ours)
