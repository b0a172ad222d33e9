"""Grouping around a change gives what grouping everything from nothing gives, and reads no more than it must."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from union.clusters import Edge, Judge, group
from union.regrouping import regrouped
from union.rules import shipped

Graph = dict[tuple[int, int], float | None]
"""Pairs, the smaller first → the score; None: a veto. Others have −3."""
RULES = replace(shipped(), cluster_cap=4)
SCORES = st.one_of(st.none(), st.integers(-20, 60).map(lambda score: score / 10))
PAIRS = st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda two: two[0] < two[1])
GRAPHS = st.dictionaries(PAIRS, SCORES, max_size=40)


def named(node: int) -> bytes:
    return b"%02d" % node


class Around:
    """A graph, the groups of the one before it, and which nodes were asked about."""

    def __init__(self, graph: Graph, before: list[list[bytes]]) -> None:
        self.scores = {(named(a), named(b)): score for (a, b), score in graph.items()}
        self.before = {node: some for some in before for node in some}
        self.asked: set[bytes] = set()

    def fetch(self, nodes: Collection[bytes]) -> None:
        self.asked.update(nodes)

    def near(self, node: bytes) -> dict[bytes, float]:
        found = {(b if a == node else a): score for (a, b), score in self.scores.items() if node in (a, b)}
        return {other: score for other, score in found.items() if score is not None and score >= LINK}

    def kin(self, node: bytes) -> Collection[bytes]:
        return ()

    def stood(self, node: bytes) -> Collection[bytes]:
        return self.before.get(node, [node])

    def judge(self, nodes: Collection[bytes]) -> Judge:
        def judged(a: bytes, b: bytes) -> float | None:
            return self.scores.get((a, b), -3.0)

        return Judge(judged, lambda a, b: judged(a, b) or 0.0)


LINK = RULES.thresholds.link


def whole(graph: Graph, nodes: Collection[int]) -> list[list[bytes]]:
    around = Around({two: score for two, score in graph.items() if {*two} <= {*nodes}}, [])
    edges = [Edge(a, b, score) for (a, b), score in around.scores.items() if score is not None and score >= LINK]
    return group([named(node) for node in nodes], edges, around.judge(()), RULES).groups


@settings(max_examples=100)
@given(GRAPHS, st.sets(st.integers(0, 11), max_size=3), st.sets(st.integers(0, 11), max_size=2))
def test_grouping_around_a_change_is_grouping_everything(graph: Graph, born: set[int], dead: set[int]) -> None:
    dead -= born
    old = [node for node in range(12) if node not in born]
    new = [node for node in range(12) if node not in dead]
    before = whole(graph, old)
    gone = {named(node) for node in dead}
    left = [[node for node in some if node not in gone] for some in before]
    touched = {named(node) for node in born}
    touched |= {node for some, rest in zip(before, left, strict=True) if len(rest) < len(some) for node in rest}
    now = {two: score for two, score in graph.items() if {*two} <= {*new}}
    found = regrouped(touched, Around(now, left), RULES).groups
    moved = {node for some in found for node in some}
    kept = [some for some in left if some and moved.isdisjoint(some)]
    assert sorted([*found, *kept]) == whole(graph, new)


def test_of_a_long_chain_only_the_end_is_read() -> None:
    """Every second link is refused, so that all hang together and the groups are pairs."""
    chain: Graph = {(a, a + 1): 5.0 if a % 2 == 0 else 1.0 for a in range(98)}
    around = Around(chain, whole(chain, range(98)))
    assert len(regrouped([named(98)], around, RULES).groups) == 1
    assert len(around.asked) < 8
