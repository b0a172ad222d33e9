"""Every engine answers every query with the count that plain counting gives, and with just those records."""

from __future__ import annotations

import pytest

from search.index import Index
from search.query import Query
from tests.search import queries
from tests.search.conftest import province
from tests.search.oracle import Shelf

QUERIES = list(dict.fromkeys(queries.contract(province())))
PARTS = 24


def test_there_are_enough_queries_of_which_most_find_something(shelf: Shelf) -> None:
    found = [bool(shelf.find(query)) for query in QUERIES]
    assert len(QUERIES) >= 300
    assert sum(found) > 0.6 * len(QUERIES)


@pytest.mark.parametrize("part", range(PARTS))
def test_queries_find_what_plain_counting_finds(index: Index, shelf: Shelf, part: int) -> None:
    wrong: list[tuple[Query, int, int]] = []
    for query in QUERIES[part::PARTS]:
        count, records = index.identifiers(query)
        wanted = shelf.find(query)
        if count != len(wanted) or set(records) != wanted or len(records) != count:
            wrong.append((query, len(wanted), count))
    assert wrong == []
