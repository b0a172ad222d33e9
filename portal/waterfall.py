"""The score of a pair as a waterfall: from where every pair starts, criterion by criterion, to what it comes to.

Made on the server as a table with a bar in each row, so that the picture and what is read aloud are one thing.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from flask_babel import format_decimal, format_percent

from foundation.errors import Language
from union import wording
from union.doubts import probability
from union.rules import Thresholds
from union.scoring import Explanation

_SILENT: Final = 0.05
"""A weight below it moves no bar that could be seen."""


class Step(NamedTuple):
    """One row. `left` and `width` are hundredths of the picture."""

    name: str
    """Of the comparison; empty for the start and the end."""
    words: str
    level: str
    weight: float
    left: float
    width: float
    up: bool


class Waterfall(NamedTuple):
    """The rows, what counts for nothing, and where the lines stand."""

    start: Step
    steps: tuple[Step, ...]
    end: Step
    silent: tuple[tuple[str, str], ...]
    """(comparison, level) in words."""
    even: float
    """Where the score is 0, in hundredths."""
    link: float
    """Where two records become one by the rules."""


def waterfall(found: Explanation, thresholds: Thresholds, language: Language) -> Waterfall:
    """The picture of one score, the heaviest criterion first."""
    heavy = sorted([one for one in found.levels if abs(one[2]) >= _SILENT], key=lambda one: -abs(one[2]))
    at, sums = found.bias, [0.0, thresholds.link, found.score, found.bias]
    for _, _, weight in heavy:
        at += weight
        sums.append(at)
    least, most = min(sums), max(sums)
    scale = 96 / ((most - least) or 1.0)

    def place(value: float) -> float:
        return round(2 + (value - least) * scale, 2)

    def step(name: str, words: str, level: str, before: float, after: float) -> Step:
        left, right = sorted((place(before), place(after)))
        return Step(name, words, level, after - before, left, max(round(right - left, 2), 0.6), after >= before)

    steps, at = list[Step](), found.bias
    for name, level, weight in heavy:
        words = wording.comparison(name, language), wording.level(level, language)
        steps.append(step(name, *words, at, at + weight))
        at += weight
    silent = tuple(
        (wording.comparison(name, language), wording.level(level, language))
        for name, level, weight in found.levels
        if abs(weight) < _SILENT
    )
    return Waterfall(
        step("", "", "", 0.0, found.bias), tuple(steps), step("", "", "", 0.0, found.score), silent,
        place(0.0), place(thresholds.link),
    )  # fmt: skip


def signed(value: float) -> str:
    """A weight as each language writes it, with its sign: +1,8 or −0,4."""
    return str(format_decimal(value, format="+0.0;−0.0"))


def percent(score: float) -> str:
    """The probability of a score, never 0 % nor 100 %: nobody is that sure."""
    return str(format_percent(min(0.999, max(0.001, probability(score))), format="0.0 %"))
