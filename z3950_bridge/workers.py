"""Threads that do what takes time, so that the event loop goes on: a search of one session stalls no other."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Final

_MOST_TIMES: Final = 4
"""Threads there may be, as a multiple of those wanted, while some are lost to requests that do not end."""

Job = Callable[[], Any]


class Workers:
    """A few daemon threads and one queue: whoever asked first is served first."""

    def __init__(self, threads: int) -> None:
        self._wanted = max(1, threads)
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._lock = Lock()
        self._lost = 0
        for _ in range(self._wanted):
            self._start()

    def _start(self) -> None:
        Thread(target=self._work, name="z3950", daemon=True).start()

    def submit(self, job: Job) -> None:
        """`job` raises nothing."""
        self._queue.put(job)

    def lose(self) -> None:
        """A job has been given up by whoever asked: another thread takes the place of the one that is busy with it."""
        with self._lock:
            if self._lost >= self._wanted * (_MOST_TIMES - 1):
                return
            self._lost += 1
        self._start()

    def stop(self) -> None:
        """Ends every thread that is free."""
        for _ in range(self._wanted + self._lost):
            self._queue.put(None)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            job()
            with self._lock:
                if self._lost:
                    self._lost -= 1
                    return
