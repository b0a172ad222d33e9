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
from catalogue.provenance import Provenance
from catalogue.pulse import Pulse
from catalogue.renderings import STAGED
from catalogue.segments import Filling, Hole
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
    Entry(
        "d", 1, 3, (), False, b"<m/>", Provenance("b", "i", "d", "n", "h", True, Provenance("b", "i", "d", "n", "h"))
    ),
)

Rest = Callable[[float], object]


def wording(repository: Repository) -> str:
    """A name for how this repository writes records: another name whenever the same entries would give other bytes."""
    sample = b"".join(writer.records(replace(repository, home=""), _SAMPLES))
    sample += repr((repository.licence, sorted(repository.licences.items()))).encode()
    return hashlib.blake2b(sample, digest_size=12).hexdigest()


def write(repository: Repository, entries: list[Entry], after: Cursor) -> Segment:
    """`entries`, the next that there are behind `after`, as a segment."""
    shown = [entry for entry in entries if writer.deliverable(entry)]
    first, last = (Cursor(entry.datestamp, entry.record) for entry in (entries[0], entries[-1]))
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
            changed = snapshot.changed_lists(self._done)
        with self._store.locks.hold("segments", wait=0) as held:
            if not held:
                return False
            if self._done is None:
                segments.drop_others(self._store, (wording(self._whole), f"{wording(self._own)}/own"))
            if not all(self._fill_list(*one) for one in self._lists(changed)):
                return False
        self._done = sequence
        return True

    def _lists(self, changed: list[tuple[str, str]]) -> Iterator[tuple[Repository, str, Selection]]:
        """(repository, its home, list), those first that are harvested most."""
        for home, spec in changed:
            repository = replace(self._own, home=home) if home else self._whole
            for entry in STAGED:
                yield repository, home, Selection(entry.name, spec)

    def _fill_list(self, repository: Repository, home: str, selection: Selection) -> bool:
        with self._store.read() as connection:
            snapshot = Snapshot(self._store, connection, home)
            shelf = snapshot.shelf(wording(repository), selection)
            if shelf is None:
                return True
            holes = snapshot.holes(shelf, RECORDS, BYTES)
        while holes:
            start = time.perf_counter()
            with self._store.read() as connection:
                snapshot = Snapshot(self._store, connection, home)
                fillings = list(_fillings(snapshot, repository, selection, holes))
            # At the open end there is often nothing to do, and then nobody's turn to write is taken.
            needed = any(filling.made or filling.hole.last for filling in fillings)
            if needed and not segments.keep(self._store, shelf, snapshot.sequence, fillings):
                return False
            hole, made, reached = fillings[-1]
            rest = [hole._replace(after=made[-1].last, absorbed=())] if reached is None else []
            holes = rest + holes[len(fillings) :]
            self._rest(time.perf_counter() - start)
        return True


def _fillings(snapshot: Snapshot, repository: Repository, selection: Selection, holes: list[Hole]) -> Iterator[Filling]:
    """As many of the holes as one batch can fill, the last of them perhaps not wholly."""
    room = BATCH
    for hole in holes:
        made, ended = _runs(snapshot, repository, selection, hole, room)
        yield Filling(hole, made, (made[-1].last if made else hole.after) if ended else None)
        room -= max(1, len(made))
        if room <= 0:
            return


def _runs(
    snapshot: Snapshot, repository: Repository, selection: Selection, hole: Hole, most: int
) -> tuple[list[Segment], bool]:
    """The first segments of a hole, at most `most`, and whether they fill it.

    At the open end of a list a run waits until it is full: what comes next will belong to it.
    """
    made: list[Segment] = []
    at, through = hole.after, hole.last
    if through is None and len(snapshot.page(selection, at, RECORDS, 0, metadata=False)) < RECORDS:
        return made, True
    while len(made) < most:
        page = snapshot.page(selection, at, RECORDS, BYTES, metadata=True, through=through)
        last = Cursor(page[-1].datestamp, page[-1].record) if page else at
        ended = not (page and snapshot.page(selection, last, 1, 0, metadata=False, through=through))
        if page and (len(page) == RECORDS or not (ended and through is None)):
            made.append(write(repository, page, at))
        if ended:
            return made, True
        at = last
    return made, False


def follow(store: Store, repository: Repository, stop: threading.Event) -> None:
    """Make segments in the background until `stop`, at most half of the time."""
    filler, pulse = Filler(store, repository, rest=stop.wait), Pulse(store)
    while not stop.wait(POLL_SECONDS):
        try:
            if not pulse.still() and filler.fill():
                pulse.rest()
        except Exception as error:
            _log.warning("no segments were made: %r", error)
