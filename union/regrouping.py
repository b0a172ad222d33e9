"""Grouping anew only what a change can reach, to the same groups as if everything had been grouped from nothing.

Edges join groups in one order, the best first, and whether one joins depends on the two groups it lies between and on
nothing else. So a group stays as it was unless an edge of its own came or went, or it now joins a group that did not
stay as it was. What is touched is grouped together with its *fringe*, the groups at the other end of its edges, each of
which is replayed with its own edges alone: between two groups that both stay as they were, nothing joined before and
nothing does now. A group of the fringe that is drawn in is touched too, and its own fringe comes in; when nobody is
drawn in any more, nobody further off can be. A component of a million records costs what its touched corner costs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from union.blocks import Node
from union.clusters import Edge, Grouping, Judge, components, group
from union.rules import Rules


class Surroundings(Protocol):
    """The nodes around a change: links and decisions as they are now, groups as they were before it."""

    def fetch(self, nodes: Collection[Node]) -> None:
        """All that is asked below will be asked of these nodes."""

    def near(self, node: Node) -> Mapping[Node, float]:
        """The nodes that are linked with this one by the link threshold or more, and their scores."""

    def kin(self, node: Node) -> Collection[Node]:
        """The nodes that people put together with this one."""

    def stood(self, node: Node) -> Collection[Node]:
        """The nodes of its group as it was, as far as they are still there; one that is new stood alone."""

    def judge(self, nodes: Collection[Node]) -> Judge:
        """What is known of any two of these nodes."""


def regrouped(touched: Iterable[Node], around: Surroundings, rules: Rules) -> Grouping:
    """The groups of the touched nodes, and of all whom these draw in; every other group stays as it was.

    `touched`: every node that is new, whose group lost a node, between which and another that was there a link came or
    went, or about which people said something else. A node that is new does not touch those it is linked with.
    """
    dirty = _closed(set(touched), set(), around)
    known: dict[tuple[frozenset[Node], frozenset[Node]], Grouping] = {}
    while True:
        whole = Grouping([])
        drawn: set[Node] = set()
        areas = list(_areas(dirty, _fringe(dirty, around), around))
        judge = around.judge([node for area, _ in areas if len(area) > 1 for node in area])
        for area, edges in areas:
            members = frozenset(area)
            place = members, members & dirty
            if place not in known:
                known[place] = group(area, edges, judge, rules)
            for found in known[place].groups:
                outside = [node for node in found if node not in dirty]
                if not outside:
                    whole.groups.append(found)
                elif set(found) != set(around.stood(outside[0])):
                    drawn.update(outside)
            whole.broken += [two for two in known[place].broken if two[0] in dirty]
        if not drawn:
            return whole
        dirty |= _closed(drawn, dirty, around)


def _closed(nodes: set[Node], known: Collection[Node], around: Surroundings) -> set[Node]:
    """The nodes with their groups as they were, and with whom people put any of these together."""
    found: set[Node] = set()
    waiting = nodes
    while waiting:
        around.fetch(waiting)
        found |= waiting
        reached = {other for node in waiting for some in (around.stood(node), around.kin(node)) for other in some}
        waiting = {node for node in reached if node not in found and node not in known}
    return found


def _fringe(dirty: Collection[Node], around: Surroundings) -> set[Node]:
    reached = {other for node in dirty for other in around.near(node) if other not in dirty}
    around.fetch(reached)
    found = {other for node in reached for other in around.stood(node)}
    around.fetch(found)
    return found


def _areas(
    dirty: Collection[Node], fringe: Collection[Node], around: Surroundings
) -> Iterable[tuple[list[Node], list[Edge]]]:
    """The parts that hang together by edges that count, with these edges."""
    edges = [Edge(a, b, score) for a in dirty for b, score in around.near(a).items() if b not in dirty or a < b]
    for node in fringe:
        inside = around.stood(node)
        edges += [Edge(node, b, score) for b, score in around.near(node).items() if node < b and b in inside]
    edges = [edge if edge.a < edge.b else Edge(edge.b, edge.a, edge.score) for edge in edges]
    pairs = [(edge.a, edge.b) for edge in edges]
    pairs += [(node, other) for node in dirty for other in around.kin(node)]
    pairs += [(node, other) for node in fringe for other in around.stood(node)]
    mine: dict[Node, list[Edge]] = {}
    found = components([*dirty, *fringe], pairs)
    for area in found:
        inner: list[Edge] = []
        mine |= dict.fromkeys(area, inner)
    for edge in edges:
        mine[edge.a].append(edge)
    for area in found:
        yield area, mine[area[0]]
