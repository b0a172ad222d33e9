"""Editions and translations are one work, whatever their clusters; phrases are not."""

from __future__ import annotations

import pytest

from tests.union.records import described
from union.works import works

KIEU = described(t100="$aNguyễn Du", t245="$aTruyện Kiều")


@pytest.mark.parametrize(
    "other",
    [
        described(t100="$aNguyễn, Du", t245="$aTruyện Kiều$bbản dịch", t260="$c1999"),
        described(t100="$aNguyễn Du", t245="$aThe tale of Kieu", t240="$aTruyện Kiều$lEnglish", t041="$aeng"),
    ],
)
def test_editions_and_translations_are_one_work(other: object) -> None:
    assert works({1: [KIEU], 2: [other]})[0] == [[1, 2]]  # type: ignore[list-item]


def test_one_title_by_two_authors_is_two_works() -> None:
    assert works({1: [KIEU], 2: [described(t100="$aTrần Thị Bình", t245="$aTruyện Kiều")]})[0] == [[1], [2]]


def test_people_can_say_so() -> None:
    assert works({1: [KIEU], 2: [described(t245="$aKhác")]}, [(1, 2)])[0] == [[1, 2]]


def test_a_phrase_that_hundreds_share_joins_nothing_and_is_told() -> None:
    one = described(t100="", t245="$aBáo cáo thường niên")
    found, crowded = works({number: [one] for number in range(600)})
    assert len(found) == 600
    assert len(crowded) == 1
