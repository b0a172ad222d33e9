"""A store whose libraries contribute, change, delete and undo at random, and what its union has to be then."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from catalogue import contents
from catalogue.publishing import publish
from catalogue.store import Store
from catalogue.tables import LIVE, UNION, change_set
from catalogue.tables import record as items
from catalogue.undo import undo
from catalogue.union_tables import (
    STANDING,
    union_cluster,
    union_crowd,
    union_doubt,
    union_event,
    union_heir,
    union_key,
    union_link,
    union_member,
    union_node,
    union_work,
)
from fixtures import noise
from foundation.errors import RefusedError
from marc.record import Field, Record
from tests.catalogue.conftest import Time, readings, stage
from union import features, standing
from union.decisions import Verdict
from union.follower import Follower
from union.identity import Change, Event
from union.memory import Union
from union.rules import Rules, shipped
from union.shelf import name

LIBRARIES = ("bk01", "bk02")
DRAWN = [one for one, _ in noise.generate(60, seed=11)]


def called(record: Record, control: str) -> Record:
    """The record under another control number."""
    rest = [one for one in record.fields if one.tag != "001"]
    return Record.build(record.leader, [Field("001", value=control), *rest])


def contribute(store: Store, library: str, *records: Record) -> int:
    number = stage(store, readings(*records), library)
    publish(store, number)
    return number


def delete(store: Store, library: str, *names: str) -> int:
    gone = [called(Record.build("00000dam a2200000 a 4500", []), one) for one in names]
    return contribute(store, library, *gone)


def follow(store: Store, batch: int = 1000) -> None:
    assert Follower(store, batch=batch).follow()


def use(store: Store, monkeypatch: Any, block: int, cluster: int = 200) -> Rules:
    """Rules with other caps, in force in every store of the test."""
    made = replace(shipped(), block_cap=block, cluster_cap=cluster)
    monkeypatch.setattr(standing.union_rules, "shipped", lambda: made)
    return made


def numbered(store: Store) -> dict[str, int]:
    """CODE/LOCAL-ID → number, of what is shown."""
    with store.read() as connection:
        numbers = contents.numbers_behind(connection, -1, 100_000, union=False)
        return {
            f"{one.library}/{one.local_id}": one.number for one in contents.read(store, connection, numbers).values()
        }


def clusters(store: Store) -> list[list[str]]:
    """The members of every cluster, as the store has them."""
    found: dict[int, list[str]] = {}
    with store.read() as connection:
        for row in connection.execute(select(union_member).order_by(union_member.c.record_id)):
            found.setdefault(row.cluster, []).append(name(row.record_id))
    return sorted(found.values())


def anew(store: Store, rules: Rules) -> Union:
    """The union of what is shown, made in memory from nothing."""
    with store.read() as connection:
        numbers = contents.numbers_behind(connection, -1, 100_000, union=False)
        found = contents.read(store, connection, numbers)
        union = Union(rules, standing.settled(connection)[1])
    for number, one in found.items():
        union.put(name(number), features.read(one.record))
    return union


def tables(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All that can be made again, and the clusters with the hashes of their records."""
    shown = {
        "node": select(union_node.c.node).order_by(union_node.c.node),
        "key": select(union_key).order_by(*union_key.c),
        "link": select(union_link).order_by(*union_link.c),
        "member": select(union_member).order_by(union_member.c.record_id),
        "cluster": select(union_cluster).order_by(union_cluster.c.number),
        "heir": select(union_heir).order_by(*union_heir.c),
        "doubt": select(union_doubt).order_by(*union_doubt.c),
        "crowd": select(union_crowd).order_by(*union_crowd.c),
        "work": select(union_work).order_by(*union_work.c),
    }
    with store.read() as connection:
        return {table: [tuple(row) for row in connection.execute(query)] for table, query in shown.items()}


def check(store: Store, rules: Rules) -> None:
    """The union in the store is the one made from nothing, and its books agree with one another."""
    union = anew(store, rules)
    assert clusters(store) == union.clusters()
    with store.read() as connection:
        links = {(bytes(row.node), bytes(row.other)): row.score for row in connection.execute(select(union_link))}
        standing_now = set(connection.scalars(select(union_cluster.c.number).where(union_cluster.c.state == STANDING)))
        assert standing_now == set(connection.scalars(select(union_member.c.cluster)))
        told = [
            Event(Change(row.change), row.cluster, row.other, name(row.record_id) if row.record_id else "")
            for row in connection.execute(select(union_event).order_by(union_event.c.id))
        ]
        shown = select(union_cluster.c.number).join(items, items.c.identifier == union_cluster.c.identifier)
        assert set(connection.scalars(shown.where(items.c.status == LIVE))) == standing_now
    made = {(a, b): round(score * 1000) for a, b, score in union.links()}
    assert links == made | {(b, a): score for (a, b), score in made.items()}
    assert replayed(told) == clusters(store)


def replayed(events: list[Event]) -> list[list[str]]:
    """The clusters that a log of events gives, replayed from nothing."""
    home: dict[str, int] = {}
    for one in events:
        if one.change is Change.JOIN:
            home[one.record] = one.cluster
        elif one.change is Change.LEAVE and home.get(one.record) == one.cluster:
            del home[one.record]
    found: dict[int, list[str]] = {}
    for record, number in sorted(home.items()):
        found.setdefault(number, []).append(record)
    return sorted(found.values())


class World:
    """Random steps, each a publication or a decision."""

    def __init__(self, store: Store, time: Time, chance: random.Random) -> None:
        self.store, self.time, self.chance = store, time, chance
        self.decided: list[int] = []

    def step(self) -> None:
        self.time.pass_(self.chance.randrange(3))
        self.chance.choices([self._import, self._delete, self._undo, self._decide, self._withdraw], [6, 3, 1, 2, 1])[
            0
        ]()

    def _import(self) -> None:
        library = self.chance.choice(LIBRARIES)
        some = {str(self.chance.randrange(25)): self.chance.choice(DRAWN) for _ in range(self.chance.randrange(1, 9))}
        contribute(self.store, library, *(called(one, number) for number, one in some.items()))

    def _delete(self) -> None:
        library = self.chance.choice(LIBRARIES)
        delete(self.store, library, *{str(self.chance.randrange(25)) for _ in range(4)})

    def _undo(self) -> None:
        with self.store.read() as connection:
            found = connection.scalars(
                select(change_set.c.id).where(change_set.c.state == "published", change_set.c.source_id != UNION)
            ).all()
        if found:
            undo(self.store, self.chance.choice(found), force=True)

    def _decide(self) -> None:
        numbers = list(numbered(self.store).values())
        if len(numbers) > 2:
            verdict = self.chance.choice(
                [Verdict.SAME, Verdict.DIFFERENT, Verdict.SAME_WORK, Verdict.PIN, Verdict.FREEZE]
            )
            some = self.chance.sample(numbers, 1 if verdict is Verdict.PIN else 2)
            self.decided.append(standing.decide(self.store, verdict, some, by=str(self.chance.randrange(3))))

    def _withdraw(self) -> None:
        if self.decided:
            try:
                standing.withdraw(self.store, self.chance.choice(self.decided))
            except RefusedError:
                return  # it was withdrawn before
