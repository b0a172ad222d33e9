"""Dumps: everything, or what changed, read page by page and written as it is read.

A full dump goes by the numbers of the records, so that each comes exactly once however the store changes meanwhile. A
delta goes by the feed, up to a moment that is fixed when it begins; what changes later comes with the next one. There
is no snapshot of the whole: an export of hours would hold one open for hours. `Range.as_of` is the promise instead:
everything published before it is in the dump as it was then or later, so the next delta begins there (`--since`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from catalogue import clock, export_messages
from catalogue.export_forms import Exported
from catalogue.feed import Cursor
from catalogue.homes import at_home, own
from catalogue.libraries import identify
from catalogue.membership import WHOLE
from catalogue.store import Store, iso
from catalogue.tables import EVERYTHING, LIVE, feed, feed_set, library, record, source, version
from foundation.errors import RefusedError
from marc.record import Record

OWN_SETS: Final = "own"
"""Stands before the code of a library where its contributed records are meant, which no set of the feed is."""
PAGE: Final = 1000
"""Records read in one transaction, which is all that is in memory at a time."""


class Range(NamedTuple):
    """What is exported, settled when an export begins and kept when it is resumed."""

    set_spec: str
    """Empty: every union record; `own:CODE`: what a library contributed."""
    since: int | None
    until: int | None
    """Both inclusive, in seconds since 1970; both None: a full dump, which has no deletions."""
    as_of: int
    """The store's moment at the beginning; from here the next delta has to start."""
    asked_until: int | None = None
    """`until` as it was asked for, which may lie in the future."""

    @property
    def full(self) -> bool:
        return self.since is None and self.until is None


@dataclass(frozen=True, slots=True)
class Page:
    """Some records and where to go on behind them."""

    records: list[Exported]
    after: Cursor


def settle(
    store: Store, *, library_code: str = "", set_spec: str = "", since: int | None = None, until: int | None = None
) -> Range:
    """The range of an export that begins now.

    Raises RefusedError for a library or set that does not exist, and for a range that ends before it begins.
    """
    if since is not None and until is not None and since > until:
        raise RefusedError(export_messages.EMPTY_RANGE, since=iso(since), until=iso(until))
    clock.promise(store)
    with store.read() as connection:
        if library_code:
            identify(connection, library_code)
            set_spec = f"{OWN_SETS}:{library_code}"
        _set_number(connection, set_spec)
        as_of = clock.read(connection).latest
    if since is None and until is None:
        return Range(set_spec, None, None, as_of)
    return Range(set_spec, since, as_of if until is None else min(until, as_of), as_of, until)


def count(store: Store, chosen: Range) -> int:
    """How many records the export will have about now, to show progress by."""
    with store.read() as connection:
        number = _set_number(connection, chosen.set_spec)
        query = select(func.count(func.distinct(feed.c.record_id))).where(feed.c.set_id == number, _dated(chosen))
        if chosen.full:
            query = query.where(feed.c.status == LIVE)
        return int(connection.execute(query).scalar_one())


def pages(store: Store, chosen: Range, after: Cursor | None = None, limit: int = PAGE) -> Iterator[Page]:
    """The records of the range behind `after`, a page at a time; every page is a transaction of its own.

    Raises StoreError when the database fails; the pages given until then stand.
    """
    while True:
        with store.read() as connection:
            number = _set_number(connection, chosen.set_spec)
            query = _full(number, after, limit) if chosen.full else _delta(number, chosen, after, limit)
            rows = connection.execute(query).all()
            records = [_exported(store, connection, row) for row in rows]
        if not rows:
            return
        after = Cursor(rows[-1].moved, rows[-1].id)
        yield Page(records, after)


def _full(number: int, after: Cursor | None, limit: int) -> Select[Any]:
    """Live records of a set in the order of their numbers."""
    shown = exists().where(feed.c.record_id == record.c.id, _in_set(feed, number), feed.c.status == LIVE)
    chosen = (
        select(record.c.id, literal(0).label("moved"), literal(LIVE).label("state"))
        .where(record.c.status == LIVE, shown, record.c.id > (after.record if after else -1))
        .order_by(record.c.id)
        .limit(limit)
    )
    return _described(chosen.subquery("page"))


def _delta(number: int, chosen: Range, after: Cursor | None, limit: int) -> Select[Any]:
    """The last move of every record in a set, where it lies in the range, in the order of the feed."""
    later = feed.alias("later")
    overtaken = exists().where(
        later.c.record_id == feed.c.record_id,
        _in_set(later, number),
        # Formats may move apart. The last to move stands for the record; of two at once, the one that shows it.
        or_(
            later.c.datestamp > feed.c.datestamp,
            and_(later.c.datestamp == feed.c.datestamp, later.c.status < feed.c.status),
        ),
    )
    query = (
        select(feed.c.record_id.label("id"), feed.c.datestamp.label("moved"), feed.c.status.label("state"))
        .where(feed.c.set_id == number, _dated(chosen), ~overtaken)
        .order_by(feed.c.datestamp, feed.c.record_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(feed.c.datestamp, feed.c.record_id) > tuple_(after.datestamp, after.record))
    return _described(query.subquery("page"))


def _in_set(rows: FromClause, number: int) -> ColumnElement[bool]:
    """The rows of one record that are in a set. Written as a sum so that SQLite looks them up by their record.

    By the set it would read the whole set for each record, having no statistics that tell it otherwise.
    """
    found: ColumnElement[bool] = rows.c.set_id + 0 == number
    return found


def _described(page: Subquery) -> Select[Any]:
    """The records of a page that was chosen first: so no database can think of sorting the whole catalogue."""
    here = feed.alias("here")
    # The stamp of an item is the latest of its formats', in its home.
    stamp = select(func.max(here.c.datestamp)).where(here.c.record_id == page.c.id, at_home(here.c.set_id))
    return (
        select(
            page.c.id,
            page.c.moved,
            page.c.state,
            record.c.identifier,
            record.c.local_id,
            library.c.code,
            library.c.name_vi,
            library.c.name_en,
            version.c.dictionary,
            version.c.normalised,
            stamp.scalar_subquery().label("datestamp"),
        )
        .select_from(
            page.join(record, record.c.id == page.c.id)
            .join(source, source.c.id == record.c.source_id)
            .join(library, library.c.id == source.c.library_id)
            .outerjoin(version, version.c.id == record.c.version_id)
        )
        .order_by(page.c.moved, page.c.id)
    )


def _dated(chosen: Range) -> ColumnElement[bool]:
    bounds = [feed.c.datestamp >= (chosen.since or 0)]
    if chosen.until is not None:
        bounds.append(feed.c.datestamp <= chosen.until)
    return and_(*bounds)


def _exported(store: Store, connection: Connection, row: Row[Any]) -> Exported:
    gone = row.normalised is None or row.state != LIVE
    text = "" if gone else store.compression.decompress(connection, row.dictionary, row.normalised).decode()
    return Exported(
        row.identifier,
        row.code,
        row.name_vi,
        row.name_en,
        row.local_id,
        int(row.datestamp or 0),
        None if gone else Record(text),
    )


def _set_number(connection: Connection, spec: str) -> int:
    """The number of a set; the empty one and those above all libraries, materials and languages are everything.

    Raises RefusedError for a set or library that does not exist.
    """
    if spec == "" or spec in WHOLE:
        return EVERYTHING
    kind, _, code = spec.partition(":")
    if kind == OWN_SETS:
        return own(identify(connection, code))
    found: int | None = connection.execute(select(feed_set.c.id).where(feed_set.c.spec == spec)).scalar()
    if found is None:
        known = connection.scalars(select(feed_set.c.spec).where(feed_set.c.spec != "").limit(20)).all()
        raise RefusedError(export_messages.SET_UNKNOWN, spec=spec, known=", ".join(sorted(known)) or "–")
    return found
