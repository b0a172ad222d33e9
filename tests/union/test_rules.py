"""The table of rules: the shipped one is sound, a wrong one is refused by name, learning finds what labels say."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import FormatError, InputError, LimitError
from foundation.limits import UNION_RULES_BYTES
from tests.union.records import described
from union import evaluation, learning, rules, training
from union.comparison import NAMES
from union.evaluation import Label
from union.rules import KINDS
from union.scoring import Scorer

GOOD = {"version": 1, "tables": {"book": {"bias": {"bias": -1.0}}}}


def read(document: object) -> rules.Rules:
    return rules.read(json.dumps(document).encode())


def test_the_shipped_rules_have_a_table_for_every_kind() -> None:
    assert set(rules.shipped().tables) == set(KINDS)
    assert set(rules.shipped().tables["book"]) - {"bias"} <= set(NAMES)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"version": 0}, "/version"),
        ({"version": "1"}, "/version"),
        ({"colour": 1}, "/colour"),
        ({"thresholds": {"lnik": 1}}, "/thresholds/lnik"),
        ({"thresholds": {"link": "x"}}, "/thresholds/link"),
        ({"thresholds": {"link": float("nan")}}, "/thresholds/link"),
        ({"thresholds": {"review": 9}}, "/thresholds/review"),
        ({"caps": {"block": 1}}, "/caps/block"),
        ({"vetoes": {"colour": True}}, "/vetoes/colour"),
        ({"vetoes": {"year": {"comic": False}}}, "/vetoes/year/comic"),
        ({"vetoes": {"year": 3}}, "/vetoes/year"),
        ({"tables": {}}, "/tables/book"),
        ({"tables": []}, "/tables"),
        ({"tables": {"book": {"titel": {}}}}, "/tables/book/titel"),
        ({"tables": {"book": {"title": {"equal_long": "much"}}}}, "/tables/book/title/equal_long"),
        ({"tables": {"book": {}, "map": {"like": "serial"}}}, "/tables/map/like"),
    ],
)
def test_a_wrong_table_is_refused_with_the_place(changes: dict[str, object], where: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(GOOD | changes)
    assert caught.value.problem.values["where"] == where


JSON = st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda value: json.dumps(value).encode())


@given(st.binary(max_size=200) | JSON)
def test_nonsense_is_refused_and_nothing_else_happens(data: bytes) -> None:
    with pytest.raises(InputError):
        rules.read(data)


def test_a_huge_table_is_refused_by_its_limit() -> None:
    with pytest.raises(LimitError):
        rules.read(b" " * (UNION_RULES_BYTES + 1))


def test_a_veto_can_be_switched_off_for_one_kind() -> None:
    off = read(GOOD | {"vetoes": {"volume": {"book": False}}})
    one, other = (described(t245=f"$aA history of tea$nv. {n}", t260="$c1990") for n in (1, 2))
    assert Scorer(off).explain(one, other).vetoes == ()
    assert Scorer(read(GOOD)).explain(one, other).vetoes == ("volume",)


def test_learning_finds_the_weights_that_made_the_labels() -> None:
    chance = random.Random(5)
    truth = {"year": {"equal": 2.0, "far": -2.0}, "title": {"equal": 1.0, "different": -3.0}}
    pairs = []
    for _ in range(6_000):
        levels = (chance.choice(["equal", "far"]), chance.choice(["equal", "different"]))
        odds = 0.5 + truth["year"][levels[0]] + truth["title"][levels[1]]
        pairs.append((levels, chance.random() < 1 / (1 + 2.718281828**-odds)))
    found = learning.fit(pairs, ("year", "title"), {}, ridge=0.01)
    assert found["year"]["equal"] - found["year"]["far"] == pytest.approx(4.0, abs=0.35)
    assert found["title"]["equal"] - found["title"]["different"] == pytest.approx(4.0, abs=0.35)


def test_what_no_pair_shows_keeps_its_weight() -> None:
    found = learning.fit([(("equal",), True), (("far",), False)], ("year",), {"isbn": {"equal": 4.0}})
    assert found["isbn"] == {"equal": 4.0}


def test_separable_labels_do_not_run_away() -> None:
    found = learning.fit([(("equal",), True)] * 500 + [(("far",), False)] * 500, ("year",), {})
    assert 2 < found["year"]["equal"] - found["year"]["far"] < 30


def test_too_few_labels_are_refused() -> None:
    with pytest.raises(InputError):
        training.train({"book": [(("x",) * len(NAMES), True)] * 10}, rules.shipped_document())


@pytest.mark.parametrize("line", ["a,b", "a,b,maybe", "a,,1", '"a,b,1'])
def test_a_wrong_label_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(FormatError) as caught:
        evaluation.labels(["id1,id2,label", "a,b,1", line])
    assert caught.value.problem.values["line"] == 3


def test_labels_with_and_without_heading() -> None:
    assert evaluation.labels(["id1,id2,label", "a,b,1", "", "c,d,0"]) == evaluation.labels(["a,b,1", "c,d,0"])


def test_folds_share_no_record_and_hold_every_pair() -> None:
    pairs = [Label(str(n), str(n * 7 % 50), n % 2 == 0) for n in range(1, 50)] + [Label("x", "y", True)]
    parts = evaluation.folds(pairs, 3)
    assert sorted(pair for part in parts for pair in part) == sorted(pairs)
    for place, part in enumerate(parts):
        learnt = {record for pair in evaluation.rest(parts, place) for record in pair[:2]}
        assert learnt.isdisjoint({record for pair in part for record in pair[:2]})
        assert learnt
