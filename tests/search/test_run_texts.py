"""A run of records gives the same texts and documents as each of them by itself."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.contents import Content
from dublin_core.spoken import spoken
from fixtures.generator import generate
from marc.record import Field, Record
from search.document import Standing, document, documents
from search.follower import documents as followed
from search.run_texts import run_texts
from search.texts import texts
from vietnamese.collation import sort_key
from vietnamese.run_collation import sort_keys

LEADER = "00000nam a2200000 a 4500"
LETTERS = (
    "abhoquyg0189 .,;:-/'()[]"
    + "áàảạăắâấđĐêếơờưừíìúùỳýòóọẠẮƯ"
    + "漢字喃𡨸\ue000"
    + "ßøłİıΣσçñ"
    + "\u0301\u0302\u0323\u031b"
    "\u200b\u00ad\u00a0…–“”" + "кирилі" + "ひらが" + "กา" + "한"
)
TAGS = (
    "001",
    "020",
    "100",
    "245",
    "260",
    "300",
    "500",
    "505",
    "650",
    "651",
    "653",
    "700",
    "852",
    "856",
    "880",
    "abc",
    "952",
)
TEXT = st.text(st.sampled_from(LETTERS), max_size=30).map(lambda text: unicodedata.normalize("NFC", text))
SUBFIELD = st.tuples(
    st.sampled_from("abcdhjktuvxz36"),
    TEXT | st.just("245-01/$1") | st.just("https://so.example/1") | st.just("hòa thúy toán quý giàu"),
)


@st.composite
def fields(draw: st.DrawFn) -> Field:
    tag = draw(st.sampled_from(TAGS))
    if tag == "001":
        return Field(tag, value=draw(TEXT))
    return Field(
        tag, draw(st.sampled_from(("  ", "10", "04", "42"))), tuple(draw(st.lists(SUBFIELD, min_size=1, max_size=5)))
    )


RECORDS = st.lists(fields(), max_size=8).map(lambda some: Record.build(LEADER, some))


def standing(number: int) -> Standing:
    return Standing(number, number + 1, f"b{number}", ("bk00",), 0, 0)


@given(st.lists(RECORDS, min_size=1, max_size=6))
def test_any_records_together_are_what_they_are_alone(records: list[Record]) -> None:
    assert run_texts([one.text for one in records]) == [texts(one.text) for one in records]
    pairs = [(record, standing(number)) for number, record in enumerate(records)]
    assert list(documents(pairs)) == [document(*pair) for pair in pairs]


def test_many_records_together_are_what_they_are_alone() -> None:
    pairs = [(record, standing(number)) for number, record in enumerate(generate(450, seed=4))]
    together = list(documents(pairs))
    assert together == [document(*pair) for pair in pairs]
    assert [one.texts for one in together] != [one.texts for one in together[::-1]]


@pytest.mark.parametrize("broken", ["\x00", "\x02", "\x1c"])
def test_a_control_character_that_no_record_has_harms_no_other(broken: str) -> None:
    good = Record.build(LEADER, [Field("245", "10", (("a", "Hồ Ba Bể"),))]).text
    bad = Record.build(LEADER, [Field("245", "10", (("a", f"Hồ{broken}Ba {broken} Bể"),))]).text
    found = run_texts([good, bad, good])
    assert found[0] == found[2] == texts(good)
    assert found[1] == texts(bad)


def test_documents_of_the_store_are_those_of_its_records() -> None:
    records = list(generate(3, seed=9))
    contents = [Content(n, 7, f"b{n}", "bk01", "x", 5, 6, one, ("c",), ("bk01",)) for n, one in enumerate(records)]
    known = [Standing(n, 7, f"b{n}", ("bk01",), 5, 6, ("c",)) for n in range(3)]
    assert list(followed(contents)) == list(map(document, records, known))


@given(st.lists(st.text(st.sampled_from(LETTERS + "\x00\x01ǘ"), max_size=20), max_size=8))
def test_keys_of_many_texts_are_those_of_each(some: list[str]) -> None:
    assert sort_keys(some) == list(map(sort_key, some))


def test_an_008_that_is_cut_off_gives_no_language() -> None:
    """What stands where 008/35-37 would be is in the next field."""
    some = [Field("008", value="080101s2008    vm          "), Field("040", "  ", (("a", "ach"),))]
    one = Record.build(LEADER, some)
    assert document(one, standing(1)).codes["language"] == list(spoken(one)) == ["und"]
