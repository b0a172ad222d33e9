"""Keeping the index up with the store: one process of a machine follows the change sequence.

How far it is stands in the index, in the commit with the records themselves, so a follower that is killed goes on where
its last commit ended, and does no more harm than to do a change again. An index that is missing, damaged, of an older
schema, or ahead of its store (which was restored from a backup) is built anew beside the old one, from which answers
come until then.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from catalogue import changes, contents, headings, jobs
from catalogue.bell import Ear
from catalogue.changes import Batch
from catalogue.contents import Content
from catalogue.headings import Heading
from catalogue.pulse import Pulse
from catalogue.store import Store
from foundation.errors import StoreError
from foundation.settings import Settings
from search import document, messages
from search.browse import listed
from search.document import Document, Standing
from search.generations import Generations, both
from search.index import BrokenIndexError, Index

_log = logging.getLogger("lienthong.search")

POLL_SECONDS: Final = 0.5
"""How long what another host published may wait; on this one the bell rings."""
COMMIT_CHANGES: Final = 5_000
BUILD_RECORDS: Final = 100_000
"""Records of one commit while an index is built."""
HEADING_CHANGES: Final = 1_000
"""Changes whose headings are counted in one transaction, which others have to wait for."""
_LISTED: Final = 100
"""Documents whose headings are looked up together."""
_READ: Final = 1_000
RETRY_SECONDS: Final = 5.0
TELL_SECONDS: Final = 2.0
"""Between two notes of how far a job is."""
JOB: Final = "index"

Progress = Callable[[int], None]


def documents(found: Iterable[Content]) -> Iterator[Document]:
    """The documents of published records, one after the other."""
    return document.documents((one.record, _standing(one)) for one in found)


def _standing(one: Content) -> Standing:
    kept = (one.libraries, one.added, one.modified, one.collections)
    return Standing(one.number, one.version, one.identifier, *kept)


class Follower:
    """Writes one index of this machine. Only for who holds `Generations.writing`."""

    def __init__(self, store: Store, generations: Generations) -> None:
        self._store = store
        self._generations = generations
        self._index: Index | None = None
        self._folder: Path | None = None
        self._pulse = Pulse(store)

    def step(self) -> bool:
        """Do some of what is to be done; False when there is nothing more.

        Raises StoreError when store or disk fail; everything is as it was, and can be tried again.
        """
        if self._generations.take_rebuild():
            self._rebuild_asked()
        try:
            index = self._opened()
            if self._pulse.still():
                return False
            since = index.last_seq
            batch = changes.after(self._store, since, COMMIT_CHANGES, self._generations.union)
            if batch.changes:
                self._apply(index, batch, since)
                return True
        except BrokenIndexError as error:
            _log.warning("the index is built anew: %s", error.text("en"))
            self.rebuild()
            self._opened()  # what is broken as soon as it is made is told, and not made for ever
            return True
        except StoreError:
            self.close()
            raise
        if self._generations.union and self._count_headings():
            return True
        self._pulse.rest()
        return False

    def catch_up(self) -> None:
        """Do everything there is to do."""
        while self.step():
            pass

    def rebuild(self, progress: Progress = lambda done: None) -> None:
        """Build the index anew from the store, and put it in the place of the old one. Raises StoreError."""
        self.close()
        with self._generations.building() as folder:
            index = self._generations.open(folder, writable=True)
            try:
                # What changes while this reads is followed afterwards from here.
                seq = changes.last(self._store)
                self._fill(index, progress)
                index.apply((), (), seq)
            finally:
                index.close()
            self._generations.put_in_place(folder)

    def _rebuild_asked(self) -> None:
        """Build the index anew as a job that everybody can see."""
        number = jobs.start(self._store, JOB)
        told = time.monotonic()

        def progress(done: int) -> None:
            nonlocal told
            if time.monotonic() - told >= TELL_SECONDS:
                told = time.monotonic()
                with self._store.write() as connection:
                    jobs.advance(connection, number, done, self._store.now(connection))

        try:
            self.rebuild(progress)
        except StoreError as error:
            jobs.finish(self._store, number, jobs.FAILED, error.text("vi"))
            raise
        jobs.finish(self._store, number)

    def _fill(self, index: Index, progress: Progress) -> None:
        last, done, held = -1, 0, -1

        def some() -> Iterator[Document]:
            nonlocal last, done
            for _ in range(BUILD_RECORDS // _READ):
                with self._store.read() as connection:
                    numbers = contents.numbers_behind(connection, last, _READ, self._generations.union)
                    found = contents.read(self._store, connection, numbers)
                if not numbers:
                    return
                last = numbers[-1]
                yield from documents(found.values())
                done += len(found)
                progress(done)

        while last != held or held < 0:
            held = last
            index.apply(some(), (), -1)
            if last < 0:
                return

    def _opened(self) -> Index:
        """The index, open for writing and fit to be followed into. Raises BrokenIndexError when there is none."""
        current = self._generations.current()
        if self._index is None or current != self._folder:
            self.close()
            if current is None:
                self.rebuild()
                current = self._generations.current()
                assert current is not None
            self._index = self._generations.open(current, writable=True)
            self._folder = current
            self._pulse = Pulse(self._store)  # it may be behind what the one before had followed
            # Damage shows when it is read; better now, where nobody waits for an answer.
            self._index.examine()
            self._check(self._index)
        elif current is not None and self._generations.take_damage_report() == current.name:
            self._index.examine()
        return self._index

    def _check(self, index: Index) -> None:
        seq = index.last_seq
        if seq < 0 or seq > changes.last(self._store):
            raise BrokenIndexError(messages.INDEX_DAMAGED, reason=f"change {seq}, store {changes.last(self._store)}")

    def _apply(self, index: Index, batch: Batch, since: int) -> None:
        """Put a batch behind `since` into the index, and count its headings while its documents are at hand."""
        found = documents(batch.contents)
        if not self._generations.union or headings.followed(self._store) != since:
            index.apply(found, batch.gone, batch.seq)
            return
        counted: dict[int, Sequence[Heading]] = {}

        def listing() -> Iterator[Document]:
            while some := list(islice(found, _LISTED)):
                counted.update(zip([one.number for one in some], listed(some), strict=True))
                yield from some

        index.apply(listing(), batch.gone, batch.seq)
        self._count(since, counted | dict.fromkeys(batch.gone, ()), batch.seq)

    def _count_headings(self) -> bool:
        """Count the headings of some union records that were not counted with the index: it was built anew, or another
        host has counted until now."""
        done = headings.followed(self._store)
        if done >= changes.last(self._store):
            return False
        batch = changes.after(self._store, done, HEADING_CHANGES, union=True)
        some = list(documents(batch.contents))
        counted: dict[int, Sequence[Heading]] = dict(zip([one.number for one in some], listed(some), strict=True))
        return bool(batch.changes) and self._count(done, counted | dict.fromkeys(batch.gone, ()), batch.seq)

    def _count(self, since: int, records: Mapping[int, Sequence[Heading]], seq: int) -> bool:
        """Count these records, which are what changed behind `since`; one process of all hosts does it. A process that
        is killed between two transactions has counted some of them, which does no harm when they are counted again."""
        with self._store.locks.hold("headings", wait=0) as held:
            if not held or headings.followed(self._store) != since:
                return False
            ahead = iter(records.items())
            while True:
                some = dict(islice(ahead, HEADING_CHANGES))
                if len(some) < HEADING_CHANGES:
                    headings.replace(self._store, some, seq)
                    return True
                headings.replace(self._store, some, since)

    def close(self) -> None:
        """Let go of the index."""
        if self._index is not None:
            self._index.close()
        self._index = self._folder = None


def follow(store: Store, settings: Settings, stop: threading.Event) -> None:
    """Follow until `stop`. While another process of this machine does it, wait to take over."""
    united, contributed = both(settings)
    while not stop.is_set():
        with united.writing(wait=0) as held, contributed.writing(wait=0) as other:
            if held and other:
                for generations in (united, contributed):
                    generations.sweep()
                followers = [Follower(store, generations) for generations in (united, contributed)]
                _follow_held(followers, Ear(store.bell), stop)
        stop.wait(POLL_SECONDS)


def _follow_held(followers: Sequence[Follower], ear: Ear, stop: threading.Event) -> None:
    try:
        while not stop.is_set():
            try:
                if sum(follower.step() for follower in followers):
                    continue
            except StoreError as error:
                _log.warning("the index waits: %s", error.text("en"))
                stop.wait(RETRY_SECONDS)
            ear.wait(stop, POLL_SECONDS)
    finally:
        for follower in followers:
            follower.close()
