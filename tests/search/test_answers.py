"""What stands first, how answers are sorted, counted and paged; on both engines."""

from __future__ import annotations

from collections import Counter

import pytest

from foundation.errors import InputError, LimitError
from marc.record import Field as MarcField
from marc.record import Record
from search.document import Document, Standing, document
from search.index import Facet, Index, Scope
from search.query import And, Everything, Field, Match, Near, Not, Query, Range, SortKey, Term
from tests.catalogue.conftest import record
from tests.search.conftest import make


@pytest.fixture
def small(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return make(request.param, tmp_path_factory.mktemp("small"))


both = pytest.mark.parametrize("small", ["tantivy", "whoosh"], indirect=True)


def made(*titles: str, notes: dict[int, str] | None = None) -> list[Document]:
    """Documents of records with these titles, and with notes by their place in the list, three times each."""
    found = []
    for number, title in enumerate(titles):
        one = record(str(number), title)
        note = [MarcField("500", "  ", (("a", text),)) for text in [(notes or {}).get(number)] * 3 if text]
        standing = Standing(number, 1, f"b{number}", ("bk00",), 0, 0)
        found.append(document(Record.build(one.leader, [*one.fields, *note]), standing))
    return found


@both
def test_the_same_diacritics_stand_first(small: Index) -> None:
    small.apply(made("Bạc và vàng", "Bắc và nam", "Bác và cháu", "Bậc và thang"), (), 1)
    assert small.search(Term(Field.ANY, "bắc")).records[0] == 1
    assert small.search(Term(Field.ANY, "bác")).records[0] == 2
    assert small.search(Term(Field.ANY, "bac")).count == 4


@both
def test_words_in_the_title_stand_before_words_elsewhere(small: Index) -> None:
    titles = ("Khác", "Hồ Ba Bể và những chuyện kể bên bếp lửa", "Khác nữa")
    documents = made(*titles, notes={0: "Hồ Ba Bể", 2: "Hồ Ba Bể"})
    small.apply(documents, (), 1)
    assert small.search(Term(Field.ANY, "hồ ba bể")).records[0] == 1


@both
def test_the_whole_title_stands_before_a_longer_one(small: Index) -> None:
    small.apply(made("Truyện Kiều chú giải", "Truyện Kiều", "Bình giảng Truyện Kiều"), (), 1)
    assert small.search(Term(Field.ANY, "truyen kieu")).records[0] == 1


@both
def test_titles_are_sorted_as_a_dictionary_sorts_them(small: Index) -> None:
    titles = ["Đá", "da", "An", "Ăn", "Âm", "ơi", "Ô", "Zét", "dạ", "dà"]
    small.apply(made(*titles), (), 1)
    found = small.search(Everything(), sort=[SortKey(Field.TITLE)])
    assert [titles[number] for number in found.records] == ["An", "Ăn", "Âm", "da", "dà", "dạ", "Đá", "Ô", "ơi", "Zét"]
    back = small.search(Everything(), sort=[SortKey(Field.TITLE, descending=True)])
    assert back.records == found.records[::-1]


@pytest.mark.parametrize("missing_first", [False, True])
@pytest.mark.parametrize("descending", [False, True])
def test_records_without_a_value_stand_where_they_were_asked_to(
    index: Index, documents: list[Document], descending: bool, missing_first: bool
) -> None:
    key = SortKey(Field.AUTHOR, descending, missing_first)
    _, found = index.identifiers(Everything(), sort=[key])
    values = [documents[number].order.get("author") for number in found]
    named = [value for value in values if value is not None]
    assert named == sorted(named, reverse=descending)
    gaps = [number for number, value in enumerate(values) if value is None]
    assert 0 < len(gaps) < len(values)
    assert gaps == list(range(len(gaps)) if missing_first else range(len(named), len(values)))


def test_several_keys_sort_one_after_the_other(index: Index, documents: list[Document]) -> None:
    keys = [SortKey(Field.LANGUAGE), SortKey(Field.DATE, descending=True, missing_first=True), SortKey(Field.TITLE)]
    _, found = index.identifiers(Everything(), sort=keys)

    def key(number: int) -> tuple[object, ...]:
        one = documents[number]
        year = one.years[0] if one.years else 10_000
        return one.order.get("language", "\uffff"), -year, one.order.get("title", "\uffff")

    assert [key(number) for number in found] == sorted(key(number) for number in range(len(documents)))


def test_pages_join_without_gap_or_repetition(index: Index) -> None:
    query = Term(Field.ANY, "bac kan")
    _, whole = index.identifiers(query)
    pages = [index.search(query, offset=at, limit=7).records for at in range(0, len(whole), 7)]
    assert [number for page in pages for number in page] == list(whole)


@both
def test_pages_far_behind_are_those_of_the_last_commit(small: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.tantivy_index._DEEP", 2)
    titles = [f"Hồ Ba Bể {number}" for number in range(7)]
    sort = [SortKey(Field.TITLE, descending=True)]
    for query in (Term(Field.ANY, "ho"), Everything()):
        for count in (5, 7):
            small.apply(made(*titles[:count]), range(count, 7), count)
            pages = [small.search(query, sort=sort, offset=at, limit=2) for at in (0, 2, 4, 6)]
            assert [number for page in pages for number in page.records] == list(range(count))[::-1]
            assert {page.count for page in pages} == {count}


@pytest.mark.parametrize("missing_first", [False, True])
def test_pages_of_a_sorted_answer_join_too(index: Index, missing_first: bool) -> None:
    sort = [SortKey(Field.AUTHOR, missing_first=missing_first)]
    pages = [index.search(Everything(), sort=sort, offset=at, limit=100).records for at in range(0, 904, 100)]
    assert sorted(number for page in pages for number in page) == list(range(904))


def test_facets_count_what_was_found(index: Index, documents: list[Document]) -> None:
    query = Term(Field.ANY, "dan toc")
    _, found = index.identifiers(query)
    answer = index.search(query, facets=[Facet(Field.SUBJECT, 10), Facet(Field.DATE, 500), Facet(Field.LIBRARY)])
    for field, name in ((Field.SUBJECT, "subject"), (Field.LIBRARY, "library")):
        source = [
            (one.shown if name == "subject" else one.codes).get(name, []) for one in map(documents.__getitem__, found)
        ]
        wanted = Counter(value for values in source for value in values)
        counted = {one.value: one.count for one in answer.facets[field]}
        assert counted == {value: wanted[value] for value in counted}
        assert sum(counted.values()) == sum(sorted(wanted.values(), reverse=True)[: len(counted)])
    years = Counter(str(documents[n].years[0]) for n in found if documents[n].years)  # type: ignore[index]
    assert {one.value: one.count for one in answer.facets[Field.DATE]} == years


def test_a_heading_that_was_counted_is_found_by_its_words(index: Index) -> None:
    for one in index.search(Everything(), facets=[Facet(Field.SUBJECT, 30)]).facets[Field.SUBJECT]:
        assert index.search(Term(Field.SUBJECT, one.value, Match.WHOLE)).count >= one.count


def test_a_scope_narrows_what_is_found(index: Index) -> None:
    counts = [index.search(Everything(), scope=Scope(library=f"bk{n:02}")).count for n in range(9)]
    assert sum(counts) == 904
    assert min(counts) > 0


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        (Term(Field.ANY, "a*"), "SEARCH_MASK_LETTERS"),
        (Term(Field.ANY, "x" * 5000), "SEARCH_TERM_CHARACTERS"),
        (Term(Field.ANY, "x " * 501), "SEARCH_WORDS"),
        (Near(Term(Field.ANY, "a"), Term(Field.ANY, "b"), 17), "SEARCH_NEAR_WORDS"),
        (Near(Term(Field.ANY, "a"), Term(Field.ANY, "b"), 0), "SEARCH_NEAR_WORDS"),
    ],
)
def test_a_query_beyond_a_limit_is_told_which(index: Index, query: Query, limit: str) -> None:
    with pytest.raises(LimitError, match=limit):
        index.search(query)


def test_a_deep_query_is_refused(index: Index) -> None:
    query: Query = Everything()
    for _ in range(150):
        query = Not(And((query,)), query)
    with pytest.raises(LimitError, match="SEARCH_DEPTH"):
        index.search(query)


@pytest.mark.parametrize(
    "query",
    [
        Range(Field.TITLE, "a", "b"),
        Term(Field.DATE, "xưa"),
        Range(Field.ADDED, "hôm qua"),
        Near(Term(Field.TITLE, "a"), Term(Field.AUTHOR, "b")),
    ],
)
def test_what_a_field_cannot_be_asked_is_told(index: Index, query: Query) -> None:
    with pytest.raises(InputError):
        index.search(query)


def test_what_cannot_be_sorted_counted_or_paged_is_told(index: Index) -> None:
    with pytest.raises(LimitError, match="SEARCH_WINDOW"):
        index.search(Everything(), offset=49_990, limit=20)
    with pytest.raises(InputError, match="title"):
        index.search(Everything(), sort=[SortKey(Field.NOTE)])
    with pytest.raises(InputError, match="library"):
        index.search(Everything(), facets=[Facet(Field.TITLE)])


def test_an_index_says_that_it_is_whole(index: Index) -> None:
    index.examine()
    assert (index.last_seq, index.count) == (20, 904)
    assert index.held(900, 2000) == {number: number + 1 for number in range(900, 904)}
