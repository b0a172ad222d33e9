"""One visit to a source that is no OAI-PMH repository: what all of them do between the first record and publication.

As in a harvest, what came, where it stands and what was met are kept in one transaction; nothing is shown before the
end; a visit that would delete much waits for a person. What differs between the kinds is where records come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from catalogue import changesets, runs
from catalogue.ingest import Staging
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from foundation.errors import LienThongError, Problem
from harvesting import course, messages
from harvesting.contract import Progress
from harvesting.settings import SourceSettings
from marc.reading import Reading

_KEPT: Final = "kept"


class Visit:
    """A run of a source and the change set it fills. Whoever has one holds the source's lock."""

    def __init__(self, store: Store, source: Source, run: Run, settings: SourceSettings, progress: Progress) -> None:
        self.run = run
        self._store, self._source, self._settings, self._progress = store, source, settings, progress
        assert run.change_set is not None
        with store.read() as connection:
            self.staged = changesets.get(connection, run.change_set).state != changesets.STAGING
        self._staging: Staging | None = None if self.staged else Staging(store, run.change_set)

    @property
    def staging(self) -> Staging:
        """What it fills, as long as it is not `staged`."""
        assert self._staging is not None
        return self._staging

    @property
    def counts(self) -> dict[str, int]:
        return self.staging.counts

    def keep(self, readings: Sequence[Reading], met: Sequence[str] = (), unchanged: int = 0) -> str:
        """Stage these, and keep `run.position` with them; `met`: what a sweep leaves. Returns a person's wish."""
        wish = ""

        def note(connection: Connection) -> None:
            nonlocal wish
            if met:
                runs.meet(connection, self.run.number, met)
            now = self._store.now(connection)
            received = self.staging.counts["read"] + len(readings) + unchanged
            runs.trace(self.run.position, now - self.run.started, received)
            wish = runs.note(connection, self.run.number, self.run.position, self.staging.counts, now)

        self.staging.take(readings, note, unchanged=unchanged)
        self.run.counts.update(self.staging.counts)
        self._progress(self.run)
        return wish

    def sweep(self) -> None:
        """Stage the deletion of what was not met. Only for who has met all that there is."""
        after = ""
        while names := runs.unmet(self._store, self.run.number, self._source.number, after):
            self.keep([Reading(0, -1, b"", None, name=name, deleted=True) for name in names])
            after = names[-1]

    def tell(self, *problems: Problem) -> None:
        """Keep what a person should know."""
        runs.tell(self._store, self.run.number, problems)

    # --- ends -----------------------------------------------------------------------------------------------
    def finish(self, *, complete: bool = True) -> Run:
        """Everything came: publish it, unless the brake holds it."""
        self.run.position["complete"] = complete
        if self._staging is not None:
            with self._store.write() as connection:
                now = self._store.now(connection)
                runs.note(connection, self.run.number, self.run.position, self.staging.counts, now)
            self.staging.finish()
            self.run.counts.update(self.staging.counts)
        assert self.run.change_set is not None
        gone, every = runs.deletions(self._store, self.run.change_set, self._source.number)
        if self._settings.brakes(gone, every):
            values = {"gone": gone, "every": every, "brake": self._settings.brake, "run": self.run.number}
            self.tell(Problem(messages.BRAKE, values=values))
            return self._end(runs.WAITING)
        return course.release(self._store, self.run, complete=complete)

    def rest(self, state: str, error: LienThongError | None = None) -> Run:
        """Leave it as it stands, to be gone on with."""
        if error is not None:
            self.tell(error.problem)
        with self._store.write() as connection:
            now = self._store.now(connection)
            runs.note(connection, self.run.number, self.run.position, self.run.counts, now)
        return self._end(state)

    def drop(self, state: str, error: LienThongError | None = None) -> Run:
        """Forget what it staged; nobody has seen it."""
        assert self.run.change_set is not None
        if error is not None:
            self.tell(error.problem)
        changesets.discard(self._store, self.run.change_set)
        return self._end(state)

    def _end(self, state: str) -> Run:
        runs.end(self._store, self.run.number, state)
        return runs.get(self._store, self.run.number)


def begin(
    store: Store,
    source: Source,
    kind: str,
    title: str,
    fingerprint: str,
    position: dict[str, Any],
    rests: Run | None = None,
) -> Run:
    """A new run with a change set of its own, or one that `rests` and had none. `position`: what the kind keeps of
    where it stands."""
    return runs.start(store, source.number, kind, title, {"since": {}, "next": {}} | position, fingerprint, rests)


def remembered(store: Store, source: Source, rests: Run | None) -> dict[str, Any]:
    """What the run that `rests`, or else the last visit that came to an end, left for the next one."""
    last = rests or runs.last_ended(store, source.number)
    found: dict[str, Any] = last.position.get(_KEPT, {}) if last is not None else {}
    return found
