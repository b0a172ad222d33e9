"""Formats that are made after publication: a follower of the change sequence, and the job that makes them all anew.

The follower reads the changes behind its position, renders the records as they are now, and in one short transaction
of a publisher stamps what came out different (`catalogue.renderings` says which formats). It keeps its position in the
same commit, so a killed follower repeats at most one batch, to the same result. One process does it at a time; should
two, the second finds the position moved and does nothing.

A job goes through all records instead, for formats that are new or whose crosswalk was corrected, and moves the
datestamps of those alone whose bytes are not what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, and_, delete, func, insert, select, update

from catalogue import bulk, clock, moving
from catalogue.compression import ENOUGH
from catalogue.following import Progress, Rest, follow
from catalogue.renderings import FOLLOWED, FOLLOWED_MASK, FORMATS, STAGED_MASK, Format, Rendering, make
from catalogue.restamp import Move
from catalogue.store import Store
from catalogue.tables import (
    LEFT,
    LIVE,
    change,
    change_set,
    followed,
    follower,
    library,
    record,
    rendering,
    source,
    unmade,
    version,
)
from dublin_core.edm import Showing
from foundation.settings import Settings
from marc.record import Record

CHANGES: Final = "changes"
"""The follower of the change sequence; its position is a number of that sequence."""
RENDER: Final = "render"
"""The job; its position is the number of a record."""
LOCK: Final = "followers"
BATCH: Final = 200
"""Records rendered in one go: publishers wait as long as it takes to stamp them."""
REASON_CHARACTERS: Final = 500
LARGE: Final = 1000
"""Records after which PostgreSQL is told to look at the tables again."""


@dataclass(frozen=True, slots=True)
class Site:
    """What renderings name of this server."""

    base_url: str
    """Public address, without a slash at its end."""
    name: str
    """Who passes the records on."""

    @classmethod
    def of(cls, settings: Settings) -> Site:
        return cls(settings.public_url, settings.repository_name)

    def showing(self, identifier: str, library_name: str) -> Showing:
        return Showing(f"{self.base_url}/record/{identifier}", library_name, self.name)


class _Source(NamedTuple):
    """A record as it was read."""

    id: int
    identifier: str
    status: int
    version_id: int | None
    dictionary: int | None
    normalised: bytes | None
    library: str


class _Made(NamedTuple):
    """What became of a record: the renderings that differ, the formats it has, those that failed."""

    version_id: int | None
    new: list[Rendering]
    has: int
    failed: list[tuple[int, str]]


class Follower:
    """Makes the followed formats of one store. `rest`: see `catalogue.following`."""

    def __init__(self, store: Store, site: Site, rest: Rest = lambda seconds: None) -> None:
        self._store = store
        self._site = site
        self._rest = rest
        self._size = BATCH

    def follow(self, progress: Progress = lambda done: None) -> bool:
        """Do all there is to do; False when another process is at it. `progress` is told the records looked at.

        Raises StoreError; what was done until then stands.
        """
        done = follow(self._store, LOCK, self._step, progress, self._rest, self._begin)
        if done is not None and done > LARGE:
            self._store.refresh_statistics()
        return done is not None

    def _step(self) -> int:
        return self._sweep() or self._catch_up()

    def _begin(self) -> None:
        """Know where the follower is; a format it did not know when it last ran is made for all records."""
        with self._store.read() as connection:
            row = connection.execute(select(follower.c.formats).where(follower.c.name == CHANGES)).one_or_none()
            # Dictionaries want samples: the first batch of all is larger.
            trained = self._store.compression.trained(connection, [entry.name for entry in FOLLOWED])
        self._size = BATCH if trained else max(BATCH, ENOUGH)
        if row is not None and row.formats == FOLLOWED_MASK:
            return
        with self._store.write() as connection:
            if row is None:
                new = {"name": CHANGES, "position": 0, "formats": FOLLOWED_MASK}
                connection.execute(insert(follower).values(new))
                return
            added = FOLLOWED_MASK & ~row.formats
            if added:
                ask(connection, added)
            connection.execute(update(follower).where(follower.c.name == CHANGES).values(formats=FOLLOWED_MASK))

    def _catch_up(self) -> int:
        """One batch of the change sequence; 0 when there is none left."""
        with self._store.read() as connection:
            at = _position(connection, CHANGES)
            changes = (
                select(change.c.seq, change.c.record_id, change.c.silent, change_set.c.kind)
                .outerjoin(change_set, change_set.c.id == change.c.change_set_id)
                .where(change.c.seq > at)
            )
            rows = connection.execute(changes.order_by(change.c.seq).limit(self._size)).all()
            if not rows:
                return 0
            # A version that an undo brings back was made by the crosswalks of its time.
            undone = {row.record_id for row in rows if row.kind == "undo"}
            chosen = {row.record_id for row in rows}
            silent = _silent(connection, at, chosen - {row.record_id for row in rows if not row.silent})
            made = self._render(connection, record.c.id.in_(chosen), lambda one: FORMATS if one in undone else FOLLOWED)
        self._keep(CHANGES, (at, FOLLOWED_MASK), rows[-1].seq, made, silent)
        return len(rows)

    def _sweep(self) -> int:
        """One batch of the job; 0 when there is none."""
        with self._store.read() as connection:
            row = connection.execute(select(follower).where(follower.c.name == RENDER)).one_or_none()
            if row is None:
                return 0
            chosen = [entry for entry in FORMATS if row.formats & entry.mask]
            last = connection.scalars(
                select(record.c.id).where(record.c.id > row.position).order_by(record.c.id).limit(self._size)
            ).all()
            if last:
                mine = and_(record.c.id > row.position, record.c.id <= last[-1], record.c.status == LIVE)
                made = self._render(connection, mine, lambda one: chosen)
        if last:
            self._keep(RENDER, (row.position, row.formats), last[-1], made)
            return len(last)
        with self._store.write() as connection:
            done = and_(
                follower.c.name == RENDER, follower.c.position == row.position, follower.c.formats == row.formats
            )
            connection.execute(delete(follower).where(done))
        return 0

    def _render(
        self, connection: Connection, chosen: Any, formats: Callable[[int], Iterable[Format]]
    ) -> dict[int, tuple[int, _Made]]:
        """For each of these records: the mask of the formats looked at, and what became of them."""
        rows = [_Source(*row) for row in connection.execute(_sources(chosen))]
        hashes = _hashes(connection, rows)
        found = {}
        texts = self._store.compression.decompressor
        for row in rows:
            wanted = tuple(formats(row.id))
            mask = sum(entry.mask for entry in wanted)
            if row.status != LIVE or row.normalised is None or row.dictionary is None:
                found[row.id] = (mask, _Made(None, [], 0, []))
                continue
            text = texts(connection, row.dictionary)(row.normalised).decode()
            made, failed = make(Record(text), wanted, self._site.showing(row.identifier, row.library))
            known = hashes.get(row.id, {})
            new = [one for one in made if known.get(one.format.bit) != one.hash]
            has = sum(one.format.mask for one in made)
            reasons = [(one.format.bit, one.reason[:REASON_CHARACTERS]) for one in failed]
            found[row.id] = (mask, _Made(row.version_id, new, has, reasons))
        return found

    def _keep(
        self,
        name: str,
        at: tuple[int, int],
        to: int,
        made: Mapping[int, tuple[int, _Made]],
        silent: Mapping[int, Sequence[int]] | None = None,
    ) -> None:
        """Stamp what is new and move the position, if position and formats are what they were at the reading.

        `silent`: see `_silent`.
        """
        self._train(made)
        with self._store.write() as connection:
            stamp, seq = clock.take(self._store, connection)
            here = select(follower.c.position, follower.c.formats).where(follower.c.name == name)
            found = connection.execute(here).one_or_none()
            if found is None or tuple(found) != at:
                return
            connection.execute(update(follower).where(follower.c.name == name).values(position=to))
            last = _stamp(self._store, connection, made, (stamp, seq), silent or {})
            if last is not None:
                clock.settle(connection, stamp, last)

    def _train(self, made: Mapping[int, tuple[int, _Made]]) -> None:
        """Give each format its dictionary, from the first batch."""
        if self._size == BATCH:
            return
        self._size = BATCH
        samples: dict[str, list[bytes]] = {}
        for _, one in made.values():
            for entry in one.new:
                samples.setdefault(entry.format.name, []).append(entry.data)
        with self._store.write() as connection:
            for kind, data in samples.items():
                self._store.compression.train(connection, kind, data)


def ask(connection: Connection, formats: int) -> None:
    """Have these formats (a mask) made anew for every record, from the first on. In a transaction that writes."""
    held = connection.execute(select(follower.c.formats).where(follower.c.name == RENDER)).scalar()
    if held is None:
        connection.execute(insert(follower).values(name=RENDER, position=0, formats=formats))
    else:
        connection.execute(update(follower).where(follower.c.name == RENDER).values(position=0, formats=held | formats))


class Progressed(NamedTuple):
    """How far the formats are behind."""

    changes: int
    """Changes that the follower has not looked at."""
    records: int
    """Records that the job has not looked at."""
    formats: tuple[str, ...]
    """Formats that the job makes."""


def behind(store: Store) -> Progressed:
    """What is left to do."""
    with store.read() as connection:
        at = _position(connection, CHANGES)
        changes = clock.read(connection).seq - at
        row = connection.execute(select(follower).where(follower.c.name == RENDER)).one_or_none()
        if row is None:
            return Progressed(changes, 0, ())
        left = connection.execute(select(func.count()).where(record.c.id > row.position)).scalar_one()
        return Progressed(changes, left, tuple(entry.name for entry in FORMATS if row.formats & entry.mask))


class Unmade(NamedTuple):
    """A record that could not be made in a format."""

    identifier: str
    library: str
    local_id: str
    format: str
    reason: str
    noted: int


def problems(store: Store, limit: int = 1000) -> list[Unmade]:
    """Records that are missing in a format because it could not be made, in the order of their numbers."""
    names = {entry.bit: entry.name for entry in FORMATS}
    query = (
        select(record.c.identifier, library.c.code, record.c.local_id, unmade.c.format, unmade.c.reason, unmade.c.noted)
        .join(record, record.c.id == unmade.c.record_id)
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .order_by(unmade.c.record_id, unmade.c.format)
        .limit(limit)
    )
    with store.read() as connection:
        return [
            Unmade(row[0], row[1], row[2], names.get(row[3], str(row[3])), row[4], row[5])
            for row in connection.execute(query)
        ]


def _stamp(
    store: Store,
    connection: Connection,
    made: Mapping[int, tuple[int, _Made]],
    moment: tuple[int, int],
    silent: Mapping[int, Sequence[int]],
) -> int | None:
    """Write what was made and move the feed. Returns the last number of the change sequence; None when nothing moved.

    A record that was published again since it was read is left alone: its change lies behind the follower's position,
    and a job's record was made anew by its publication.
    """
    stamp, seq = moment
    now = {
        number: (state, shown)
        for number, state, shown in connection.execute(
            select(record.c.id, record.c.status, record.c.version_id).where(record.c.id.in_(made))
        )
    }
    gone = [number for number, (state, _) in now.items() if state != LIVE]
    live = {n: made[n] for n, (state, shown) in now.items() if state == LIVE and made[n][1].version_id == shown}
    if gone:
        connection.execute(delete(followed).where(followed.c.record_id.in_(gone)))
        connection.execute(delete(unmade).where(unmade.c.record_id.in_(gone)))
    held = moving.rows_of(connection, live)
    moves = {}
    noted: list[tuple[int, int]] = []
    for number, (mask, one) in live.items():
        rows = held[number]
        before = moving.living(rows)
        # A staged format that cannot be made any more keeps the bytes it has.
        has = before & ~(mask & ~STAGED_MASK) | one.has
        new = sum(entry.format.mask for entry in one.new)
        if new or has != before:
            inside = {row.set_id for row in rows if row.status != LEFT}
            moves[number] = Move(stamp, inside, has, (0 if number in silent else new) | has & ~before)
            noted += [(new & before & FOLLOWED_MASK, change_number) for change_number in silent.get(number, ())]
    _write(store, connection, live, stamp)
    moved, _ = moving.apply(connection, held, moves, {})
    bulk.execute(connection, "UPDATE change SET formats = formats | ? WHERE seq = ?", noted)
    staged = [n for n in sorted(moved) if any(entry.format.mask & STAGED_MASK for entry in live[n][1].new)]
    told = [(seq + place, number, 0, stamp, 0) for place, number in enumerate(staged, 1)]
    bulk.insert(connection, change, "seq record_id change_set_id datestamp deleted", told)
    return seq + len(told) if moved else None


def _write(store: Store, connection: Connection, live: Mapping[int, tuple[int, _Made]], stamp: int) -> None:
    """The blobs of what is new, without those of what is no more; the problems of today, without those before."""
    compress = store.compression.compress
    blobs: list[tuple[Any, ...]] = []
    anew: list[tuple[Any, ...]] = []
    formats: list[tuple[int | None, int]] = []
    drop: list[tuple[int, int]] = []
    failed: list[tuple[Any, ...]] = []
    settled: list[tuple[int, int]] = []
    for number, (mask, one) in live.items():
        for entry in one.new:
            dictionary, blob = compress(connection, entry.format.name, entry.data)
            if entry.format.followed:
                blobs.append((number, entry.format.bit, entry.hash, dictionary, blob))
            else:
                anew.append((one.version_id, entry.format.bit, entry.hash, dictionary, blob))
                formats.append((one.version_id, entry.format.mask))
        drop += [(number, entry.bit) for entry in FOLLOWED if entry.mask & mask & ~one.has]
        failed += [(number, bit, reason, stamp) for bit, reason in one.failed]
        settled += [(number, entry.bit) for entry in FORMATS if entry.mask & mask & one.has]
    replace = "DO UPDATE SET hash = excluded.hash, dictionary = excluded.dictionary, bytes = excluded.bytes"
    columns = "format hash dictionary bytes"
    bulk.insert(connection, followed, f"record_id {columns}", blobs, f"ON CONFLICT (record_id, format) {replace}")
    bulk.insert(connection, rendering, f"version_id {columns}", anew, f"ON CONFLICT (version_id, format) {replace}")
    grown = "UPDATE version SET formats = formats | ? WHERE id = ?"
    bulk.execute(connection, grown, [(mask, number) for number, mask in formats])
    bulk.execute(connection, "DELETE FROM followed WHERE record_id = ? AND format = ?", drop)
    bulk.insert(
        connection,
        unmade,
        "record_id format reason noted",
        failed,
        "ON CONFLICT (record_id, format) DO UPDATE SET reason = excluded.reason",
    )
    if connection.execute(select(unmade.c.record_id).limit(1)).first() is not None:
        bulk.execute(connection, "DELETE FROM unmade WHERE record_id = ? AND format = ?", settled)


def _silent(connection: Connection, at: int, records: Collection[int]) -> dict[int, list[int]]:
    """Those of `records` of which nobody is to be told in any format (docs/decisions/008-silent.md), each with its
    changes behind `at`. A record that was changed again since, and not silently, is told: its bytes are read as they
    are now.
    """
    found: dict[int, list[int]] = {number: [] for number in records}
    if found:
        later = select(change.c.seq, change.c.record_id, change.c.silent).where(change.c.seq > at)
        for number, record_id, silent in connection.execute(later.where(change.c.record_id.in_(found))):
            if not silent:
                found.pop(record_id, None)
            elif record_id in found:
                found[record_id].append(number)
    return found


def position(connection: Connection) -> int:
    """The last change of the sequence that the formats made after publication know of."""
    return _position(connection, CHANGES)


def _position(connection: Connection, name: str) -> int:
    found: int | None = connection.execute(select(follower.c.position).where(follower.c.name == name)).scalar()
    return found or 0


def _sources(chosen: Any) -> Select[Any]:
    return (
        select(
            record.c.id,
            record.c.identifier,
            record.c.status,
            record.c.version_id,
            version.c.dictionary,
            version.c.normalised,
            library.c.name_vi,
        )
        .join(source, source.c.id == record.c.source_id)
        .join(library, library.c.id == source.c.library_id)
        .outerjoin(version, version.c.id == record.c.version_id)
        .where(chosen)
        .order_by(record.c.id)
    )


def _hashes(connection: Connection, rows: Sequence[_Source]) -> dict[int, dict[int, bytes]]:
    """Record → format → hash of what is shown now."""
    found: dict[int, dict[int, bytes]] = {}
    numbers = [row.id for row in rows]
    shown = {row.version_id: row.id for row in rows if row.version_id is not None}
    if numbers:
        query = select(followed.c.record_id, followed.c.format, followed.c.hash)
        for number, bit, digest in connection.execute(query.where(followed.c.record_id.in_(numbers))):
            found.setdefault(number, {})[bit] = digest
        staged = select(rendering.c.version_id, rendering.c.format, rendering.c.hash)
        for number, bit, digest in connection.execute(staged.where(rendering.c.version_id.in_(shown))):
            found.setdefault(shown[number], {})[bit] = digest
    return found
