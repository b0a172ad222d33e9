"""What a person should look at, kept beside the clusters: written in the transaction that changes them.

One question is about two clusters, or about one. `doubt`: their best pair is between the thresholds of review and
link. `apart`: a pair reaches the link, yet a veto or the mean keeps the clusters apart. `thin`: a member hangs on its
cluster by a link that is not sure. `dispute`: people said things that cannot all hold. What people have settled, and
clusters they froze, are not asked about.

The gain of an answer is the probability that it changes something, times the records it would change it for; what
speaks against (a veto, a mean) counts for as much as what speaks for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete

from catalogue import bulk
from catalogue.store import Store
from catalogue.union_tables import union_doubt
from union import standing
from union.blocks import Node
from union.crowding import title_of
from union.decisions import Settled
from union.features import Features
from union.rules import Rules
from union.scoring import Scorer
from union.shelf import Shelf
from union.world import Outcome

DOUBT: Final = "doubt"
APART: Final = "apart"
THIN: Final = "thin"
DISPUTE: Final = "dispute"
REASONS: Final = (DOUBT, APART, THIN, DISPUTE)
_AT_ONCE: Final = 400
_SCALE: Final = 1000
_COLUMNS: Final = "low high reason a b score gain kind libraries records alike"

_Place = tuple[int, int]
"""Two clusters, the lower number first, or one twice."""


def probability(score: float) -> float:
    """The probability of a log-odds (natural), 0 to 1."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, score))))


class _Link(NamedTuple):
    """One link of a cluster, seen from it."""

    cluster: int
    node: Node
    other: Node
    score: float
    home: int


class _Question(NamedTuple):
    low: int
    high: int
    reason: str
    a: Node
    b: Node
    score: float


def note(store: Store, connection: Connection, rules: Rules, out: Outcome) -> None:
    """Ask anew about all clusters that an outcome, written before in this transaction, is about."""
    concerned = {*out.altered, *out.gone.values(), *out.became}
    concerned |= {heir for heirs in out.became.values() for heir in heirs}
    concerned |= {number for one in out.events for number in (one.cluster, one.other) if number}
    # All who hold a description that has links are of one cluster.
    concerned.update(Shelf(store, connection).any_holder(out.asked).values())
    scorer = Scorer(rules)
    settled = standing.settled(connection)[1]
    ahead = iter(sorted(concerned))
    while some := list(islice(ahead, _AT_ONCE)):
        _ask(store, connection, scorer, settled, some)


def forget(connection: Connection, low: int, high: int) -> None:
    """Take one question away; it comes back when the clusters change and it still stands."""
    mine = (union_doubt.c.low == low) & (union_doubt.c.high == high)
    connection.execute(delete(union_doubt).where(mine))


def _ask(store: Store, connection: Connection, scorer: Scorer, settled: Settled, clusters: Sequence[int]) -> None:
    for column in ("low", "high"):
        bulk.execute(
            connection,
            f"DELETE FROM union_doubt WHERE {column} = ?",  # noqa: S608 - our own names
            [(number,) for number in clusters],
        )
    shelf = Shelf(store, connection)
    found = _between(_links(connection, clusters), scorer.rules)
    answered, frozen, disputes = _spoken(shelf, settled)
    found = {place: one for place, one in found.items() if place not in answered and frozen.isdisjoint(place)}
    mine = set(clusters)
    found |= {place: one for place, one in disputes.items() if not mine.isdisjoint(place)}
    if not found:
        return
    first = _first_records(connection, {node for one in found.values() for node in (one.a, one.b)})
    known = shelf.features(first.keys())
    held = _held(connection, {number for place in found for number in place})
    rows = []
    for (low, high), one in found.items():
        if one.a not in known or one.b not in known:
            continue
        libraries: dict[int, int] = {}
        for number in {low, high}:
            for library, count in held.get(number, {}).items():
                libraries[library] = libraries.get(library, 0) + count
        records = sum(libraries.values())
        score = scorer.score(known[one.a], known[one.b]) if one.reason == DISPUTE else one.score
        gain = round(_chance(one.reason, score) * records * _SCALE)
        codes = " " + " ".join(map(str, sorted(libraries))) + " "
        kind = scorer.kind(known[one.a], known[one.b])
        a, b = first[one.a], first[one.b]
        title = _one_title(known[one.a], known[one.b]) if one.reason == DOUBT else 0
        rows.append((low, high, one.reason, a, b, round(score * _SCALE), gain, kind, codes, records, title))
    bulk.insert(connection, union_doubt, _COLUMNS, rows)


def _one_title(a: Features, b: Features) -> int:
    """The key of the title that two descriptions share; 0 when they do not."""
    return title_of(a) if a.title == b.title and a.volume == b.volume else 0


def _chance(reason: str, score: float) -> float:
    """How likely an answer changes what the rules do; of a dispute it surely matters."""
    if reason == DISPUTE:
        return 1.0
    likely = probability(score)
    return min(likely, 0.5) if reason == APART else 1 - likely if reason == THIN else likely


# --- what the links say ---------------------------------------------------------------------------------------------


def _links(connection: Connection, clusters: Sequence[int]) -> Iterable[_Link]:
    """The links of the members of clusters. All who hold a description that has links are of one cluster."""
    query = (
        "SELECT mine.cluster, mine.node, union_link.other, union_link.score, "
        "(SELECT theirs.cluster FROM union_member AS theirs WHERE theirs.node = union_link.other LIMIT 1) "
        "FROM (SELECT DISTINCT cluster, node FROM union_member WHERE cluster {}) AS mine "
        "JOIN union_link ON union_link.node = mine.node"
    )
    for cluster, node, other, score, where in bulk.fetch(connection, query, clusters):
        if where is not None:
            yield _Link(cluster, bytes(node), bytes(other), score / _SCALE, where)


def _between(links: Iterable[_Link], rules: Rules) -> dict[_Place, _Question]:
    """The best pair of every two clusters, and the member that hangs on its cluster most loosely."""
    across: dict[_Place, _Question] = {}
    inside: dict[int, dict[Node, _Link]] = {}
    link, sure = rules.thresholds.link, rules.thresholds.sure
    for one in links:
        if one.home == one.cluster:
            best = inside.setdefault(one.cluster, {})
            if one.node not in best or one.score > best[one.node].score:
                best[one.node] = one
            continue
        turned = one.cluster > one.home
        place = (one.home, one.cluster) if turned else (one.cluster, one.home)
        a, b = (one.other, one.node) if turned else (one.node, one.other)
        known = across.get(place)
        if known is None or (one.score, a, b) > (known.score, known.a, known.b):
            across[place] = _Question(*place, APART if one.score >= link else DOUBT, a, b, one.score)
    for number, best in inside.items():
        loosest = min(best.values(), key=lambda one: (one.score, one.node))
        # Between `link` and half the way to `sure` one pair in ten and more is wrong.
        if loosest.score < (link + sure) / 2:
            across[number, number] = _Question(
                number, number, THIN, min(loosest.node, loosest.other), max(loosest.node, loosest.other), loosest.score
            )
    return across


# --- what people said -----------------------------------------------------------------------------------------------


def _spoken(shelf: Shelf, settled: Settled) -> tuple[set[_Place], set[int], dict[_Place, _Question]]:
    """(questions that are answered, frozen clusters, questions that arise from what people said)."""
    pairs = settled.same | settled.different
    disputed = [(one.a, one.b) for one in settled.conflicts]
    records = {one for two in (*pairs, *disputed) for one in two}.union(*settled.frozen)
    placed = shelf.placed(records)
    answered: set[_Place] = set()
    disputes: dict[_Place, _Question] = {}

    def place_of(two: tuple[str, str]) -> _Place | None:
        if two[0] not in placed or two[1] not in placed:
            return None
        low, high = sorted((placed[two[0]][1], placed[two[1]][1]))
        return low, high

    def disputed_at(place: _Place, two: tuple[str, str]) -> None:
        a, b = sorted(two, key=lambda one: (placed[one][1], one))
        disputes[place] = _Question(*place, DISPUTE, placed[a][0], placed[b][0], 0.0)

    for two in sorted(settled.different):
        if place := place_of(two):
            answered.add(place)
    for two in sorted(settled.same):
        if place := place_of(two):
            answered.add(place)
            if place[0] != place[1] and two not in settled.different:
                disputed_at(place, two)  # others, elsewhere in the clusters, keep them apart
    for two in disputed:
        if place := place_of(two):
            disputed_at(place, two)
    frozen = {placed[one][1] for group in settled.frozen for one in group if one in placed}
    return answered, frozen, disputes


# --- what is shown of it --------------------------------------------------------------------------------------------


def _first_records(connection: Connection, nodes: Iterable[Node]) -> dict[Node, int]:
    query = "SELECT node, MIN(record_id) FROM union_member WHERE node {} GROUP BY node"
    return {bytes(node): number for node, number in bulk.fetch(connection, query, nodes)}


def _held(connection: Connection, clusters: Iterable[int]) -> dict[int, dict[int, int]]:
    """Cluster → number of a library → its records in it."""
    found: dict[int, dict[int, int]] = {}
    query = (
        "SELECT union_member.cluster, source.library_id, COUNT(*) FROM union_member "
        "JOIN record ON record.id = union_member.record_id JOIN source ON source.id = record.source_id "
        "WHERE union_member.cluster {} GROUP BY union_member.cluster, source.library_id"
    )
    for number, library, count in bulk.fetch(connection, query, clusters):
        found.setdefault(number, {})[library] = count
    return found
