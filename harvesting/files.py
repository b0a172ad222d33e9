"""Sources that are files: each new or changed file becomes a run and a change set of its own.

What makes a file known is its name and the SHA-256 of its content, kept with its change set; so nothing need be moved
or deleted where it lies, and a file that comes again as it was before another one is taken again. A file is copied
before it is read: what it holds cannot change meanwhile, and a run that is killed goes on with the very same bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from catalogue import changesets, forms, ingest, runs
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from foundation import limits
from foundation.errors import InputError, PeerError, Problem, RefusedError
from harvesting import messages, visit
from harvesting.contract import Means
from harvesting.settings import FileSettings
from harvesting.visit import Visit

FULL: Final = "full"
NEW: Final = "new"
_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that was brought here."""

    name: str
    path: Path
    """Our own copy, which its reader takes away."""
    digest: str
    """SHA-256, in hexadecimal digits."""


class Place(Protocol):
    """Where files are. It says nothing of what is in them."""

    def files(self, kept: dict[str, Any], *, everything: bool) -> Iterator[Fetched]:
        """The files that may be new, each copied when its turn comes; `everything`: also those known for sure.

        `kept`: what it remembers from one visit to the next, as JSON; it changes it. Raises PeerError when the line
        breaks, InputError or RefusedError for what a person has to mend.
        """

    def begun(self) -> int:
        """Bytes that are here of a file that the line has not brought to its end."""


class FileCourse:
    """The files of one source, taken one after the other. `folder`: its own, for copies."""

    def __init__(self, store: Store, source: Source, settings: FileSettings, place: Place, means: Means) -> None:
        self._store, self._source, self._settings, self._place = store, source, settings, place
        self._means = means
        self._rests: Run | None = None
        """The run of a visit that was cut before it had taken anything: this visit is how it goes on."""

    def go(self, kind: str = "") -> Run:
        """Take what is new, beginning with what an interrupted run had begun; `full`: everything, known or not.

        Returns the last run. Raises as `Harvestable.go`.
        """
        kind = FULL if kind == FULL else NEW
        with self._store.locks.hold(f"source-{self._source.number}", wait=0) as held:
            if not held:
                raise RefusedError(messages.BUSY, name=self._source.name)
            last = self._resumed()
            if last is not None and last.state != runs.DONE:
                return last
            kind = self._rests.kind if self._rests is not None else kind
            kept = visit.remembered(self._store, self._source, self._rests)
            begun = self._place.begun()
            try:
                for found in self._place.files(kept, everything=kind == FULL):
                    over = self._means.rest()
                    if over is not None:
                        found.path.unlink(missing_ok=True)
                        return self._empty(kind, runs.CUT, {"kept": kept}, over.problem)
                    done = self._take(found, kind, kept)
                    if done is not None:
                        last = done
                        if last.state not in (runs.DONE, runs.FAILED):
                            return last
            except PeerError as error:
                # As `Course` counts them: whoever comes no further waits the longer.
                rests = self._rests if self._place.begun() <= begun else None
                cuts = 1 if rests is None else rests.position.get("cuts", 0) + 1
                return self._empty(kind, runs.CUT, {"kept": kept, "cuts": cuts}, error.problem)
            except (InputError, RefusedError) as error:
                return self._empty(kind, runs.FAILED, {"kept": kept}, error.problem)
            return last or self._empty(kind, runs.DONE, {"kept": kept})

    def _resumed(self) -> Run | None:
        """Go on with a run that was interrupted; None when there is none that had begun a file."""
        found = runs.unfinished(self._store, self._source.number)
        if found is None or found.change_set is None:
            self._rests = found
            return None
        if found.state == runs.WAITING:
            raise RefusedError(messages.WAITING_FOR_PERSON, run=found.number, name=self._source.name)
        at = self._visit(runs.resume(self._store, found.number))
        file = found.position.get("file", {})
        fetched = Fetched(str(file.get("name")), Path(str(file.get("path"))), str(file.get("digest")))
        if not at.staged and not fetched.path.exists():
            at.drop(runs.STOPPED)  # the copy is gone: the file is fetched anew
            return None
        return self._read(at, fetched)

    def _take(self, found: Fetched, kind: str, kept: dict[str, Any]) -> Run | None:
        """One file; None when it is known."""
        with self._store.read() as connection:
            same = changesets.came_of(connection, self._source.number, found.name, found.digest)
        if same is not None and kind != FULL:
            found.path.unlink(missing_ok=True)
            return None
        file = {"name": found.name, "path": str(found.path), "digest": found.digest}
        position = {"file": file, "kept": kept}
        rests, self._rests = self._rests, None
        run = visit.begin(self._store, self._source, kind, found.name, found.digest, position, rests)
        return self._read(self._visit(run), found)

    def _empty(self, kind: str, state: str, position: dict[str, Any], *said: Problem) -> Run:
        """The run of a visit that took nothing more."""
        position = {"since": {}, "next": {}} | position
        return runs.empty(self._store, self._source.number, kind, state, position, said, self._rests)

    def _visit(self, run: Run) -> Visit:
        return Visit(self._store, self._source, run, self._settings, self._means.progress)

    def _read(self, at: Visit, found: Fetched) -> Run:
        if not at.staged:
            try:
                wish = self._stage(at, found)
            except InputError as error:
                found.path.unlink(missing_ok=True)
                return at.drop(runs.FAILED, error.at(file=found.name))
            if wish == runs.PAUSE:
                return at.rest(runs.PAUSED)
            if wish:
                found.path.unlink(missing_ok=True)
                return at.drop(runs.STOPPED)
        done = at.finish()
        found.path.unlink(missing_ok=True)
        return done

    def _stage(self, at: Visit, found: Fetched) -> str:
        """Everything in the file behind what is staged; returns a person's wish."""
        with found.path.open("rb") as stream:
            readings = forms.readings(self._store, self._source.library, stream, found.name, self._settings.encoding)
            rest = islice(readings, at.staging.position, None)
            while batch := list(islice(rest, _BATCH)):
                met = [name for one in batch if (name := ingest.local_id(one))] if self._settings.complete else ()
                if wish := at.keep(batch, met):
                    return wish
        if self._settings.complete:
            # A record that could not be read has no name, so it cannot be told from one that is gone.
            if at.counts["quarantined"] or not at.counts["read"]:
                at.tell(Problem(messages.INCOMPLETE))
            else:
                at.sweep()
        return ""


def copied(stream: BinaryIO, folder: Path, name: str) -> Fetched:
    """A file's content in a copy of our own. Raises LimitError (SOURCE_FILE_BYTES), OSError when there is no room."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"copy.{os.getpid()}"
    digest, size = hashlib.sha256(), 0
    try:
        with made.open("wb") as out:
            while piece := stream.read(limits.READ_CHUNK):
                size += len(piece)
                if size > limits.SOURCE_FILE_BYTES:
                    raise messages.file_limit(name, size)
                digest.update(piece)
                out.write(piece)
        return kept_as(made, folder, name, digest.hexdigest())
    except BaseException:
        with suppress(OSError):
            made.unlink(missing_ok=True)
        raise


def kept_as(made: Path, folder: Path, name: str, digest: str) -> Fetched:
    """A copy under the name by which a run that was interrupted finds it."""
    path = folder / digest
    os.replace(made, path)
    return Fetched(name, path, digest)
