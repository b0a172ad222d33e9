"""Lists to browse: dictionary order, both directions, and counts that are those of a recount whatever happened."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue import headings
from catalogue.headings import Heading
from catalogue.store import Store
from foundation.errors import InputError, LimitError
from search import browse
from search.query import Field
from vietnamese.collation import sort_key

NAMES = ["Ăn", "An", "Âm nhạc", "Bắc", "Bạc", "bắc", "Chợ", "Đá", "Da", "Đàn tính", "Ơ", "Ô", "字", "12", "Zét"]


def heading(text: str) -> Heading:
    return Heading(3, browse.heading_key(text), text)


def listed(store: Store) -> list[tuple[str, int]]:
    page = browse.scan(store, Field.SUBJECT, after=1000)
    return [(one.text, one.count) for one in page.entries]


def test_headings_stand_in_dictionary_order_and_case_does_not_part_them(store: Store) -> None:
    headings.replace(store, {number: [heading(text)] for number, text in enumerate(NAMES)}, 1)
    kept = [text for text in NAMES if text != "bắc"]
    assert [text for text, _ in listed(store)] == sorted(kept, key=sort_key)
    assert dict(listed(store))["Bắc"] == 2


def test_a_page_goes_both_ways_from_where_it_starts(store: Store) -> None:
    headings.replace(store, {number: [heading(text)] for number, text in enumerate(NAMES)}, 1)
    page = browse.scan(store, Field.SUBJECT, "đ", before=2, after=2)
    assert [one.text for one in page.entries] == ["Chợ", "Da", "Đá", "Đàn tính"]
    assert page.position == 2
    assert browse.scan(store, Field.SUBJECT, "字字", before=1, after=5).position == 1
    assert browse.scan(store, Field.GENRE, "a").entries == ()


def test_what_has_no_list_is_told(store: Store) -> None:
    with pytest.raises(InputError, match="author"):
        browse.scan(store, Field.NOTE)
    with pytest.raises(LimitError, match="SEARCH_SCAN"):
        browse.scan(store, Field.TITLE, after=5000)


STEPS = st.lists(
    st.dictionaries(st.integers(1, 6), st.lists(st.sampled_from(NAMES), max_size=5), min_size=1, max_size=4), max_size=8
)


@given(STEPS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counts_are_those_of_a_recount(store: Store, steps: list[dict[int, list[str]]]) -> None:
    headings.clear(store)
    held: dict[int, list[str]] = {}
    for number, step in enumerate(steps):
        for _ in range(1 + number % 2):  # done again, as after a kill
            headings.replace(
                store, {record: [heading(text) for text in texts] for record, texts in step.items()}, number
            )
        held |= step
    recount = Counter(key for texts in held.values() for key in {browse.heading_key(text) for text in texts})
    assert {browse.heading_key(text): count for text, count in listed(store)} == dict(recount)
