"""Editions and translations of one work, kept in the store: by which keys each description is of a work, and who shares
them.

Works are no clusters: nothing is numbered, merged or announced. What belongs to one work is found when it is asked for,
from one union record over the keys it shares to the next (`union.works`), and over what people called the same work.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, exists, func, or_, select

from catalogue import bulk
from catalogue.store import Store
from catalogue.tables import record, version
from catalogue.union_tables import STANDING, union_cluster, union_decision, union_member, union_work
from dublin_core.citation import Citation, citation
from marc.record import Record
from union import standing, works
from union.decisions import Verdict
from union.features import Features
from union.keys import hashed
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
    return [signed(hashed(key)) for key in works.keys(found)]


def note(connection: Connection, out: Outcome) -> None:
    """Keep the keys of the descriptions that an outcome brings, and forget those that it takes away."""
    bulk.execute(connection, "DELETE FROM union_work WHERE node = ?", [(node,) for node in sorted(out.dead)])
    rows = {(key, node) for node, (found, _) in out.born.items() for key in keys(found)}
    bulk.insert(connection, union_work, "key node", sorted(rows))


_NUMBERS: Final[BindParameter[int]] = bindparam("numbers", expanding=True)
_KEYS: Final[BindParameter[int]] = bindparam("keys", expanding=True)
_SAME: Final = union_work.alias("same")
# Asked for every page of a record: built once, because building costs more than the answers.
_SHARED: Final = (
    select(union_work.c.key)
    .distinct()
    .join(union_member, union_member.c.node == union_work.c.node)
    .where(
        union_member.c.cluster.in_(_NUMBERS),
        # No more descriptions than so many: the first behind them is not looked for any further.
        ~exists(select(_SAME.c.node).where(_SAME.c.key == union_work.c.key).offset(works.CAP).limit(1)),
    )
)
_SHARING: Final = (
    select(union_member.c.cluster)
    .distinct()
    .join(union_work, union_work.c.node == union_member.c.node)
    .where(union_work.c.key.in_(_KEYS))
)
_MEMBERS: Final = select(union_member.c.record_id).where(union_member.c.cluster.in_(_NUMBERS))
_ABOUT: Final = or_(union_decision.c.a.in_(_MEMBERS), union_decision.c.b.in_(_MEMBERS))
_SPOKEN: Final = select(union_decision.c.id).where(_ABOUT, union_decision.c.verdict == Verdict.SAME_WORK.value).limit(1)
_EDITIONS: Final = (
    select(
        union_cluster.c.number,
        union_cluster.c.identifier,
        select(func.count()).where(union_member.c.cluster == union_cluster.c.number).scalar_subquery().label("members"),
        version.c.dictionary,
        version.c.normalised,
    )
    .join(record, record.c.identifier == union_cluster.c.identifier)
    .join(version, version.c.id == record.c.version_id)
    .where(union_cluster.c.number.in_(_NUMBERS), union_cluster.c.state == STANDING)
)


def siblings(store: Store, number: int) -> list[Edition]:
    """The other union records of the work that `number` is an edition of, the newest year first; at most `MOST`."""
    with store.read() as connection:
        found, spoken, fresh = {number}, set[int](), {number}
        while fresh and len(found) <= MOST:
            told = _said(store, connection, fresh)
            spoken |= told - found
            fresh = (_sharing(connection, fresh) | told) - found
            found |= set(sorted(fresh)[: MOST + 1 - len(found)])
        if len(found) == 1:
            return []
        unpack = store.compression.decompressor
        made = [
            Edition(one, identifier, _cited(unpack(connection, dictionary)(blob)), members, one in spoken)
            for one, identifier, members, dictionary, blob in connection.execute(
                _EDITIONS, {"numbers": sorted(found - {number})}
            ).all()
        ]
    return sorted(made, key=lambda one: (one.said.date or "0", one.number), reverse=True)


@lru_cache(maxsize=2_000)
def _cited(text: bytes) -> Citation:
    """What a union record says of itself: a work of a hundred editions is shown with each of them."""
    return citation(Record(text.decode()))


def _sharing(connection: Connection, numbers: Collection[int]) -> set[int]:
    """The clusters that share a work key with one of these; a phrase that too many share is none."""
    shared = list(connection.scalars(_SHARED, {"numbers": list(numbers)}))
    return set(connection.scalars(_SHARING, {"keys": shared})) if shared else set()


def _said(store: Store, connection: Connection, numbers: Collection[int]) -> set[int]:
    """The clusters that people called editions of the same work as one of these."""
    asked = {"numbers": list(numbers)}
    if connection.execute(_SPOKEN, asked).first() is None:
        return set()
    # Whoever spoke of the same two records has a word in it.
    settled = standing.held(connection, _ABOUT, asked)
    placed = Shelf(store, connection).placed({one for two in settled.same_work for one in two})
    found = set[int]()
    for a, b in settled.same_work:
        if a in placed and b in placed:
            both = {placed[a][1], placed[b][1]}
            found |= both if both & set(numbers) else set()
    return found
