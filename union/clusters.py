"""From pairs to clusters: which records are one edition together.

Good pairs make bad clusters when they are only chained: A is like B, B like C, and C is volume 2. So two groups
become one only when no veto stands between any two of their members and the mean of all scores between them is high
enough. What comes out depends on the edges alone, never on the order in which they were found; and what becomes of a
group depends on the groups it has edges to and on nothing behind them, which `union.regrouping` lives on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from union.rules import Rules

Node = TypeVar("Node", bound=Hashable)


class Edge(NamedTuple):
    """Two nodes, the smaller first, and the log-odds between them."""

    a: Any
    b: Any
    score: float


@dataclass
class Judge:
    """What is known of any two nodes: their score, whether they may be together, and what people said."""

    judged: Callable[[Any, Any], float | None]
    """The score of two nodes, the smaller first; None when a veto keeps them apart."""
    score: Callable[[Any, Any], float]
    """The same, vetoes apart."""
    same: frozenset[tuple[Any, Any]] = frozenset()
    different: frozenset[tuple[Any, Any]] = frozenset()
    frozen: Mapping[Any, int] = field(default_factory=dict)
    """Node → number of its frozen group."""

    def between(self) -> Callable[[Any, Any], float | None]:
        """The score of two nodes, the smaller first; None when they must stay apart, by rule or by word."""
        return self._told if self.same or self.different or self.frozen else self.judged

    def _told(self, a: Any, b: Any) -> float | None:
        if (a, b) in self.different or self.frozen.get(a) != self.frozen.get(b):
            return None
        return max(0.0, self.score(a, b)) if (a, b) in self.same else self.judged(a, b)


@dataclass
class Grouping:
    """The groups of some nodes, and what a person should look at."""

    groups: list[list[Any]]
    broken: list[tuple[Any, Any]] = field(default_factory=list)
    """Pairs that people call the same and others, elsewhere in the cluster, keep apart."""


def components(nodes: Iterable[Node], edges: Iterable[tuple[Node, Node]]) -> list[list[Node]]:
    """The nodes that hang together, each component sorted, components by their first node."""
    parent: dict[Node, Node] = {node: node for node in nodes}

    def root(node: Node) -> Node:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b in edges:
        parent[root(a)] = root(b)
    found: dict[Node, list[Node]] = {}
    for node in parent:
        found.setdefault(root(node), []).append(node)
    return sorted([sorted(members) for members in found.values()])  # type: ignore[type-var]


def group(members: Sequence[Any], edges: Sequence[Edge], judge: Judge, rules: Rules) -> Grouping:
    """The groups of `members`; `edges` are those between them that reach the link threshold.

    The best edges join first. A group has at most `rules.cluster_cap` members: what is refused for that is still
    linked, and so becomes a question to a person (`union.doubts`). People may put together more.
    """
    if len(members) == 1:
        return Grouping([list(members)])
    group_of: dict[Any, list[Any]] = {member: [member] for member in members}
    result = Grouping([])
    _freeze(group_of, judge)
    for two in sorted(two for two in judge.same if two[0] in group_of and two[1] in group_of):
        left, right = group_of[two[0]], group_of[two[1]]
        if left is right:
            continue
        if _kept_apart(left, right, judge):
            result.broken.append(two)
        else:
            _join(left, right, group_of)
    _agglomerate(group_of, edges, judge, rules)
    groups = {id(found): found for found in group_of.values()}
    result.groups = sorted([sorted(found) for found in groups.values()])
    return result


def _agglomerate(group_of: dict[Any, list[Any]], edges: Iterable[Edge], judge: Judge, rules: Rules) -> None:
    between, cap, least = judge.between(), rules.cluster_cap, rules.thresholds.join
    refused: dict[tuple[int, int], int] = {}
    for edge in sorted(edges, key=lambda edge: (-edge.score, edge.a, edge.b)):
        left, right = group_of[edge.a], group_of[edge.b]
        size = len(left) + len(right)
        if left is right or size > cap:
            continue
        # Groups only grow: two that are as large together as when they were refused are the same two.
        two = (id(left), id(right)) if id(left) < id(right) else (id(right), id(left))
        if refused.get(two) == size:
            continue
        if _belong(left, right, between, least):
            _join(left, right, group_of)
        else:
            refused[two] = size


def _freeze(group_of: dict[Any, list[Any]], judge: Judge) -> None:
    first: dict[int, Any] = {}
    for member in sorted(member for member in group_of if member in judge.frozen):
        leader = first.setdefault(judge.frozen[member], member)
        if group_of[leader] is not group_of[member]:
            _join(group_of[leader], group_of[member], group_of)


def _kept_apart(left: list[Any], right: list[Any], judge: Judge) -> bool:
    """Whether people keep some pair of two groups apart; vetoes yield to people."""
    for a in left:
        for b in right:
            two = (a, b) if a < b else (b, a)
            if two in judge.different or judge.frozen.get(a) != judge.frozen.get(b):
                return True
    return False


def _belong(left: list[Any], right: list[Any], between: Callable[[Any, Any], float | None], least: float) -> bool:
    total = 0.0
    for a in left:
        for b in right:
            score = between(a, b) if a < b else between(b, a)
            if score is None:
                return False
            total += score
    # Scores have three decimals; in what order they were added up must not show.
    return round(total, 3) >= least * len(left) * len(right)


def _join(left: list[Any], right: list[Any], group_of: dict[Any, list[Any]]) -> None:
    left += right
    for member in right:
        group_of[member] = left
