"""From pairs to clusters: which records are one edition together.

Good pairs make bad clusters when they are only chained: A is like B, B like C, and C is volume 2. So two groups
become one only when no veto stands between any two of their members and the mean of all scores between them is high
enough. What comes out depends on the edges alone, never on the order in which they were found.
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

    score: Callable[[Any, Any], float]
    forbidden: Callable[[Any, Any], bool]
    same: frozenset[tuple[Any, Any]] = frozenset()
    different: frozenset[tuple[Any, Any]] = frozenset()
    frozen: Mapping[Any, int] = field(default_factory=dict)
    """Node → number of its frozen group."""
    _known: dict[tuple[Any, Any], float | None] = field(default_factory=dict)

    def between(self, a: Any, b: Any) -> float | None:
        """The score of two nodes; None when they must stay apart."""
        two = (a, b) if a < b else (b, a)
        if two not in self._known:
            self._known[two] = self._judged(two)
        return self._known[two]

    def _judged(self, two: tuple[Any, Any]) -> float | None:
        if two in self.different or self.frozen.get(two[0]) != self.frozen.get(two[1]):
            return None
        if two in self.same:
            return max(0.0, self.score(*two))
        return None if self.forbidden(*two) else self.score(*two)


@dataclass
class Grouping:
    """The groups of a component, and what a person should look at."""

    groups: list[list[Any]]
    broken: list[tuple[Any, Any]] = field(default_factory=list)
    """Pairs that people call the same and others, elsewhere in the cluster, keep apart."""
    crowded: list[list[Any]] = field(default_factory=list)
    """Parts too large to be grouped as they were; taken apart at stricter thresholds."""


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
    """The groups of one component; `edges` are all between its members that reach the link threshold."""
    if len(members) == 1:
        return Grouping([list(members)])
    if len(members) > rules.component_cap:
        return _taken_apart(members, edges, judge, rules)
    return _agglomerated(members, edges, judge, rules)


def _taken_apart(members: Sequence[Any], edges: Sequence[Edge], judge: Judge, rules: Rules) -> Grouping:
    """A component over the cap, cut at ever stricter thresholds until its parts are small enough to be judged."""
    result = Grouping([], crowded=[sorted(members)])
    waiting = [(list(members), list(edges), rules.thresholds.link)]
    while waiting:
        part, links, threshold = waiting.pop()
        if len(part) <= rules.component_cap:
            found = _agglomerated(part, links, judge, rules)
            result.groups += found.groups
            result.broken += found.broken
            continue
        links = [edge for edge in links if edge.score > threshold]
        if not links:
            found = _agglomerated(part, [], judge, rules)
            result.groups += found.groups
            result.broken += found.broken
            continue
        threshold = max(threshold + 1.0, min([edge.score for edge in links]))
        links = [edge for edge in links if edge.score >= threshold]
        inside: dict[Any, list[Edge]] = {}
        for inner in components(part, [(edge.a, edge.b) for edge in links]):
            mine: list[Edge] = []
            inside |= dict.fromkeys(inner, mine)
            waiting.append((inner, mine, threshold))
        for edge in links:
            inside[edge.a].append(edge)
    result.groups.sort()
    return result


def _agglomerated(members: Sequence[Any], edges: Sequence[Edge], judge: Judge, rules: Rules) -> Grouping:
    group_of: dict[Any, list[Any]] = {member: [member] for member in members}
    result = Grouping([])
    inside = set(members)
    _freeze(group_of, judge)
    for two in sorted(two for two in judge.same if two[0] in inside and two[1] in inside):
        left, right = group_of[two[0]], group_of[two[1]]
        if left is right:
            continue
        if _kept_apart(left, right, judge):
            result.broken.append(two)
        else:
            _join(left, right, group_of)
    for edge in sorted(edges, key=lambda edge: (-edge.score, edge.a, edge.b)):
        left, right = group_of[edge.a], group_of[edge.b]
        if left is not right and _belong(left, right, judge, rules.thresholds.join):
            _join(left, right, group_of)
    groups = {id(found): found for found in group_of.values()}
    result.groups = sorted([sorted(found) for found in groups.values()])
    return result


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


def _belong(left: list[Any], right: list[Any], judge: Judge, least: float) -> bool:
    total = 0.0
    for a in left:
        for b in right:
            score = judge.between(a, b)
            if score is None:
                return False
            total += score
    return total >= least * len(left) * len(right)


def _join(left: list[Any], right: list[Any], group_of: dict[Any, list[Any]]) -> None:
    left += right
    for member in right:
        group_of[member] = left
