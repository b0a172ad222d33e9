"""The generator: the same seed, the same records; every record holds what a Record must hold."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures import libraries
from fixtures.generator import generate, generate_with_key
from tests.fixtures_.invariants import check, isbn_holds

CODES = [library.code for library in libraries()]


@given(st.integers(0, 10**6), st.sampled_from([None, *CODES]))
@settings(max_examples=40, deadline=None)
def test_records_hold_the_invariants(seed: int, library: str | None) -> None:
    for record in generate(60, seed, library):
        check(record)


def test_the_same_seed_gives_the_same_records() -> None:
    assert list(generate(500, seed=7)) == list(generate(500, seed=7))


def test_another_seed_gives_others() -> None:
    assert list(generate(50, seed=7)) != list(generate(50, seed=8))


def test_fewer_records_are_the_beginning_of_more() -> None:
    assert list(generate(100, seed=3)) == list(islice(generate(1_000_000_000, seed=3), 100))


def test_control_numbers_are_unique() -> None:
    found = {(record.control("003"), record.control("001")) for record in generate(3000)}
    assert len(found) == 3000
    assert all(all(pair) for pair in found)


def test_clusters_have_up_to_six_libraries_and_no_library_twice() -> None:
    clusters: dict[int, list[str]] = {}
    for record, cluster in generate_with_key(8000):
        clusters.setdefault(cluster, []).append(record.control("003"))
    sizes = Counter(map(len, clusters.values()))
    assert set(sizes) == {1, 2, 3, 4, 5, 6}
    assert sum(count for size, count in sizes.items() if size > 1) > 1500
    assert all(len(set(members)) == len(members) for members in clusters.values())


def test_one_library_holds_every_edition_once() -> None:
    rows = list(generate_with_key(400, library="bk03"))
    assert len({cluster for _, cluster in rows}) == 400
    assert {record.control("003") for record, _ in rows} == {"BABE"}


def test_an_unknown_library_is_refused() -> None:
    with pytest.raises(ValueError, match="bk99"):
        list(generate(1, library="bk99"))


def test_kinds_come_in_their_proportions() -> None:
    levels = Counter(record.leader[6:8] for record in generate(6000))
    assert set(levels) == {"am", "tm", "as", "em", "jm"}
    assert 0.75 < levels["am"] / 6000 < 0.92


def test_nguyen_is_the_name_of_about_every_third_author() -> None:
    names = [field.get("a") for record in generate(4000, library="bk00") for field in record.select("100")]
    assert 0.28 < sum(name.startswith("Nguyễn") for name in names) / len(names) < 0.42


def test_isbns_are_right_where_the_library_is_careful() -> None:
    found = [field.get("a") for record in generate(1500, library="bk01") for field in record.select("020")]
    assert len(found) > 300
    assert all(isbn_holds(isbn) for isbn in found)


def test_full_008_has_40_characters() -> None:
    assert {len(record.control("008")) for record in generate(1500, library="bk00")} == {40}
