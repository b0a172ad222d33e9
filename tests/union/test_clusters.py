"""Clusters do not depend on order, and no crowd, hub or contradiction breaks them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures import noise
from tests.union.records import described
from union import features
from union.blocks import Blocks
from union.clusters import Edge, Judge, components, group
from union.decisions import Decision, Settled, Verdict, settle
from union.features import Features
from union.identity import Change, Event
from union.keys import keys
from union.memory import Union
from union.rules import Rules, shipped


@cache
def catalogue() -> tuple[tuple[str, Features], ...]:
    """Sixty records of some twenty editions and their siblings."""
    return tuple((f"r{n:02d}", features.read(one)) for n, (one, _) in enumerate(noise.generate(60, seed=11)))


@cache
def tight() -> Rules:
    """Rules with caps so small that every block of the test catalogue is refined or refused."""
    rules = shipped()
    return Rules(rules.version, rules.thresholds, 3, 4, rules.vetoes, rules.tables, rules.trained)


def fresh(records: Sequence[tuple[str, Features]], rules: Rules | None = None, settled: Settled | None = None) -> Union:
    union = Union(rules, settled)
    for name, one in records:
        union.put(name, one)
    return union


def judge(score: Callable[[int, int], float]) -> Judge:
    return Judge(score, score)


STEPS = st.lists(st.tuples(st.sampled_from(["put", "change", "remove"]), st.integers(0, 59)), max_size=80)


@pytest.mark.parametrize("caps", ["shipped", "tight"])
@settings(max_examples=25)
@given(steps=STEPS, order=st.permutations(range(60)))
def test_any_way_leads_to_the_clusters_of_a_fresh_start(
    caps: str, steps: list[tuple[str, int]], order: list[int]
) -> None:
    rules = tight() if caps == "tight" else shipped()
    known = catalogue()
    union = Union(rules)
    there: dict[str, Features] = {}
    for place in order[:30]:
        name, one = known[place]
        union.put(name, one)
        there[name] = one
    for step, place in steps:
        name, one = known[place]
        if step == "remove":
            union.remove(name)
            there.pop(name, None)
        else:
            one = known[(place + 7) % 60][1] if step == "change" else one
            union.put(name, one)
            there[name] = one
    assert union.clusters() == fresh(sorted(there.items()), rules).clusters()
    assert sorted(union.crowds()) == sorted(fresh(sorted(there.items()), rules).crowds())


def test_delete_and_add_again_leaves_everything_as_it_was() -> None:
    union = fresh(catalogue())
    before, numbers = union.clusters(), dict(union.register.cluster_of)
    for name, one in catalogue()[::3]:
        union.remove(name)
        union.put(name, one)
    assert union.clusters() == before
    alone = [name for name, number in numbers.items() if len([n for n in numbers.values() if n == number]) == 1]
    assert {name: union.register.cluster_of[name] for name in alone} == {name: numbers[name] for name in alone}


def test_change_and_change_back() -> None:
    union = fresh(catalogue())
    before = union.clusters()
    for name, one in catalogue():
        union.put(name, described(t245="$aHoàn toàn khác hẳn"))
        union.put(name, one)
    assert union.clusters() == before


def test_nothing_new_changes_nothing() -> None:
    union = fresh(catalogue())
    assert [union.put(name, one) for name, one in catalogue()] == [[]] * 60
    assert union.remove("not there") == []


def test_the_log_replayed_gives_the_clusters() -> None:
    union = Union()
    log: list[Event] = []
    for name, one in catalogue():
        log += union.put(name, one)
    for name, _ in catalogue()[::4]:
        log += union.remove(name)
    replayed: dict[int, set[str]] = {}
    for event in log:
        if event.change in (Change.NEW, Change.REVIVE):
            replayed[event.cluster] = set()
        elif event.change is Change.JOIN:
            replayed[event.cluster].add(event.record)
        elif event.change is Change.LEAVE:
            replayed[event.cluster].discard(event.record)
        elif event.change is Change.RETIRE:
            assert not replayed.pop(event.cluster)
    assert replayed == union.register.members


def test_volumes_are_not_bridged_by_a_record_without_volume() -> None:
    first, second = (described(t245=f"$aTruyện cổ Tày$nTập {n}") for n in (1, 2))
    for order in ("abc", "cab", "bca"):
        union = Union()
        for name in order:
            union.put(name, {"a": first, "b": described(), "c": second}[name])
        assert union.register.cluster_of["a"] != union.register.cluster_of["c"]


def test_ten_thousand_copies_of_one_description_are_one_cluster_at_once() -> None:
    union = Union()
    one = described()
    for number in range(10_000):
        union.put(f"r{number}", one)
    assert len(union.clusters()) == 1


def test_ten_thousand_reports_are_not_one_cluster_and_are_told() -> None:
    union = Union()
    for number in range(2_000):
        union.put(f"r{number:04d}", described(t245="$aBáo cáo", t100="", t260="", t300="", t500=f"$a{number}"))
    assert len(union.clusters()) == 2_000
    for number in range(400):
        year, pages = 1990 + number % 2, f"$a{number + 10} tr."
        union.put(f"s{number:04d}", described(t245="$aBáo cáo", t100="", t260=f"$c{year}", t300=pages))
    assert len(union.clusters()) == 2_400
    assert union.crowds() == []  # refined by year, author and pages, none of them is left in a crowd
    for number in range(150):
        union.put(
            f"t{number:04d}",
            described(t245="$aBáo cáo", t100="", t260="$c1990", t300="$a9 tr.", t650=f"$aChủ đề {number}"),
        )
    assert any(size == 150 for _, size in union.crowds())


def test_a_hub_that_matches_everything_joins_nothing_that_is_apart() -> None:
    hub = judge(lambda a, b: 5.0 if 0 in (a, b) else -6.0)
    found = group(range(50), [Edge(0, other, 5.0) for other in range(1, 50)], hub, shipped())
    assert max(map(len, found.groups)) == 2


def test_a_group_that_is_full_takes_in_nobody_and_the_best_came_first() -> None:
    score = lambda a, b: 9.0 if a // 3 == b // 3 else 1.0  # noqa: E731
    edges = [Edge(a, b, score(a, b)) for a, b in combinations(range(30), 2)]
    found = group(range(30), edges, judge(score), tight())
    assert found.groups == [[n, n + 1, n + 2] for n in range(0, 30, 3)]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))))
def test_components_hold_every_node_once(pairs: list[tuple[int, int]]) -> None:
    found = components(range(21), pairs)
    assert sorted(node for part in found for node in part) == list(range(21))
    home = {node: number for number, part in enumerate(found) for node in part}
    assert all(home[a] == home[b] for a, b in pairs)


@settings(max_examples=40)
@given(st.permutations(range(40)), st.integers(1, 39))
def test_candidates_are_a_function_of_what_is_there(order: list[int], gone: int) -> None:
    known = catalogue()
    moved, plain = Blocks(3), Blocks(3)
    for place in order:
        moved.add(str(place).encode(), keys(known[place][1]), known[place][1])
    for place in order[:gone]:
        moved.remove(str(place).encode())
    for place in sorted(order[gone:]):
        plain.add(str(place).encode(), keys(known[place][1]), known[place][1])
    nodes = [str(place).encode() for place in order[gone:]]
    pairs = list(combinations(nodes, 2))
    assert [moved.supported(a, b) for a, b in pairs] == [plain.supported(a, b) for a, b in pairs]
    assert sorted(moved.crowds()) == sorted(plain.crowds())


# --- decisions of people ---------------------------------------------------------------------------------------------

YES, NO, WORK = Verdict.SAME, Verdict.DIFFERENT, Verdict.SAME_WORK


LAN = Decision(YES, "a", "b", "lan", "bk01", at=1)
MAI = Decision(NO, "a", "b", "mai", "bk02", at=2)
AB = {("a", "b")}


@pytest.mark.parametrize(
    ("decisions", "same", "different", "conflicts"),
    [
        ([LAN], AB, set(), 0),
        ([Decision(NO, "b", "a", "lan", "bk01")], set(), AB, 0),
        ([LAN._replace(verdict=WORK)], set(), AB, 0),
        ([LAN, LAN._replace(verdict=NO, at=2)], set(), AB, 0),
        ([LAN, MAI], set(), set(), 1),
        ([LAN, MAI._replace(library="bk00", rank=1)], set(), AB, 0),
        ([LAN, LAN._replace(verdict=Verdict.WITHDRAWN, at=2)], set(), set(), 0),
    ],
)
def test_whose_word_holds(decisions: list[Decision], same: set[object], different: set[object], conflicts: int) -> None:
    for order in (decisions, decisions[::-1]):
        found = settle(order)
        assert (set(found.same), set(found.different), len(found.conflicts)) == (same, different, conflicts)


def test_people_join_what_rules_would_not_and_part_what_they_would() -> None:
    union = fresh([("a", described()), ("b", described(t245="$aKhác hẳn")), ("c", described(t300="$a216 tr."))])
    assert union.clusters() == [["a", "c"], ["b"]]
    union.decide(settle([Decision(YES, "a", "b"), Decision(NO, "a", "c")]))
    assert union.clusters() == [["a", "b"], ["c"]]
    union.decide(Settled())
    assert union.clusters() == [["a", "c"], ["b"]]


def test_contradictory_decisions_break_nothing() -> None:
    union = fresh([(name, described(t245=f"$aSách {name * 5}")) for name in "abc"])
    union.decide(settle([Decision(YES, "a", "b"), Decision(YES, "b", "c"), Decision(NO, "a", "c")]))
    assert union.clusters() == [["a", "b"], ["c"]]


def test_nothing_joins_a_frozen_cluster() -> None:
    union = fresh([("a", described())], settled=settle([Decision(Verdict.FREEZE, "a", group=("a", "b"))]))
    union.put("b", described(t245="$aKhác hẳn"))
    union.put("c", described())
    assert union.clusters() == [["a", "b"], ["c"]]


SAID = st.lists(st.tuples(st.sampled_from([YES, NO]), st.integers(0, 11), st.integers(0, 11)), max_size=8)


@settings(max_examples=25)
@given(st.permutations(range(12)), SAID)
def test_decisions_before_or_after_the_records_come_to_the_same(
    order: list[int], said: list[tuple[Verdict, int, int]]
) -> None:
    known = catalogue()
    pairs = [(verdict, known[a][0], known[b][0]) for verdict, a, b in said if a != b]
    found = settle([Decision(verdict, a, b, at=n) for n, (verdict, a, b) in enumerate(pairs)])
    before = fresh([known[place] for place in order], settled=found)
    after = fresh([known[place] for place in order[::-1]])
    after.decide(found)
    assert before.clusters() == after.clusters()
