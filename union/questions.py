"""The queue of what a person should look at (`union.doubts`) as it is read: filtered, most gain first, in pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.sql import ColumnElement

from catalogue.store import Store
from catalogue.tables import library, record, source
from catalogue.union_tables import union_doubt, union_later, union_member
from foundation.errors import RefusedError
from marc.record import Record
from union import alikes, made, messages, standing
from union.doubts import DOUBT, REASONS, probability
from union.merge import Merged
from union.shelf import Shelf, name

Place = tuple[int, int]
PAGE: Final = 25
MEMBERS: Final = 60
"""Records of a cluster that are shown beside each other, or tried together."""
_SCALE: Final = 1000


class Chosen(NamedTuple):
    """What of the queue is wanted; what is empty or None is not asked for. Immutable."""

    libraries: tuple[str, ...] = ()
    """Codes: questions in which a record of one of them takes part."""
    mine: tuple[str, ...] = ()
    """The same once more: what the person may decide about."""
    kind: str = ""
    reason: str = ""
    low: float | None = None
    high: float | None = None
    alike: int = 0
    """A title (`union.alikes`): its pairs one by one. 0: what is not one question for a whole title."""


class Side(NamedTuple):
    """One of the two records that are shown."""

    name: str
    """CODE/LOCAL-ID."""
    identifier: str
    library: str
    title: str
    record: Record


class Question(NamedTuple):
    """One question. `low` and `high` are numbers of clusters; equal when it is about one."""

    low: int
    high: int
    reason: str
    a: Side
    b: Side
    score: float
    gain: float
    kind: str
    libraries: tuple[str, ...]
    """Codes of those whose records are in it."""
    records: int

    @property
    def probability(self) -> float:
        """That the two records are one edition, by the rules."""
        return probability(self.score)

    @property
    def cursor(self) -> str:
        """Where the queue goes on behind it."""
        return f"{round(self.gain * _SCALE)}.{self.low}.{self.high}"


def page(store: Store, chosen: Chosen, cursor: str = "", limit: int = PAGE) -> list[Question]:
    """The next questions behind `cursor` (empty or not one of ours: from the beginning)."""
    with store.read() as connection:
        where = [*_where(store, connection, chosen), *_behind(cursor)]
        query = _open(where).order_by(union_doubt.c.gain.desc(), union_doubt.c.low, union_doubt.c.high).limit(limit)
        return _read(store, connection, connection.execute(query).all())


def get(store: Store, place: Place) -> Question | None:
    """One question, one that was put off too; None when it is answered, or was never asked."""
    with store.read() as connection:
        mine = and_(union_doubt.c.low == place[0], union_doubt.c.high == place[1])
        found = _read(store, connection, connection.execute(select(union_doubt).where(mine)).all())
    return found[0] if found else None


def counts(store: Store, chosen: Chosen) -> dict[str, int]:
    """How many questions there are of each reason, whatever reason is chosen, and `later`: how many are put off."""
    with store.read() as connection:
        where = _where(store, connection, chosen._replace(reason=""))
        query = _open(where, func.count(), union_doubt.c.reason).group_by(union_doubt.c.reason)
        found = dict.fromkeys(REASONS, 0) | {reason: count for count, reason in connection.execute(query)}
        waiting = union_later.c.until > store.now(connection)
        put_off = select(func.count()).select_from(_with_later()).where(waiting, *where[1:])
        found["later"] = int(connection.execute(put_off).scalar_one())
    found[DOUBT] += alikes.count(store, chosen.libraries, chosen.mine)
    return found


def put_off(store: Store, limit: int = 100) -> list[tuple[Question, int, str]]:
    """Questions that are to be asked later, the next first: (question, when, who said so)."""
    with store.read() as connection:
        query = (
            select(union_doubt, union_later.c.until, union_later.c.person)
            .select_from(_with_later())
            .where(union_later.c.until > store.now(connection))
            .order_by(union_later.c.until)
            .limit(limit)
        )
        rows = connection.execute(query).all()
        told = {(row.low, row.high): (row.until, row.person) for row in rows}
        return [(one, *told[one.low, one.high]) for one in _read(store, connection, rows)]


def clusters(store: Store, least: int, held: int, after: int, limit: int) -> list[tuple[int, int, int]]:
    """(number, records, libraries) of the next clusters behind `after` with at least so many records, held by exactly
    so many libraries (0: by any)."""
    libraries = func.count(source.c.library_id.distinct())
    query = (
        select(union_member.c.cluster, func.count(), libraries)
        .join(record, record.c.id == union_member.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .where(union_member.c.cluster > after)
        .group_by(union_member.c.cluster)
        .having(func.count() >= least, *([libraries == held] if held else []))
        .order_by(union_member.c.cluster)
        .limit(limit)
    )
    with store.read() as connection:
        return [(number, records, held_by) for number, records, held_by in connection.execute(query)]


def beside(store: Store, number: int) -> list[Question]:
    """The open questions about one cluster, most gain first."""
    mine = or_(union_doubt.c.low == number, union_doubt.c.high == number)
    query = select(union_doubt).where(mine).order_by(union_doubt.c.gain.desc()).limit(PAGE)
    with store.read() as connection:
        return _read(store, connection, connection.execute(query).all())


def members(store: Store, numbers: Collection[int], most: int = MEMBERS) -> dict[int, tuple[int, list[Side]]]:
    """Of each cluster how many records it has, and the first `most` of them by library and local id."""
    with store.read() as connection:
        held = Shelf(store, connection).clusters(numbers)
        wanted = {int(one) for found in held.values() for one in sorted(found)[: 4 * most]}
        known = made.contributions(store, connection, wanted)
    found = {}
    for number, records in held.items():
        sides = sorted([_side(known[int(one)]) for one in records if int(one) in known])
        found[number] = (len(records), sides[:most])
    return found


def foretold(store: Store, numbers: Collection[int]) -> Merged | None:
    """What the union record would be if these clusters were one; None when they are too large to try."""
    with store.read() as connection:
        held = Shelf(store, connection).clusters(numbers)
        if not 0 < sum(map(len, held.values())) <= MEMBERS:
            return None
        return made.foretold(store, connection, numbers, standing.settled(connection)[1].pins)


def side(store: Store, said: str) -> tuple[Side, int]:
    """A record by CODE/LOCAL-ID or identifier, and the number of its cluster. Raises RefusedError."""
    with store.read() as connection:
        number = standing.named(connection, said)
        placed = Shelf(store, connection).placed([name(number)])
        known = made.contributions(store, connection, [number])
        if not placed or number not in known:
            raise RefusedError(messages.UNION_UNKNOWN, name=said)
        return _side(known[number]), placed[name(number)][1]


def titles(store: Store, said: Iterable[str]) -> dict[str, str]:
    """The titles of records by CODE/LOCAL-ID; empty of those that are no longer shown."""
    with store.read() as connection:
        numbers: dict[str, int] = {}
        for one in said:
            with suppress(RefusedError):
                numbers[one] = standing.named(connection, one)
        known = made.contributions(store, connection, set(numbers.values()))
        said = {one: _side(known[number]).title for one, number in numbers.items() if number in known}
        return {one: title.rstrip(" /:;=") for one, title in said.items()}


def _with_later() -> Any:
    same = and_(union_later.c.low == union_doubt.c.low, union_later.c.high == union_doubt.c.high)
    return union_doubt.outerjoin(union_later, same)


def _open(where: Sequence[ColumnElement[bool]], *columns: Any) -> Any:
    return select(*(columns or (union_doubt,))).select_from(_with_later()).where(*where)


def _where(store: Store, connection: Connection, chosen: Chosen) -> list[ColumnElement[bool]]:
    """The conditions; that a question is not put off is the first."""
    now = store.now(connection)
    where: list[ColumnElement[bool]] = [or_(union_later.c.until.is_(None), union_later.c.until <= now)]
    for codes in (chosen.libraries, chosen.mine):
        if codes:
            numbers = connection.scalars(select(library.c.id).where(library.c.code.in_(codes)))
            some = [union_doubt.c.libraries.contains(f" {number} ") for number in numbers]
            where.append(or_(*some) if some else union_doubt.c.low < 0)
    if chosen.alike:
        where.append(union_doubt.c.alike == chosen.alike)
    elif titles := alikes.hidden(connection):
        where.append(union_doubt.c.alike.not_in(titles))
    if chosen.kind:
        where.append(union_doubt.c.kind == chosen.kind)
    if chosen.reason:
        where.append(union_doubt.c.reason == chosen.reason)
    if chosen.low is not None:
        where.append(union_doubt.c.score >= round(chosen.low * _SCALE))
    if chosen.high is not None:
        where.append(union_doubt.c.score <= round(chosen.high * _SCALE))
    return where


def _behind(cursor: str) -> list[ColumnElement[bool]]:
    parts = cursor.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 19 for part in parts):
        return []
    gain, low, high = map(int, parts)
    later = and_(union_doubt.c.low == low, union_doubt.c.high > high)
    return [
        or_(
            union_doubt.c.gain < gain,
            and_(union_doubt.c.gain == gain, or_(union_doubt.c.low > low, later)),
        )
    ]


def _read(store: Store, connection: Connection, rows: Sequence[Any]) -> list[Question]:
    """The rows with their records; a question about a record that is no longer shown is left out."""
    known = made.contributions(store, connection, {number for row in rows for number in (row.a, row.b)})
    numbers = {int(one) for row in rows for one in row.libraries.split()}
    named = select(library.c.id, library.c.code).where(library.c.id.in_(numbers))
    codes: dict[int, str] = dict(connection.execute(named).all())
    found = []
    for row in rows:
        if row.a in known and row.b in known:
            sides = (_side(known[row.a]), _side(known[row.b]))
            libraries = tuple(sorted(codes[int(one)] for one in row.libraries.split() if int(one) in codes))
            score, gain = row.score / _SCALE, row.gain / _SCALE
            found.append(Question(row.low, row.high, row.reason, *sides, score, gain, row.kind, libraries, row.records))
    return found


def _side(one: Any) -> Side:
    member = one.member
    field = next(member.record.select("245"), None)
    title = " ".join(field.all("abnp")) if field else ""
    return Side(f"{member.library}/{member.local_id}", one.identifier, member.library, title, member.record)
