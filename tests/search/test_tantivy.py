"""What only the index in tantivy does: what it remembers of a commit, and what it leaves out of a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from search.document import Document
from search.index import EVERYWHERE, Facet, Scope
from search.lately import Lately
from search.plan import EVERYTHING, NOTHING, All, Around, Plan, Some, Word, Words, plan
from search.query import And, Everything, Field, Match, Near, Or, Query, SortKey, Term
from search.ranking import implied, steps
from search.tantivy_index import TantivyIndex
from tests.search.queries import contract
from tests.search.test_answers import made as titled

SUBJECT = Facet(Field.SUBJECT)
THERE, AWAY = Word("t", "bac"), Word("t", "zzz")


@pytest.fixture
def index(tmp_path: Path, documents: list[Document]) -> Iterator[TantivyIndex]:
    made = TantivyIndex(tmp_path, writable=True)
    made.apply(documents[:60], (), 1)
    yield made
    made.close()


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, documents: list[Document]) -> Iterator[TantivyIndex]:
    """Records of two libraries, ninety in all."""
    made = TantivyIndex(tmp_path_factory.mktemp("two"), writable=True)
    chosen = [
        next(at for at, one in enumerate(documents) if one.codes["library"] == [code]) for code in ("bk01", "bk02")
    ]
    made.apply([one for at in chosen for one in documents[at : at + 45]], (), 1)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("node", "there"),
    [
        (THERE, True),
        (AWAY, False),
        (Some((AWAY, THERE)), True),
        (Some((AWAY, AWAY)), False),
        (NOTHING, False),
        (EVERYTHING, True),
        (All((THERE, AWAY)), False),
        (All((THERE,), (AWAY,)), True),
        (Words("t", ((0, "bac"), (1, "zzz"))), False),
        (Around("t", "bac", "zzz", 3), False),
        (Word("t", "zz\x01"), False),
        (Word("w", "zz\x01"), False),
        (Word("w", "ba\x01"), True),
        (Word("w", "z\x02z"), True),  # only the engine can tell
    ],
)
def test_what_finds_nothing_is_not_asked_for(index: TantivyIndex, node: Plan, there: bool) -> None:
    queries = index._of(index._searcher).queries
    assert (queries.query(node) is not None) == there
    assert (queries.query(node) is not None) == there, "as it is remembered"


def test_a_word_that_comes_with_a_commit_is_found(index: TantivyIndex, documents: list[Document]) -> None:
    query = Term(Field.TITLE, "qwertz")
    assert index.search(query, facets=[SUBJECT]).count == 0
    texts = documents[0].texts._replace(titles="t:qwertz qwertz", words="qwertz")
    index.apply([replace(documents[0], texts=texts)], (), 2)
    assert index.search(query).records == (documents[0].number,)


def test_a_list_that_is_counted_by_its_length_holds_what_there_is_after_records_are_changed_or_taken_out(
    index: TantivyIndex, documents: list[Document]
) -> None:
    asked = [Term(Field.ANY, text) for text in ("bac", "ba*", "bắc", "tỉnh")]

    def counts() -> list[tuple[int, int | None]]:
        known = index._of(index._searcher).queries
        told = [known.told(plan(query)) for query in asked]
        found = [index.search(query, limit=100, sort=[SortKey(Field.ADDED)]).records for query in asked]
        walked = [index.search(query, limit=0).count for query in asked]
        assert walked == [len(records) for records in found]
        return list(zip(walked, told, strict=True))

    index.apply(documents[60:90], (), 2)
    index.apply((), (), 3)
    assert all(0 < walked == told for walked, told in counts()), "nothing was taken out"
    first = index.search(asked[0]).records[0]
    bare = next(one for one in documents if one.number == first)
    index.apply([replace(bare, texts=documents[0].texts._replace(words="", marked="", begun=""))], (), 4)
    assert [told for _, told in counts()] == [None] * len(asked)
    index.apply((), [first], 5)
    counts()


def test_how_far_the_index_is_is_what_the_last_commit_said(tmp_path: Path, documents: list[Document]) -> None:
    for seq, (some, gone) in enumerate(
        [(documents[:3], []), (documents[3:5], []), ([], []), ([], [documents[1].number])]
    ):
        index = TantivyIndex(tmp_path, writable=True)
        assert index.last_seq == seq - 1
        index.apply(some, gone, seq)
        assert index.last_seq == seq
        assert index.count == sum(1 for _ in index.held(0, 10_000))
        index.close()


def test_facets_are_counted_once_for_all_pages_and_anew_after_a_commit(
    index: TantivyIndex, documents: list[Document]
) -> None:
    query = Term(Field.ANY, "bac")
    first = index.search(query, facets=[SUBJECT, Facet(Field.LANGUAGE)])
    kept = index._of(index._searcher).counted
    assert kept.get((query, EVERYWHERE, SUBJECT)) == first.facets[Field.SUBJECT]
    assert index.search(query, offset=5, facets=[SUBJECT]).facets[Field.SUBJECT] is first.facets[Field.SUBJECT]
    gone = first.records[0]
    index.apply([], [gone], 2)
    languages = index.search(query, facets=[Facet(Field.LANGUAGE)]).facets[Field.LANGUAGE]
    assert sum(one.count for one in languages) < sum(one.count for one in first.facets[Field.LANGUAGE])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Term(Field.ANY, "bắc"), True),
        (Or((Term(Field.ANY, "bắc"), Term(Field.TITLE, "kạn"))), True),
        (Term(Field.ANY, "bắc kạn"), False),
        (Term(Field.ANY, "bắc", Match.PHRASE), False),
        (Term(Field.AUTHOR, "bắc"), False),
        (And((Term(Field.ANY, "bắc"), Term(Field.ANY, "kạn"))), False),
        (Everything(), False),
    ],
)
def test_where_what_gains_is_found_anyway(query: Query, expected: bool) -> None:
    assert implied(query) == expected


@pytest.mark.parametrize("scope", [EVERYWHERE, Scope(library="bk01"), Scope(library="bk02")])
def test_joining_what_gains_as_equals_finds_no_more(two: TantivyIndex, scope: Scope) -> None:
    chosen = [query for query in contract([]) if implied(query)]
    assert len(chosen) > 50
    for query in chosen[::3]:
        found, inside = (two.search(query, limit=limit, scope=scope) for limit in (100, 0))
        assert found.count == inside.count, query
        within = And((query, Term(Field.LIBRARY, scope.library))) if scope.library else query
        assert sorted(found.records) == sorted(two.search(within, limit=100).records), query


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer is a long one."""
    monkeypatch.setattr("search.tantivy_ranking._LONG", 0)
    monkeypatch.setattr("search.tantivy_ranking._FEW", 0)


@pytest.mark.parametrize("scope", [EVERYWHERE, Scope(library="bk01")])
@pytest.mark.usefixtures("long")
def test_a_long_answer_has_every_record_once_on_all_its_pages(two: TantivyIndex, scope: Scope) -> None:
    chosen = [query for query in contract([]) if steps(query)]
    assert len(chosen) > 70
    for query in chosen[::3]:
        within = And((query, Term(Field.LIBRARY, scope.library))) if scope.library else query
        count, numbers = two.identifiers(query, scope=scope)
        assert sorted(numbers) == sorted(two.search(within, sort=[SortKey(Field.ADDED)], limit=100).records), query
        pages = [two.search(query, offset=at, limit=7, scope=scope) for at in range(0, count + 1, 7)]
        assert [number for page in pages for number in page.records] == list(numbers), query
        assert {page.count for page in pages} == {count}, query


@pytest.mark.parametrize(
    ("query", "best"),
    [
        (Term(Field.ANY, "truyen kieu"), [1, 0, 3, 2]),  # the whole title, titles that begin so by length, others
        (Term(Field.ANY, "truyện kiều"), [1, 0, 3, 2]),
        (Term(Field.ANY, "truyện kiều", Match.PHRASE), [1, 0, 2]),
        (Term(Field.TITLE, "truyện"), [1, 0, 3]),
        (Near(Term(Field.ANY, "truyện"), Term(Field.ANY, "kiều")), [1, 0, 2]),
        (Or((Term(Field.ANY, "kiều"), Term(Field.ANY, "bình"))), [2]),  # both of them
        (Term(Field.ANY, "nguyễn"), [6]),  # the same marks before others
        (Term(Field.ANY, "du"), [7, 5]),  # in the title before elsewhere
    ],
)
@pytest.mark.usefixtures("long")
def test_a_long_answer_begins_with_the_best(tmp_path: Path, query: Query, best: list[int]) -> None:
    titles = ["Truyện Kiều chú giải", "Truyện Kiều", "Bình giảng Truyện Kiều", "Truyện ngắn viết về Kiều", "Khác"]
    index = TantivyIndex(tmp_path, writable=True)
    titles += ["Thơ Du", "Về Nguyễn Trãi", "Du ký"]
    index.apply(titled(*titles, notes={4: "Nguyên truyện Kiều, du", 0: "Nguyên"}), (), 1)
    assert list(index.search(query).records[: len(best)]) == best
    index.close()


def test_the_one_not_asked_for_longest_is_given_up() -> None:
    lately: Lately[int] = Lately(2)
    lately.put("a", 1)
    lately.put("b", 2)
    assert lately.get("a") == 1
    lately.put("c", 3)
    assert [lately.get(key) for key in "abc"] == [1, None, 3]
