"""What a batch has found is written in one transaction: nodes and keys, members, clusters, union records, events."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from catalogue import bulk
from catalogue.ingest import new_identifier
from catalogue.store import Store
from catalogue.union_tables import (
    RETIRED,
    STANDING,
    union_cluster,
    union_event,
    union_heir,
    union_key,
    union_link,
    union_member,
    union_node,
    union_past,
    union_version,
)
from union import doubts, kinship, made, standing
from union.features import dump
from union.identity import Change
from union.leader import Policy
from union.made import Standing
from union.shelf import FEATURES, Shelf
from union.standing import State
from union.world import Outcome

RECORDS: Final = "union-record"
"""Kind of the dictionary that union records are compressed with."""


class Plan(NamedTuple):
    """What a batch found, to be written."""

    before: State
    position: int
    outcome: Outcome
    decisions: list[int]
    standing: dict[int, Standing]
    """Clusters concerned, as they were."""
    identifiers: dict[int, str]
    texts: dict[int, str]
    """Cluster → its union record, where it is not what it was."""
    retired: set[int]
    revived: set[int]


def plan_of(
    store: Store,
    connection: Connection,
    state: State,
    position: int,
    outcome: Outcome,
    concerned: Collection[str],
    pins: Collection[str],
    decisions: list[int],
) -> Plan:
    """What is to be written of an outcome: it, and the union records that come out different."""
    shelf = Shelf(store, connection)
    placed = shelf.placed([one for one in concerned if one not in outcome.clusters and one not in outcome.gone])
    numbers = set(outcome.clusters.values()) | {cluster for _, cluster in placed.values()}
    before = made.standing(connection, numbers | set(outcome.became) | set(outcome.gone.values()))
    members = _members(shelf, numbers, outcome)
    identifiers = {number: one.identifier for number, one in before.items()}
    identifiers |= {number: new_identifier() for number in members if number not in before}
    known = made.contributions(store, connection, {int(one) for found in members.values() for one in found})
    absorbed = shelf.absorbed(numbers)
    for number, heirs in outcome.became.items():
        for heir in heirs:
            absorbed.setdefault(heir, {})[number] = identifiers[number]
    texts = {
        number: text
        for number, text in made.united(members, known, identifiers, absorbed, pins)
        if number not in before or before[number].state != STANDING or before[number].hash != made.digest(text)
    }
    revived = {number for number in members if number in before and before[number].state == RETIRED}
    retired = {number for number in outcome.became if number in before and before[number].state == STANDING}
    return Plan(state, position, outcome, decisions, before, identifiers, texts, retired, revived)


def _members(shelf: Shelf, numbers: set[int], outcome: Outcome) -> dict[int, list[str]]:
    """The members of clusters as the outcome leaves them."""
    found: dict[int, set[str]] = {number: set() for number in numbers}
    for number, records in shelf.clusters(numbers).items():
        found[number] = {
            record
            for record in records
            if record not in outcome.gone and outcome.clusters.get(record, number) == number
        }
    for record, number in outcome.clusters.items():
        found[number].add(record)
    return {number: sorted(records) for number, records in found.items() if records}


# --- writing -----------------------------------------------------------------------------------------------------


def write(store: Store, connection: Connection, plan: Plan) -> bool:
    """Write a plan in one transaction; False, and nothing, when another process has been faster."""
    if not standing.advance(connection, plan.before, plan.position, plan.outcome.next):
        return False
    now, batch = store.now(connection), plan.before.batch + 1
    _write_nodes(store, connection, plan.outcome)
    _write_members(connection, plan.outcome)
    _write_clusters(connection, plan, now)
    _write_versions(store, connection, plan, batch, now)
    events = [
        (batch, now, one.change.value, one.cluster, one.other, int(one.record) if one.record else None)
        for one in plan.outcome.events
    ]
    bulk.insert(connection, union_event, "batch at change cluster other record_id", events)
    standing.applied(connection, plan.decisions)
    kinship.note(connection, plan.outcome)
    doubts.note(store, connection, plan.before.rules, plan.outcome)
    return True


def _write_nodes(store: Store, connection: Connection, out: Outcome) -> None:
    bulk.execute(connection, "DELETE FROM union_node WHERE node = ?", [(node,) for node in out.dead])
    gone = [(*chain, node) for node, chains in out.dead.items() for chain in chains]
    bulk.execute(connection, "DELETE FROM union_key WHERE plain = ? AND year = ? AND author = ? AND node = ?", gone)
    pairs = [*out.unlinked, *((b, a) for a, b in out.unlinked)]
    bulk.execute(connection, "DELETE FROM union_link WHERE node = ? AND other = ?", pairs)
    compress = store.compression.compress
    nodes = [(node, *compress(connection, FEATURES, dump(found))) for node, (found, _) in out.born.items()]
    bulk.insert(connection, union_node, "node dictionary features", nodes)
    keys = sorted((*chain, node) for node, (_, chains) in out.born.items() for chain in chains)
    bulk.insert(connection, union_key, "plain year author node", keys)
    links = [(a, b, round(score * 1000)) for (a, b), score in out.linked.items()]
    links += [(b, a, score) for a, b, score in links]
    bulk.insert(connection, union_link, "node other score", sorted(links))


def _write_members(connection: Connection, out: Outcome) -> None:
    bulk.execute(connection, "DELETE FROM union_member WHERE record_id = ?", [(int(one),) for one in out.gone])
    last = [(int(record), cluster) for record, cluster in out.gone.items()]
    known = "ON CONFLICT (record_id) DO UPDATE SET cluster = excluded.cluster"
    bulk.insert(connection, union_past, "record_id cluster", last, known)
    back = [(int(record),) for record in out.nodes]
    bulk.execute(connection, "DELETE FROM union_past WHERE record_id = ?", back)
    rows = [(int(record), node, out.clusters[record]) for record, node in out.nodes.items()]
    known = "ON CONFLICT (record_id) DO UPDATE SET node = excluded.node, cluster = excluded.cluster"
    bulk.insert(connection, union_member, "record_id node cluster", rows, known)
    joined = {one.record: one.cluster for one in out.events if one.change is Change.JOIN}
    moved = [(cluster, int(record)) for record, cluster in joined.items() if record not in out.nodes]
    bulk.execute(connection, "UPDATE union_member SET cluster = ? WHERE record_id = ?", moved)


def _write_clusters(connection: Connection, plan: Plan, now: int) -> None:
    new = [(number, one, STANDING, now, now) for number, one in plan.identifiers.items() if number not in plan.standing]
    bulk.insert(connection, union_cluster, "number identifier state datestamp created", new)
    bulk.execute(connection, "DELETE FROM union_heir WHERE cluster = ?", [(number,) for number in plan.revived])
    heirs = [
        (number, place, heir)
        for number in plan.retired
        for place, heir in enumerate(plan.outcome.became[number])
    ]  # fmt: skip
    bulk.insert(connection, union_heir, "cluster place heir", heirs)


def _write_versions(store: Store, connection: Connection, plan: Plan, batch: int, now: int) -> None:
    none = Standing("", STANDING, 0, None, 0)
    rows: list[tuple[Any, ...]] = []
    shown: list[tuple[Any, ...]] = []
    for number, text in plan.texts.items():
        was = plan.standing.get(number, none)
        stamp, data = max(now, was.datestamp), text.encode()
        packed = store.compression.compress(connection, RECORDS, data)
        rows.append((number, was.version + 1, batch, stamp, Policy.version, *packed))
        shown.append((STANDING, was.version + 1, made.digest(text), stamp, number))
    for number in plan.retired:
        was = plan.standing[number]
        stamp = max(now, was.datestamp)
        rows.append((number, was.version + 1, batch, stamp, Policy.version, None, None))
        shown.append((RETIRED, was.version + 1, None, stamp, number))
    bulk.insert(connection, union_version, "cluster version batch datestamp policy dictionary bytes", rows)
    point = "UPDATE union_cluster SET state = ?, version = ?, hash = ?, datestamp = ? WHERE number = ?"
    bulk.execute(connection, point, shown)
