"""Records and renderings by the store's own numbers, many in one query: what lists of results are answered with."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, and_, bindparam, select

from catalogue import clock
from catalogue.renderings import BY_NAME
from catalogue.store import Store
from catalogue.tables import LIVE, followed, record, rendering, version
from marc.record import Record

_LOOK_SECONDS: Final = 0.5
_OVERHEAD: Final = 300


class Stored(NamedTuple):
    """A record in one format."""

    identifier: str
    """Opaque identifier; empty for a record that is not shown any more."""
    data: bytes | None
    """One XML element with its own namespaces, no prolog, UTF-8; None if there is no such form of it."""


def renderings(store: Store, numbers: Sequence[int], format_name: str) -> dict[int, Stored]:
    """The live records among `numbers`, each in a format of the feed. Raises StoreError."""
    with store.read() as connection:
        unpack = store.compression.decompressor
        return {
            number: Stored(name, None if blob is None else unpack(connection, dictionary)(blob))
            for number, name, dictionary, blob in connection.execute(_rendered(format_name), {"numbers": list(numbers)})
        }


class Recent:
    """Renderings that were asked for lately, bounded by their bytes: many ask for the same.

    They are good until a commit moves the feed, which is looked for twice a second.
    """

    def __init__(self, store: Store, most_bytes: int) -> None:
        self._store, self._most = store, most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[int, str], Stored] = OrderedDict()
        self._size = 0
        self._commits, self._looked = -1, -_LOOK_SECONDS

    def renderings(self, numbers: Sequence[int], format_name: str) -> dict[int, Stored]:
        """`renderings`, from memory where they are there. Raises StoreError."""
        commits = self.commits()
        with self._lock:
            kept = {number: self._kept.get((number, format_name)) for number in numbers}
        found = {number: one for number, one in kept.items() if one is not None}
        if len(found) < len(kept):
            fresh = renderings(self._store, [number for number in kept if number not in found], format_name)
            self._keep(fresh, format_name, commits)
            found |= fresh
        return found

    def commits(self) -> int:
        """How often the feed was moved, after giving up what was read before the last time. Raises StoreError."""
        now = time.monotonic()
        if now - self._looked >= _LOOK_SECONDS:
            with self._store.read() as connection:
                commits = clock.read(connection).commits
            with self._lock:
                self._looked = now
                if commits != self._commits:
                    self._commits, self._size = commits, 0
                    self._kept.clear()
        return self._commits

    def _keep(self, fresh: dict[int, Stored], format_name: str, commits: int) -> None:
        with self._lock:
            if commits != self._commits:  # something was published while they were read
                return
            for number, one in fresh.items():
                # What has no such form yet may have it in a moment: formats are made behind a publication.
                if one.data is not None and (number, format_name) not in self._kept:
                    self._kept[number, format_name] = one
                    self._size += len(one.data) + _OVERHEAD
            while self._size > self._most:
                gone = self._kept.popitem(last=False)[1]
                self._size -= len(gone.data or b"") + _OVERHEAD


def records(store: Store, numbers: Sequence[int]) -> dict[int, Record]:
    """The normalised MARC of the live records among `numbers`. Raises StoreError."""
    with store.read() as connection:
        unpack = store.compression.decompressor
        return {
            number: Record(unpack(connection, dictionary)(blob).decode())
            for number, dictionary, blob in connection.execute(_RECORDS, {"numbers": list(numbers)})
        }


_WANTED = and_(record.c.id.in_(bindparam("numbers", expanding=True)), record.c.status == LIVE)
_RECORDS = (
    select(record.c.id, version.c.dictionary, version.c.normalised)
    .join(version, version.c.id == record.c.version_id)
    .where(_WANTED)
)


@lru_cache
def _rendered(name: str) -> Select[Any]:
    """Formats made with a version go by the version, those made behind it by the record (`catalogue.followers`)."""
    table = followed if BY_NAME[name].followed else rendering
    key = followed.c.record_id == record.c.id if table is followed else rendering.c.version_id == record.c.version_id
    return (
        select(record.c.id, record.c.identifier, table.c.dictionary, table.c.bytes)
        .select_from(record.outerjoin(table, and_(key, table.c.format == BY_NAME[name].bit)))
        .where(_WANTED)
    )
