"""The union made anew from records and decisions, and what other rules would make of it.

Numbers of clusters, their versions and their redirects are kept; everything else is made again. After a rebuild by the
same rules nothing is otherwise than before: what is followed batch by batch and what is made at once are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from catalogue import clock, contents, united
from catalogue.store import Store
from catalogue.union_tables import (
    STANDING,
    union_cluster,
    union_crowd,
    union_doubt,
    union_heir,
    union_key,
    union_link,
    union_member,
    union_node,
    union_past,
    union_state,
    union_work,
)
from foundation.errors import RefusedError
from union import features, made, messages, standing
from union import rules as union_rules
from union.crowding import chain_of, chained
from union.identity import Change, Register
from union.keys import TITLE
from union.leader import Policy
from union.memory import Union
from union.rules import Rules
from union.shelf import Shelf, name
from union.standing import State
from union.world import Outcome
from union.writing import Plan, plan_of, write

LOCK: Final = "union"
_READ: Final = 1000
SAMPLES: Final = 50
Progress = Callable[[int], None]


class Rebuilt(NamedTuple):
    """What a rebuild found."""

    records: int
    clusters: int
    changed: int
    """Clusters whose members, or whose union record, are not what they were."""


def rebuild(
    store: Store, rules: Rules | None = None, document: str | None = None, progress: Progress = lambda done: None
) -> Rebuilt:
    """Make the union anew, by `rules` if given, whose JSON is `document` (empty: those of the program).

    Only for who holds the lock. Raises StoreError; then all is as it was.
    """
    with store.write() as connection:
        standing.begin(connection)
    with store.read() as connection:
        state = standing.read(connection)
        assert state is not None
        plan = _plan(store, connection, state._replace(rules=rules or state.rules), progress)
    ready = united.ready(store, list(plan.united.values()))
    with store.write() as connection:
        for table in (union_node, union_key, union_link, union_member, union_work, union_doubt, union_crowd):
            connection.execute(delete(table))
        if not write(store, connection, plan, ready):
            raise RefusedError(messages.UNION_BUSY)
        values: dict[str, Any] = {"features": features.VERSION, "policy": Policy.version}
        values["shipped"] = standing.shipped_digest()
        if document is not None:
            values["rules"] = document
        connection.execute(update(union_state).values(values))
    moved = {one.cluster for one in plan.outcome.events} | plan.united.keys()
    return Rebuilt(len(plan.outcome.clusters), len(set(plan.outcome.clusters.values())), len(moved))


def now(store: Store, progress: Progress = lambda done: None) -> Rebuilt:
    """`rebuild` by whoever may: raises RefusedError when another process is at work on the union."""
    with store.locks.hold(LOCK, wait=5) as held:
        if not held:
            raise RefusedError(messages.UNION_BUSY)
        return rebuild(store, progress=progress)


def _plan(store: Store, connection: Connection, state: State, progress: Progress) -> Plan:
    _, settled, differing = standing.settled(connection)
    union = Union(state.rules, settled)
    for done, (number, record) in enumerate(_records(store, connection), 1):
        union.put(name(number), record)
        if done % _READ == 0:
            progress(done)
    out = Outcome()
    for node, found, records in union.nodes():
        out.born[node] = (found, chained(found))
        out.nodes |= dict.fromkeys(records, node)
    out.crowded = {chain_of(block) for block, _ in union.crowds() if block.startswith(TITLE)}
    out.linked = {(a, b): score for a, b, score in union.links()}
    register, before = _register(store, connection, state)
    gone = before.keys() - out.nodes.keys()
    out.events = register.regroup(union.clusters(), sorted(gone))
    out.clusters = dict(register.cluster_of)
    out.altered = set(out.clusters.values())
    out.gone = {record: before[record] for record in gone}
    touched = {one.cluster for one in out.events if one.change is Change.RETIRE}
    out.became = {number: register.became[number] for number in touched}
    out.next = register.next
    position = clock.read(connection).seq
    return plan_of(store, connection, state, position, out, (), settled.pins, differing)


def _records(store: Store, connection: Connection) -> Iterator[tuple[int, features.Features]]:
    last = -1
    while numbers := contents.numbers_behind(connection, last, _READ, union=False):
        last = numbers[-1]
        for number, one in made.contributions(store, connection, numbers).items():
            yield number, features.read(one.member.record)


def _register(store: Store, connection: Connection, state: State) -> tuple[Register, dict[str, int]]:
    """All clusters that there are, and the cluster of every member."""
    members: dict[int, set[str]] = {}
    before: dict[str, int] = {}
    for number, cluster in connection.execute(select(union_member.c.record_id, union_member.c.cluster)):
        members.setdefault(cluster, set()).add(name(number))
        before[name(number)] = cluster
    past = {name(n): c for n, c in connection.execute(select(union_past.c.record_id, union_past.c.cluster))}
    retired = set(connection.scalars(select(union_heir.c.cluster)))
    heirs = Shelf(store, connection).heirs(retired)
    return Register.resumed(members, past, heirs, state.next_cluster), before


# --- what other rules would do ----------------------------------------------------------------------------------


class Preview(NamedTuple):
    """What a table of rules would make of the clusters that there are."""

    version: int
    records: int
    before: int
    """Clusters now."""
    after: int
    joins: list[tuple[str, ...]]
    """Samples: the first record of each of the clusters that would become one."""
    splits: list[tuple[str, ...]]
    """Samples: the first record of each part into which a cluster would fall."""
    joined: int
    """How many clusters there would be that take in several."""
    split: int
    """How many clusters would fall apart."""
    titles: dict[str, str]
    """CODE/LOCAL-ID of each record of the samples → its title."""


def preview(store: Store, rules: Rules, progress: Callable[[int, int], None] = lambda done, total: None) -> Preview:
    """What `rules` would change, by the descriptions that are matched now. Nothing is written.

    `progress` is told (records looked at, of how many) after each few hundred; what it raises ends the preview.
    """
    with store.read() as connection:
        shelf = Shelf(store, connection)
        rows = connection.execute(select(union_member.c.record_id, union_member.c.node, union_member.c.cluster)).all()
        _, settled, _ = standing.settled(connection)
        union = Union(rules, settled)
        known = shelf.features({bytes(row.node) for row in rows})
    home = {name(row.record_id): row.cluster for row in rows}
    for done, row in enumerate(rows, 1):
        union.put(name(row.record_id), known[bytes(row.node)])
        if done % _READ == 0 or done == len(rows):
            progress(done, len(rows))
    groups = union.clusters()
    joins, parts = [], dict[int, list[str]]()
    for found in groups:
        first: dict[int, str] = {}
        for record in found:
            first.setdefault(home[record], record)
        if len(first) > 1:
            joins.append(tuple(first.values()))
        for number, record in first.items():
            parts.setdefault(number, []).append(record)
    splits = [tuple(some) for some in parts.values() if len(some) > 1]
    shown = _shown(store, [*joins[:SAMPLES], *splits[:SAMPLES]])

    def named(samples: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        return [tuple(shown[int(one)][0] for one in some if int(one) in shown) for some in samples[:SAMPLES]]

    before, titles = len(set(home.values())), dict(shown.values())
    counted = (len(joins), len(splits), titles)
    return Preview(rules.version, len(home), before, len(groups), named(joins), named(splits), *counted)


def _shown(store: Store, samples: list[tuple[str, ...]]) -> dict[int, tuple[str, str]]:
    """(CODE/LOCAL-ID, title) of each record of the samples."""
    numbers = {int(one) for some in samples for one in some}
    with store.read() as connection:
        found = made.contributions(store, connection, numbers)
    named = {}
    for number, one in found.items():
        field = next(one.member.record.select("245"), None)
        named[number] = (f"{one.member.library}/{one.member.local_id}", field.get("a") if field else "")
    return named


def publish(store: Store, document: str, progress: Progress = lambda done: None) -> Rebuilt:
    """Put rules in force and make the union anew by them; an empty document: those that come with the program.

    Raises FormatError for a table that is none, RefusedError when another process is at work on the union.
    """
    chosen = union_rules.read(document.encode()) if document else union_rules.shipped()
    with store.locks.hold(LOCK, wait=5) as held:
        if not held:
            raise RefusedError(messages.UNION_BUSY)
        return rebuild(store, chosen, document, progress)


def counts(store: Store) -> dict[str, int]:
    """Clusters by state, members, links, what is behind."""
    with store.read() as connection:
        state = standing.read(connection)
        found = {"records": _count(connection, union_member.c.record_id)}
        found["union_records"] = _count(connection, union_cluster.c.number, union_cluster.c.state == STANDING)
        found["retired"] = _count(connection, union_cluster.c.number, union_cluster.c.state != STANDING)
        found["descriptions"] = _count(connection, union_node.c.node)
        found["links"] = _count(connection, union_link.c.node) // 2
        found["behind"] = clock.read(connection).seq - (state.position if state else 0)
        found["rules"] = state.rules.version if state else union_rules.shipped().version
    return found


def _count(connection: Connection, column: Any, *where: Any) -> int:
    return int(connection.execute(select(func.count(column)).where(*where)).scalar_one())
