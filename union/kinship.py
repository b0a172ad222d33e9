"""Editions and translations of one work, kept in the store: by which keys each description is of a work, and who shares
them.

Works are no clusters: nothing is numbered, merged or announced. What belongs to one work is found when it is asked for,
from one union record over the keys it shares to the next (`union.works`), and over what people called the same work.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select

from catalogue import bulk
from catalogue.store import Store
from catalogue.union_tables import union_member, union_work
from dublin_core.citation import Citation, citation
from union import reading, standing, works
from union.features import Features
from union.shelf import Shelf, signed
from union.world import Outcome

MOST: Final = 100
"""Union records of one work that are looked for; a catalogue shows the first of them and leads to the search."""


class Edition(NamedTuple):
    """Another union record of the same work."""

    number: int
    identifier: str
    said: Citation
    records: int
    by_people: bool
    """Whether people called them one work; else a title and a name do."""


def keys(found: Features) -> list[int]:
    """The work keys of a description, as the store keeps them."""
    digests = (blake2b(key.encode(), digest_size=8).digest() for key in works.keys(found))
    return [signed(int.from_bytes(digest, "big")) for digest in digests]


def note(connection: Connection, out: Outcome) -> None:
    """Keep the keys of the descriptions that an outcome brings, and forget those that it takes away."""
    bulk.execute(connection, "DELETE FROM union_work WHERE node = ?", [(node,) for node in out.dead])
    rows = {(key, node) for node, (found, _) in out.born.items() for key in keys(found)}
    bulk.insert(connection, union_work, "key node", sorted(rows))


def siblings(store: Store, number: int) -> list[Edition]:
    """The other union records of the work that `number` is an edition of, the newest year first; at most `MOST`."""
    with store.read() as connection:
        said = _said(store, connection)
        found, spoken, fresh = {number}, set[int](), {number}
        while fresh and len(found) <= MOST:
            told = {other for one in fresh for other in said.get(one, ())}
            spoken |= told - found
            fresh = (_sharing(connection, fresh) | told) - found
            found |= set(sorted(fresh)[: MOST + 1 - len(found)])
    others = [(one, one.record) for one in reading.some(store, found - {number})]
    return sorted(
        [
            Edition(one.number, one.identifier, citation(text), len(one.members), one.number in spoken)
            for one, text in others
            if text is not None
        ],
        key=lambda one: (one.said.date or "0", one.number),
        reverse=True,
    )


def _sharing(connection: Connection, numbers: Collection[int]) -> set[int]:
    """The clusters that share a work key with one of these; a phrase that too many share is none."""
    mine = select(union_member.c.node).where(union_member.c.cluster.in_(numbers)).distinct()
    shared = set(connection.scalars(select(union_work.c.key).where(union_work.c.node.in_(mine)).distinct()))
    if not shared:
        return set()
    counted = select(union_work.c.key).where(union_work.c.key.in_(shared)).group_by(union_work.c.key)
    few = list(connection.scalars(counted.having(func.count() <= works.CAP)))
    theirs = select(union_work.c.node).where(union_work.c.key.in_(few)).distinct()
    return set(connection.scalars(select(union_member.c.cluster).where(union_member.c.node.in_(theirs)).distinct()))


def _said(store: Store, connection: Connection) -> dict[int, set[int]]:
    """Cluster → clusters that people called editions of the same work."""
    settled = standing.settled(connection)[1]
    placed = Shelf(store, connection).placed({one for two in settled.same_work for one in two})
    found: dict[int, set[int]] = {}
    for a, b in settled.same_work:
        if a in placed and b in placed:
            one, other = placed[a][1], placed[b][1]
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return found
