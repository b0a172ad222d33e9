"""The union records of clusters: made of their members as they are now, and kept where their bytes are others."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from sqlalchemy import Connection

from catalogue import bulk
from catalogue.store import Store
from catalogue.tables import LIVE, UNION
from catalogue.united import United
from marc.record import Record
from union.leader import Member, Policy
from union.merge import Merged, lone, merge
from union.merge import united as merged
from union.shelf import Shelf, name
from union.standing import RANKS, Contribution

_SHOWN: Final = (
    "SELECT record.id, record.identifier, record.local_id, library.code, library.kind, version.collections, "  # noqa: S608
    "version.dictionary, version.normalised FROM record JOIN source ON source.id = record.source_id "
    "JOIN library ON library.id = source.library_id JOIN version ON version.id = record.version_id "
    f"WHERE record.status = {LIVE} AND record.source_id <> {UNION} AND record.id {{}}"
)
_PLAIN = Policy()
"""Who leads is no question where there is one."""


def contributions(store: Store, connection: Connection, numbers: Iterable[int]) -> dict[int, Contribution]:
    """Those of the records that libraries contributed and that are shown."""
    found = {}
    unpack = store.compression.decompressor
    for number, identifier, local_id, code, kind, named, dictionary, blob in bulk.fetch(connection, _SHOWN, numbers):
        member = Member(code, local_id, Record(unpack(connection, dictionary)(bytes(blob)).decode()))
        collections = tuple(map(int, named.split())) if named else ()
        found[number] = Contribution(number, identifier, member, RANKS.get(kind, len(RANKS)), collections)
    return found


def policy(members: Iterable[Contribution], pins: Collection[str]) -> Policy:
    """How these are merged: the leader by kind of library, but for the pinned ones."""
    some = list(members)
    ranks = {one.member.library: one.rank for one in some}
    pinned = {(one.member.library, one.member.local_id) for one in some if name(one.number) in pins}
    return Policy(ranks=ranks, pinned=frozenset(pinned))


class Standing(NamedTuple):
    """A cluster as it stands before a batch."""

    identifier: str
    state: int
    version: int
    hash: bytes | None
    datestamp: int


def standing(connection: Connection, numbers: Iterable[int]) -> dict[int, Standing]:
    """Those of the clusters that there are, retired ones too."""
    query = "SELECT number, identifier, state, version, hash, datestamp FROM union_cluster WHERE number {}"
    return {
        number: Standing(identifier, state, last, None if digest is None else bytes(digest), stamp)
        for number, identifier, state, last, digest, stamp in bulk.fetch(connection, query, numbers)
    }


def digest(one: United) -> bytes:
    """What tells one state of a union record from another: its bytes, and the collections it was put into."""
    text = "\0".join((one.record.text, *map(str, one.collections)))
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def united(
    members: Mapping[int, Collection[str]],
    known: Mapping[int, Contribution],
    identifiers: Mapping[int, str],
    absorbed: Mapping[int, Mapping[int, str]],
    pins: Collection[str],
) -> Iterator[tuple[int, United]]:
    """(cluster, its union record) of those clusters of which some member is shown."""
    for number, records in members.items():
        some = [known[int(one)] for one in records if int(one) in known]
        if some:
            name = identifiers[number]
            taken_in = absorbed.get(number, {})
            names = [taken_in[one] for one in sorted(taken_in)]
            if len(some) == 1:
                made = lone(some[0].member, name, _PLAIN, names)
            else:
                made = merged([one.member for one in some], name, policy(some, pins), names)
            codes = tuple(sorted({one.member.library for one in some}))
            named = tuple(sorted({number for one in some for number in one.collections}))
            yield number, United(name, str(number), made, codes, named)


def explained(store: Store, connection: Connection, number: int, identifier: str, pins: Collection[str]) -> Merged:
    """The union record of a cluster made once more, with the origin of every field and the disagreements.

    Raises ValueError when no member of it is shown.
    """
    shelf = Shelf(store, connection)
    members = [int(one) for one in shelf.clusters([number])[number]]
    some = list(contributions(store, connection, members).values())
    taken_in = shelf.absorbed([number]).get(number, {})
    absorbed = [taken_in[one] for one in sorted(taken_in)]
    return merge([one.member for one in some], identifier, policy(some, pins), absorbed)


def foretold(store: Store, connection: Connection, numbers: Collection[int], pins: Collection[str]) -> Merged:
    """What the union record would be if these clusters were one, under the identifier of the oldest of them.

    Raises ValueError when no member of them is shown.
    """
    found = Shelf(store, connection).clusters(numbers)
    members = [int(one) for some in found.values() for one in some]
    known = standing(connection, numbers)
    identifiers = [known[number].identifier for number in sorted(known)]
    some = list(contributions(store, connection, members).values())
    return merge([one.member for one in some], identifiers[0] if identifiers else "", policy(some, pins))
