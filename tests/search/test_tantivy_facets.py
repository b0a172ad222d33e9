"""Facets counted by numbers: the same as by hand, however values are spread over columns and commits."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from search.document import Document
from search.index import Facet
from search.query import Everything, Field, Term
from search.tantivy_facets import NONE, Numbers
from search.tantivy_index import TantivyIndex

LANGUAGES = ["vie", "eng", "fre", "chi"]


def spread(count: int, kinds: int, seed: int) -> list[Document]:
    """Records with up to six subjects each, of which a few are frequent and most are rare."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        subjects = {f"Đề mục {min(int(chance.paretovariate(0.7)), kinds)}" for _ in range(chance.randrange(7))}
        shown = {"subject": sorted(subjects, key=lambda _: chance.random())}
        codes = {"language": chance.sample(LANGUAGES, chance.choice((1, 1, 1, 2, 3)))}
        keys = ["material:nua" if number % 2 else "material:ca"]
        years = (1990 + number % 7, 1990 + number % 7) if number % 5 else None
        made.append(Document(number, 1, 20260101, 20260101, keys=keys, codes=codes, shown=shown, years=years))
    return made


def by_hand(documents: list[Document], field: Field, limit: int) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for one in documents:
        if field is Field.DATE:
            counts.update([str(one.years[0])] if one.years else [])
        else:
            counts.update((one.shown if field is Field.SUBJECT else one.codes)[field.value])
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:limit]


@pytest.mark.parametrize("few", [0, 10_000])
@pytest.mark.parametrize("limit", [1, 3, 40])
def test_values_are_counted_as_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few: int, limit: int) -> None:
    monkeypatch.setattr("search.tantivy_facets._FEW", few)
    documents = spread(900, 150, seed=limit)
    index = TantivyIndex(tmp_path, writable=True)
    for first in (0, 300, 600):
        index.apply(documents[first : first + 300], range(first), first)  # the numbers of what is gone remain
    facets = [Facet(field, limit) for field in (Field.SUBJECT, Field.LANGUAGE, Field.DATE)]
    for query, there in ((Everything(), documents[600:]), (Term(Field.MATERIAL, "nua"), documents[601::2])):
        found = index.search(query, facets=facets).facets
        for facet in facets:
            told = [(one.value, one.count) for one in found[facet.field]]
            assert [count for _, count in told] == [count for _, count in by_hand(there, facet.field, limit)]
            assert set(told) <= set(by_hand(there, facet.field, 10_000))
    index.close()


@pytest.mark.parametrize("held", [0, 10_000])
def test_a_value_keeps_its_number_when_the_index_is_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    monkeypatch.setattr("search.tantivy_facets._HELD", held)
    documents = spread(60, 30, seed=1)
    for first in (0, 30):
        index = TantivyIndex(tmp_path, writable=True)
        index.apply(documents[first : first + 15], (), first)
        index.apply(documents[first + 15 : first + 30], (), first)
        index.close()
    found = TantivyIndex(tmp_path).search(Everything(), facets=[Facet(Field.SUBJECT, 100)])
    assert [(one.value, one.count) for one in found.facets[Field.SUBJECT]] == by_hand(documents, Field.SUBJECT, 100)
    assert found.count == 60


def test_a_writer_that_did_not_commit_gives_the_same_numbers_to_others(tmp_path: Path) -> None:
    index = TantivyIndex(tmp_path, writable=True)
    index.apply(spread(20, 5, seed=2), (), 1)
    first, second = Numbers(index._searcher), Numbers(index._searcher)
    one: dict[str, Any] = {"f_subject": ["Mới", "Cũ"]}
    two: dict[str, Any] = {"f_subject": ["Cũ"]}
    first.place(one)
    second.place(two)
    assert one["f_subject1"] == two["f_subject1"] == one["f_subject2"] - 1
    assert len(first.fresh()) == 4
    assert first.fresh() == []
    assert set(NONE) <= one.keys()
    index.close()


def test_a_frequent_value_is_counted_where_others_are_more_frequent(tmp_path: Path) -> None:
    """Forty values are equally often the first subject; the one that is second nearly everywhere is first in five."""
    firsts = [f"Đề mục {number % 40}" for number in range(1_200)]
    listed = [[first, "Chung"] for first in firsts] + [["Chung"]] * 5
    index = TantivyIndex(tmp_path, writable=True)
    index.apply(
        [Document(at, 1, 20260101, 20260101, shown={"subject": subjects}) for at, subjects in enumerate(listed)], (), 1
    )
    (told,) = index.search(Everything(), facets=[Facet(Field.SUBJECT, 1)]).facets[Field.SUBJECT]
    assert (told.value, told.count) == ("Chung", 1_205)
    index.close()
