"""What a person decides on a screen becomes decisions about records: as many as it takes, made and taken back together.

An answer about two clusters is about all their members. "Same" is said of the pair that was looked at and of every pair
that would otherwise keep the two apart; "different" of it and of every pair that resembles. A split says "different" of
each pair across the cut. All of it is one act, with one number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select, update

from catalogue.store import Store
from catalogue.tables import library, record, source
from catalogue.union_tables import union_decision, union_later, union_member
from foundation.errors import LimitError, RefusedError
from foundation.limits import UNION_ACT_PAIRS
from union import alikes, doubts, messages, standing
from union.decisions import Verdict
from union.scoring import Scorer
from union.shelf import Shelf, name

DAY: Final = 86_400
Two = tuple[str, str]


class Voice(NamedTuple):
    """Who speaks, and in the name of which library (its code; empty: nobody's)."""

    by: str = ""
    library: str = ""


class Act(NamedTuple):
    """What was kept."""

    number: int
    decisions: int
    """About how many pairs, pins or groups."""
    disputed: bool
    """Whether others of the same rank said otherwise, so that the rules hold until a wider library speaks."""
    outvoted: bool
    """Whether a wider library said otherwise, whose word holds."""


def pair(store: Store, a: str, b: str, verdict: Verdict, voice: Voice, note: str = "") -> Act:
    """Keep what was said of two records and the clusters they are in (`same`, `different` or `same_work`).

    Raises RefusedError for a record or a library that there is not, LimitError for clusters too large to be answered
    for at once.
    """
    with store.read() as connection:
        one, other = (name(standing.named(connection, said)) for said in (a, b))
        shelf = Shelf(store, connection)
        placed = shelf.placed({one, other})
        for found, said in ((one, a), (other, b)):
            if found not in placed:
                raise RefusedError(messages.UNION_UNKNOWN, name=said)
        low, high = sorted((placed[one][1], placed[other][1]))
        pairs = {_ordered(one, other)}
        if low != high:
            across = _across_same if verdict is Verdict.SAME else _across_different
            pairs |= across(store, connection, shelf, placed[one][1], placed[other][1])
    return _kept(store, [(verdict, x, y, "") for x, y in sorted(pairs)], voice, note, (low, high))


def split(store: Store, number: int, leaving: Collection[str], voice: Voice, note: str = "") -> Act:
    """Take the records `leaving` (CODE/LOCAL-ID or identifiers) out of a cluster, together.

    Raises RefusedError when none or all of its members are named or one is no member, LimitError for too large a cut.
    """
    with store.read() as connection:
        members = Shelf(store, connection).clusters([number])[number].keys()
        out = {name(standing.named(connection, said)) for said in leaving}
    if not out or not out < members:
        raise RefusedError(messages.SPLIT_WHOLE, number=number, chosen=len(out), members=len(members))
    pairs = [(Verdict.DIFFERENT, *_ordered(one, other), "") for one in out for other in members - out]
    return _kept(store, sorted(pairs, key=lambda row: row[1:]), voice, note, (number, number))


def pin(store: Store, said: str, voice: Voice, note: str = "") -> Act:
    """Let a record lead the union record it is in. Raises RefusedError."""
    with store.read() as connection:
        one = name(standing.named(connection, said))
    return _kept(store, [(Verdict.PIN, one, "", "")], voice, note)


def freeze(store: Store, number: int, voice: Voice, note: str = "") -> Act:
    """Keep a cluster as it is: nothing joins it, nothing leaves it. Raises RefusedError."""
    with store.read() as connection:
        members = sorted(Shelf(store, connection).clusters([number])[number])
    if not members:
        raise RefusedError(messages.UNION_UNKNOWN, name=number)
    group = " ".join(str(int(one)) for one in members)
    return _kept(store, [(Verdict.FREEZE, members[0], "", group)], voice, note, (number, number))


def all_different(store: Store, number: int, voice: Voice, note: str = "") -> Act:
    """Say of everything that shares a title (`alikes.Alike.number`), and no more than that, that it is different.

    Raises RefusedError for a title that nothing is asked about, or an unknown library.
    """
    found = alikes.get(store, number)
    return _kept(store, [(Verdict.ALL_DIFFERENT, name(found.first), "", "")], voice, note, alike=number)


def later(store: Store, low: int, high: int, days: int, voice: Voice, note: str = "") -> None:
    """Ask about two clusters again in `days` and not before; whatever else is decided about them stands."""
    with store.write() as connection:
        now = store.now(connection)
        connection.execute(delete(union_later).where(union_later.c.low == low, union_later.c.high == high))
        row = {"low": low, "high": high, "until": now + days * DAY, "made": now, "note": note}
        connection.execute(insert(union_later).values(row | {"person": voice.by[:200], "library": voice.library}))


def sooner(store: Store, low: int, high: int) -> None:
    """Ask about two clusters at once again."""
    with store.write() as connection:
        connection.execute(delete(union_later).where(union_later.c.low == low, union_later.c.high == high))


def withdraw(store: Store, number: int, by: str = "") -> int:
    """Take back an act, whole; how many decisions that were. Raises RefusedError when there is none in force."""
    with store.write() as connection:
        mine = or_(union_decision.c.id == number, union_decision.c.act == number)
        values = {"withdrawn": store.now(connection), "withdrawn_by": by[:200]}
        open_ = update(union_decision).where(mine, union_decision.c.withdrawn.is_(None))
        count: int = connection.execute(open_.values(values)).rowcount
    if not count:
        raise RefusedError(messages.DECISION_UNKNOWN, number=number)
    return count


def libraries(store: Store, clusters: Iterable[int]) -> tuple[str, ...]:
    """The codes of the libraries whose records are in the clusters: who may decide about them, beside the province."""
    query = (
        select(library.c.code)
        .join(source, source.c.library_id == library.c.id)
        .join(record, record.c.source_id == source.c.id)
        .join(union_member, union_member.c.record_id == record.c.id)
        .where(union_member.c.cluster.in_(list(clusters)))
        .distinct()
        .order_by(library.c.code)
    )
    with store.read() as connection:
        return tuple(connection.scalars(query))


def speaker(store: Store, number: int) -> str:
    """The code of the library in whose name an act was made; empty for nobody's. Raises RefusedError for no act."""
    mine = or_(union_decision.c.id == number, union_decision.c.act == number)
    with store.read() as connection:
        found = connection.execute(select(union_decision.c.library).where(mine).limit(1)).scalar()
    if found is None:
        raise RefusedError(messages.DECISION_UNKNOWN, number=number)
    return str(found)


# --- which pairs ----------------------------------------------------------------------------------------------------


def _ordered(a: str, b: str) -> Two:
    return (a, b) if a < b else (b, a)


def _across_same(store: Store, connection: Connection, shelf: Shelf, one: int, other: int) -> set[Two]:
    """The pairs of two clusters that would keep them apart: forbidden, or less alike than strangers."""
    state = standing.read(connection)
    assert state is not None
    scorer, members = Scorer(state.rules), shelf.clusters([one, other])
    _bounded(len(members[one]) * len(members[other]))
    known = shelf.features({node for found in members.values() for node in found.values()})
    against: dict[tuple[bytes, bytes], bool] = {}
    for x in set(members[one].values()):
        for y in set(members[other].values()):
            a, b = known[x], known[y]
            against[x, y] = scorer.forbidden(a, b) or scorer.score(a, b) < state.rules.thresholds.join
    return {
        _ordered(a, b)
        for a, x in members[one].items()
        for b, y in members[other].items()
        if against[x, y]
    }  # fmt: skip


def _across_different(store: Store, connection: Connection, shelf: Shelf, one: int, other: int) -> set[Two]:
    """The pairs of two clusters that resemble each other."""
    members = shelf.clusters([one, other])
    _bounded(len(members[one]) * len(members[other]))
    links = shelf.links(set(members[one].values()))
    return {
        _ordered(a, b)
        for a, x in members[one].items()
        for b, y in members[other].items()
        if y in links[x]
    }  # fmt: skip


def _bounded(pairs: int) -> None:
    if pairs > UNION_ACT_PAIRS:
        raise LimitError(messages.ACT_PAIRS, limit="UNION_ACT_PAIRS", seen=pairs, allowed=UNION_ACT_PAIRS)


# --- keeping them ---------------------------------------------------------------------------------------------------

_Said = tuple[Verdict, str, str, str]
"""(verdict, record, other record or nothing, numbers of the members of a group)."""


def _kept(
    store: Store,
    rows: Sequence[_Said],
    voice: Voice,
    note: str,
    place: tuple[int, int] | None = None,
    alike: int | None = None,
) -> Act:
    _bounded(len(rows))
    with store.write() as connection:
        common: dict[str, Any] = {
            "person": voice.by[:200],
            "library": voice.library,
            "width": standing.width(connection, voice.library),
            "note": note,
            "made": store.now(connection),
            "alike": alike,
        }
        act = 0
        for verdict, a, b, members in rows:
            values = common | {"verdict": verdict.value, "a": int(a), "b": int(b) if b else None, "members": members}
            statement = insert(union_decision).values(values | {"act": act}).returning(union_decision.c.id)
            number: int = connection.execute(statement).scalar_one()
            if not act:
                act = number
                connection.execute(update(union_decision).where(union_decision.c.id == act).values(act=act))
        if place is not None:
            doubts.forget(connection, *place)
        settled = standing.settled(connection)[1]
    pairs = {(a, b) for _, a, b, _ in rows if b}
    verdict = rows[0][0]
    disputed = any((one.a, one.b) in pairs for one in settled.conflicts)
    holds = settled.same if verdict is Verdict.SAME else settled.different
    outvoted = bool(pairs) and not disputed and not pairs <= holds
    return Act(act, len(rows), disputed, outvoted)
