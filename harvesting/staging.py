"""What is done behind the workshop's screens: files are staged, batches checked, compared, mended and published.

All that it knows is in the store and on disk; killed at any moment, the next one goes on. It runs beside the web pages,
since a file lies on the host that received it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from catalogue import amending, batches, changesets, errands, mending, remarks, upload_staging, uploads
from catalogue.errands import Errand
from catalogue.pulse import Pulse
from catalogue.store import Store
from catalogue.uploads import Upload, Uploads
from foundation.errors import LienThongError
from foundation.settings import Settings
from union import previewing

_log = logging.getLogger("lienthong.staging")

POLL_SECONDS: Final = 0.7
"""A person who has just pressed a button looks at the next page."""
RETRY_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 10.0
"""How long the work of a process that died may wait."""
_SWEEP_SECONDS: Final = 3600.0

Going = Callable[[], bool]


class Desk:
    """The work of one process. `step` does one piece of it."""

    def __init__(self, store: Store, settings: Settings, going: Going = lambda: True) -> None:
        self._store = store
        self._files = Uploads(store, settings.home)
        self._batch = min(settings.import_batch, upload_staging.PROGRESS_BATCH)
        self._going = going

    def step(self) -> bool:
        """Do what waits, each once; whether there was anything to do. Raises StoreError."""
        busy = False
        for found in uploads.wanted(self._store):
            busy |= self._stage(found)
        for errand in errands.under_way(self._store):
            busy |= self._run(errand)
        return busy

    def finish(self, change_set: int) -> None:
        """Do here what waits for one batch, unless somebody else is at it. Raises StoreError."""
        moved = True
        while moved:
            moved = any(self._run(errand) for errand in errands.under_way(self._store, change_set))

    def sweep(self) -> None:
        """Forget files that nobody needs any more. Raises StoreError."""
        self._files.sweep()

    def _stage(self, found: Upload) -> bool:
        done = upload_staging.stage(self._files, found.number, self._batch)
        if done.state != uploads.STAGED or done.change_set is None:
            return done.state != found.state
        for kind in (errands.CHECK, errands.MATCH):
            errands.put(self._store, done.change_set, kind)
        _log.info("file %s is staged as change set %s", done.number, done.change_set)
        return True

    def _run(self, errand: Errand) -> bool:
        with self._store.read() as connection:
            state = changesets.get(connection, errand.change_set).state
        if state not in (changesets.STAGED, changesets.STAGING, changesets.PUBLISHED):
            errands.end(self._store, errand.number, errands.FAILED)
            return True
        if errand.kind == errands.PUBLISH:
            batches.run_publish(self._store, errand)
        elif errand.kind == errands.FIX:
            amending.run(self._store, errand, self._going)
        elif errand.kind in (errands.CHECK, errands.MATCH):
            with self._store.locks.hold(f"errand-{errand.number}", wait=0) as held:
                if held:
                    look = remarks.run if errand.kind == errands.CHECK else previewing.run
                    look(self._store, errand, self._going)
        elif errand.kind == errands.MEND:
            mending.let_go(self._store, errand.change_set)
        elif errand.kind == errands.EDIT:  # its one record was changed, or its process died before that
            errands.end(self._store, errand.number, errands.DONE if errand.done else errands.FAILED)
        return errands.get(self._store, errand.number) != errand


def work(store: Store, settings: Settings, stop: threading.Event) -> None:
    """Do what people ask for until `stop`."""
    desk, pulse = Desk(store, settings, lambda: not stop.is_set()), Pulse(store, LOOK_SECONDS)
    swept = -_SWEEP_SECONDS
    while not stop.is_set():
        try:
            if time.monotonic() - swept >= _SWEEP_SECONDS:
                swept = time.monotonic()
                desk.sweep()
            if not pulse.still():
                if desk.step():
                    continue
                pulse.rest()
        except LienThongError as error:
            _log.warning("the workshop waits: %s", error.text("en"))
            stop.wait(RETRY_SECONDS)
        except Exception:
            _log.exception("the workshop")
            stop.wait(RETRY_SECONDS)
        stop.wait(POLL_SECONDS)
