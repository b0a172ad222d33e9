"""Titles in their order by columns of numbers, and first pages by the length of titles: as by texts and by weighing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import FILLERS
from search.document import Document
from search.index import Scope
from search.query import And, Everything, Field, Match, Near, Query, Range, SortKey, Term
from search.tantivy_index import TantivyIndex
from search.tantivy_order import filed
from tests.search.test_answers import made as titled
from vietnamese.collation import sort_key

LETTERS = "aăâbƀcdđeêfghijklmnoôơpqrstuưvwxyzýẩ 0129-_!’«字喃ß\t"


@given(st.lists(st.text(LETTERS, max_size=26), min_size=2, max_size=8))
def test_numbers_of_titles_stand_as_their_keys_do(texts: list[str]) -> None:
    keys = sorted(sort_key(text).decode("latin-1") for text in texts)
    numbers = filed(keys)
    assert numbers == sorted(numbers)
    assert all(0 <= number < 1 << 64 for pair in numbers for number in pair)


def test_titles_that_differ_in_their_first_letters_have_numbers_of_their_own() -> None:
    titles = [
        "An",
        "An Giang",
        "Ăn",
        "Ân",
        "Ba Bể",
        "Bà Bế",
        "Bắc Kạn",
        "Đá",
        "Tập 1",
        "Tập 2",
        "Truyện ngắn viết về A",
    ]
    numbers = filed([sort_key(title).decode("latin-1") for title in titles])
    assert len(set(numbers)) == len(titles) - 1, "tones are told by the key alone"


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory, documents: list[Document]) -> Iterator[TantivyIndex]:
    """Records of the province in three commits, of which some replace others; many have the same title."""
    index = TantivyIndex(tmp_path_factory.mktemp("province"), writable=True)
    index.apply(documents[:500], (), 1)
    index.apply(documents[400:], (), 2)
    index.apply(documents[::7], [3, 5, 700], 3)
    yield index
    index.close()


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("more", [0, 5, 80, 2000])
@pytest.mark.parametrize("text", ["tập", "bắc", "truyện", "và"])
def test_pages_in_the_order_of_titles_are_those_of_the_sorted_keys(
    province: TantivyIndex, documents: list[Document], monkeypatch: pytest.MonkeyPatch, text: str, more: int,
    descending: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr("search.tantivy_order._MORE", more)
    query, sort = Term(Field.ANY, text), [SortKey(Field.TITLE, descending)]
    count = province.search(query, limit=0).count
    assert count > 40
    pages = [province.search(query, sort=sort, offset=at, limit=9) for at in range(0, count, 9)]
    numbers = [number for page in pages for number in page.records]
    assert len(set(numbers)) == len(numbers) == count
    assert {page.count for page in pages} == {count}
    keys = [documents[number].order["title"] for number in numbers]
    assert keys == sorted(keys, reverse=descending)
    assert list(province.search(query, sort=sort, offset=4, limit=count).records) == numbers[4:]


@pytest.mark.parametrize("descending", [False, True])
def test_records_without_a_title_come_last_in_either_direction(tmp_path: Path, descending: bool) -> None:
    made = titled("Bể", "?", "An", "?")
    for number in (1, 3):
        del made[number].order["title"]
    index = TantivyIndex(tmp_path, writable=True)
    index.apply(made, (), 1)
    sort = [SortKey(Field.TITLE, descending)]
    found = index.search(Everything(), sort=sort).records
    assert list(found) == ([0, 2, 1, 3] if descending else [2, 0, 1, 3])
    assert [index.search(Term(Field.LIBRARY, "bk00"), sort=sort, offset=at, limit=1).records[0] for at in range(4)] == [
        *found
    ]
    index.close()


def test_titles_that_begin_so_are_counted_by_their_keys_as_they_are_by_the_places_of_words(
    province: TantivyIndex, documents: list[Document]
) -> None:
    openings = {tuple(one.texts.titles.split(" ")[:3]) for one in documents}
    asked = [(begun[1:], word) for begun, _, word in openings if word not in ("", "|")]
    assert len(asked) > 50
    for one, two in asked:
        for ending in ("", "*"):
            for letters in {two, two[:2], two[:1] + "?"} if ending else {two}:
                query = Term(Field.TITLE, f"{one} {letters}{ending}", Match.FIRST)
                found = province.search(query, limit=1000, sort=[SortKey(Field.ADDED)]).records
                assert province.search(query, limit=0).count == len(found)
                assert found or letters[-1] == "?"


@pytest.mark.usefixtures("long")
def test_every_title_of_a_record_is_counted_by_how_it_begins(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path, writable=True)
    made = titled("Dân ca Tày", "Dân ca", "Khác", "Dân cư", "Hát dân ca", "Dân")
    two = made[2].texts
    other = made[1].texts.titles
    made[2].texts = two._replace(titles=f"{two.titles}{FILLERS}{other}")
    index.apply(made, (), 1)
    for text, found in (("dân c*", [1, 0, 2, 3]), ("dân ca*", [1, 0, 2]), ("dân ca", [1, 0, 2]), ("dân cư", [3])):
        answer = index.search(Term(Field.TITLE, text, Match.FIRST))
        assert (answer.count, sorted(answer.records)) == (len(found), sorted(found)), text
    index.close()


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is a long one."""
    monkeypatch.setattr("search.tantivy_ranking._LONG", 0)
    monkeypatch.setattr("search.tantivy_ranking._FEW", 0)


YEARS = (
    Range(Field.DATE, "1990", "2005"),
    Range(Field.DATE, "2000"),
    Range(Field.DATE, None, "1995"),
    Range(Field.DATE),
)


@pytest.mark.parametrize("looked_at", [0, 3, 200])
@pytest.mark.parametrize("scope", [Scope(), Scope(library="bk01")])
@pytest.mark.usefixtures("long")
def test_a_word_and_years_find_what_has_both_once_on_all_pages(
    province: TantivyIndex, monkeypatch: pytest.MonkeyPatch, scope: Scope, looked_at: int
) -> None:
    monkeypatch.setattr("search.tantivy_ranking._LOOKED_AT", looked_at)
    for years in YEARS:
        for word in (Term(Field.ANY, "tập"), Term(Field.ANY, "việt nam"), Term(Field.TITLE, "bắc", Match.PHRASE)):
            query = And((word, years))
            wanted = {*province.identifiers(word, scope=scope)[1]} & {*province.identifiers(years, scope=scope)[1]}
            count, numbers = province.identifiers(query, scope=scope)
            assert count == province.search(query, limit=0, scope=scope).count == len(wanted)
            assert sorted(numbers) == sorted(wanted)
            pages = [province.search(query, offset=at, limit=7, scope=scope).records for at in range(0, count + 1, 7)]
            assert [number for page in pages for number in page] == [*numbers]


@pytest.mark.parametrize(
    ("query", "best"),
    [
        (Term(Field.ANY, "ba bể", Match.PHRASE), [2, 0, 3, 1]),  # begin so, the same marks first; then inside titles
        (Term(Field.TITLE, "bà bế", Match.FIRST), [4]),
        (Near(Term(Field.ANY, "ba"), Term(Field.ANY, "bể"), 3), [2, 0, 3, 1]),
        (Term(Field.ANY, "be*"), [5, 2]),
        (And((Term(Field.ANY, "bể"), Term(Field.LIBRARY, "bk00"))), [5, 2, 1]),
    ],
)
@pytest.mark.usefixtures("long")
def test_the_shortest_titles_that_begin_so_come_first(tmp_path: Path, query: Query, best: list[int]) -> None:
    titles = ["Ba Bể quê em", "Hồ Ba Bể", "Ba Bể", "Ba Bể, hồ trên núi", "Bà Bế hai", "Bể khổ"]
    index = TantivyIndex(tmp_path, writable=True)
    index.apply(titled(*titles), (), 1)
    assert list(index.search(query).records[: len(best)]) == best
    index.close()
