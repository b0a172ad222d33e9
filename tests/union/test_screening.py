"""What sketches drop, comparing would have dropped: nothing that could be a link, or a question, is lost."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures import generator, noise
from marc.record import Record
from tests.union.records import described
from tests.union.test_features import RECORDS
from tests.union.test_scoring import APART, FULL, SAME
from union import features
from union.comparison import COMPARISONS, NAMES
from union.features import Features
from union.rules import KINDS, Rules, shipped
from union.scoring import Scorer
from union.screening import Screen
from union.seeing import BY, LOOKS, PAGES, PUBLISHERS, YEARS, Pairs, author, publisher, table_of
from union.sketches import SIZE, sketch
from union.vetoes import VETOES

ROWS: dict[str, tuple[tuple[str, ...], ...]] = {name: states for name, (_, states) in LOOKS.items()}
ROWS |= {"year": tuple((level,) for level in YEARS), "pages": tuple((level,) for level in PAGES)}
ROWS |= {"publisher": PUBLISHERS, "author": BY}


def lost(found: list[Features], pairs: list[tuple[int, int]], rules: Rules, floor: float) -> list[tuple[int, int]]:
    """The pairs that are candidates and were dropped."""
    scorer, drawn = Scorer(rules), [sketch(one) for one in found]
    hopeful = Screen(rules).hopeful(drawn, [a for a, _ in pairs], [b for _, b in pairs], floor)
    telling = [features.tells(one) for one in found]
    return [
        (a, b)
        for (a, b), kept in zip(pairs, hopeful, strict=True)
        if not kept and telling[a] and telling[b] and scorer.candidate(found[a], found[b], floor) is not None
    ]


def loosened(chance: random.Random) -> Rules:
    """Rules with other weights and fewer vetoes: what is seen must hold for any."""
    rules = shipped()
    tables = {
        kind: {
            name: {level: weight * chance.uniform(-1, 3) for level, weight in levels.items()}
            for name, levels in table.items()
        }
        for kind, table in rules.tables.items()
    }
    vetoes = {kind: frozenset(name for name in VETOES if chance.random() < 0.4) for kind in KINDS}
    return replace(rules, tables=tables, vetoes=vetoes)


def nearby(found: list[Features], chance: random.Random) -> list[Features]:
    """Each once more, with some of its values from another: what is alike in part is what is hard to tell."""
    return [
        one._replace(**{
            name: getattr(chance.choice(found), name)
            for name in Features._fields
            if name != "kind" and chance.random() < share
        })
        for one in found
        for share in (0.1, 0.4)
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_no_pair_that_could_be_linked_or_asked_about_is_dropped(seed: int) -> None:
    chance = random.Random(seed)
    found = [features.read(one) for one, _ in noise.generate(40, seed=seed)]
    found += [features.read(one) for one in generator.generate(25, seed=seed)]
    found += nearby(found, chance)
    pairs = list(combinations(range(len(found)), 2))
    for rules in (shipped(), loosened(chance), loosened(chance)):
        assert lost(found, pairs, rules, rules.thresholds.review) == []
    assert lost(found, pairs[::3], shipped(), -8.0) == []


@given(RECORDS, RECORDS, st.integers(0, 1000))
def test_nor_is_one_of_any_records(one: Record, other: Record, seed: int) -> None:
    chance = random.Random(seed)
    found = [features.read(one), features.read(other)]
    found += nearby(found, chance)
    pairs = list(combinations(range(len(found)), 2))
    assert lost(found, pairs, shipped(), -12.0) == []
    assert lost(found, pairs, loosened(chance), -12.0) == []


@pytest.mark.parametrize("seed", range(3))
def test_each_comparison_has_one_of_the_levels_that_are_seen(seed: int) -> None:
    chance = random.Random(seed)
    found = [features.read(one) for one, _ in noise.generate(25, seed=seed)]
    found += [described(**FULL | side) for _, left, right in SAME + APART for side in (left, right)]
    found += nearby(found, chance)
    pairs = list(combinations(range(len(found)), 2))
    seen = Pairs(table_of([sketch(one) for one in found]), *([two[side] for two in pairs] for side in (0, 1)))
    places = {name: look(seen) for name, (look, _) in LOOKS.items()}
    places |= {"year": seen.year, "pages": seen.pages, "publisher": publisher(seen), "author": author(seen)}
    for name, states in ROWS.items():
        for (a, b), place in zip(pairs, places[name].tolist(), strict=True):
            assert COMPARISONS[name](found[a], found[b]) in states[place], name
    assert {*ROWS, "title", "printing", "work"} == set(NAMES)
    scorer = Scorer(shipped())
    tables = [scorer.kind(found[a], found[b]) for a, b in pairs]
    assert tables == [KINDS[place] for place in seen.table.tolist()]


def test_what_has_nothing_in_common_is_dropped() -> None:
    books = [
        described(t245="$aGardens of the western desert", t041="$aeng"),
        described(t245="$aKnitting for small beginners", t041="$aeng"),
        described(t245="$aGardens of the western desert", t041="$aeng", t260="$aH.$bVăn hoá$c1999"),
    ]
    drawn = [sketch(one) for one in books]
    assert {len(one) for one in drawn} == {SIZE}
    screen = Screen(shipped())
    assert screen.hopeful(drawn, [0, 0, 0], [1, 2, 0], shipped().thresholds.review) == [False, False, True]


def test_what_says_too_little_is_dropped_even_from_its_like() -> None:
    bare = features.read(Record("00000nam a2200000 a 4500\x1e24510\x1faBáo cáo"))
    assert Screen(shipped()).hopeful([sketch(bare)] * 2, [0], [1], -100.0) == [False]
