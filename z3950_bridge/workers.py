"""Threads that do what takes time, so that the event loop goes on: a search of one session stalls no other."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Final, Generic, TypeVar

_MOST_TIMES: Final = 4
"""Threads there may be, as a multiple of those wanted, while some are lost to jobs that do not end."""
_PATIENCE: Final = 0.002
"""Seconds that whoever gives a job waits for it: a quick answer then needs no wake-up of the event loop."""
_DISTRUST: Final = 64
"""Jobs that are not waited for after one that took longer."""

Result = TypeVar("Result")


class Job(Generic[Result]):
    """A job and where its result goes: to who waits for it, or to `late` when nobody does any more."""

    __slots__ = ("_done", "_late", "_left", "_lock", "_result", "_work", "lost")

    def __init__(self, work: Callable[[], Result], late: Callable[[Result], None]) -> None:
        """`work` raises nothing and gives no None; `late` is called in the thread that did it."""
        self.lost = False
        self._work, self._late = work, late
        self._lock, self._done = Lock(), Lock()
        self._done.acquire()
        self._left = False
        self._result: Result | None = None

    def run(self) -> None:
        result = self._work()
        with self._lock:
            self._result = result
            self._done.release()
            left = self._left
        if left:
            self._late(result)

    def wait(self, seconds: float) -> Result | None:
        """The result if it comes in time; None: `late` will have it."""
        if not self._done.acquire(timeout=seconds):
            with self._lock:
                if self._result is None:
                    self._left = True
        return self._result if not self._left else None


class Workers(Generic[Result]):
    """A few daemon threads and one queue: whoever asked first is served first."""

    def __init__(self, threads: int) -> None:
        self._wanted = max(1, threads)
        self._queue: SimpleQueue[Job[Result] | None] = SimpleQueue()
        self._lock = Lock()
        self._lost = 0
        self._distrust = 0
        for _ in range(self._wanted):
            self._start()

    def _start(self) -> None:
        Thread(target=self._run, name="z3950", daemon=True).start()

    def do(self, job: Job[Result]) -> Result | None:
        """Has a job done in a thread. Its result if it is there in a moment, else None, and the job's `late` will have
        it. For one caller, the event loop."""
        self._queue.put(job)
        if self._distrust:
            self._distrust -= 1
            return job.wait(0)
        result = job.wait(_PATIENCE)
        if result is None:
            self._distrust = _DISTRUST
        return result

    def lose(self, job: Job[Result]) -> None:
        """A job has been given up by whoever asked: another thread takes the place of the one that is busy with it."""
        with self._lock:
            if job.lost or self._lost >= self._wanted * (_MOST_TIMES - 1):
                return
            job.lost = True
            self._lost += 1
        self._start()

    def stop(self) -> None:
        """Ends every thread that is free."""
        for _ in range(self._wanted + self._lost):
            self._queue.put(None)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            job.run()
            with self._lock:
                if job.lost:
                    self._lost -= 1
                    return
