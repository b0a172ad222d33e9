"""Where the union of a store stands: how far it follows, by which rules, and what people decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, func, insert, null, or_, select, update
from sqlalchemy import and_ as both
from sqlalchemy.sql import ColumnElement

from catalogue import clock
from catalogue.store import Store
from catalogue.tables import UNION, library, record, source
from catalogue.union_tables import union_decision, union_state
from foundation.errors import RefusedError
from union import features, messages
from union import rules as union_rules
from union.decisions import Decision, Settled, Verdict, settle
from union.leader import Member, Policy
from union.rules import Rules
from union.shelf import name

WIDTHS: Final = {"national": 2, "provincial": 1}
"""Kind of library → rank of its word; all others have 0."""
RANKS: Final = {"national": 0, "provincial": 1, "district": 2, "commune": 3, "partner": 4}
"""Kind of library → rank as leader, the first leads."""


_DIFFERS: Final = or_(
    both(union_decision.c.applied != 0, union_decision.c.withdrawn != null()),
    both(union_decision.c.applied == 0, union_decision.c.withdrawn == null()),
)
"""A decision that the clusters do not follow yet."""


class State(NamedTuple):
    """The one row of `union_state`."""

    position: int
    """The last change of the sequence that is in the clusters."""
    batch: int
    next_cluster: int
    current: bool
    """Whether features and rules are still those by which the clusters were made; if not, all is made anew."""
    rules: Rules


@cache
def shipped_digest() -> bytes:
    """Which rules came with the program; asked at every step, and a document of a thousand numbers."""
    document = json.dumps(union_rules.shipped_document(), sort_keys=True)
    return hashlib.blake2b(document.encode(), digest_size=16).digest()


def read(connection: Connection) -> State | None:
    """The state; None when nothing was ever matched here."""
    row = connection.execute(select(union_state)).one_or_none()
    if row is None:
        return None
    current = row.features == features.VERSION and row.policy == Policy.version
    if row.rules:
        return State(row.position, row.batch, row.next_cluster, current, union_rules.read(row.rules.encode()))
    current = current and bytes(row.shipped) == shipped_digest()
    return State(row.position, row.batch, row.next_cluster, current, union_rules.shipped())


def behind(store: Store) -> int:
    """How many changes of the store and decisions are not looked at yet, for a moment also changes of its own.

    Raises StoreError.
    """
    with store.read() as connection:
        position = connection.execute(select(union_state.c.position)).scalar() or 0
        said = connection.execute(select(func.count()).where(_DIFFERS)).scalar_one()
        return max(0, clock.read(connection).seq - position) + int(said)


def begin(connection: Connection) -> None:
    """The state of a union with nothing in it, unless there is one. In a transaction that writes."""
    if connection.execute(select(union_state.c.id)).first() is None:
        row = {"id": 1, "position": 0, "batch": 0, "next_cluster": 1, "shipped": shipped_digest()}
        connection.execute(insert(union_state).values(**row, features=features.VERSION, policy=Policy.version))


def advance(connection: Connection, before: State, position: int, next_cluster: int) -> bool:
    """Move the state on, in the transaction that writes what was found; False when another has moved it."""
    here = both(union_state.c.position == before.position, union_state.c.batch == before.batch)
    values = {"position": position, "batch": before.batch + 1, "next_cluster": next_cluster}
    return connection.execute(update(union_state).where(here).values(values)).rowcount == 1


def skip(connection: Connection, position: int) -> None:
    """Know the changes up to `position`, in the transaction that made them."""
    connection.execute(update(union_state).values(position=position))


# --- decisions ---------------------------------------------------------------------------------------------------


class Kept(NamedTuple):
    """A decision as the store keeps it."""

    number: int
    decision: Decision
    made: int
    withdrawn: int | None
    withdrawn_by: str
    act: int
    """The number of the act it was made in, which is its own when it was made alone."""


def decisions(connection: Connection, *where: ColumnElement[bool]) -> list[Kept]:
    """Every decision (for which `where` holds), withdrawn ones too, in the order in which they were made."""
    query = select(union_decision).where(*where).order_by(union_decision.c.id)
    return [_kept(row) for row in connection.execute(query)]


def settled(connection: Connection) -> tuple[Settled, Settled, list[int]]:
    """What held when the clusters were made, what holds now, and the numbers of the decisions that differ."""
    rows = connection.execute(select(union_decision)).all()
    before = settle(_kept(row).decision for row in rows if row.applied)
    now = settle(_kept(row).decision for row in rows if row.withdrawn is None)
    return before, now, [row.id for row in rows if bool(row.applied) != (row.withdrawn is None)]


def held(connection: Connection, where: ColumnElement[bool], asked: Mapping[str, Any]) -> Settled:
    """What holds now of the decisions for which `where` is true. Of a pair all are needed, or none."""
    rows = connection.execute(select(union_decision).where(where, union_decision.c.withdrawn == null()), asked)
    return settle(_kept(row).decision for row in rows)


def applied(connection: Connection, numbers: Iterable[int]) -> None:
    """Note that the clusters are made with these decisions, or without them if they are withdrawn."""
    for number in numbers:
        row = update(union_decision).where(union_decision.c.id == number)
        connection.execute(row.where(union_decision.c.withdrawn == null()).values(applied=1))
        connection.execute(row.where(union_decision.c.withdrawn != null()).values(applied=0))


def decide(store: Store, verdict: Verdict, records: Iterable[int], by: str = "", code: str = "", note: str = "") -> int:
    """Keep a decision about records (of a pair two, of a pin one, of a frozen group all); returns its number.

    `code` is the library in whose name it is made, whose kind says how wide its word is. Raises RefusedError for an
    unknown library or too few records, InputError for one record named twice.
    """
    named = list(records)
    pair = verdict not in (Verdict.PIN, Verdict.FREEZE)
    values: dict[str, Any] = {"a": named[0], "b": named[1] if pair else None}
    if verdict is Verdict.FREEZE:
        values["members"] = " ".join(map(str, sorted(named)))
    settle([_decision(verdict, values, by, code, 0, 0, note)])
    with store.write() as connection:
        values |= {"verdict": verdict.value, "person": by[:200], "library": code, "note": note}
        values |= {"width": width(connection, code), "made": store.now(connection)}
        number: int = connection.execute(
            insert(union_decision).values(values).returning(union_decision.c.id)
        ).scalar_one()
    return number


def width(connection: Connection, code: str) -> int:
    """How wide the word of a library is; of nobody's, 0. Raises RefusedError for an unknown library."""
    kind = connection.execute(select(library.c.kind).where(library.c.code == code)).scalar() if code else ""
    if kind is None:
        raise RefusedError(messages.LIBRARY_UNKNOWN, code=code)
    return WIDTHS.get(kind, 0)


def withdraw(store: Store, number: int, by: str = "") -> None:
    """Take a decision back; it stays in the list. Raises RefusedError when there is none or it is withdrawn already."""
    with store.write() as connection:
        mine = both(union_decision.c.id == number, union_decision.c.withdrawn == null())
        values = {"withdrawn": store.now(connection), "withdrawn_by": by[:200]}
        if not connection.execute(update(union_decision).where(mine).values(values)).rowcount:
            raise RefusedError(messages.DECISION_UNKNOWN, number=number)


def _kept(row: Any) -> Kept:
    values = {"a": row.a, "b": row.b, "members": row.members}
    # Numbers are given in the order of commits under SQLite and nearly so under PostgreSQL; two of one second need one.
    found = _decision(Verdict(row.verdict), values, row.person, row.library, row.width, row.id, row.note)
    return Kept(row.id, found, row.made, row.withdrawn, row.withdrawn_by, row.act or row.id)


def _decision(verdict: Verdict, values: dict[str, Any], by: str, code: str, width: int, at: int, note: str) -> Decision:
    group = tuple(name(int(one)) for one in values.get("members", "").split())
    b = "" if values["b"] is None else name(values["b"])
    return Decision(verdict, name(values["a"]), b, by, code, width, at, note, group)


# --- names and members -------------------------------------------------------------------------------------------


class Contribution(NamedTuple):
    """A record that libraries contributed, as far as the union needs it."""

    number: int
    identifier: str
    member: Member
    rank: int
    collections: tuple[int, ...] = ()
    """Numbers of the collections that its import named."""


def named(connection: Connection, said: str) -> int:
    """The number of the record that CODE/LOCAL-ID or its identifier means. Raises RefusedError when there is none."""
    code, _, local_id = said.partition("/")
    query = (
        select(record.c.id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(
            or_(record.c.identifier == said, both(library.c.code == code, record.c.local_id == local_id)),
            record.c.status != 0,
            record.c.source_id != UNION,
        )
        .order_by(record.c.status, record.c.id)
    )
    found: int | None = connection.execute(query.limit(1)).scalar() if "\0" not in said else None
    if found is None:
        raise RefusedError(messages.CONTRIBUTION_UNKNOWN, name=said)
    return found
