"""A feed in memory: the model that says what a feed is, in the fewest words. The store's feed is compared with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from catalogue.feed import Cursor, Entry, Segment, Selection, SetDescription


def with_ancestors(specs: tuple[str, ...]) -> set[str]:
    """The sets an item is in: those named, their parents (2.6), and "" for everything."""
    parts = [spec.split(":") for spec in specs]
    return {""} | {":".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1)}


@dataclass(frozen=True)
class Row:
    """One record of one list: (set, format, item)."""

    datestamp: int
    record: int
    identifier: str
    sets: tuple[str, ...]
    deleted: bool
    metadata: bytes | None

    def entry(self, metadata: bool) -> Entry:
        shown = self.metadata if metadata and not self.deleted else None
        return Entry(self.identifier, self.datestamp, self.record, self.sets, self.deleted, shown)


class MemoryStore:
    """A feed and the few actions that move it. `now` is the store's clock in seconds."""

    def __init__(self, now: int = 1_700_000_000) -> None:
        self.now = now
        self._rows: dict[tuple[str, str, int], Row] = {}
        self._numbers: dict[str, int] = {}
        self._sets: list[SetDescription] = []

    @property
    def feed(self) -> MemoryFeed:
        return MemoryFeed(self, "")

    def within(self, spec: str) -> MemoryFeed:
        """The feed whose everything is one set."""
        return MemoryFeed(self, spec)

    def tick(self, seconds: int = 1) -> None:
        self.now += seconds

    def describe(self, spec: str, name_vi: str, name_en: str = "") -> None:
        self._sets.append(SetDescription(spec, name_vi, name_en))

    def publish(self, identifier: str, renderings: Mapping[str, bytes | None], sets: tuple[str, ...] = ()) -> None:
        """Make this the item's state; what does not differ from its state before keeps its datestamp."""
        record = self._numbers.setdefault(identifier, len(self._numbers) + 1)
        lists = with_ancestors(sets)
        for (spec, name, number), row in list(self._rows.items()):
            if number == record and not row.deleted and (spec not in lists or name not in renderings):
                self._rows[spec, name, number] = replace(row, datestamp=self.now, sets=sets, deleted=True)
        for name, metadata in renderings.items():
            new = Row(self.now, record, identifier, sets, False, metadata)
            old = self._rows.get(("", name, record))
            if old is None or replace(old, datestamp=self.now) != new:
                self._rows.update({(spec, name, record): new for spec in lists})

    def delete(self, identifier: str) -> None:
        record = self._numbers[identifier]
        for key, row in list(self._rows.items()):
            if key[2] == record:
                self._rows[key] = replace(row, datestamp=self.now, deleted=True)

    def state(self, spec: str, name: str) -> dict[str, tuple[int, bool, bytes | None]]:
        """What a complete harvest of a list must end with: datestamp, deleted, metadata of each item."""
        rows = {key: row for key, row in self._rows.items() if key[:2] == (spec, name)}.values()
        return {row.identifier: (row.datestamp, row.deleted, row.entry(True).metadata) for row in rows}


class MemoryFeed:
    """`Feed` over the store."""

    def __init__(self, store: MemoryStore, everything: str) -> None:
        self._store = store
        self._everything = everything

    @contextmanager
    def snapshot(self) -> Iterator[MemorySnapshot]:
        store = self._store
        yield MemorySnapshot(dict(store._rows), list(store._sets), store.now, self._everything)


class MemorySnapshot:
    """`Snapshot`: rows never change, so a copy of the table of rows is one."""

    def __init__(
        self, rows: dict[tuple[str, str, int], Row], sets: list[SetDescription], now: int, everything: str
    ) -> None:
        self._rows = rows
        self._sets = sets
        self._everything = everything
        self.response_date = now
        self.earliest = min((row.datestamp for key, row in rows.items() if key[0] == everything), default=now)

    def total(self, selection: Selection) -> int:
        return len(self._list(selection))

    def page(
        self,
        selection: Selection,
        after: Cursor | None,
        limit: int,
        byte_limit: int,
        metadata: bool,
        through: Cursor | None = None,
    ) -> list[Entry]:
        page: list[Entry] = []
        for row in self._list(selection):
            if through is not None and (row.datestamp, row.record) > through:
                break
            if after is None or (row.datestamp, row.record) > after:
                entry = row.entry(metadata)
                byte_limit -= len(entry.metadata or b"")
                if len(page) == limit or (page and metadata and byte_limit < 0):
                    break
                page.append(entry)
        return page

    def segments(self, kind: str, selection: Selection, after: Cursor | None, ask: int) -> Iterator[Segment]:
        return iter(())

    def entry(self, identifier: str, format_name: str) -> Entry | None:
        rows = (row for key, row in self._rows.items() if key[:2] == (self._everything, format_name))
        return next((row.entry(True) for row in rows if row.identifier == identifier), None)

    def formats(self, identifier: str) -> list[str] | None:
        rows = ((key, row) for key, row in self._rows.items() if key[0] == self._everything)
        return [key[1] for key, row in rows if row.identifier == identifier] or None

    def sets(self) -> list[SetDescription]:
        return self._sets

    def _list(self, selection: Selection) -> list[Row]:
        wanted = selection.set_spec or self._everything, selection.format
        since = float("-inf") if selection.since is None else selection.since
        until = float("inf") if selection.until is None else selection.until
        rows = [row for key, row in self._rows.items() if key[:2] == wanted and since <= row.datestamp <= until]
        return sorted(rows, key=lambda row: (row.datestamp, row.record))
