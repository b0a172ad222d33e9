"""Harvesting while a person watches: progress with rate and time left, and Ctrl-C that lets the run rest."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from catalogue import runs
from catalogue.runs import Run
from catalogue.sources import Source
from catalogue.store import Store
from cli.terminal import bar, complain, err, plain
from foundation.errors import LienThongError, PeerError
from foundation.settings import Settings
from harvesting import desk, messages, standing
from harvesting.opening import Conditions
from vietnamese.numbers import written


class _Attended:
    """One run in a thread of its own, so that a key that is pressed meanwhile interrupts nothing half done."""

    def __init__(self, store: Store, settings: Settings, source: Source, kind: str) -> None:
        self._store = store
        self._leave = threading.Event()
        self.run: Run | None = None
        self.ended: Run | None = None
        self.error: LienThongError | None = None
        conditions = Conditions(self._note, self._sleep)

        def drive() -> None:
            try:
                self.ended = desk.run(store, settings, source, kind, conditions)
            except LienThongError as error:
                self.error = error

        self.thread = threading.Thread(target=drive, name="harvest", daemon=True)

    def _note(self, run: Run) -> None:
        self.run = run
        if self._leave.is_set():  # pressed before there was a run to ask
            with suppress(LienThongError):
                runs.wish(self._store, run.number, runs.PAUSE)

    def _sleep(self, seconds: float) -> None:
        if self._leave.wait(seconds):
            raise PeerError(messages.INTERRUPTED)

    def rest(self) -> None:
        """Ask the run to rest behind the page it is at; a wait for the other side ends at once."""
        self._leave.set()
        if self.run is not None:
            with suppress(LienThongError):
                runs.wish(self._store, self.run.number, runs.PAUSE)


@contextmanager
def _pressed() -> Iterator[list[int]]:
    """Grows each time Ctrl-C is pressed. An exception could come at any line, this comes where it is looked at."""
    times: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: times.append(number))
    try:
        yield times
    finally:
        signal.signal(signal.SIGINT, before)


def attended(store: Store, settings: Settings, source: Source, kind: str, quiet: bool) -> Run:
    """Harvest `source` and show how far it is; returns the run as it is left.

    Ctrl-C lets it rest (`paused`); pressed again it leaves at once, and the run goes on behind its last page the next
    time all the same. Raises what `desk.run` raises.
    """
    work = _Attended(store, settings, source, kind)
    began = time.monotonic()
    asked = False
    with bar(plain(source.name), quiet) as progress, _pressed() as pressed:
        work.thread.start()
        while work.thread.is_alive():
            work.thread.join(0.2)
            if work.run is not None:
                shown = standing.run_standing(work.run)
                rate = shown.received / max(0.2, time.monotonic() - began)
                note = f"{written(shown.received)} biểu ghi/records · {written(rate)}/s"
                progress.update(progress.task_ids[0], completed=shown.received, total=shown.promised or None, note=note)
            if pressed and not asked:
                asked = True
                work.rest()
                err.print("Sẽ dừng sau trang này; nhấn Ctrl-C lần nữa để dừng ngay.")
                err.print("It will rest behind this page; press Ctrl-C again to leave at once.", style="dim")
            elif len(pressed) > 1:
                raise KeyboardInterrupt
    if work.error is not None:
        raise work.error
    assert work.ended is not None
    if asked and work.ended.state == runs.CUT:
        try:
            return desk.pause(store, work.ended.number)
        except LienThongError as error:
            complain(error)
    return work.ended
