"""How alike two strings are, and the shorter ways to know that they are not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from union.words import alike, common, in_common, likeness

TEXTS = st.one_of(st.text("abcdeĐ 1", max_size=40), st.text(max_size=20), st.text("ab", min_size=120, max_size=170))


@given(TEXTS, TEXTS)
def test_no_subsequence_is_longer_than_the_letters_in_common(left: str, right: str) -> None:
    assert common(left, right) <= in_common(left[:160], right[:160]) <= min(len(left), len(right))


@given(TEXTS, TEXTS, st.sampled_from([0.55, 0.8, 0.9]))
def test_the_short_way_is_the_long_one(left: str, right: str, least: float) -> None:
    assert alike(left, right, least) == (likeness(left, right) >= least)


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_a_common_subsequence_counts_what_both_begin_and_end_with(start: str, left: str, right: str, end: str) -> None:
    one, other = (start + left + end)[:160], (start + right + end)[:160]
    row = [0] * (len(other) + 1)
    for letter in one:
        before = 0
        for place, sign in enumerate(other, 1):
            row[place], before = (before + 1 if letter == sign else max(row[place], row[place - 1])), row[place]
    assert common(one, other) == row[-1]
