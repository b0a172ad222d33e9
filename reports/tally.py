"""Counts uses in memory and adds them to the store now and then: no request waits for it.

A process that is killed loses what it counted since it last wrote: `uses_seconds` at the most, or as long as another
writer (a large import, say) has the store for itself. One that ends in good order loses nothing. A count is written in
one transaction, wholly or not at all, and kept until that is done.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from catalogue import uses
from catalogue.store import Store
from catalogue.uses import REPEAT, ROBOT, Use
from reports.visitors import Clicks, Robots

_log = logging.getLogger("lienthong.reports")


class Tally:
    """The counts of one process. Safe for any number of threads.

    `zone`: whose months are counted by; `now`: seconds since 1970; `clock`: seconds that never go back.
    """

    def __init__(
        self,
        store: Store,
        zone: tzinfo = UTC,
        robots: Robots | None = None,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._zone, self._now = store, zone, now
        self._robots = robots or Robots()
        self._clicks = Clicks(clock)
        self._lock = threading.Lock()
        self._waiting: dict[tuple[int, Use], int] = {}
        self._month, self._day = 0, -1

    def count(self, use: Use, number: int = 1) -> None:
        """Count `number` uses. Takes no time worth speaking of."""
        if number <= 0:
            return
        at = self._now()
        with self._lock:
            # A month begins at a day's beginning, and zones are a quarter of an hour apart at the least.
            if (day := int(at // 900)) != self._day:
                self._day, self._month = day, uses.month_of(at, self._zone)
            key = self._month, use
            self._waiting[key] = self._waiting.get(key, 0) + number

    def visit(self, use: Use, item: str, address: str, agent: str) -> None:
        """Count what a reader did, unless it is a robot or did the same just now; that is counted as left out.

        `item`: what was used, as an address names it. It is forgotten at once, as are `address` and `agent`.
        """
        if agent in self._robots:
            self.count(Use(use.door, ROBOT))
        elif self._clicks.again(address, agent, f"{use.kind}\0{use.detail}\0{item}"):
            self.count(Use(use.door, REPEAT))
        else:
            self.count(use)

    def flush(self) -> int:
        """Write down what was counted, if that can be done at once; returns how many rows still wait."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
        done = not taken
        try:
            done = done or self._store.attempt(lambda connection: uses.add(connection, taken))
        finally:
            if not done:
                with self._lock:
                    for key, number in taken.items():
                        self._waiting[key] = self._waiting.get(key, 0) + number
        return 0 if done else len(taken)

    def follow(self, seconds: float, stop: threading.Event) -> None:
        """Write every so many `seconds` until `stop`, and once more then."""
        while True:
            ended = stop.wait(seconds)
            try:
                self.flush()
            except Exception as error:
                _log.warning("uses wait to be written: %r", error)
            if ended:
                return


def year_of(seconds: float, zone: tzinfo) -> int:
    """The year of a moment where the clocks of `zone` hang."""
    return datetime.fromtimestamp(seconds, zone).year
