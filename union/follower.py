"""The union follows the change sequence: what libraries contribute is matched, clustered and merged behind publication.

A batch is read in one snapshot and written in one transaction that also moves the position, so a follower that is
killed does at most one batch again, to the same result. One process of all hosts does it at a time; should two, the
second finds the position moved and writes nothing.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select

from catalogue import united
from catalogue.following import Progress, Rest, follow
from catalogue.store import Store
from catalogue.tables import UNION, change, record
from foundation import collecting
from union import features, made, standing
from union.decisions import Settled
from union.features import Features
from union.rebuilding import LOCK, rebuild
from union.recall import Recall
from union.scoring import Scorer
from union.shelf import FEATURES, Shelf, name
from union.standing import State
from union.world import World
from union.writing import Plan, plan_of, write

BATCH: Final = 2000
"""Changes at once: with more of them fewer statements and commits, and more memory, about 20 kB for each."""
SAMPLES: Final = 500
"""New descriptions from which on a batch is large enough to make a dictionary of."""


class Follower:
    """Keeps the union of one store. `rest`: see `catalogue.following`."""

    def __init__(self, store: Store, rest: Rest = lambda seconds: None, batch: int = BATCH) -> None:
        self._store = store
        self._rest = rest
        self._batch = batch
        self._recall: Recall | None = None
        self._trained = False

    def follow(self, progress: Progress = lambda done: None) -> bool:
        """Do all there is to do; False when another process is at it. `progress` is told the changes looked at.

        Raises StoreError; what was done until then stands.
        """
        with self._store.roomy():
            return follow(self._store, LOCK, self._paused, progress, self._rest) is not None

    def _paused(self) -> int:
        with collecting.paused():
            return self.step()

    def step(self) -> int:
        """One batch; 0 when there is nothing to do. Only for who holds the lock."""
        with self._store.read() as connection:
            state = standing.read(connection)
            found = self._plan(connection, state) if state is not None and state.current else None
        if state is None:
            with self._store.write() as connection:
                standing.begin(connection)
            return self.step()
        if not state.current:
            rebuild(self._store)
            return 1
        if found is None:
            return 0
        plan, looked = found
        self._train(plan)
        ready = united.ready(self._store, list(plan.united.values()))
        with self._store.write() as connection:
            write(self._store, connection, plan, ready)
        return looked

    def _plan(self, connection: Connection, state: State) -> tuple[Plan, int] | None:
        query = select(change.c.seq, change.c.record_id, change.c.change_set_id, change.c.silent, record.c.source_id)
        query = query.join(record, record.c.id == change.c.record_id).where(change.c.seq > state.position)
        rows = connection.execute(query.order_by(change.c.seq).limit(self._batch)).all()
        before, now, differing = standing.settled(connection)
        # What follows from a silent change is silent too, so it is not done together with anything else.
        kinds = [row.change_set_id if row.silent else 0 for row in rows]
        rows = rows[: next((at for at, kind in enumerate(kinds) if kind != kinds[0]), len(rows))]
        silent = kinds[0] if rows and not differing else 0
        if not rows and not differing:
            return None
        if self._recall is None or self._recall.scorer.rules != state.rules:
            self._recall = Recall(Scorer(state.rules))
        self._recall.trim()
        changed = {row.record_id for row in rows if row.source_id != UNION}
        known = made.contributions(self._store, connection, changed)
        described: dict[str, Features | None] = {
            name(number): features.read(known[number].member.record) if number in known else None for number in changed
        }
        spoken = _spoken(before, now) if differing else set()
        shelf = Shelf(self._store, connection)
        outcome = World(shelf, self._recall, now, state.next_cluster).change(described, spoken)
        position = rows[-1].seq if rows else state.position
        concerned = set(described) | spoken
        plan = plan_of(self._store, connection, state, position, outcome, concerned, now.pins, differing, known)
        return plan._replace(silent=silent), len(rows) + len(differing)

    def _train(self, plan: Plan) -> None:
        """Give features their dictionary, from the first large batch."""
        if self._trained:
            return
        many = len(plan.outcome.born)
        self._trained = many >= SAMPLES
        with self._store.read() as connection:
            wanting = self._store.compression.wanting(connection, [FEATURES], many)
        if wanting:
            samples = [plan.outcome.described[node] for node in plan.outcome.born]
            with self._store.write() as connection:
                self._store.compression.train(connection, FEATURES, samples)


def _spoken(before: Settled, now: Settled) -> set[str]:
    """The records about which another word holds than before."""
    found = set(before.records ^ now.records) | set(before.pins ^ now.pins)
    disputed = {(one.a, one.b) for one in before.conflicts} ^ {(one.a, one.b) for one in now.conflicts}
    for pair in (before.same ^ now.same) | (before.different ^ now.different) | disputed:
        found.update(pair)
    return found.union(*(set(before.frozen) ^ set(now.frozen)))
