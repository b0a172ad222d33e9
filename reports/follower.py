"""Keeping counts of traits up with what libraries contribute: one process of all hosts follows the change sequence.

What is counted are the records that somebody can correct; union records follow from them.

A batch is read and judged in one snapshot and written in one transaction with the position behind it, so a follower
that is killed does at most one batch again, to the same result. When rules or settings change what a record would be
given (`Judge.signature`), all records are gone through once, by their numbers; the counts move over as it goes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from catalogue import clock
from catalogue.following import Progress, Rest, follow
from catalogue.pulse import Pulse
from catalogue.store import Store
from catalogue.tables import LIVE, UNION, change, follower, record, source, version
from catalogue.uses import month_of
from foundation.errors import StoreError
from foundation.settings import Settings
from harvesting.schedule import zone
from marc.record import Record
from reports import shelf
from reports.shelf import Held
from reports.traits import Judge

_log = logging.getLogger("lienthong.reports")

CHANGES: Final = "traits"
"""The follower of the change sequence, in the table that those of the formats are in. `formats` is the signature."""
SWEEP: Final = "traits-sweep"
"""The way through all records; its position is the number of a record."""
LOCK: Final = "traits"
BATCH: Final = 500
POLL_SECONDS: Final = 2.0
RETRY_SECONDS: Final = 5.0
_CONTRIBUTED: Final = (record.c.status == LIVE, record.c.source_id != UNION)


class Follower:
    """Counts the traits of one store. `rest`: see `catalogue.following`."""

    def __init__(
        self, store: Store, judge: Judge, here: tzinfo, rest: Rest = lambda seconds: None, batch: int = BATCH
    ) -> None:
        self._store, self._judge, self._here, self._rest, self._batch = store, judge, here, rest, batch

    def follow(self, progress: Progress = lambda done: None) -> bool:
        """Do all there is to do; False when another process is at it. `progress` is told the records looked at.

        Raises StoreError; what was done until then stands.
        """
        return follow(self._store, LOCK, self._step, progress, self._rest, self._begin) is not None

    def _step(self) -> int:
        return self._sweep() or self._catch_up()

    def _begin(self) -> None:
        """Have all records gone through when they are to be judged otherwise than last time, or never were."""
        with self._store.read() as connection:
            row = connection.execute(select(follower).where(follower.c.name == CHANGES)).one_or_none()
            if row is not None and row.formats == self._judge.signature:
                return
        with self._store.write() as connection:
            # What is published while this goes through the records is followed from here.
            seq = clock.read(connection).seq
            connection.execute(delete(follower).where(follower.c.name.in_((CHANGES, SWEEP))))
            signature = self._judge.signature
            connection.execute(insert(follower).values(name=CHANGES, position=seq, formats=signature))
            connection.execute(insert(follower).values(name=SWEEP, position=-1, formats=signature))

    def _sweep(self) -> int:
        """One batch of all records; 0 when they were all gone through."""
        with self._store.read() as connection:
            position = connection.execute(select(follower.c.position).where(follower.c.name == SWEEP)).scalar()
            if position is None:
                return 0
            ahead = select(record.c.id).where(record.c.id > position, record.c.source_id != UNION)
            numbers = connection.scalars(ahead.order_by(record.c.id).limit(self._batch)).all()
            judged = self._judged(connection, numbers)
        if numbers:
            return self._keep(SWEEP, position, numbers[-1], judged, len(numbers))
        with self._store.write() as connection:
            connection.execute(delete(follower).where(follower.c.name == SWEEP, follower.c.position == position))
        return 0

    def _catch_up(self) -> int:
        """One batch of the change sequence; 0 when there is none left."""
        with self._store.read() as connection:
            position = connection.execute(select(follower.c.position).where(follower.c.name == CHANGES)).scalar_one()
            rows = connection.execute(
                select(change.c.seq, change.c.record_id, record.c.source_id)
                .join(record, record.c.id == change.c.record_id)
                .where(change.c.seq > position)
                .order_by(change.c.seq)
                .limit(self._batch)
            ).all()
            if not rows:
                return 0
            judged = self._judged(connection, list({row.record_id for row in rows if row.source_id != UNION}))
        return self._keep(CHANGES, position, rows[-1].seq, judged, len(rows))

    def _judged(self, connection: Connection, numbers: Sequence[int]) -> dict[int, Held | None]:
        """The codes of the records; None for one that is not shown."""
        found: dict[int, Held | None] = dict.fromkeys(numbers)
        query: Any = (
            select(record.c.id, source.c.library_id, version.c.dictionary, version.c.normalised, version.c.problems)
            .join(source, source.c.id == record.c.source_id)
            .join(version, version.c.id == record.c.version_id)
            .where(record.c.id.in_(list(numbers)), record.c.status == LIVE)
        )
        unpack = self._store.compression.decompressor
        for number, owner, dictionary, blob, problems in connection.execute(query).all() if numbers else ():
            text = unpack(connection, dictionary)(blob).decode()
            found[number] = Held(owner, self._judge.codes(Record(text), problems))
        return found

    def _keep(self, name: str, at: int, to: int, judged: dict[int, Held | None], looked: int) -> int:
        """Write what was judged if the position is what it was at the reading; another host may have been quicker."""
        with self._store.write() as connection:
            here = follower.c.name == name, follower.c.position == at, follower.c.formats == self._judge.signature
            if connection.execute(update(follower).where(*here).values(position=to)).rowcount:
                shelf.replace(connection, judged, month_of(self._store.now(connection), self._here))
        return looked


def behind(store: Store) -> int:
    """How many records are still to be looked at."""
    with store.read() as connection:
        rows = {row.name: row.position for row in connection.execute(select(follower))}
        if CHANGES not in rows:
            return int(connection.execute(select(func.count()).where(*_CONTRIBUTED)).scalar_one())
        left = clock.read(connection).seq - rows[CHANGES]
        if SWEEP in rows:
            ahead = select(func.count()).where(record.c.id > rows[SWEEP], *_CONTRIBUTED)
            left += connection.execute(ahead).scalar_one()
        return int(left)


def of(store: Store, settings: Settings, rest: Rest = lambda seconds: None) -> Follower:
    """The follower of a store by its settings. Raises InputError for a profile or a time zone that does not exist."""
    return Follower(store, Judge(settings), zone(settings.timezone), rest)


def work(store: Store, settings: Settings, stop: threading.Event) -> None:
    """Follow until `stop`, at most half of the time, so that others can write between two batches."""
    made, pulse = of(store, settings, rest=stop.wait), Pulse(store)
    while not stop.is_set():
        try:
            if not pulse.still() and made.follow():
                pulse.rest()
        except StoreError as error:
            _log.warning("figures wait: %s", error.text("en"))
            stop.wait(RETRY_SECONDS)
        stop.wait(POLL_SECONDS)
