"""What the union would make of records before they are published: new, update, duplicate or doubtful, and why.

The same keys, vetoes and scores as for records that are there. Nothing is written. Records of one batch are compared
with the union, not with one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from catalogue.store import Store
from catalogue.tables import LIVE, effect, library, record, source, version
from catalogue.union_tables import union_cluster, union_member
from marc.record import Record
from union import features, standing
from union.blocks import Node
from union.crowding import Chain, chained
from union.features import Features, tells
from union.keys import DEPTH
from union.rules import shipped
from union.scoring import Explanation, Scorer
from union.shelf import Prefix, Row, Shelf

NEW: Final = "new"
UPDATE: Final = "update"
"""The library's own record of the same local id is there."""
DUPLICATE: Final = "duplicate"
"""The union has the edition."""
DOUBTFUL: Final = "doubtful"
"""A person should look: it resembles one, or it says too little to be told from others."""
OUTCOMES: Final = (NEW, UPDATE, DUPLICATE, DOUBTFUL)
CANDIDATES: Final = 5
_AT_ONCE: Final = 200


class Candidate(NamedTuple):
    """A record of the union that one may be."""

    union: str
    """Identifier of the union record."""
    record: str
    """CODE/LOCAL-ID of the record in it that was compared."""
    explanation: Explanation


class Match(NamedTuple):
    """What one record is to the union."""

    local_id: str
    outcome: str
    like: str = ""
    """CODE/LOCAL-ID of the record of the union that is most like it; empty when none is."""
    explanation: Explanation | None = None
    """Of it and that one."""
    candidates: tuple[Candidate, ...] = ()
    """Those worth a look, the likest first, one for each union record; at most `CANDIDATES`. The first is `like`."""


def staged(store: Store, change_set: int) -> Iterator[Match]:
    """The matches of the records that a change set would publish, in their order; deletions are left out."""
    last = -1
    while some := staged_behind(store, change_set, last):
        yield from (found for _, found in some)
        last = some[-1][0]


def staged_behind(store: Store, change_set: int, last: int, limit: int = _AT_ONCE) -> list[tuple[int, Match]]:
    """The next of them behind record `last`, each with its record's number; none when there are no more."""
    query = (
        select(record.c.id, record.c.local_id, record.c.status, version.c.dictionary, version.c.normalised)
        .join(effect, effect.c.record_id == record.c.id)
        .join(version, version.c.id == effect.c.after)
        .where(effect.c.change_set_id == change_set, record.c.id > last)
        .order_by(record.c.id)
        .limit(limit)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
        unpack = store.compression.decompress
        some = [
            (row.local_id, row.status == LIVE, Record(unpack(connection, row.dictionary, row.normalised).decode()))
            for row in rows
        ]
        found = _matched(store, connection, some)
    return [(row.id, one) for row, one in zip(rows, found, strict=True)]


def match(store: Store, records: Iterable[tuple[str, Record]]) -> Iterator[Match]:
    """The matches of (local id, record) that no library has contributed yet."""
    ahead = iter(records)
    while some := list(islice(ahead, _AT_ONCE)):
        with store.read() as connection:
            found = _matched(store, connection, [(local_id, False, one) for local_id, one in some])
        yield from found


def _matched(store: Store, connection: Connection, some: Sequence[tuple[str, bool, Record]]) -> list[Match]:
    state = standing.read(connection)
    rules = state.rules if state else shipped()
    scorer, shelf = Scorer(rules), Shelf(store, connection)
    described = [None if known else features.read(one) for _, known, one in some]
    chains = [[] if one is None or not tells(one) else chained(one) for one in described]
    candidates = _candidates(shelf, chains, rules.block_cap)
    known = shelf.features({node for found in candidates for node in found})
    ranked = [
        [] if one is None else _ranked(scorer, one, found, known)
        for one, found in zip(described, candidates, strict=True)
    ]
    named = _named(connection, shelf, {node for found in ranked for _, node in found})
    result = []
    for (local_id, there, _), one, found in zip(some, described, ranked, strict=True):
        if there or one is None:
            result.append(Match(local_id, UPDATE))
            continue
        told: dict[str, Candidate] = {}
        for _, node in found:
            if node in named and len(told) < CANDIDATES:
                told.setdefault(named[node][0], Candidate(*named[node], scorer.explain(one, known[node])))
        if not told:
            result.append(Match(local_id, NEW if tells(one) else DOUBTFUL))
            continue
        best = next(iter(told.values()))
        outcome = DUPLICATE if best.explanation.score >= rules.thresholds.link else DOUBTFUL
        result.append(Match(local_id, outcome, best.record, best.explanation, tuple(told.values())))
    return result


def _candidates(shelf: Shelf, records: Sequence[Sequence[Chain]], cap: int) -> list[set[Node]]:
    """For each record: the descriptions in the blocks it would stand in."""
    found: list[set[Node]] = [set() for _ in records]
    waiting = {(place, chain) for place, chains in enumerate(records) for chain in chains}
    for depth in range(1, DEPTH + 1):
        blocks: dict[Prefix, list[Row]] = shelf.blocks({chain[:depth]: cap + 1 for _, chain in waiting})
        crowded = set()
        for place, chain in waiting:
            rows = blocks[chain[:depth]]
            if len(rows) > cap:
                crowded.add((place, chain))
            else:
                found[place].update([row[2] for row in rows])
        waiting = crowded
    return found


def _ranked(scorer: Scorer, one: Features, found: set[Node], known: dict[Node, Features]) -> list[tuple[float, Node]]:
    """The candidates that nothing forbids and that are worth a look, the likest first."""
    review = scorer.rules.thresholds.review
    scored = [(scorer.candidate(one, known[node], review), node) for node in found if tells(known[node])]
    told = sorted([(score, node) for score, node in scored if score is not None], reverse=True)
    return told[: 4 * CANDIDATES]


def _named(connection: Connection, shelf: Shelf, nodes: set[Node]) -> dict[Node, tuple[str, str]]:
    """(identifier of the union record, CODE/LOCAL-ID) of the first record of each description."""
    held = {node: min(found.items()) for node, found in shelf.holders(nodes).items() if found}
    names: dict[int, tuple[str, str]] = {}
    numbers = [int(record) for record, _ in held.values()]
    for start in range(0, len(numbers), 500):
        query = (
            select(record.c.id, union_cluster.c.identifier, library.c.code, record.c.local_id)
            .join(source, source.c.id == record.c.source_id)
            .join(library, library.c.id == source.c.library_id)
            .join(union_member, union_member.c.record_id == record.c.id)
            .join(union_cluster, union_cluster.c.number == union_member.c.cluster)
            .where(record.c.id.in_(numbers[start : start + 500]))
        )
        for number, identifier, code, local_id in connection.execute(query):
            names[number] = (identifier, f"{code}/{local_id}")
    return {node: names[int(first)] for node, (first, _) in held.items() if int(first) in names}
