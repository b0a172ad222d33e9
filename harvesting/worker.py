"""The worker: harvests what is due, several sources at once, as long as it lives; watches them, and reports.

All that it knows is in the store, so one that is killed is followed by one that goes on: a run of a dead process is
free for whoever gets its source's lock. A source is harvested by one thread; a dead peer keeps that thread alone.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from catalogue import alarms as kept
from catalogue import runs, sources
from catalogue.pulse import Pulse
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from foundation.errors import LienThongError
from foundation.settings import Settings
from harvesting import alarms, chores, desk, report
from harvesting.chores import Chores
from harvesting.due import due
from harvesting.opening import USUAL, Conditions
from harvesting.schedule import next_after, parse, zone

_log = logging.getLogger("lienthong.harvest")

POLL_SECONDS: Final = 2.0
"""How long what a person asks for may wait."""
LOOK_SECONDS: Final = 10.0
"""How long what is due by the clock may wait, while nothing else happens."""
WATCH_SECONDS: Final = 60.0
"""Between two looks at everything for alarms, and two attempts to tell them."""
BUSY_SECONDS: Final = 30.0
"""How long a source is left alone that another process is at, or that could not even be opened."""
RETRY_SECONDS: Final = 5.0
_REPORTED: Final = "report"


class Worker:
    """Drives the sources of one store. `step` never waits for a peer."""

    def __init__(self, store: Store, settings: Settings, conditions: Conditions = USUAL) -> None:
        self._store = store
        self._settings = settings
        self._conditions = conditions
        self._here = zone(settings.timezone)
        self._pool = ThreadPoolExecutor(max(1, settings.harvest_sources), thread_name_prefix="harvest")
        self._running: dict[int, Future[None]] = {}
        self._watching = threading.Thread()
        self._chores = Chores(store, settings)
        self._not_before: dict[int, float] = {}
        self._watched = -WATCH_SECONDS

    def step(self) -> int:
        """Begin whatever is due and not at work already; returns how many sources are at work. Raises StoreError."""
        self._running = {number: work for number, work in self._running.items() if not work.done()}
        for source in self._waiting() if len(self._running) < self._settings.harvest_sources else ():
            if len(self._running) < self._settings.harvest_sources:
                self._running[source.number] = self._pool.submit(self._harvest, source)
        if time.monotonic() - self._watched >= WATCH_SECONDS:
            self._watched = time.monotonic()
            chores.sign(self._store)
            self._watch()
        self._chores.step()
        return len(self._running)

    def close(self) -> None:
        """Begin nothing more, and leave what is at work as a kill would."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _waiting(self) -> list[Source]:
        """Sources that are due: those that a person waits for, then those that nobody was at for longest. In an order
        that is always the same the last ones would wait for ever where more are due than are harvested at once."""
        with self._store.read() as connection:
            now = self._store.now(connection)
        found: list[tuple[bool, int, Source]] = []
        for source in sources.every(self._store):
            if source.number not in self._running and time.monotonic() >= self._not_before.get(source.number, 0.0):
                last = next(iter(runs.latest(self._store, source.number, 1)), None)
                if self._is_due(source, last, now):
                    found.append((not source.wanted, source.created if last is None else last.heartbeat, source))
        return [source for _, _, source in sorted(found, key=lambda one: one[:2])]

    def _is_due(self, source: Source, last: Run | None, now: int) -> bool:
        try:
            moment = due(source, last, now, self._here)
        except LienThongError as error:
            self._leave(source, error)
            return False
        return moment is not None and moment <= now

    def _harvest(self, source: Source) -> None:
        kind = source.wanted if source.wanted not in (desk.DUE, runs.RESUME) else ""
        try:
            if source.wanted:
                sources.want(self._store, source.number, "")
            _log.info("harvest of %s begins", source.name)
            run = desk.run(self._store, self._settings, source, kind, self._conditions)
            _log.info("harvest of %s is %s: %s", source.name, run.state, _counted(run))
        except LienThongError as error:
            self._leave(source, error)
        except Exception:
            _log.exception("harvest of %s", source.name)
            self._not_before[source.number] = time.monotonic() + BUSY_SECONDS * 10
        self._watched = -WATCH_SECONDS

    def _leave(self, source: Source, error: LienThongError) -> None:
        self._not_before[source.number] = time.monotonic() + BUSY_SECONDS
        _log.warning("harvest of %s: %s", source.name, error.text("en"))

    def _watch(self) -> None:
        """Alarms and reports; one worker of all hosts does it, in a thread that nothing else waits for."""
        if not self._watching.is_alive():
            self._watching = threading.Thread(target=self._tell, name="alarms", daemon=True)
            self._watching.start()

    def _tell(self) -> None:
        try:
            with self._store.locks.hold("harvest-watch", wait=0) as held:
                if held:
                    alarms.watch(self._store, self._settings)
                    self._report()
        except LienThongError as error:
            _log.warning("alarms and reports wait: %s", error.text("en"))
        except Exception:
            _log.exception("alarms and reports")

    def _report(self) -> None:
        """Mail the libraries when the time has come; each once, from where the last report ended."""
        if not (self._settings.report_schedule and self._settings.smtp_host):
            return
        with self._store.read() as connection:
            now = self._store.now(connection)
        since = kept.recall(self._store, _REPORTED)
        if not since:
            kept.remember(self._store, _REPORTED, str(now))
            return
        if next_after(parse(self._settings.report_schedule), int(since), self._here, _REPORTED) <= now:
            report.mail_all(self._store, self._settings, int(since), now)
            kept.remember(self._store, _REPORTED, str(now))


def _counted(run: Run) -> str:
    return ", ".join(f"{name} {count}" for name, count in run.counts.items() if count)


def work(store: Store, settings: Settings, stop: threading.Event) -> None:
    """Be the worker until `stop`."""
    worker, pulse = Worker(store, settings), Pulse(store, LOOK_SECONDS)
    try:
        while not stop.wait(POLL_SECONDS):
            try:
                if not pulse.still() and not worker.step():
                    pulse.rest()
            except LienThongError as error:
                _log.warning("the worker waits: %s", error.text("en"))
                stop.wait(RETRY_SECONDS)
    finally:
        worker.close()
