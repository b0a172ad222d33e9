"""The union in memory: records come, change and go, and after each the clusters are what a fresh start would give.

    union = Union()
    events = union.put("bk00/12", features.read(record))
    union.clusters()

Records with the same features are one node: ten thousand copies of one description cost what one costs. Each change
looks up the candidates of one node, scores them, and groups anew what it touched; nothing else is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from hashlib import blake2b
from itertools import combinations

from union.blocks import Blocks, Node
from union.clusters import Judge
from union.decisions import Settled
from union.features import Features, dump, tells
from union.identity import Event, Register
from union.keys import keys
from union.recall import Recall
from union.regrouping import regrouped
from union.rules import Rules, shipped
from union.scoring import Scorer
from union.spoken import Words


class Union:
    """Records by id, and their clusters. Not for several threads at once."""

    def __init__(self, rules: Rules | None = None, settled: Settled | None = None) -> None:
        self.rules = rules or shipped()
        self.scorer = Scorer(self.rules)
        self.register = Register()
        self._blocks = Blocks(self.rules.block_cap)
        self._features: dict[Node, Features] = {}
        self._members: dict[Node, set[str]] = {}
        self._node_of: dict[str, Node] = {}
        self._edges: dict[Node, dict[Node, float]] = {}
        """Node → neighbour → score, of all pairs that reach the review threshold."""
        self._recall = Recall(self.scorer)
        self._moved: Collection[str] = ()
        self._settle(settled or Settled())

    # --- changes -----------------------------------------------------------------------------------------------------

    def put(self, record: str, features: Features) -> list[Event]:
        """A record is new or has changed. Features that stay the same change nothing."""
        node = self._node(record, features)
        if self._node_of.get(record) == node:
            return []
        if record not in self._node_of and node in self._members:
            return self._twin(record, node)
        touched = self._detach(record) if record in self._node_of else set()
        touched |= self._attach(record, node, features)
        return self._regroup(touched, (), {record})

    def remove(self, record: str) -> list[Event]:
        """A record is no more. One that is not there changes nothing."""
        if record not in self._node_of:
            return []
        node = self._node_of[record]
        if len(self._members[node]) > 1:  # its twins hold its place
            del self._node_of[record]
            self._members[node].discard(record)
            return self.register.leave(record)
        return self._regroup(self._detach(record), (record,), {record})

    def decide(self, settled: Settled) -> list[Event]:
        """What people decided is now this (all of it, not only what is new)."""
        before = self.settled
        changed = (before.records ^ settled.records) & self._node_of.keys()
        spoken = ((before.records | settled.records) & self._node_of.keys()) | changed
        touched: set[Node] = set()
        kept = {record: self._features[self._node_of[record]] for record in changed}
        for record in changed:
            touched |= self._detach(record)
        self._settle(settled)
        for record, features in kept.items():
            touched |= self._attach(record, self._node(record, features), features)
        touched |= {self._node_of[record] for record in spoken}
        return self._regroup(touched, (), set(changed))

    # --- answers -----------------------------------------------------------------------------------------------------

    def clusters(self) -> list[list[str]]:
        """The clusters as sorted lists of records, in order."""
        return sorted([sorted(members) for members in self.register.members.values()])

    def nodes(self) -> Iterator[tuple[Node, Features, set[str]]]:
        """Every description, under its name, and the records that give it."""
        for node, found in self._features.items():
            yield node, found, self._members[node]

    def links(self) -> Iterator[tuple[Node, Node, float]]:
        """Every pair of descriptions that reaches the review threshold, the smaller name first."""
        for a, neighbours in self._edges.items():
            yield from ((a, b, score) for b, score in neighbours.items() if a < b)

    def review(self) -> Iterator[tuple[str, str, float]]:
        """(record, record, score) of pairs in different clusters worth a person's look, one record for each
        description."""
        for a, neighbours in self._edges.items():
            for b, score in neighbours.items():
                if a < b:
                    left, right = min(self._members[a]), min(self._members[b])
                    if self.register.cluster_of[left] != self.register.cluster_of[right]:
                        yield left, right, score

    def crowds(self) -> list[tuple[str, int]]:
        """(key, size) of blocks whose records were not compared with each other, for there are too many."""
        return sorted(self._blocks.crowds())

    # --- inside ------------------------------------------------------------------------------------------------------

    def _settle(self, settled: Settled) -> None:
        self.settled = settled
        self._decided = settled.records
        self._words = Words(settled)

    def _node(self, record: str, features: Features) -> Node:
        """The node of a description; a record that somebody decided about is a node of its own."""
        return node_of(record, dump(features), self._decided)

    def _twin(self, record: str, node: Node) -> list[Event]:
        """A record described exactly as another: it goes where that one is, and nothing else moves."""
        other = next(iter(self._members[node]))
        self._node_of[record] = node
        self._members[node].add(record)
        if not self._tells(self._features[node]):
            return self.register.regroup([[record]])
        return self.register.join(record, self.register.cluster_of[other])

    def _attach(self, record: str, node: Node, features: Features) -> set[Node]:
        self._node_of[record] = node
        if node in self._members:
            self._members[node].add(record)
            return {node}
        self._members[node] = {record}
        self._features[node] = features
        self._edges[node] = {}
        candidates, crowded = self._blocks.add(node, keys(features), features)
        touched = {node}
        if self._tells(features):
            for other in candidates:
                self._compare(node, other)
        for block in crowded:
            touched |= self._pruned(block)
        return touched

    def _tells(self, features: Features) -> bool:
        """Whether a description can be matched at all: it says enough, and is found equal to itself."""
        return tells(features) and self.scorer.candidate(features, features, self.rules.thresholds.link) is not None

    def _compare(self, a: Node, b: Node) -> None:
        left, right = self._features[a], self._features[b]
        score = self.scorer.candidate(left, right, self.rules.thresholds.review)
        if score is not None and self._tells(right):
            self._edges[a][b] = self._edges[b][a] = score

    def _pruned(self, block: set[Node]) -> set[Node]:
        """Forget edges inside a block that has become crowded and that nothing else supports."""
        touched: set[Node] = set()
        for a in block:
            for b in [b for b in self._edges[a] if b in block and not self._blocks.supported(a, b)]:
                del self._edges[a][b], self._edges[b][a]
                touched |= {a, b}
        return touched

    def _detach(self, record: str) -> set[Node]:
        """Take a record from its node; what hung on a node that is now empty is touched."""
        node = self._node_of.pop(record)
        members = self._members[node]
        members.discard(record)
        if members:
            return {node}
        for other in self._edges.pop(node):
            del self._edges[other][node]
        revived = self._blocks.remove(node)
        del self._members[node], self._features[node]
        touched: set[Node] = set()
        for block in revived:
            for a, b in combinations(sorted(block), 2):
                if b not in self._edges[a] and self._tells(self._features[a]):
                    self._compare(a, b)
                    touched |= {a, b} if b in self._edges[a] else set()
        return touched

    # --- what grouping asks (`union.regrouping.Surroundings`) --------------------------------------------------------

    def fetch(self, nodes: Collection[Node]) -> None:
        """Nothing: all is here."""

    def near(self, node: Node) -> dict[Node, float]:
        """The nodes linked with this one by the link threshold or more."""
        link = self.rules.thresholds.link
        return {other: score for other, score in self._edges[node].items() if score >= link}

    def kin(self, node: Node) -> set[Node]:
        """The nodes that people put together with this one."""
        partners = [other for record in self._members[node] & self._decided for other in self._words.partners(record)]
        return {self._node_of[other] for other in partners if other in self._node_of}

    def stood(self, node: Node) -> set[Node]:
        """The nodes of its cluster before the change."""
        for record in self._members[node]:
            if record not in self._moved:
                members = self.register.members[self.register.cluster_of[record]]
                return {self._node_of[other] for other in members if other not in self._moved}
        return {node}

    def judge(self, nodes: Collection[Node]) -> Judge:
        """What is known of any two of these nodes."""
        known, edges, recall, scorer = self._features, self._edges, self._recall, self.scorer

        def judged(a: Node, b: Node) -> float | None:
            found = edges[a].get(b)
            return recall.between(a, b, known[a], known[b]) if found is None else found

        def score(a: Node, b: Node) -> float:
            found = edges[a].get(b)
            return scorer.score(known[a], known[b]) if found is None else found

        return Judge(judged, score, *self._words.of({node: self._members[node] & self._decided for node in nodes}))

    def _regroup(self, touched: set[Node], gone: Iterable[str], moved: set[str]) -> list[Event]:
        """Group anew what a change touched, and the clusters that the moved records were in."""
        homes = {self.register.cluster_of[record] for record in moved if record in self.register.cluster_of}
        touched = {node for node in touched if node in self._members}
        touched |= {self._node_of[record] for record in moved if record in self._node_of}
        touched |= {self._node_of[one] for home in homes for one in self.register.members[home] if one in self._node_of}
        self._moved = moved
        found = regrouped(touched, self, self.rules)
        self._recall.trim()
        return self.register.regroup([some for nodes in found.groups for some in self._records(nodes)], gone)

    def _records(self, nodes: list[Node]) -> list[list[str]]:
        """The records of a group of nodes; a description that says too little keeps its records apart."""
        if len(nodes) == 1 and not self._tells(self._features[nodes[0]]):
            return [[record] for record in sorted(self._members[nodes[0]])]
        return [[record for node in nodes for record in self._members[node]]]


def node_of(record: str, described: bytes, decided: Collection[str]) -> Node:
    """The node of a description as it is stored (`union.features.dump`); a record that somebody decided about is a node
    of its own."""
    digest = blake2b(described, digest_size=12).digest()
    # decided ones sort by record, so that of contradictory decisions the same ones hold whatever the descriptions
    return b"\0" + record.encode("utf-8", "surrogatepass") + digest if record in decided else digest
