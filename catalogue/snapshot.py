"""One consistent read of the feed: what a harvester may be told, and the time it may be told at.

Every list is one range scan on the feed's primary key (set, datestamp, record), so page 1,000 costs what page 1 costs,
in a set of any size. `tests/catalogue/test_plans.py` holds the plans.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, select, tuple_

from catalogue import clock
from catalogue.feed import Cursor, Entry, Segment, Selection, SetDescription
from catalogue.homes import own
from catalogue.membership import WHOLE
from catalogue.provenance import Provenance
from catalogue.renderings import BY_NAME, FORMATS, Format
from catalogue.segments import Hole, Shelf, changed_sets, following, holes
from catalogue.store import Store
from catalogue.tables import (
    EVERYTHING,
    LEAVING,
    LISTED,
    LIVE,
    OWN,
    STAGED,
    feed,
    feed_set,
    followed,
    record,
    rendering,
    version,
)

_log = logging.getLogger("lienthong.catalogue")
FOREVER = 253_402_300_799
"""9999-12-31T23:59:59Z, behind every stamp."""


COUNTED = 1000
"""Totals that a feed remembers."""

Totals = dict[Selection, tuple[int, int]]
"""Selection without its end → (how often the feed had been moved, how many entries it had then)."""


class Feed:
    """The feed of the union, or with the setSpec of a library that of what it contributed, a repository of its own."""

    def __init__(self, store: Store, set_spec: str = "") -> None:
        self.set_spec = set_spec
        self._store = store
        self._totals: Totals = {}

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """A consistent read; keep it no longer than one answer needs. Raises StoreError when the database fails."""
        clock.promise(self._store)
        with self._store.read() as connection:
            yield Snapshot(self._store, connection, self.set_spec, self._totals)


class Snapshot:
    """The feed at one moment."""

    def __init__(self, store: Store, connection: Connection, home_set: str = "", totals: Totals | None = None) -> None:
        self._store = store
        self._connection = connection
        moment = clock.read(connection)
        self.response_date: int = moment.latest
        """What the answer must say, in seconds since 1970; every stamp given later is at least this."""
        self.sequence: int = moment.seq
        """The last number of the change sequence."""
        self._commits = moment.commits
        rows: Any = connection.execute(_SETS).cursor
        self._sets: dict[int, SetDescription] = {}
        self._listed: set[int] = set()
        for number, state, *described in rows:
            self._sets[number] = SetDescription(*described)
            if state in (LISTED, LEAVING):
                self._listed.add(number)
        self._numbers = {found.spec: number for number, found in self._sets.items()}
        self._home = own(self._numbers[home_set]) if home_set else EVERYTHING
        self._whole = home_set == ""
        self._named: dict[str, tuple[str, ...]] = {}
        self._totals: Totals = {} if totals is None else totals
        self._unpackers: dict[int, Callable[[bytes], bytes]] = {}

    @property
    def earliest(self) -> int:
        """The earliest datestamp there is, tombstones included; `response_date` when there are no records."""
        query = select(func.min(feed.c.datestamp)).where(feed.c.set_id == self._home)
        found = self._connection.execute(query).scalar()
        return self.response_date if found is None else min(found, self.response_date)

    def latest(self, set_spec: str = "") -> int | None:
        """The latest datestamp there is, tombstones included, here or in a set; None where there is nothing."""
        number = self._number(Selection("", set_spec))
        query = select(func.max(feed.c.datestamp)).where(feed.c.set_id == number)
        found: int | None = None if number is None else self._connection.execute(query).scalar()
        return found

    def total(self, selection: Selection) -> int:
        """How many entries the selection has now.

        Counting reads the whole list, so a total up to now is remembered until something changes: the first page of a
        list then costs what every page costs.
        """
        where = self._where(selection, None)
        if where is None:
            return 0
        lasting = selection.until is None or selection.until >= self.response_date
        known = replace(selection, until=None)
        commits, total = self._totals.get(known, (-1, 0)) if lasting else (-1, 0)
        if commits != self._commits:
            # A record has each format in one row of a set, so rows are entries (`catalogue.restamp`).
            total = int(self._connection.execute(select(func.count()).select_from(feed).where(where)).scalar_one())
            if lasting:
                if len(self._totals) >= COUNTED:
                    self._totals.clear()
                self._totals[known] = self._commits, total
        return total

    def page(
        self,
        selection: Selection,
        after: Cursor | None,
        limit: int,
        byte_limit: int,
        metadata: bool,
        through: Cursor | None = None,
    ) -> list[Entry]:
        """The entries behind `after`, at most `limit`, fewer when their renderings exceed `byte_limit` bytes together.

        None of them stands behind `through`. There is always at least one entry when any is left, however large it is.
        """
        where = self._where(selection, after, through)
        if where is None:
            return []
        chosen = BY_NAME[selection.format]
        columns: list[ColumnElement[Any]] = [*_HEADER]
        joined = feed.join(record, record.c.id == feed.c.record_id)
        if metadata:
            columns += [*_bytes(chosen), version.c.provenance]
            joined = joined.outerjoin(*_made(chosen)).outerjoin(version, version.c.id == record.c.version_id)
        query = select(*columns).select_from(joined).where(where)
        query = query.order_by(feed.c.datestamp, feed.c.record_id).limit(limit)
        # The driver's own rows: a page has hundreds, and nothing in them needs converting.
        rows = self._rows(query)
        if not metadata:
            return [
                Entry(name, at, number, self._specs(sets), state != LIVE, None)
                for at, number, state, name, sets in rows
            ]
        entries: list[Entry] = []
        size = 0
        for row in rows:
            entry = self._entry(row, chosen)
            size += len(entry.metadata or b"")
            if size > byte_limit and entries:
                break
            entries.append(entry)
        return entries

    def _entry(self, row: Any, shown: Format) -> Entry:
        """One row with its rendering. Bytes that cannot be unpacked are none: one bad record ends no page."""
        at, number, state, name, sets, dictionary, blob, provenance = row
        if state != LIVE or blob is None:
            return Entry(name, at, number, self._specs(sets), state != LIVE, None)
        try:
            data = self._unpack(dictionary)(blob)
            origin = Provenance.unpack(provenance).given_as(shown.namespace) if provenance else None
        except Exception as error:
            _log.error("the %s of %s is damaged in the store: %r", shown.name, name, error)
            return Entry(name, at, number, self._specs(sets), False, None)
        return Entry(name, at, number, self._specs(sets), False, data, origin)

    def entry(self, identifier: str, format_name: str) -> Entry | None:
        """One item in one format; None when there is no such item here, or not in this format."""
        chosen = BY_NAME[format_name]
        query = (
            select(*_HEADER, *_bytes(chosen), version.c.provenance)
            .select_from(
                record.join(feed, feed.c.record_id == record.c.id)
                .outerjoin(*_made(chosen))
                .outerjoin(version, version.c.id == record.c.version_id)
            )
            .where(record.c.identifier == identifier, self._here(), self._carries(chosen.mask))
            .order_by(feed.c.datestamp.desc())
            .limit(1)
        )
        return next((self._entry(row, chosen) for row in self._rows(query)), None)

    def formats(self, identifier: str) -> list[str] | None:
        """The formats an item has (a deleted one: had); None when there is no such item here."""
        query = (
            select(feed.c.formats, feed.c.status)
            .join(record, record.c.id == feed.c.record_id)
            .where(record.c.identifier == identifier, record.c.status != STAGED, self._here())
        )
        rows = self._connection.execute(query).all()
        if not rows:
            return None
        # A living item may have lost a format: that one has a tombstone among rows that live.
        masks = [formats for formats, state in rows if state == LIVE] or [formats for formats, _ in rows]
        return [entry.name for entry in FORMATS if any(mask & entry.mask for mask in masks)]

    def sets(self) -> list[SetDescription]:
        """The sets of this repository, each behind the one above it. A library's own has none.

        A set of material or language is there once it has had a member, and then for good: its tombstones are. One that
        a person defined is there from that moment on, even empty, until it is removed and its last member has left.
        """
        if not self._whole:
            return []
        found = {self._sets[number].spec: self._sets[number] for number in self._listed if number != EVERYTHING}
        for spec, names in WHOLE.items():
            if any(one.startswith(f"{spec}:") for one in found):
                found[spec] = SetDescription(spec, *names)
        return [found[spec] for spec in sorted(found, key=lambda spec: spec.split(":"))]

    def segments(self, kind: str, selection: Selection, after: Cursor | None, ask: int) -> Iterator[Segment]:
        """The segments of `kind` that end behind `after` and within `until`, in order, read `ask` at a time."""
        shelf = self.shelf(kind, selection)
        if shelf is None:
            return
        for found in following(self._connection, shelf, after or selection.start, ask):
            if selection.until is not None and found.last.datestamp > selection.until:
                return
            yield found

    def shelf(self, kind: str, selection: Selection) -> Shelf | None:
        """Where the segments of `kind` for a list stand; None for a set or format that does not exist.

        A library's own repository shows no sets, so what is written for it is of another kind.
        """
        number = self._number(selection)
        if number is None or selection.format not in BY_NAME:
            return None
        return Shelf(kind if self._whole else f"{kind}/own", number, BY_NAME[selection.format].bit)

    def holes(self, shelf: Shelf, records: int, size: int) -> list[Hole]:
        """What of a list has no segment (`catalogue.segments.holes`)."""
        return holes(self._connection, shelf, records, size)

    def changed_lists(self, since: int | None) -> list[tuple[str, str]]:
        """What changed behind the change `since` (None: ever) and has segments, as (home, setSpec): everything, what
        libraries contributed, and the sets of the union that are named after them, in this order.
        """
        found = changed_sets(self._connection, since)
        lists = [("", self._sets[number].spec) for number in found if number < OWN]
        lists += [(self._sets[number - OWN].spec, "") for number in found if number >= OWN]
        return sorted(lists, key=lambda one: (bool(one[1]), one))

    def _number(self, selection: Selection) -> int | None:
        """The set that a selection means; None for one that does not exist."""
        if selection.set_spec and self._whole:
            # Every union record is in a set below each of these, so they are everything.
            top = selection.set_spec in WHOLE
            return EVERYTHING if top else self._numbers.get(selection.set_spec)
        return self._home

    def _where(
        self, selection: Selection, after: Cursor | None, through: Cursor | None = None
    ) -> ColumnElement[bool] | None:
        """The selection as a range of the feed; None for a set that does not exist."""
        number = self._number(selection)
        if number is None or selection.format not in BY_NAME:
            return None
        conditions = [feed.c.set_id == number, self._carries(BY_NAME[selection.format].mask)]
        conditions.append(feed.c.datestamp <= (FOREVER if selection.until is None else selection.until))
        if after is not None:
            conditions.append(tuple_(feed.c.datestamp, feed.c.record_id) > tuple_(after.datestamp, after.record))
        elif selection.since is not None:
            conditions.append(feed.c.datestamp >= selection.since)
        if through is not None:
            conditions.append(tuple_(feed.c.datestamp, feed.c.record_id) <= tuple_(through.datestamp, through.record))
        return and_(*conditions)

    def _here(self) -> ColumnElement[bool]:
        """In this repository, for one record: so written that SQLite goes by the record, not through the whole set."""
        return feed.c.set_id + 0 == self._home

    @staticmethod
    def _carries(mask: int) -> ColumnElement[bool]:
        return feed.c.formats.bitwise_and(mask) != 0

    def _rows(self, query: Select[*tuple[Any, ...]]) -> Any:
        return self._connection.execute(query).cursor

    def _unpack(self, dictionary: int) -> Callable[[bytes], bytes]:
        """How blobs with this dictionary are decompressed."""
        found = self._unpackers.get(dictionary)
        if found is None:
            found = self._unpackers[dictionary] = self._store.compression.decompressor(self._connection, dictionary)
        return found

    def _specs(self, numbers: str) -> tuple[str, ...]:
        """The setSpecs of `record.sets`, the deepest alone (2.6); a library's own repository has none."""
        found = self._named.get(numbers)
        if found is None:
            named = [self._sets[int(number)].spec for number in numbers.split()] if self._whole else []
            found = tuple(one for one in named if not any(other.startswith(f"{one}:") for other in named))
            self._named[numbers] = found
        return found


_HEADER = (feed.c.datestamp, feed.c.record_id, feed.c.status, record.c.identifier, record.c.sets)
_SETS = select(
    feed_set.c.id,
    feed_set.c.state,
    feed_set.c.spec,
    feed_set.c.name_vi,
    feed_set.c.name_en,
    feed_set.c.about_vi,
    feed_set.c.about_en,
)


def _bytes(chosen: Format) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The columns of a rendering in this format."""
    table = followed if chosen.followed else rendering
    return table.c.dictionary, table.c.bytes


def _made(chosen: Format) -> tuple[Table, ColumnElement[bool]]:
    """Where the renderings in this format stand, and which of them is a record's."""
    if chosen.followed:
        return followed, and_(followed.c.record_id == record.c.id, followed.c.format == chosen.bit)
    return rendering, and_(rendering.c.version_id == record.c.version_id, rendering.c.format == chosen.bit)
