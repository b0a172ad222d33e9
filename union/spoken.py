"""What people said, as grouping asks for it: of records when it is read, of nodes when these are grouped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from union.blocks import Node
from union.decisions import Settled

Pairs = frozenset[tuple[Node, Node]]


class Words:
    """The words that hold, by the records they are about."""

    def __init__(self, settled: Settled) -> None:
        self._settled = settled
        self._same, self._different = _both_ways(settled.same), _both_ways(settled.different)
        self._frozen = {record: number for number, members in enumerate(settled.frozen) for record in members}

    def partners(self, record: str) -> set[str]:
        """Records that people put together with this one."""
        found = set(self._same.get(record, ()))
        if record in self._frozen:
            found |= self._settled.frozen[self._frozen[record]]
        return found

    def of(self, decided: Mapping[Node, Collection[str]]) -> tuple[Pairs, Pairs, dict[Node, int]]:
        """What is said of nodes, by the decided records that each has: pairs called the same, pairs called different,
        the smaller first, and the numbers of frozen groups."""
        nodes = {record: node for node, records in decided.items() for record in records}
        frozen = {node: self._frozen[record] for record, node in nodes.items() if record in self._frozen}
        return _pairs(nodes, self._same), _pairs(nodes, self._different), frozen


def _pairs(nodes: Mapping[str, Node], said: Mapping[str, Collection[str]]) -> Pairs:
    found = [(node, nodes[b]) for a, node in nodes.items() for b in said.get(a, ()) if b in nodes]
    return frozenset([two for two in found if two[0] < two[1]])


def _both_ways(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Each of two that are named together → the others."""
    found: dict[str, set[str]] = {}
    for a, b in pairs:
        found.setdefault(a, set()).add(b)
        found.setdefault(b, set()).add(a)
    return found
