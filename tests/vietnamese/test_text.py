"""`vietnamese.text` and `vietnamese.syllables`: canonical form, folding, tone placement, i and y, the grammar."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnamese.syllables import parse
from vietnamese.text import fold, is_vietnamese_syllable, normalise, tone_placement, word_key

VOWELS = "aăâeêioôơuưy"
LETTERS = [
    unicodedata.normalize("NFC", form(vowel) + tone)
    for vowel in VOWELS
    for form in (str.lower, str.upper)
    for tone in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
] + ["đ", "Đ"]
"""The 146 letters that carry meaning in Vietnamese: 12 vowels × 2 cases × 6 tones, and đ."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
MARKED = st.text("aoeuAOyđĐk \u0300\u0301\u0302\u0303\u0306\u0309\u0313\u0315\u031b\u0323が喃ấ", max_size=12)


def test_there_are_146_letters() -> None:
    assert len(set(LETTERS)) == 146


@pytest.mark.parametrize("letter", LETTERS)
def test_every_order_of_marks_gives_the_letter(letter: str) -> None:
    base, *marks = unicodedata.normalize("NFD", letter)
    assert normalise(base + "".join(marks)) == letter
    assert normalise(base + "".join(reversed(marks))) == letter


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ne\u0301\u0302u", "nếu"),
        ("nhie\u0303\u0302m", "nhiễm"),
        ("e\u0301\u0302", "ế"),
        ("tru\u0315o\u0315\u0300ng", "trường"),
        ("Mo\u0313\u0301i", "Mới"),
        ("Cư\u0313", "Cử"),  # here the comma is the tone hỏi
        ("Tuye\u0313\u0302n", "Tuyển"),
        ("tho\u0313", "tho\u0313"),  # thơ or thỏ
        ("k\u0313ato\u0313", "k\u0313ato\u0313"),  # a glottalised consonant elsewhere, no syllable of ours
        ("plain", "plain"),
        ("\u1f00\u03c1\u03c7\u03ae", "\u1f00\u03c1\u03c7\u03ae"),
    ],
)
def test_normalise(typed: str, meant: str) -> None:
    assert normalise(typed) == meant


@given(TEXTS | MARKED)
def test_normalise_is_idempotent_and_nfc(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Bắc Kạn", "bac kan"),
        ("ĐƯỜNG Điện Biên", "duong dien bien"),
        ("Ðổi mới", "doi moi"),  # U+00D0, the look-alike of Đ
        ("Łódź Øresund İstanbul", "lodz oresund istanbul"),
        ("Ὀδυσσεύς Йод", "οδυσσευς иод"),
        ("𡨸喃 が हिन्दी", "𡨸喃 が हिन्दी"),
        ("ASCII", "ascii"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(TEXTS | MARKED)
def test_fold_does_not_see_the_normal_form(text: str) -> None:
    folded = fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text)) == folded
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("text", "new", "old"),
    [
        ("hòa hoà", "hoà hoà", "hòa hòa"),
        ("Thúy THUÝ", "Thuý THUÝ", "Thúy THÚY"),
        ("khỏe khoẻ", "khoẻ khoẻ", "khỏe khỏe"),
        ("ủy uỷ", "uỷ uỷ", "ủy ủy"),
        ("hòan tóan", "hoàn toán", "hoàn toán"),
        ("qúy gìa", "quý già", "quý già"),
        ("quý quà già giữa cửa mùa khuỷu", "quý quà già giữa cửa mùa khuỷu", "quý quà già giữa cửa mùa khuỷu"),
        ("país Citroën Loève", "país Citroën Loève", "país Citroën Loève"),
    ],
)
def test_tone_placement(text: str, new: str, old: str) -> None:
    assert tone_placement(text, "new") == new
    assert tone_placement(text, "old") == old


@given(TEXTS | MARKED)
def test_tone_placement_is_idempotent_and_folds_alike(text: str) -> None:
    new, old = tone_placement(text, "new"), tone_placement(text, "old")
    assert tone_placement(new, "new") == tone_placement(old, "new") == new
    assert fold(new) == fold(old)


@pytest.mark.parametrize(
    ("one", "other"), [("mỹ", "mĩ"), ("Kỹ thuật", "kĩ thuật"), ("lý", "lí"), ("Quy Nhơn", "Qui Nhơn"), ("hòa", "HOÀ")]
)
def test_same_words_have_one_key(one: str, other: str) -> None:
    assert word_key(one) == word_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("tay", "tai"), ("thuý", "thúi"), ("Thy", "thi"), ("y", "i"), ("quý", "cúi"), ("bắc", "bạc")]
)
def test_different_words_have_different_keys(one: str, other: str) -> None:
    assert word_key(one) != word_key(other)


SYLLABLES = "Nghiên cứu và người khuya quốc quyển giếng gì giữa yêu ý uống ngoẻo khuỷu rượu xoong hòa hoà THƯ VIỆN buýt"


@pytest.mark.parametrize("word", SYLLABLES.split())
def test_syllables(word: str) -> None:
    assert is_vietnamese_syllable(word)
    assert is_vietnamese_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize(
    "word", ["ngiên", "cều", "bac", "hòan", "aó", "kà", "thep", "étude", "für", "", "qa", "ghà", "123"]
)
def test_no_syllables(word: str) -> None:
    assert not is_vietnamese_syllable(word)


def test_parts_of_a_syllable() -> None:
    assert parse("Nguyễn") == ("ng", "uyên", "\u0303")
    assert parse("giết") == ("gi", "êt", "\u0301")
