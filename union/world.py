"""The part of the union that some changes touch, read from the store, grouped anew, and what has to be written then.

What `union.memory` does change by change with everything in memory is done here for a batch of changes with what they
touch: the same blocks, the same scores, the same grouping, so the clusters are the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, compress, repeat

from union.blocks import Node
from union.clusters import Judge
from union.crowding import Chain, Crowding, Pairs, chained, titles_of
from union.decisions import Settled
from union.features import Features, dump, tells
from union.identity import Change, Event, Register
from union.memory import node_of
from union.recall import Recall
from union.regrouping import regrouped
from union.rules import Rules
from union.shelf import Shelf
from union.sketches import sketch
from union.spoken import Words


@dataclass
class Outcome:
    """What a batch of changes leaves to be written."""

    born: dict[Node, tuple[Features, list[Chain]]] = field(default_factory=dict)
    described: dict[Node, bytes] = field(default_factory=dict)
    """The descriptions that records have now as they are stored, those of nodes that are born among them."""
    sketches: dict[Node, bytes] = field(default_factory=dict)
    """Those of nodes that are born, as far as they were drawn already."""
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
    crowded: set[Chain] = field(default_factory=set)
    """Chains of titles that something came into and that so many share that they are not compared by it."""
    thinned: set[Chain] = field(default_factory=set)
    """Chains that something went from and that are not so."""
    next: int = 1


class World:
    """The union around a batch of changes, in one reading transaction. Used once."""

    def __init__(self, shelf: Shelf, recall: Recall, settled: Settled, next_cluster: int) -> None:
        self._shelf = shelf
        self._recall = recall
        self._scorer = scorer = recall.scorer
        self._rules: Rules = scorer.rules
        self._decided = settled.records
        self._words = Words(settled)
        self._features: dict[Node, Features] = {}
        self._edges: dict[Node, dict[Node, float]] = {}
        self._came: dict[Node, dict[Node, float]] = {}
        self._went: dict[Node, set[Node]] = {}
        self._members: dict[Node, set[str]] = {}
        self._node_of: dict[str, Node] = {}
        self._cluster_of: dict[str, int] = {}
        self._clusters: dict[int, dict[str, Node]] = {}
        """The clusters as they were, with the nodes that their members had."""
        self._home: dict[Node, int] = {}
        """Node → the cluster it was in, of nodes that were there and are."""
        self._next = next_cluster
        self._moved: dict[str, Node | None] = {}
        self._arrived: dict[Node, set[str]] = {}
        self._partners: dict[str, Node] = {}
        """Records that people put together with those of nodes that were read → their nodes."""
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
            node = None
            if found is not None:
                text = dump(found)
                node = node_of(record, text, self._decided)
                known[node], out.described[node] = found, text
            if node != (placed[record][0] if record in placed else None):
                moves[record] = node
        touched = self._move(moves, placed, known, out)
        self._relink(out, touched)
        touched |= {placed[record][0] for record in spoken if record in placed and record not in moves}
        quick = self._twins(moves, placed, out)
        touched |= self._left({cluster for record, (_, cluster) in placed.items() if record in moves})
        self._group(
            out, touched, {record for record, node in moves.items() if node is None and record in placed}, quick
        )
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
        for record, node in moves.items():
            if node is not None:
                self._arrived.setdefault(node, set()).add(record)
        return (left - dying) | out.born.keys()

    def _relink(self, out: Outcome, touched: set[Node]) -> None:
        """The links that come and go with the nodes that are born and die; who may be grouped otherwise is touched.

        Those are two that were there already and whose link comes or goes (`union.regrouping`). Whom a newcomer is
        linked with, or was linked with one that is gone, may be a question, which is seen from either side.
        """
        born = {node: chains for node, (_, chains) in out.born.items()}
        crowding = Crowding(self._shelf, self._rules.block_cap, born, out.dead)
        pairs = crowding.pairs()
        if crowding.crowded:
            for found, chains in out.born.values():
                if crowds := crowding.crowded.intersection(chains):
                    known = titles_of(found)
                    out.crowded.update(chain for chain in crowds if chain[0] in known)
        out.thinned = {chain for chains in out.dead.values() for chain in chains} - crowding.crowded
        older = {node for pair in pairs.again for node in pair}
        # Who is born has no links yet, so those of whom it is compared with need not be read.
        self._link([*out.dead, *older.union(*pairs.recheck)])
        for node in out.born:
            self._edges[node] = {}
        for node in out.dead:
            for other in list(self._edges[node]):
                self._unlink(node, other, out)
        out.asked.difference_update(out.dead)
        self._unsupported(crowding, pairs.recheck, out, touched)
        self._compare(pairs, out, touched)

    def _compare(self, pairs: Pairs, out: Outcome, touched: set[Node]) -> None:
        """Link those of the candidates that are alike enough."""
        likely = self._screened(pairs, out)
        self._describe({node for pair in likely for node in pair})
        known, judge = self._features, self._scorer.likely
        review, link = self._rules.thresholds.review, self._rules.thresholds.link
        for a, b in likely:
            if b in self._edges.get(a, ()) or a in self._edges.get(b, ()):
                continue
            score = judge(known[a], known[b], review)
            if score is None or not self._tells(a) or not self._tells(b):
                continue
            for one, other in ((a, b), (b, a)):
                (self._edges if one in self._edges else self._came).setdefault(one, {})[other] = score
            out.linked[a, b] = score
            out.asked.update((a, b))
            if score >= link and a not in out.born and b not in out.born:
                touched.update((a, b))

    def _screened(self, pairs: Pairs, out: Outcome) -> list[tuple[Node, Node]]:
        """Those of the candidates whose sketches do not show that they are not alike enough."""
        out.sketches = {node: sketch(out.born[node][0]) for node in pairs.fresh}
        known = self._recall.sketches
        known |= out.sketches
        born = len(pairs.fresh)
        nodes = list(dict.fromkeys(chain(pairs.fresh, *pairs.fresh.values(), *pairs.again)))
        known |= self._shelf.sketches([node for node in nodes if node not in known])
        places = {node: place for place, node in enumerate(nodes)}
        left = array("q", [places[a] for a, _ in pairs.again])
        right = array("q", [places[b] for _, b in pairs.again])
        for place, others in enumerate(pairs.fresh.values()):
            left.extend(repeat(place, len(others)))
            right.extend(map(places.__getitem__, others))
        drawn = [known[node] for node in nodes]
        hopeful = self._recall.screen.hopeful(drawn, left, right, self._rules.thresholds.review)
        likely = zip(compress(left, hopeful), compress(right, hopeful), strict=True)
        # Two who are born have each other; those stand first.
        found = [(nodes[a], nodes[b]) for a, b in likely if a < b or b >= born]
        return [(a, b) if a < b else (b, a) for a, b in found]

    def _unlink(self, a: Node, b: Node, out: Outcome) -> None:
        for one, other in ((a, b), (b, a)):
            if one in self._edges:
                self._edges[one].pop(other, None)
            else:
                self._went.setdefault(one, set()).add(other)
        out.unlinked.add((min(a, b), max(a, b)))
        out.asked.update((a, b))

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
            if self._edges[a][b] >= self._rules.thresholds.link:
                touched.update((a, b))
            self._unlink(a, b, out)

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
            # No veto forbids a description with itself.
            known = tells(found) and self._scorer.score(found, found) >= self._rules.thresholds.link
            self._telling[node] = known
        return known

    def _left(self, numbers: set[int]) -> set[Node]:
        """The nodes of clusters that records leave, as far as they are there, and those that the records went to."""
        self._read(numbers)
        found = {self._moved.get(one, node) for number in numbers for one, node in self._clusters[number].items()}
        return {node for node in found if node is not None}

    def _read(self, numbers: Collection[int]) -> None:
        """Read clusters as they were, and who holds their nodes."""
        fresh = [number for number in numbers if number not in self._clusters]
        for number, members in self._shelf.clusters(fresh).items():
            self._clusters[number] = members
            self._cluster_of |= dict.fromkeys(members, number)
            held: dict[Node, set[str]] = {}
            for record, node in members.items():
                held.setdefault(node, set()).add(record)
                if record not in self._moved:
                    self._home[node] = number
            # All who hold a description that stands with others are of their cluster; of one that says too little, each
            # is alone, and then it is not by the cluster that they are found.
            if len(held) > 1:
                for node, records in held.items():
                    self._seat(node, records)

    def _seat(self, node: Node, records: Collection[str]) -> None:
        """Who holds a node, as it is after the moves."""
        if node not in self._members:
            found = {record for record in records if record not in self._moved} | self._arrived.get(node, set())
            self._members[node] = found
            self._node_of |= dict.fromkeys(found, node)

    # --- what grouping asks (`union.regrouping.Surroundings`) --------------------------------------------------------

    def fetch(self, nodes: Collection[Node]) -> None:
        """Read links, who holds the nodes, the clusters they were in, and whom people put together with them."""
        self._link(nodes)
        holders = self._shelf.holders([node for node in nodes if node not in self._members])
        for node, found in holders.items():
            self._seat(node, found)
        self._read({number for found in holders.values() for one, number in found.items() if one not in self._moved})
        said = [record for node in nodes for record in self._members[node] & self._decided]
        partners = {other for record in said for other in self._words.partners(record)} - self._partners.keys()
        if partners:
            self._partners |= {record: node for record, (node, _) in self._shelf.placed(partners).items()}
            self._partners |= {record: node for record, node in self._moved.items() if record in partners and node}

    def near(self, node: Node) -> dict[Node, float]:
        """The nodes linked with this one by the link threshold or more."""
        link = self._rules.thresholds.link
        return {other: score for other, score in self._edges[node].items() if score >= link}

    def kin(self, node: Node) -> set[Node]:
        """The nodes that people put together with this one."""
        said = self._members[node] & self._decided
        partners = {other for record in said for other in self._words.partners(record)}
        return {
            self._partners[one] for one in partners if one in self._partners and self._moved.get(one, node) is not None
        }

    def stood(self, node: Node) -> Collection[Node]:
        """The nodes of its cluster before the changes."""
        home = self._home.get(node)
        if home is None:
            return (node,)
        return {other for record, other in self._clusters[home].items() if record not in self._moved}

    def judge(self, nodes: Collection[Node]) -> Judge:
        """What is known of any two of these nodes."""
        known, edges, recall = self._features, self._edges, self._recall
        self._describe(nodes)

        def judged(a: Node, b: Node) -> float | None:
            found = edges[a].get(b)
            return recall.between(a, b, known[a], known[b]) if found is None else found

        def score(a: Node, b: Node) -> float:
            found = edges[a].get(b)
            return self._scorer.score(known[a], known[b]) if found is None else found

        return Judge(judged, score, *self._words.of({node: self._members[node] & self._decided for node in nodes}))

    # --- grouping ----------------------------------------------------------------------------------------------------

    def _group(self, out: Outcome, touched: set[Node], gone: set[str], quick: Mapping[str, Node]) -> None:
        found = regrouped(touched, self, self._rules).groups
        self._describe([nodes[0] for nodes in found if len(nodes) == 1 and len(self._members[nodes[0]]) > 1])
        groups = [some for nodes in found for some in self._records(nodes)]
        seen = {node for nodes in found for node in nodes}
        quick = {record: node for record, node in quick.items() if node not in seen}
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

    def _records(self, nodes: list[Node]) -> list[list[str]]:
        alone = len(nodes) == 1 and len(self._members[nodes[0]]) > 1
        if alone and not self._tells(nodes[0]):
            return [[record] for record in sorted(self._members[nodes[0]])]
        return [[record for node in nodes for record in self._members[node]]]
