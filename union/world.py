"""The part of the union that some changes touch, read from the store, grouped anew, and what has to be written then.

What `union.memory` does change by change with everything in memory is done here for a batch of changes with what they
touch: the same blocks, the same scores, the same grouping of whole components, so the clusters are the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from union.blocks import Node
from union.clusters import Edge, Judge, group
from union.crowding import Chain, Crowding, chained
from union.decisions import Settled
from union.features import Features, tells
from union.identity import Change, Event, Register
from union.memory import both_ways, node_of
from union.recall import Recall
from union.rules import Rules
from union.shelf import Shelf


@dataclass
class Outcome:
    """What a batch of changes leaves to be written."""

    born: dict[Node, tuple[Features, list[Chain]]] = field(default_factory=dict)
    dead: dict[Node, list[Chain]] = field(default_factory=dict)
    linked: dict[tuple[Node, Node], float] = field(default_factory=dict)
    """New links, both nodes living, the smaller first."""
    unlinked: set[tuple[Node, Node]] = field(default_factory=set)
    nodes: dict[str, Node] = field(default_factory=dict)
    """Records that have another node than before, or have only now become members."""
    events: list[Event] = field(default_factory=list)
    clusters: dict[str, int] = field(default_factory=dict)
    """The cluster of every record that was grouped."""
    asked: set[Node] = field(default_factory=set)
    """Nodes of which nothing moved, but that resemble others as they did not before, or do not any more."""
    gone: dict[str, int] = field(default_factory=dict)
    """Records that are members no longer → the cluster they were last in."""
    altered: set[int] = field(default_factory=set)
    """Clusters whose members, or what is known of them, are not what they were; others were grouped to the same."""
    became: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Clusters that retired → where they lead."""
    next: int = 1


class World:
    """The union around a batch of changes, in one reading transaction. Used once."""

    def __init__(self, shelf: Shelf, recall: Recall, settled: Settled, next_cluster: int) -> None:
        self._shelf = shelf
        self._recall = recall
        self._scorer = scorer = recall.scorer
        self._rules: Rules = scorer.rules
        self._decided = settled.records
        self._settled = settled
        self._same, self._different = both_ways(settled.same), both_ways(settled.different)
        self._frozen = {record: number for number, members in enumerate(settled.frozen) for record in members}
        self._features: dict[Node, Features] = {}
        self._edges: dict[Node, dict[Node, float]] = {}
        self._came: dict[Node, dict[Node, float]] = {}
        self._went: dict[Node, set[Node]] = {}
        self._members: dict[Node, set[str]] = {}
        self._node_of: dict[str, Node] = {}
        self._cluster_of: dict[str, int] = {}
        self._clusters: dict[int, set[str]] = {}
        self._next = next_cluster
        self._moved: dict[str, Node | None] = {}
        self._was: dict[str, Node] = {}
        self._seen: set[Node] = set()
        self._telling: dict[Node, bool] = {}

    def change(self, records: Mapping[str, Features | None], spoken: Collection[str] = ()) -> Outcome:
        """What follows when these records are now described so (None: are no more).

        `spoken`: records about which decisions have changed; those whose description is not given keep it.
        """
        out = Outcome(next=self._next)
        placed = self._shelf.placed({*records, *spoken})
        records = dict(records) | self._renamed(spoken, records, placed)
        known: dict[Node, Features] = {}
        moves: dict[str, Node | None] = {}
        for record, found in records.items():
            node = None if found is None else node_of(record, found, self._decided)
            if node is not None and found is not None:
                known[node] = found
            if node != (placed[record][0] if record in placed else None):
                moves[record] = node
        touched = self._move(moves, placed, known, out)
        self._relink(out, touched)
        touched |= {placed[record][0] for record in spoken if record in placed and record not in moves}
        quick = self._twins(moves, placed, out)
        self._close(touched, {record for record in moves if record in placed})
        self._group(out, {record for record, node in moves.items() if node is None and record in placed}, quick)
        held = {record for node in touched for record in self._members[node]}
        out.altered = {out.clusters[record] for record in held if record in out.clusters}
        out.altered |= {number for one in out.events for number in (one.cluster, one.other) if number}
        self._recall.features |= self._features
        return out

    def _renamed(
        self, spoken: Collection[str], given: Mapping[str, Features | None], placed: Mapping[str, tuple[Node, int]]
    ) -> dict[str, Features | None]:
        """The descriptions of records that were decided about and did not change: their nodes go by other names."""
        mine = {record: placed[record][0] for record in spoken if record in placed and record not in given}
        known = self._shelf.features(set(mine.values()))
        return {record: known[node] for record, node in mine.items() if node in known}

    def _move(
        self,
        moves: Mapping[str, Node | None],
        placed: Mapping[str, tuple[Node, int]],
        known: Mapping[Node, Features],
        out: Outcome,
    ) -> set[Node]:
        """Put records onto their new nodes: which nodes are born and which die; those that live on and lost a record
        are touched. How many hold a node is asked only where somebody leaves it."""
        left = {placed[record][0] for record in moves if record in placed}
        arrived = {node for node in moves.values() if node is not None}
        holders = {node: set(found) for node, found in self._shelf.holders(left).items()}
        there = left | self._shelf.known(arrived)
        for record, node in moves.items():
            if record in placed:
                holders[placed[record][0]].discard(record)
            if node is not None:
                holders.setdefault(node, set()).add(record)
                out.nodes[record] = node
        for node in arrived - there:
            out.born[node] = (known[node], chained(known[node]))
            self._features[node] = known[node]
        dying = {node for node in left if not holders[node]}
        for node, found in self._shelf.features(dying).items():
            out.dead[node] = chained(found)
        self._moved = dict(moves)
        return (left - dying) | out.born.keys()

    def _relink(self, out: Outcome, touched: set[Node]) -> None:
        """The links that come and go with the nodes that are born and die; who may be grouped otherwise is touched.

        Groups depend on links that reach the link threshold, and on the scores of pairs, linked or not. So of a weaker
        link nobody is touched: it only raises a question, which is seen from either side.
        """
        born = {node: chains for node, (_, chains) in out.born.items()}
        crowding = Crowding(self._shelf, self._rules.block_cap, born, out.dead)
        pairs = crowding.pairs()
        older = {node for pair in pairs.compare if born.keys().isdisjoint(pair) for node in pair}
        # Who is born has no links yet, so those of whom it is compared with need not be read.
        self._link([*out.dead, *older.union(*pairs.recheck)])
        for node in out.born:
            self._edges[node] = {}
        for node in out.dead:
            for other, score in list(self._edges[node].items()):
                self._unlink(node, other, score, out, touched)
        touched.difference_update(out.dead)
        out.asked.difference_update(out.dead)
        self._unsupported(crowding, pairs.recheck, out, touched)
        self._compare(pairs.compare, out, touched)

    def _compare(self, pairs: Collection[tuple[Node, Node]], out: Outcome, touched: set[Node]) -> None:
        """Link those of the candidates that are alike enough."""
        self._describe({node for pair in pairs for node in pair})
        known, candidate = self._features, self._scorer.candidate
        review, link = self._rules.thresholds.review, self._rules.thresholds.link
        for a, b in pairs:
            if b in self._edges.get(a, ()) or a in self._edges.get(b, ()):
                continue
            score = candidate(known[a], known[b], review)
            if score is None or not self._tells(a) or not self._tells(b):
                continue
            for one, other in ((a, b), (b, a)):
                (self._edges if one in self._edges else self._came).setdefault(one, {})[other] = score
            out.linked[a, b] = score
            (touched if score >= link else out.asked).update((a, b))

    def _unlink(self, a: Node, b: Node, score: float, out: Outcome, touched: set[Node]) -> None:
        for one, other in ((a, b), (b, a)):
            if one in self._edges:
                self._edges[one].pop(other, None)
            else:
                self._went.setdefault(one, set()).add(other)
        out.unlinked.add((min(a, b), max(a, b)))
        (touched if score >= self._rules.thresholds.link else out.asked).update((a, b))

    def _unsupported(
        self, crowding: Crowding, recheck: Iterable[frozenset[Node]], out: Outcome, touched: set[Node]
    ) -> None:
        """Forget the links that hung on a block which is crowded now."""
        doubtful = {(a, b) for some in recheck for a in some for b in self._edges.get(a, ()) if a < b and b in some}
        if not doubtful:
            return
        nodes = {node for pair in doubtful for node in pair}
        self._describe(nodes)
        for a, b in doubtful - crowding.supported(doubtful, {node: chained(self._features[node]) for node in nodes}):
            self._unlink(a, b, self._edges[a][b], out, touched)

    @staticmethod
    def _twins(
        moves: Mapping[str, Node | None], placed: Mapping[str, tuple[Node, int]], out: Outcome
    ) -> dict[str, Node]:
        """New records described exactly as others: they go where those are, and need not be grouped."""
        return {
            record: node
            for record, node in moves.items()
            if node is not None and record not in placed and node not in out.born
        }

    # --- reading what is concerned -----------------------------------------------------------------------------------

    def _describe(self, nodes: Collection[Node]) -> None:
        known = self._recall.features
        missing = [node for node in nodes if node not in self._features]
        self._features |= {node: known[node] for node in missing if node in known}
        self._features |= self._shelf.features([node for node in missing if node not in known])

    def _link(self, nodes: Iterable[Node]) -> None:
        """Read the links of nodes, with what has become of them; those that were read already are as they are."""
        missing = [node for node in dict.fromkeys(nodes) if node not in self._edges]
        for node, found in self._shelf.links(missing).items():
            for other in self._went.get(node, ()):
                found.pop(other, None)
            self._edges[node] = found | self._came.get(node, {})

    def _tells(self, node: Node) -> bool:
        known = self._telling.get(node)
        if known is None:
            found = self._features[node]
            known = tells(found) and self._scorer.candidate(found, found, self._rules.thresholds.link) is not None
            self._telling[node] = known
        return known

    def _hold(self, nodes: Collection[Node]) -> None:
        """Read who holds the nodes, as it is after the moves."""
        missing = [node for node in nodes if node not in self._members]
        for node, found in self._shelf.holders(missing).items():
            self._members[node] = {record for record in found if self._moved.get(record, node) == node}
        for record, moved in self._moved.items():
            if moved in self._members:
                self._members[moved].add(record)
        for node in missing:
            for record in self._members[node]:
                self._node_of[record] = node

    def _close(self, touched: set[Node], moved: set[str]) -> None:
        """Read all that hangs together with the touched nodes: by links, by decisions, by the clusters until now."""
        placed = self._shelf.placed(moved)
        self._read_clusters({cluster for _, cluster in placed.values()})
        waiting = set(touched) | self._standing(self._clusters.values())
        seen: set[Node] = set()
        while waiting:
            seen |= waiting
            self._link(waiting)
            self._hold(waiting)
            reached = {other for node in waiting for other in self._near(node)}
            records = {record for node in waiting for record in self._members[node]}
            partners = {record for one in records & self._decided for record in self._partners(one)}
            homes = self._shelf.placed({*records, *partners})
            for record in partners:
                node = self._moved.get(record, homes[record][0] if record in homes else None)
                if node is not None:
                    reached.add(node)
            fresh = self._read_clusters({cluster for _, cluster in homes.values()})
            reached |= self._standing(fresh)
            waiting = reached - seen
        self._seen = seen

    def _standing(self, clusters: Iterable[Collection[str]]) -> set[Node]:
        """The nodes of clusters as they were, without those that died."""
        nodes = {self._moved.get(record, self._was[record]) for members in clusters for record in members}
        return {node for node in nodes if node is not None}

    def _read_clusters(self, numbers: set[int]) -> list[set[str]]:
        fresh = []
        for number, members in self._shelf.clusters(numbers - self._clusters.keys()).items():
            self._clusters[number] = set(members)
            self._was |= members
            for record in members:
                self._cluster_of[record] = number
            fresh.append(set(members))
        return fresh

    def _near(self, node: Node) -> list[Node]:
        link = self._rules.thresholds.link
        return [other for other, score in self._edges[node].items() if score >= link]

    def _partners(self, record: str) -> set[str]:
        """Records that people put together with this one."""
        found = set(self._same.get(record, ()))
        if record in self._frozen:
            found |= self._settled.frozen[self._frozen[record]]
        return found

    # --- grouping ----------------------------------------------------------------------------------------------------

    def _group(self, out: Outcome, gone: set[str], quick: Mapping[str, Node]) -> None:
        self._describe(self._seen)
        groups: list[list[str]] = []
        done: set[Node] = set()
        for start in sorted(self._seen):
            if start not in done:
                component = self._component(start)
                done.update(component)
                for found in self._groups(component):
                    groups += self._records(found)
        quick = {record: node for record, node in quick.items() if node not in self._seen}
        homes = self._shelf.any_holder(set(quick.values()))
        self._describe(set(quick.values()))
        joining = {record: homes[node] for record, node in quick.items() if self._tells(node)}
        groups += [[record] for record in quick if record not in joining]
        register = self._register(groups, gone)
        out.events = register.regroup(groups, sorted(gone))
        out.events += [Event(Change.JOIN, number, record=record) for record, number in joining.items()]
        out.clusters = {record: register.cluster_of[record] for found in groups for record in found} | joining
        out.gone = {record: self._cluster_of[record] for record in gone}
        out.became = {number: register.became[number] for number in self._clusters if number in register.became}
        out.next = register.next

    def _register(self, groups: list[list[str]], gone: set[str]) -> Register:
        """The clusters concerned, and the numbers that records had which come back."""
        members = {number: set(found) for number, found in self._clusters.items()}
        fresh = [record for found in groups for record in found if record not in self._cluster_of]
        past = self._shelf.past(fresh)
        retired = self._shelf.heirs(set(past.values()))
        standing = self._shelf.clusters(set(past.values()) - members.keys())
        # A cluster that still stands is not given to who comes back, whatever else of it is not here.
        retired |= {number: (number,) for number, found in standing.items() if found}
        return Register.resumed(members, past, retired, self._next)

    def _component(self, start: Node) -> list[Node]:
        found, waiting = {start}, [start]
        while waiting:
            node = waiting.pop()
            near = set(self._near(node))
            for record in self._members[node] & self._decided:
                near |= {self._node_of[other] for other in self._partners(record) if other in self._node_of}
            fresh = near - found
            found |= fresh
            waiting += fresh
        return sorted(found)

    def _groups(self, component: list[Node]) -> list[list[Node]]:
        if len(component) == 1:
            return [component]
        inside, link = set(component), self._rules.thresholds.link
        edges = [
            Edge(a, b, score)
            for a in component
            for b, score in self._edges[a].items()
            if a < b and score >= link and b in inside
        ]
        return group(component, edges, self._judge(component), self._rules).groups

    def _judge(self, component: list[Node]) -> Judge:
        known, edges = self._features, self._edges
        spoken = {record: node for node in component for record in self._members[node] & self._decided}

        def pairs(decided: dict[str, set[str]]) -> frozenset[tuple[Node, Node]]:
            found = [(node, spoken[b]) for a, node in spoken.items() for b in decided.get(a, ()) if b in spoken]
            return frozenset([two for two in found if two[0] < two[1]])

        def judged(a: Node, b: Node) -> float | None:
            found = edges[a].get(b)
            return self._recall.between(a, b, known[a], known[b]) if found is None else found

        def score(a: Node, b: Node) -> float:
            found = judged(a, b)
            return self._scorer.score(known[a], known[b]) if found is None else found

        return Judge(
            score,
            lambda a, b: judged(a, b) is None,
            pairs(self._same),
            pairs(self._different),
            {node: self._frozen[record] for record, node in spoken.items() if record in self._frozen},
        )

    def _records(self, nodes: list[Node]) -> list[list[str]]:
        if len(nodes) == 1 and not self._tells(nodes[0]):
            return [[record] for record in sorted(self._members[nodes[0]])]
        return [[record for node in nodes for record in self._members[node]]]
