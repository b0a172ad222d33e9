"""One title, a thousand records: one question for all of them instead of one for each two.

"Báo cáo" stands on the title page of half a district's shelf. Any two such records resemble each other, and nothing
proves that they are one edition; so there are thousands of pairs between the thresholds, which nobody answers, or so
many records that they are not even compared. A title with that many doubts is one line of the queue: mend the records,
or say that they are all different. That word is about the title. It moves no record, for the rules keep them apart
already; it ends the asking, also about those that come later, until it is taken back.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection, func, select

from catalogue import bulk
from catalogue.store import Store
from catalogue.tables import library, record, source
from catalogue.union_tables import union_crowd, union_decision, union_doubt, union_key, union_member
from foundation.errors import RefusedError
from union import made, messages
from union.decisions import Verdict
from union.doubts import DOUBT
from union.world import Outcome

LEAST: Final = 30
"""Doubts about one title from which on they are one question: about eight records, each like each other."""
PAGE: Final = 25


class Alike(NamedTuple):
    """The records of one title, of which any two may be one edition as far as can be seen."""

    number: int
    """The key of the title."""
    title: str
    """As the first of the records has it."""
    records: int
    questions: int
    """Pairs of union records that resemble each other."""
    compared: bool
    """Whether all were compared; where too many say the same, none are."""
    libraries: tuple[str, ...]
    """Codes of those whose records they are."""
    first: int
    """The number of one of the records."""


def note(connection: Connection, out: Outcome) -> None:
    """Keep which titles are crowded, by what an outcome brings and takes away."""
    # Few titles are crowded, and of the blocks that something went from hardly one is such a title's.
    known = select(union_crowd.c.plain, union_crowd.c.year, union_crowd.c.author).limit(len(out.thinned))
    rows = {(plain, year, author) for plain, year, author in connection.execute(known)} if out.thinned else set()
    gone = "DELETE FROM union_crowd WHERE plain = ? AND year = ? AND author = ?"
    bulk.execute(connection, gone, sorted(out.thinned if len(rows) == len(out.thinned) else out.thinned & rows))
    bulk.insert(connection, union_crowd, "plain year author", sorted(out.crowded), "ON CONFLICT DO NOTHING")


def hidden(connection: Connection) -> set[int]:
    """The titles whose doubts are not asked one by one: there are too many, or they are all different."""
    return {*_large(connection), *answered(connection)}


def answered(connection: Connection) -> set[int]:
    """The titles of which people said that all are different."""
    mine = union_decision.c.verdict == Verdict.ALL_DIFFERENT.value, union_decision.c.withdrawn.is_(None)
    return {int(one) for one in connection.scalars(select(union_decision.c.alike).where(*mine)) if one is not None}


def page(store: Store, *wanted: Collection[str], limit: int = PAGE) -> list[Alike]:
    """The open questions about titles, those of most pairs first. `wanted`: lists of codes, of each of which some
    library has to have a record of the title; an empty one asks for nothing."""
    with store.read() as connection:
        found = []
        for number, questions in _open(connection):
            one = _read(store, connection, number, questions)
            if one is not None and all(not set(codes).isdisjoint(one.libraries) for codes in wanted if codes):
                found.append(one)
            if len(found) == limit:
                break
    return found


def count(store: Store, *wanted: Collection[str]) -> int:
    """How many there are; of some libraries at most so many as a page shows."""
    if any(wanted):
        return len(page(store, *wanted))
    with store.read() as connection:
        return len(_open(connection))


def get(store: Store, number: int) -> Alike:
    """One of them. Raises RefusedError when it is answered, or was never asked."""
    with store.read() as connection:
        questions = dict(_open(connection)).get(number)
        found = _read(store, connection, number, questions) if questions is not None else None
    if found is None:
        raise RefusedError(messages.ALIKE_UNKNOWN)
    return found


def _open(connection: Connection) -> list[tuple[int, int]]:
    """(title, doubts) of what is asked, most doubts first."""
    large = _large(connection)
    crowded = dict.fromkeys(connection.scalars(select(union_crowd.c.plain).distinct()), 0)
    done = answered(connection)
    found = [pair for pair in (crowded | large).items() if pair[0] not in done]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _large(connection: Connection) -> dict[int, int]:
    """Titles with many doubts → how many."""
    counted = func.count()
    query = select(union_doubt.c.alike, counted).where(union_doubt.c.alike != 0, union_doubt.c.reason == DOUBT)
    return dict(connection.execute(query.group_by(union_doubt.c.alike).having(counted >= LEAST)).all())


def _read(store: Store, connection: Connection, number: int, questions: int) -> Alike | None:
    """A title with its records; None when none of them is shown."""
    mine = select(union_key.c.node).where(union_key.c.plain == number).distinct()
    query = (
        select(library.c.code, func.count(), func.min(record.c.id))
        .select_from(union_member)
        .join(record, record.c.id == union_member.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .where(union_member.c.node.in_(mine))
        .group_by(library.c.code)
        .order_by(library.c.code)
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    first = min(row[2] for row in rows)
    shown = made.contributions(store, connection, [first]).get(first)
    field = next(shown.member.record.select("245"), None) if shown else None
    crowded = connection.execute(select(union_crowd.c.plain).where(union_crowd.c.plain == number).limit(1)).first()
    return Alike(
        number,
        field.get("a").rstrip(" /:;=.,") if field else "",
        sum(row[1] for row in rows),
        questions,
        crowded is None,
        tuple(row[0] for row in rows),
        first,
    )
