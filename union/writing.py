"""What a batch has found is written in one transaction: nodes, keys, members, clusters, events, and union records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from catalogue import bulk, clock, united
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
)
from catalogue.united import Ready, United
from union import alikes, doubts, kinship, made, standing
from union.features import dump
from union.identity import Change
from union.made import Standing
from union.shelf import FEATURES, Shelf
from union.sketches import sketch
from union.standing import Contribution, State
from union.world import Outcome


class Plan(NamedTuple):
    """What a batch found, to be written."""

    before: State
    position: int
    outcome: Outcome
    decisions: list[int]
    standing: dict[int, Standing]
    """Clusters concerned, as they were."""
    identifiers: dict[int, str]
    united: dict[int, United]
    """Cluster → its union record, where it is not what it was."""
    retired: set[int]
    revived: set[int]
    silent: int = 0
    """The silent change set that alone caused it, if one did (docs/decisions/008-silent.md)."""


def plan_of(
    store: Store,
    connection: Connection,
    state: State,
    position: int,
    outcome: Outcome,
    concerned: Collection[str],
    pins: Collection[str],
    decisions: list[int],
    known: Mapping[int, Contribution] | None = None,
) -> Plan:
    """What is to be written of an outcome: it, and the union records that come out different.

    `known`: contributions that were read already in this transaction.
    """
    shelf = Shelf(store, connection)
    placed = shelf.placed([one for one in concerned if one not in outcome.clusters and one not in outcome.gone])
    numbers = outcome.altered & set(outcome.clusters.values()) | {cluster for _, cluster in placed.values()}
    numbers |= {outcome.clusters[one] for one in concerned if one in outcome.clusters}
    before = made.standing(connection, numbers | set(outcome.became) | set(outcome.gone.values()))
    members = _members(shelf, numbers, outcome)
    identifiers = {number: one.identifier for number, one in before.items()}
    identifiers |= {number: new_identifier() for number in members if number not in before}
    said = {int(one) for found in members.values() for one in found}
    held = {number: one for number, one in known.items() if number in said} if known else {}
    held |= made.contributions(store, connection, said - held.keys())
    absorbed = shelf.absorbed(numbers)
    for number, heirs in outcome.became.items():
        for heir in heirs:
            absorbed.setdefault(heir, {})[number] = identifiers[number]
    changed = {
        number: one
        for number, one in made.united(members, held, identifiers, absorbed, pins)
        if number not in before or before[number].state != STANDING or before[number].hash != made.digest(one)
    }
    revived = {number for number in members if number in before and before[number].state == RETIRED}
    retired = {number for number in outcome.became if number in before and before[number].state == STANDING}
    return Plan(state, position, outcome, decisions, before, identifiers, changed, retired, revived)


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
        if number in found:
            found[number].add(record)
    return {number: sorted(records) for number, records in found.items() if records}


# --- writing -----------------------------------------------------------------------------------------------------


def write(store: Store, connection: Connection, plan: Plan, ready: Ready) -> bool:
    """Write a plan and show its union records (`ready`) in one transaction.

    False, and nothing is written, when another process has been faster. Raises StoreError when the clock has leapt.
    """
    # The clock first, as every publisher takes it: two who take locks in one order never wait for each other for ever.
    now, seq = clock.take(store, connection)
    if not standing.advance(connection, plan.before, plan.position, plan.outcome.next):
        return False
    batch = plan.before.batch + 1
    _write_nodes(store, connection, plan.outcome)
    _write_members(connection, plan.outcome)
    _write_clusters(connection, plan, now)
    _write_states(connection, plan, now)
    gone = [plan.identifiers[number] for number in sorted(plan.retired)]
    shown = united.publish(store, connection, ready, gone, plan.silent)
    if shown is not None and seq == plan.position:
        standing.skip(connection, shown.seq)  # what it published itself it need not look at
    events = [
        (batch, now, one.change.value, one.cluster, one.other, int(one.record) if one.record else None)
        for one in plan.outcome.events
    ]
    bulk.insert(connection, union_event, "batch at change cluster other record_id", events)
    standing.applied(connection, plan.decisions)
    kinship.note(connection, plan.outcome)
    alikes.note(connection, plan.outcome)
    doubts.note(store, connection, plan.before.rules, plan.outcome)
    return True


def _write_nodes(store: Store, connection: Connection, out: Outcome) -> None:
    bulk.execute(connection, "DELETE FROM union_node WHERE node = ?", [(node,) for node in sorted(out.dead)])
    gone = sorted([(*chain, node) for node, chains in out.dead.items() for chain in chains])
    bulk.execute(connection, "DELETE FROM union_key WHERE plain = ? AND year = ? AND author = ? AND node = ?", gone)
    pairs = sorted([*out.unlinked, *((b, a) for a, b in out.unlinked)])
    bulk.execute(connection, "DELETE FROM union_link WHERE node = ? AND other = ?", pairs)
    compress = store.compression.compress
    nodes = [
        (
            node,
            *compress(connection, FEATURES, out.described.get(node) or dump(found)),
            out.sketches.get(node) or sketch(found),
        )
        for node, (found, _) in sorted(out.born.items())
    ]
    bulk.insert(connection, union_node, "node dictionary features sketch", nodes)
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


def _write_states(connection: Connection, plan: Plan, now: int) -> None:
    none = Standing("", STANDING, 0, None, 0)
    rows: list[tuple[Any, ...]] = []
    for number, one in plan.united.items():
        was = plan.standing.get(number, none)
        rows.append((STANDING, was.version + 1, made.digest(one), now, number))
    for number in plan.retired:
        rows.append((RETIRED, plan.standing[number].version + 1, None, now, number))
    point = "UPDATE union_cluster SET state = ?, version = ?, hash = ?, datestamp = ? WHERE number = ?"
    bulk.execute(connection, point, rows)
