"""What the store keeps of traits: which records have them, how many in each library, and how many at each month's end.

A record's codes are kept beside it, so that a change, a deletion or an undo moves the counts by exactly the difference,
however often it is done again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, and_, delete, func, or_, select

from catalogue import bulk
from catalogue.figure_tables import trait, trait_count, trait_month, trait_record
from catalogue.store import Store
from catalogue.tables import library, record
from reports.traits import is_listed

_AT_ONCE: Final = 500


class Held(NamedTuple):
    """The codes of one record."""

    library: int
    """The library's number in the store."""
    codes: frozenset[str]


class Place(NamedTuple):
    """Where a list of records goes on: behind this one."""

    library: int
    record: int


class Listed(NamedTuple):
    """A record of a list."""

    place: Place
    identifier: str
    library: str
    """Code of the library."""
    local_id: str


def replace(connection: Connection, records: Mapping[int, Held | None], month: int) -> None:
    """Give each record these codes and no others; None: it is shown no more. In a transaction that writes.

    `month`: the month that is now, whose figures go along.
    """
    before = _held(connection, list(records))
    deltas: dict[tuple[int, str], int] = {}
    gone: list[tuple[str, int, int]] = []
    come: list[tuple[str, int, int]] = []
    for number, now in records.items():
        old = _triples(number, before.get(number))
        new = _triples(number, now)
        for change, triples in ((-1, old - new), (1, new - old)):
            for code, owner, _ in triples:
                deltas[owner, code] = deltas.get((owner, code), 0) + change
        gone += [one for one in old - new if is_listed(one[0])]
        come += [one for one in new - old if is_listed(one[0])]
    changed = [number for number, now in records.items() if before.get(number) != now]
    for some in _some([number for number in changed if number in before]):
        connection.execute(delete(trait_record).where(trait_record.c.record_id.in_(some)))
    kept = [(number, now.library, " ".join(sorted(now.codes))) for number in changed if (now := records[number])]
    bulk.insert(connection, trait_record, "record_id library_id codes", kept)
    statement = "DELETE FROM trait WHERE code = ? AND library_id = ? AND record_id = ?"
    bulk.execute(connection, statement, sorted(gone))
    bulk.insert(connection, trait, "code library_id record_id", sorted(come))
    _count(connection, {key: delta for key, delta in deltas.items() if delta}, month)


def counts(store: Store) -> dict[str, dict[str, int]]:
    """Code of a library → code → records, of every library."""
    query = select(library.c.code, trait_count.c.code, trait_count.c.records).join(
        library, library.c.id == trait_count.c.library_id
    )
    found: dict[str, dict[str, int]] = {}
    with store.read() as connection:
        for owner, code, records in connection.execute(query):
            found.setdefault(owner, {})[code] = int(records)
    return found


def months(
    store: Store, codes: Sequence[str], first: int, last: int, owners: Collection[str] | None = None
) -> dict[str, dict[int, int]]:
    """Code → month (202611) → records at the end of that month, for the months from `first` to `last` that are known.

    A month without changes ends as the one before it. `owners`: codes of libraries; None: all.
    """
    query = (
        select(trait_month.c.code, trait_month.c.library_id, trait_month.c.month, trait_month.c.records)
        .where(trait_month.c.code.in_(list(codes)), trait_month.c.month <= last)
        .order_by(trait_month.c.month)
    )
    if owners is not None:
        query = query.join(library, library.c.id == trait_month.c.library_id).where(library.c.code.in_(owners))
    with store.read() as connection:
        rows = connection.execute(query).all()
        # From the month of the first count on, what has no row yet is none, and not unknown.
        begun = connection.execute(select(func.min(trait_month.c.month))).scalar()
    found: dict[str, dict[int, int]] = {code: {} for code in codes}
    latest: dict[tuple[str, int], int] = {}
    waiting = iter(rows)
    row = next(waiting, None)
    for month in span(min(first, begun), last) if begun is not None else ():
        while row is not None and row.month <= month:
            latest[row.code, row.library_id] = int(row.records)
            row = next(waiting, None)
        if month < max(first, begun or 0):
            continue
        for code in codes:
            found[code][month] = sum(records for (one, _), records in latest.items() if one == code)
    return found


def span(first: int, last: int) -> Iterable[int]:
    """The months from `first` to `last` (202611), both included."""
    month = first
    while month <= last:
        yield month
        month = month + 1 if month % 100 < 12 else month + 89


def listed(store: Store, code: str, owners: Collection[str] | None, after: Place | None, limit: int) -> list[Listed]:
    """The next `limit` records with this code, library by library. `owners`: codes of libraries; None: all."""
    query = (
        select(trait.c.library_id, trait.c.record_id, record.c.identifier, library.c.code, record.c.local_id)
        .join(record, record.c.id == trait.c.record_id)
        .join(library, library.c.id == trait.c.library_id)
        .where(trait.c.code == code)
        .order_by(trait.c.library_id, trait.c.record_id)
        .limit(limit)
    )
    if owners is not None:
        query = query.where(library.c.code.in_(owners))
    if after is not None:
        behind = and_(trait.c.library_id == after.library, trait.c.record_id > after.record)
        query = query.where(or_(trait.c.library_id > after.library, behind), trait.c.library_id >= after.library)
    with store.read() as connection:
        rows = connection.execute(query).all()
    return [Listed(Place(row[0], row[1]), row[2], row[3], row[4]) for row in rows]


def first_month(store: Store) -> int | None:
    """The month from which there are figures of the records; None when none was counted yet."""
    with store.read() as connection:
        found: int | None = connection.execute(select(func.min(trait_month.c.month))).scalar()
    return found


def at_end(store: Store, codes: Sequence[str], month: int) -> dict[str, dict[str, int]]:
    """Code of a library → code → records at the end of `month` (202611); of the month that is now, so far."""
    later = trait_month.alias("later")
    latest = (
        select(func.max(later.c.month))
        .where(later.c.code == trait_month.c.code, later.c.library_id == trait_month.c.library_id)
        .where(later.c.month <= month)
        .scalar_subquery()
    )
    query = (
        select(library.c.code, trait_month.c.code, trait_month.c.records)
        .join(library, library.c.id == trait_month.c.library_id)
        .where(trait_month.c.code.in_(list(codes)), trait_month.c.month == latest)
    )
    found: dict[str, dict[str, int]] = {}
    with store.read() as connection:
        for owner, code, records in connection.execute(query):
            found.setdefault(owner, {})[code] = int(records)
    return found


def _held(connection: Connection, numbers: Sequence[int]) -> dict[int, Held]:
    found = {}
    for some in _some(numbers):
        query = select(trait_record).where(trait_record.c.record_id.in_(some))
        for number, owner, codes in connection.execute(query):
            found[number] = Held(owner, frozenset(codes.split()))
    return found


def _triples(number: int, held: Held | None) -> set[tuple[str, int, int]]:
    return set() if held is None else {(code, held.library, number) for code in held.codes}


def _count(connection: Connection, deltas: Mapping[tuple[int, str], int], month: int) -> None:
    """Move the counts, and have the month end with them so far."""
    more = "ON CONFLICT (library_id, code) DO UPDATE SET records = trait_count.records + excluded.records"
    rows: list[Sequence[Any]] = [(owner, code, delta) for (owner, code), delta in sorted(deltas.items())]
    bulk.insert(connection, trait_count, "library_id code records", rows, more)
    statement = (
        "INSERT INTO trait_month (code, library_id, month, records) "
        "SELECT code, library_id, CAST(? AS INTEGER), records FROM trait_count WHERE library_id = ? AND code = ? "
        "ON CONFLICT (code, library_id, month) DO UPDATE SET records = excluded.records"
    )
    bulk.execute(connection, statement, [(month, owner, code) for owner, code in sorted(deltas)])
    connection.execute(delete(trait_count).where(trait_count.c.records == 0))


def _some(numbers: Iterable[int]) -> Iterable[list[int]]:
    ahead = iter(numbers)
    while found := list(islice(ahead, _AT_ONCE)):
        yield found
