"""What is written of a list before anybody asks: runs of a hundred records, compressed, stored by `catalogue.segments`.

A harvest of everything is then answered from memory: one answer is the envelope and a handful of segments, put together
as one gzip member without looking into any of them. Everything is right without segments too, so whatever hinders
their making is no harm.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from catalogue import segments
from catalogue.feed import Cursor, Entry, Segment, Selection
from catalogue.renderings import FORMATS
from catalogue.snapshot import Snapshot
from catalogue.store import Store
from foundation.limits import MIB
from oaipmh import writer
from oaipmh.compression import deflate
from oaipmh.repository import Repository

_log = logging.getLogger("lienthong.oaipmh")
RECORDS = 100
"""Records of a segment: half of this costs a tenth more bytes, twice as much saves a twentieth."""
BYTES = 1 * MIB
"""Metadata of a segment, so that it finds room in a page."""
LEVEL = 3  # of isal: a segment is compressed once, and stored and sent many times
BATCH = 10
"""Segments that are made in one snapshot and stored in one transaction."""
POLL_SECONDS = 2.0
_SAMPLES = (
    Entry("a b&", 0, 1, ("s:1", "s:2"), False, b"<m/>"),
    Entry("c", 1, 2, (), True, None),
)

Rest = Callable[[float], object]


def wording(repository: Repository) -> str:
    """A name for how this repository writes records: another name whenever the same entries would give other bytes."""
    sample = b"".join(writer.records(repository, _SAMPLES))
    return hashlib.blake2b(sample, digest_size=12).hexdigest()


def write(repository: Repository, entries: list[Entry], after: Cursor, last: Cursor) -> Segment:
    """`entries`, all there are behind `after` and not behind `last`, as a segment."""
    shown = [entry for entry in entries if writer.deliverable(entry)]
    first = Cursor(entries[0].datestamp, entries[0].record) if entries else last
    size = sum(len(entry.metadata or b"") for entry in shown)
    return Segment(after, first, last, len(shown), size, *deflate(b"".join(writer.records(repository, shown)), LEVEL))


class Filler:
    """Makes the segments that are missing, of the whole repository, its sets, and the libraries' own repositories.

    `repository`: the whole. `rest` is called after each piece of work with the seconds it took.
    """

    def __init__(self, store: Store, repository: Repository, rest: Rest = lambda seconds: None) -> None:
        self._store = store
        self._whole = repository
        self._own = replace(repository, has_sets=False)
        self._rest = rest
        self._done: int | None = None

    def fill(self) -> bool:
        """Make what is missing; True when nothing is. One process does it at a time, the others need not wait."""
        with self._store.read() as connection:
            snapshot = Snapshot(self._store, connection)
            sequence = snapshot.sequence
            if sequence == self._done:
                return True
            sets = snapshot.changed_sets(self._done)
        with self._store.locks.hold("segments", wait=0) as held:
            if not held:
                return False
            if self._done is None:
                segments.drop_others(self._store, (wording(self._whole), f"{wording(self._own)}/own"))
            if not all(self._fill_list(*one) for one in self._lists(sets)):
                return False
        self._done = sequence
        return True

    def _lists(self, sets: list[str]) -> Iterator[tuple[Repository, str, Selection]]:
        """(repository, its set, list), those first that are harvested most."""
        for spec in sets:
            for entry in FORMATS:
                if spec:
                    yield self._own, spec, Selection(entry.name)
                else:
                    yield self._whole, "", Selection(entry.name)
        for spec in filter(None, sets):
            for entry in FORMATS:
                yield self._whole, "", Selection(entry.name, spec)

    def _fill_list(self, repository: Repository, home: str, selection: Selection) -> bool:
        with self._store.read() as connection:
            snapshot = Snapshot(self._store, connection, home)
            shelf = snapshot.shelf(wording(repository), selection)
            if shelf is None:
                return True
            holes = snapshot.holes(shelf, RECORDS, BYTES)
        for hole in holes:
            at: Cursor | None = hole.after
            absorbed = hole.absorbed
            while at is not None:
                start = time.perf_counter()
                with self._store.read() as connection:
                    snapshot = Snapshot(self._store, connection, home)
                    made, at = _runs(snapshot, repository, selection, at, hole.last)
                    sequence = snapshot.sequence
                if made and not segments.keep(self._store, shelf, sequence, absorbed, made):
                    return False
                absorbed = ()
                self._rest(time.perf_counter() - start)
        return True


def _runs(
    snapshot: Snapshot, repository: Repository, selection: Selection, at: Cursor, through: Cursor | None
) -> tuple[list[Segment], Cursor | None]:
    """The next few segments behind `at` up to `through`, and where to go on; None at the end.

    At the open end of a list a run waits until it is full: what comes next will belong to it.
    """
    made: list[Segment] = []
    if through is None and len(snapshot.page(selection, at, RECORDS, 0, metadata=False)) < RECORDS:
        return made, None
    while len(made) < BATCH:
        page = snapshot.page(selection, at, RECORDS, BYTES, metadata=True, through=through)
        last = Cursor(page[-1].datestamp, page[-1].record) if page else at
        ended = not (page and snapshot.page(selection, last, 1, 0, metadata=False, through=through))
        if ended and through is None:
            if len(page) == RECORDS:
                made.append(write(repository, page, at, last))
            return made, None
        # No rows stand between the last one and the end of the hole: the segment reaches to where the next one begins.
        made.append(write(repository, page, at, through if ended and through else last))
        if ended:
            return made, None
        at = last
    return made, at


def follow(store: Store, repository: Repository, stop: threading.Event) -> None:
    """Make segments in the background until `stop`, at most half of the time."""
    filler = Filler(store, repository, rest=stop.wait)
    while not stop.wait(POLL_SECONDS):
        try:
            filler.fill()
        except Exception as error:
            _log.warning("no segments were made: %r", error)
