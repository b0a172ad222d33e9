"""The course of a visit to what is walked record by record and is no OAI-PMH: SRU servers and ResourceSync sources.

What a step brought and where it stands are kept in one transaction, so a walk that is cut goes on behind its last step.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Protocol

from catalogue import runs
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from dublin_core.to_marc import Origin
from foundation.errors import InputError, PeerError, Problem, RefusedError
from foundation.network import Client
from foundation.pace import backoff, retry_after
from harvesting import messages, visit
from harvesting.contract import Means, Sleep
from harvesting.settings import WalkSettings
from harvesting.taking import record_of
from harvesting.visit import Visit
from marc.reading import Reading

FULL: Final = "full"
NEW: Final = "new"
_DAY: Final = 86_400
_ATTEMPTS: Final = 6
BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same may be had (RFC 9110, 15); any other is about what was asked for."""
_WALK: Final = "walk"
_AFTER: Final = "after"


class Step(NamedTuple):
    """Some records of a walk."""

    readings: list[Reading]
    complete: bool = True
    """Whether everything that should be in it is; if not, what was not met is not taken to be gone."""


class Walk(Protocol):
    """One way through a source. It says nothing of runs and stores."""

    def steps(self, since: dict[str, Any], at: dict[str, Any]) -> Iterator[Step]:
        """Everything, or what is new behind `since`, which the last walk left in `at["next"]`.

        `since`: empty for everything. `at`: where this walk stands, as JSON; it is changed before each step, and a walk
        that was cut is given what it left. Raises PeerError when the line breaks, InputError or RefusedError for what a
        person has to mend.
        """


class WalkCourse:
    """A walk as a run of a source."""

    def __init__(self, store: Store, source: Source, settings: WalkSettings, walk: Walk, means: Means) -> None:
        self._store, self._source, self._settings, self._walk = store, source, settings, walk
        self._means = means

    def go(self, kind: str = "") -> Run:
        """Bring the walk as far as it comes. Returns and raises as `Harvestable.go`."""
        with self._store.locks.hold(f"source-{self._source.number}", wait=0) as held:
            if not held:
                raise RefusedError(messages.BUSY, name=self._source.name)
            at = self._opened(kind)
            if not at.staged:
                before = int(at.run.counts.get("read", 0))
                try:
                    wish = self._walked(at)
                except PeerError as error:
                    further = at.run.counts.get("read", 0) > before
                    at.run.position["cuts"] = 1 if further else at.run.position.get("cuts", 0) + 1
                    return at.rest(runs.CUT, error)
                except (InputError, RefusedError) as error:
                    return at.drop(runs.FAILED, error)
                if wish == runs.PAUSE:
                    return at.rest(runs.PAUSED)
                if wish:
                    return at.drop(runs.STOPPED)
                self._sweep(at)
            # What is behind it is left to the next walk only when it came to its end.
            return at.finish()

    def _opened(self, kind: str) -> Visit:
        found = runs.unfinished(self._store, self._source.number)
        if found is not None and found.state == runs.WAITING:
            raise RefusedError(messages.WAITING_FOR_PERSON, run=found.number, name=self._source.name)
        if found is not None and found.change_set is not None:
            return self._visit(runs.resume(self._store, found.number))
        last = runs.last_ended(self._store, self._source.number)
        before: dict[str, Any] = {} if last is None else last.position
        left = before.get(_WALK, {}).get("next") or before.get(_AFTER, {})
        with self._store.read() as connection:
            now = self._store.now(connection)
        full = before.get("full") or 0
        overdue = bool(self._settings.full_days) and now - full >= self._settings.full_days * _DAY
        everything = kind == FULL or not left or (kind != NEW and overdue)
        position = {"full": before.get("full"), _AFTER: left, _WALK: {}}
        title = f"{self._source.name} {now}"
        return self._visit(visit.begin(self._store, self._source, FULL if everything else NEW, title, "", position))

    def _visit(self, run: Run) -> Visit:
        return Visit(self._store, self._source, run, self._settings, self._means.progress)

    def _walked(self, at: Visit) -> str:
        """Every step; returns a person's wish."""
        since = at.run.position.get(_AFTER, {}) if at.run.kind == NEW else {}
        for step in self._walk.steps(since, at.run.position[_WALK]):
            if not step.complete:
                at.run.position["hole"] = True
            met = [one.name for one in step.readings if one.name and not one.deleted] if at.run.kind == FULL else []
            if wish := at.keep(step.readings, met):
                return wish
            over = self._means.rest()
            if over is not None:
                raise over
        return ""

    def _sweep(self, at: Visit) -> None:
        """Stage the deletion of what a whole walk has not met. One with a hole in it proves nothing."""
        if at.run.kind != FULL or not self._settings.sweep:
            return
        if at.run.position.get("hole") or at.counts["quarantined"] or not at.counts["read"]:
            at.tell(Problem(messages.INCOMPLETE))
        else:
            at.sweep()


def fetched(
    client: Client, url: str, sleep: Sleep | None, accept: str = "application/xml, text/xml, */*;q=0.1"
) -> bytes | None:
    """What is at `url`, after as many attempts as it deserves; None: it is not there (404, 410).

    Without `sleep` there is one attempt.

    Raises PeerError when it cannot be had, LimitError when it costs too much, RefusedError as `Client.request`.
    """
    chance = random.Random()  # noqa: S311 - spreads load, guards nothing
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with client.request(url, headers={"Accept": accept}) as answer:
                status, wait = answer.status, retry_after(answer.headers.get("retry-after"), time.time())
                data = answer.body()
        except PeerError:
            if sleep is None or attempt == _ATTEMPTS:
                raise
            sleep(backoff(attempt, chance))
            continue
        if status in (404, 410):
            return None
        if status == 200:
            return data
        if sleep is None or attempt == _ATTEMPTS or status not in BUSY:
            raise PeerError(messages.STATUS, status=status, url=url, attempts=attempt)
        sleep(wait or backoff(attempt, chance))
    raise PeerError(messages.STATUS, status=0, url=url, attempts=_ATTEMPTS)


def reading(number: int, data: bytes, name: str, origin: Origin) -> Reading:
    """One record in XML as a reading; without `name`, by its field 001. Without either it cannot be kept."""
    record, problems, _ = record_of(data, None, origin)
    called = name or ("" if record is None else record.control("001").strip())
    if record is not None and not called:
        return Reading(number, -1, data, None, (*problems, Problem(messages.NO_NAME)))
    return Reading(number, -1, data, record, problems, name=called)
