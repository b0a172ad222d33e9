"""A title that too many records share is one question, and its answer is about the title."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from catalogue import libraries
from catalogue.libraries import Library
from catalogue.store import Store
from foundation.errors import RefusedError
from marc.record import Record
from tests.union.records import record
from tests.union.store_world import anew, check, contribute, delete, follow, tables, use
from tests.union.test_questions import both, settings
from union import alikes, chronicle, deciding, questions, rebuilding
from union.deciding import Voice
from union.doubts import DOUBT
from union.questions import Chosen

__all__ = ["settings"]
LAN = Voice("lan", "bk01")
EVERY = Chosen()


def reports(numbers: Iterable[int], title: str = "Báo cáo", pages: bool = True) -> list[Record]:
    """Reports of one title, house and year, of other lengths; or of other heights, which no key tells apart."""
    return [
        record(
            control=str(n),
            t245=f"$a{title}",
            t260="$aBắc Kạn :$bSở A,$c1999",
            t300=f"$a{50 + 40 * n} tr." if pages else f"$c{12 + n} cm",
        )
        for n in numbers
    ]


@pytest.fixture
def shelf(store: Store) -> Store:
    """Two libraries with nine reports, each like each other, and a province."""
    libraries.add(store, Library("bk00", "Thư viện tỉnh", kind="provincial"))
    contribute(store, "bk01", *reports(range(5)))
    contribute(store, "bk02", *reports(range(5, 9)))
    follow(store)
    return store


def test_alikes_are_one_question_with_all_their_records(shelf: Store) -> None:
    (one,) = alikes.page(shelf)
    assert (one.title, one.records, one.compared, one.libraries) == ("Báo cáo", 9, True, ("bk01", "bk02"))
    assert one.questions >= alikes.LEAST
    assert questions.page(shelf, EVERY) == []
    assert questions.counts(shelf, EVERY)[DOUBT] == 1
    assert len(questions.page(shelf, Chosen(alike=one.number), limit=100)) == one.questions, "each can still be seen"


def test_a_few_that_are_alike_are_asked_one_by_one(store: Store) -> None:
    contribute(store, "bk01", *reports(range(4)))
    follow(store)
    assert alikes.page(store) == []
    assert len(questions.page(store, EVERY)) == 6


@pytest.mark.parametrize(("wanted", "found"), [((("bk02",),), 1), ((("bk00",),), 0), (((), ("bk01",)), 1)])
def test_alikes_are_those_of_the_libraries_asked_for(
    shelf: Store, wanted: tuple[tuple[str, ...], ...], found: int
) -> None:
    assert len(alikes.page(shelf, *wanted)) == alikes.count(shelf, *wanted) == found


@both
def test_all_different_ends_the_asking_and_moves_nothing(shelf: Store) -> None:
    before = tables(shelf)
    (one,) = alikes.page(shelf)
    act = deciding.all_different(shelf, one.number, LAN, "mỗi năm một bản")
    follow(shelf)
    assert tables(shelf) == before
    contribute(shelf, "bk02", *reports(range(20, 23)))
    follow(shelf)
    assert (alikes.page(shelf), questions.page(shelf, EVERY), questions.counts(shelf, EVERY)[DOUBT]) == ([], [], 0)
    (said,) = chronicle.acts(shelf)
    assert (said.what, said.by, said.why) == ("all_different", "lan", "mỗi năm một bản")
    with pytest.raises(RefusedError, match="nhan đề"):
        deciding.all_different(shelf, one.number, LAN)
    deciding.withdraw(shelf, act.number)
    follow(shelf)
    assert [found.records for found in alikes.page(shelf)] == [12]


def test_a_pin_of_the_same_person_outlives_the_word_about_a_title(shelf: Store) -> None:
    (one,) = alikes.page(shelf)
    act = deciding.pin(shelf, "bk01/0", LAN)
    deciding.all_different(shelf, one.number, LAN)
    follow(shelf)
    with shelf.read() as connection:
        settled = deciding.standing.settled(connection)[1]
    assert (len(settled.pins), act.decisions) == (1, 1)


def test_who_is_mended_leaves_the_question(shelf: Store) -> None:
    contribute(shelf, "bk01", *reports(range(5), "Tình hình rừng phòng hộ của tỉnh"))
    follow(shelf)
    assert alikes.page(shelf) == []
    assert len(questions.page(shelf, EVERY)) > 0


@both
def test_a_crowd_that_is_not_compared_is_told_and_goes_when_it_thins(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = use(store, monkeypatch, 6)
    contribute(store, "bk01", *reports(range(8), pages=False))
    contribute(store, "bk02", *reports(range(8, 11), pages=False))
    follow(store, batch=3)
    check(store, rules)
    assert anew(store, rules).crowds()
    (one,) = alikes.page(store)
    assert (one.title, one.records, one.questions, one.compared) == ("Báo cáo", 11, 0, False)
    before = tables(store)
    rebuilding.now(store)
    assert tables(store)["crowd"] == before["crowd"] != []
    delete(store, "bk01", *map(str, range(6)))
    follow(store)
    assert alikes.page(store) == []
    assert tables(store)["crowd"] == []
    check(store, rules)
