"""What happened to a cluster, as a list: what the rules did to it, and what people said about its records, by time."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import Integer, bindparam, case, or_, select

from catalogue import contents
from catalogue.store import Store
from catalogue.tables import library, record, source
from catalogue.union_tables import union_cluster, union_decision, union_event, union_member, union_past
from union import standing
from union.shelf import name


class Happening(NamedTuple):
    """One line. Times are seconds since 1970, UTC."""

    at: int
    what: str
    """new, join, leave, merge, split, retire, revive: what happened; same, different, same_work, pin, freeze:
    what was decided."""
    clusters: tuple[tuple[int, str], ...] = ()
    """(number, identifier) of the clusters it names, beside the one asked about."""
    records: tuple[str, ...] = ()
    """CODE/LOCAL-ID."""
    act: int = 0
    """Of a decision: its number, by which it is taken back."""
    by: str = ""
    library: str = ""
    why: str = ""
    withdrawn: int | None = None
    withdrawn_by: str = ""
    number: int = 1
    """Decisions of the act that are about this cluster."""


_FIRST, _OTHER = union_cluster.alias("first"), union_cluster.alias("second")
# Asked for every page of a union record: built once, and one question for three.
_EVENTS: Final = (
    select(
        union_event,
        _FIRST.c.identifier.label("called"),
        _OTHER.c.identifier.label("other_called"),
        library.c.code,
        record.c.local_id,
    )
    .outerjoin(_FIRST, _FIRST.c.number == union_event.c.cluster)
    .outerjoin(_OTHER, _OTHER.c.number == union_event.c.other)
    .outerjoin(record, record.c.id == union_event.c.record_id)
    .outerjoin(source, source.c.id == record.c.source_id)
    .outerjoin(library, library.c.id == source.c.library_id)
    .where(or_(union_event.c.cluster == bindparam("number"), union_event.c.other == bindparam("number")))
    .order_by(union_event.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def events(store: Store, number: int, limit: int) -> list[Happening]:
    """What happened to one cluster without what people said about it, the newest first; for the public."""
    with store.read() as connection:
        rows = connection.execute(_EVENTS, {"number": number, "most": limit}).all()
    found = []
    for row in rows:
        both = {row.cluster: row.called, row.other: row.other_called}
        called = {one: said for one, said in both.items() if said is not None and one != number}
        known = {} if row.local_id is None else {row.record_id: f"{row.code or 'union'}/{row.local_id}"}
        found.append(_happening(row, called, known))
    return found


def of(store: Store, number: int) -> list[Happening]:
    """Everything about one cluster, the newest first."""
    with store.read() as connection:
        chosen = (union_event.c.cluster == number) | (union_event.c.other == number)
        rows = connection.execute(select(union_event).where(chosen).order_by(union_event.c.id)).all()
        members = set(connection.scalars(select(union_member.c.record_id).where(union_member.c.cluster == number)))
        members |= {row.record_id for row in rows if row.record_id is not None}
        members |= set(connection.scalars(select(union_past.c.record_id).where(union_past.c.cluster == number)))
        said = _said(connection, members)
        called = _called(connection, rows, number)
    spoken = {one for kept in said for one in _records(kept)}
    known: dict[int, str] = {}
    wanted = sorted(members | {int(one) for one in spoken})
    for start in range(0, len(wanted), 500):
        known |= contents.names(store, wanted[start : start + 500])
    found = [_happening(row, called, known) for row in rows]
    found += _acts(said, known)
    found.reverse()
    return sorted(found, key=lambda one: one.at, reverse=True)


def _called(connection: Any, rows: Any, number: int) -> dict[int, str]:
    """Number → identifier of the clusters that events name beside the one asked about."""
    others = {one for row in rows for one in (row.cluster, row.other) if one and one != number}
    query = select(union_cluster.c.number, union_cluster.c.identifier)
    return dict(connection.execute(query.where(union_cluster.c.number.in_(others))).all()) if others else {}


def _happening(row: Any, called: dict[int, str], known: dict[int, str]) -> Happening:
    named = tuple((one, called[one]) for one in dict.fromkeys((row.cluster, row.other)) if one in called)
    records = (known.get(row.record_id, ""),) if row.record_id is not None else ()
    return Happening(row.at, row.change, named, records)


def acts(store: Store, before: int = 0, limit: int = 50) -> list[Happening]:
    """The acts of people with numbers below `before` (0: all), the newest first."""
    with store.read() as connection:
        alone = case((union_decision.c.act == 0, union_decision.c.id), else_=union_decision.c.act)
        query = select(alone).distinct().order_by(alone.desc()).limit(limit)
        numbers = list(connection.scalars(query.where(alone < before) if before else query))
        mine = or_(union_decision.c.id.in_(numbers), union_decision.c.act.in_(numbers))
        said = standing.decisions(connection, mine)
    known: dict[int, str] = {}
    wanted = sorted({int(one) for kept in said for one in _records(kept)})
    for start in range(0, len(wanted), 500):
        known |= contents.names(store, wanted[start : start + 500])
    return sorted(_acts(said, known), key=lambda one: -one.act)


def _said(connection: Any, members: set[int]) -> list[standing.Kept]:
    names = {name(one) for one in members}
    mine = or_(union_decision.c.a.in_(members), union_decision.c.b.in_(members), union_decision.c.members != "")
    if len(members) > 5_000:
        return [kept for kept in standing.decisions(connection) if names & set(_records(kept))]
    return [kept for kept in standing.decisions(connection, mine) if names & set(_records(kept))]


def _records(kept: standing.Kept) -> list[str]:
    one = kept.decision
    return [each for each in dict.fromkeys((one.a, one.b, *one.group)) if each]


def _acts(said: list[standing.Kept], known: dict[int, str]) -> list[Happening]:
    """The decisions, those that were made together as one."""
    acts: dict[int, list[standing.Kept]] = {}
    for kept in said:
        acts.setdefault(kept.act, []).append(kept)
    found = []
    for number, some in acts.items():
        first = some[0]
        records = tuple(dict.fromkeys(known.get(int(one), one) for kept in some for one in _records(kept)))
        one = first.decision
        found.append(
            Happening(
                at=first.made,
                what=one.verdict.value,
                records=records,
                act=number,
                by=one.by,
                library=one.library,
                why=one.note,
                withdrawn=first.withdrawn,
                withdrawn_by=first.withdrawn_by,
                number=len(some),
            )
        )
    return found
