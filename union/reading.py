"""Union records as they are read: one by whatever names it, all of them in order, with members and explanation."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select

from catalogue import contents
from catalogue.store import Store
from catalogue.tables import library, record, source, version
from catalogue.union_tables import (
    STANDING,
    union_cluster,
    union_event,
    union_member,
)
from foundation.errors import RefusedError
from marc.record import Record
from union import made, messages, standing
from union.features import Features
from union.identity import Change
from union.merge import Merged
from union.scoring import Explanation, Scorer
from union.shelf import Shelf, name

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class UnionRecord:
    """A union record as it stands."""

    number: int
    identifier: str
    version: int
    datestamp: int
    """When its bytes last changed, in seconds since 1970."""
    retired: bool
    record: Record | None
    """None when it is retired."""
    members: tuple[str, ...]
    """CODE/LOCAL-ID of the records it is made of."""
    leads_to: tuple[str, ...]
    """Of a retired one: the identifiers of those that stand in its place, most of its records first."""


def find(store: Store, said: str) -> UnionRecord:
    """The union record that its number, its identifier or a record of it (identifier or CODE/LOCAL-ID) means.

    Raises RefusedError when there is none.
    """
    with store.read() as connection:
        number = _number(connection, said)
        return next(_read(store, connection, union_cluster.c.number == number))


def number(store: Store, said: str) -> int:
    """The number alone of what `find` would find. Raises RefusedError when there is none."""
    with store.read() as connection:
        return _number(connection, said)


def some(store: Store, numbers: Collection[int]) -> list[UnionRecord]:
    """The union records with these numbers that stand, in the order of the numbers; at most a few hundred."""
    chosen = and_(union_cluster.c.number.in_(numbers), union_cluster.c.state == STANDING)
    with store.read() as connection:
        return list(_read(store, connection, chosen, _AT_ONCE))


def everything(store: Store, retired: bool = False) -> Iterator[UnionRecord]:
    """Every union record in the order of the numbers; a transaction for each few hundred."""
    last = -1
    while True:
        chosen = union_cluster.c.number > last
        if not retired:
            chosen = and_(chosen, union_cluster.c.state == STANDING)
        with store.read() as connection:
            found = list(_read(store, connection, chosen, _AT_ONCE))
        if not found:
            return
        yield from found
        last = found[-1].number


def _number(connection: Connection, said: str) -> int:
    mine = union_cluster.c.identifier == said
    if said.isascii() and said.isdecimal() and len(said) < 19:
        mine = union_cluster.c.number == int(said)
    found = connection.execute(select(union_cluster.c.number).where(mine)).scalar() if "\0" not in said else None
    if found is None:
        try:
            number = standing.named(connection, said)
        except RefusedError as error:
            raise RefusedError(messages.UNION_UNKNOWN, name=said) from error
        found = connection.execute(select(union_member.c.cluster).where(union_member.c.record_id == number)).scalar()
    if found is None:
        raise RefusedError(messages.UNION_UNKNOWN, name=said)
    return int(found)


def _read(store: Store, connection: Connection, chosen: Any, limit: int = 1) -> Iterator[UnionRecord]:
    query = (
        select(union_cluster, version.c.dictionary, version.c.normalised)
        .outerjoin(record, record.c.identifier == union_cluster.c.identifier)
        .outerjoin(version, version.c.id == record.c.version_id)
        .where(chosen)
        .order_by(union_cluster.c.number)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    members = _members(connection, [row.number for row in rows])
    shelf = Shelf(store, connection)
    for row in rows:
        text = None
        if row.normalised is not None:
            text = store.compression.decompress(connection, row.dictionary, row.normalised).decode()
        retired = row.state != STANDING
        leads_to = successors(connection, shelf, row.number) if retired else ()
        found = None if text is None else Record(text)
        mine = tuple(members.get(row.number, ()))
        yield UnionRecord(row.number, row.identifier, row.version, row.datestamp, retired, found, mine, leads_to)


def _members(connection: Connection, numbers: list[int]) -> dict[int, list[str]]:
    query = (
        select(union_member.c.cluster, library.c.code, record.c.local_id)
        .join(record, record.c.id == union_member.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(union_member.c.cluster.in_(numbers))
        .order_by(library.c.code, record.c.local_id)
    )
    found: dict[int, list[str]] = {}
    for number, code, local_id in connection.execute(query):
        found.setdefault(number, []).append(f"{code}/{local_id}")
    return found


def successors(connection: Connection, shelf: Shelf, number: int) -> tuple[str, ...]:
    """The standing clusters that a retired number leads to, through others that were retired since.

    Where one of them was taken apart after that, both parts are named: its records may be in either.
    """
    seen, ends, waiting = {number}, list[int](), [number]
    while waiting:
        heirs = [heir for one in waiting for heir in shelf.heirs([one]).get(one, ()) if heir not in seen]
        seen.update(heirs)
        known = made.standing(connection, heirs)
        ends += [heir for heir in dict.fromkeys(heirs) if known[heir].state == STANDING]
        waiting = [heir for heir in dict.fromkeys(heirs) if known[heir].state != STANDING]
    ends += _parted(connection, number, ends)
    named = made.standing(connection, ends)
    return tuple(dict.fromkeys(named[end].identifier for end in ends if named[end].state == STANDING))


def _parted(connection: Connection, number: int, heirs: list[int]) -> list[int]:
    """What was parted from `heirs`, and from that again, since `number` retired."""
    retired = select(func.max(union_event.c.id)).where(
        union_event.c.cluster == number, union_event.c.change == Change.RETIRE.value
    )
    since = connection.execute(retired).scalar() or 0
    found: dict[int, None] = {}
    waiting = heirs
    while waiting:
        parted = select(union_event.c.other).where(
            union_event.c.cluster.in_(waiting), union_event.c.change == Change.SPLIT.value, union_event.c.id > since
        )
        waiting = [one for one in connection.scalars(parted.order_by(union_event.c.id)) if one not in found]
        found |= dict.fromkeys(waiting)
    return list(found)


def explained(store: Store, found: UnionRecord) -> Merged:
    """The same record with the origin of every field and where its members disagree. Raises ValueError when retired."""
    with store.read() as connection:
        _, settled, _ = standing.settled(connection)
        return made.explained(store, connection, found.number, found.identifier, settled.pins)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records, why the rules put them together or not, what people said, and where they stand."""

    explanation: Explanation
    a: Features
    b: Features
    together: bool
    decisions: tuple[standing.Kept, ...]


def pair(store: Store, a: str, b: str) -> Pair:
    """Everything about two contributed records. Raises RefusedError for one that there is not, or that is deleted."""
    with store.read() as connection:
        numbers = [standing.named(connection, said) for said in (a, b)]
        shelf = Shelf(store, connection)
        placed = shelf.placed([name(number) for number in numbers])
        for number, said in zip(numbers, (a, b), strict=True):
            if name(number) not in placed:
                raise RefusedError(messages.UNION_UNKNOWN, name=said)
        (left, home), (right, other) = (placed[name(number)] for number in numbers)
        known = shelf.features([left, right])
        state = standing.read(connection)
        assert state is not None
        both = {name(number) for number in numbers}
        said_of = [
            one for one in standing.decisions(connection) if {one.decision.a, one.decision.b} == both
            or both <= set(one.decision.group)
        ]  # fmt: skip
    explanation = Scorer(state.rules).explain(known[left], known[right])
    return Pair(explanation, known[left], known[right], home == other, tuple(said_of))


def history(store: Store, number: int) -> list[dict[str, Any]]:
    """What happened to a cluster, in order."""
    with store.read() as connection:
        chosen = (union_event.c.cluster == number) | (union_event.c.other == number)
        rows = connection.execute(select(union_event).where(chosen).order_by(union_event.c.id)).all()
    named = contents.names(store, [row.record_id for row in rows if row.record_id is not None])
    return [
        {
            "at": row.at,
            "change": row.change,
            "cluster": row.cluster,
            "other": row.other,
            "record": named.get(row.record_id, ""),
        }
        for row in rows
    ]


def decided(store: Store) -> list[dict[str, Any]]:
    """Every decision, withdrawn ones too, with the records by name."""
    with store.read() as connection:
        found = standing.decisions(connection)
    about = {int(one) for kept in found for one in (kept.decision.a, kept.decision.b, *kept.decision.group) if one}
    named = contents.names(store, sorted(about))
    return [
        {
            "decision": kept.number,
            "verdict": kept.decision.verdict.value,
            "a": named.get(int(kept.decision.a), kept.decision.a),
            "b": named.get(int(kept.decision.b), "") if kept.decision.b else "",
            "group": [named.get(int(one), one) for one in kept.decision.group],
            "by": kept.decision.by,
            "library": kept.decision.library,
            "why": kept.decision.note,
            "made": kept.made,
            "withdrawn": kept.withdrawn,
            "withdrawn_by": kept.withdrawn_by,
        }
        for kept in found
    ]
